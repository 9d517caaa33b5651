"""The role that prepares a host: every kind of source, and both kinds of Rust."""
