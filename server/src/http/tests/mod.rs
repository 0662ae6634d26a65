//! The HTTP side against a real database.

mod authorization;
mod problems;
mod sign_in;
mod table;
mod world;
