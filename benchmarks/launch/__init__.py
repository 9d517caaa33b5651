"""Launches and terminates a run's instances."""
