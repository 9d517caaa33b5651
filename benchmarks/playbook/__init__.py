"""Running playbooks: command line, process, signals, and what is done when one fails."""
