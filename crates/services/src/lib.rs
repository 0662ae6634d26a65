//! Use cases: one folder per feature, one file per verb.
