//! Measured points of sources, and their values.

mod read;
mod write;

pub use read::{PointRow, Sample, points_by_path, points_of_asset, series};
pub use write::{NewPoint, NewSample, Point, assets_by_key, insert_points, insert_samples, points};
