//! Nothing: the benchmark is what counts.
