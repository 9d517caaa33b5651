"""The Pricing API."""
