//! Telemetry: taking in measured values, and reading them for charts.

mod receive;
mod series;

pub use receive::{Counts, PointValue, receive};
pub use series::{Series, Trend, of_asset, series};
