//! Inbound feeds: payload decoding and mapping.
