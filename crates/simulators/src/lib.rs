//! Simulated neighbours of Millwright: today a plant that predicts, measures and repairs.
//!
//! Nothing here reaches into Millwright: a simulator is a client of the public interface and of
//! nothing else, so what it can do, a real plant can do.

pub mod plant;
