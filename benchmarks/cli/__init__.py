"""The command line, built on Invoke: tasks, help, completion, the summary of a run."""
