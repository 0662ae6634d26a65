//! Connections: which CMMSs there are, and how their circuit stands.
