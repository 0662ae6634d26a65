//! Simulated neighbours of Millwright: a plant that predicts, measures and repairs, and CMMSs that
//! take work orders.
//!
//! Nothing here reaches into Millwright: the plant is a client of the public interface and of
//! nothing else, and a simulated CMMS knows only the interface of the system it stands for.

pub mod cmms;
pub mod plant;
