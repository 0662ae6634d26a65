//! Inbound feeds: payload decoding and mapping.

pub mod payload;
