"""A run's id, directory, records and keys."""
