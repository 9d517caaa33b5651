"""Output to terminals: rendering, wrapping, closed streams."""
