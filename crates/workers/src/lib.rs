//! When things run: lanes, deliveries, schedules, notices, self-check.
