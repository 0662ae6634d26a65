//! What a CMMS can do, and the engine that drives one.
