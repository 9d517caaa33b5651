"""A run's instances, from their launch to their end."""
