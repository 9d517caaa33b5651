fn main() {
    panic!("no luck");
}
