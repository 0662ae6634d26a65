//! Features computed from measured signals, not drawn by hand.

pub mod ball_screw;
pub mod bearing;
pub mod wear;
