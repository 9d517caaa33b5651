//! Nothing: its name is what counts.
