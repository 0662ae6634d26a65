//! The shift logbook: what people write, open points, hand-overs, and what is read from elsewhere.

mod automatic;
mod entries;
mod hand_overs;
mod points;
mod sites;

pub use automatic::{AutoRow, automatic};
pub use entries::{EntryRow, NewEntry, append, entries, entry, recent_tags, sent};
pub use hand_overs::{HandOverRow, hand_over, sign, take};
pub use points::{PointRow, add_point, by_ids, listed, open_ids, point_of, set_done};
pub use sites::{SiteCalendar, asset, asset_tags, site, sites};
