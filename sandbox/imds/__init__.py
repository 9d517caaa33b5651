"""The instance metadata service: what runs beside an instance, in its network."""
