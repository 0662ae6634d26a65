//! The HTTP side against a real database.

mod assets;
mod authorization;
mod bad_inputs;
mod export;
mod idempotency;
mod live;
mod people;
mod problems;
mod sign_in;
mod table;
mod webhooks;
mod world;
