fn main() {
    odd::result("encode 10²", 100, "ns");
}
