"""The sandbox as a process: start, find and stop it."""
