"""The picker: which instance types fit a request."""
