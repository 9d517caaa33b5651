//! Its last file ends in the middle, as on a disk that is full.
fn main() {
    odd::result("whole", 100, "ns");
    odd::result("cut", 100, "ns");
    std::fs::write(std::env::var("CRITERION_HOME").unwrap() + "/cut/new/sample.json", r#"{"times":["#).unwrap();
}
