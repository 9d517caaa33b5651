"""Which instance types fit."""
