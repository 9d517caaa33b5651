//! Nothing: the build script and the benchmark do it all.
