"""Running playbooks: command line, process, signals, and the cleanup after a failure."""
