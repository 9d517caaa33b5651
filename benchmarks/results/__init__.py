"""What was measured: read, shown and published."""
