//! The business rules of Millwright. No I/O, no clock, no randomness: `now` is always an argument.
