"""All that is Invoke's: tasks, help, completion, what is printed at the end."""
