//! The program `millwright`.

fn main() {}
