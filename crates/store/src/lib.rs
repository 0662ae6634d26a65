//! Every SQL query; hands out ScopedTx only.
