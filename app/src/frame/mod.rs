//! What stands around every page: top bar, rail, bottom bar, menus, keys, live connection.

mod banner;
mod data;
mod layout;
#[cfg(feature = "ssr")]
mod load;
mod menu;
mod preferences;
mod rail;
mod topbar;

pub use data::{Badges, FrameData, LoadBadges, LoadFrame, Me, NoticeItem, SiteChoice, Zone};
pub use data::{MarkNoticesRead, load_badges, load_frame, mark_notices_read, use_frame};
pub use layout::Frame;
pub use preferences::{SetPreference, set_preference};
