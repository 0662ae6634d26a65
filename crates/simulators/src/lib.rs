//! A simulated plant (and, later, simulated CMMSs).
