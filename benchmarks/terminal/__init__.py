"""Text as terminals show it."""
