"""Results: read, shown and published."""
