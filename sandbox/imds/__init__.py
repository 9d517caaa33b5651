"""The instance metadata service, which runs beside an instance in its network."""
