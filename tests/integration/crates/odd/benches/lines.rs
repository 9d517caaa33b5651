//! Prints as the compiler's own harness does, and what it was built and called with.
#[allow(unexpected_cfgs)]
fn main() {
    println!("flags of the source: {}", if cfg!(of_the_source) { "in force" } else { "replaced" });
    println!("called with {:?}", std::env::args().skip(1).collect::<Vec<_>>());
    println!("test own ... bench:       1,234.56 ns/iter (+/- 12.30)");
}
