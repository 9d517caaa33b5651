"""A log of `cargo bench`."""

from __future__ import annotations

# As Criterion 0.5 writes without a terminal; a title of more than 23 characters stands on a line of its own.
LOG = """\
   Compiling one v0.1.0 (/home/b/source)
    Finished `bench` profile [optimized] target(s) in 0.06s
     Running benches/ffts.rs (/home/b/target/release/deps/all_ffts-27f45bc17686f575)
Benchmarking mul
Benchmarking mul: Warming up for 500.00 ms
Benchmarking mul: Collecting 10 samples in estimated 502.59 ms (4070 iterations)
Benchmarking mul: Analyzing
mul                     time:   [5.1277 ns 5.1366 ns 5.1483 ns]
                        thrpt:  [7.8 Gelem/s 7.9 Gelem/s 8.0 Gelem/s]
                 change:
                        time:   [-1.2345% +0.3456% +1.2345%] (p = 0.61 > 0.05)
                        thrpt:  [-1.2193% -0.3444% +1.2500%]
                        No change in performance detected.
Found 2 outliers among 10 measurements (20.00%)
  2 (20.00%) low mild
fft<GoldilocksField>/8192
                        time:   [122.92 µs 123.06 µs 123.24 µs]

Benchmarking none: Analyzing
Criterion.rs ERROR: At least one measurement of benchmark none took zero time per iteration.
    Finished `bench` profile [optimized] target(s) in 0.01s
     Running benches/other.rs (target/release/deps/other-c3e1eaf73513d34d)

running 3 tests
test bench_hamming        ... bench:          88.22 ns/iter (+/- 18.58)
test takes long           ... bench:   5,583,160 ns/iter (+/- 1,830) = 12 MB/s
test is_no_benchmark      ... ok
test talks                ... hello
bench:         289 ns/iter (+/- 0)
"""
