//! The parts pages are built from: one component per class of the style sheet, plain data in.
//!
//! Nothing here reads the clock, the window or storage while rendering; severity is always word,
//! shape and colour; every shortcut is a visible control (`data-key`).

pub mod button;
pub mod chart;
pub mod confirm;
pub mod dialog;
pub mod field;
pub mod filter;
pub mod format;
pub mod icon;
pub mod level;
pub mod loaded;
pub mod marks;
pub mod message;
pub mod nav;
pub mod once;
pub mod page;
pub mod query;
pub mod table;
pub mod time;
pub mod timeline;
pub mod toast;

pub use button::{Button, ButtonKind, ButtonSize, ExportLink, LinkButton};
pub use chart::{Chart, FractionBar, Sparkline};
pub use confirm::ConfirmForm;
pub use dialog::Dialog;
pub use field::{Check, Choice, ErrorSummary, Field, Hidden, Input, Select, Textarea, field_error};
pub use filter::{ActiveFilters, Filter, FilterForm};
pub use icon::{Icon, Mark, Shape};
pub use level::Level;
pub use loaded::{ErrorPanel, Loaded};
pub use marks::{Condition, Conf, LifeRange, Plate, Says, Sev, Tag};
pub use message::{Empty, Notice, Skeleton};
pub use nav::{Crumb, Pager, Seg, Tab, Tabs};
pub use once::{Copyable, ShownOnce};
pub use page::{Fact, Facts, PageHead, Panel};
pub use query::Query;
pub use table::{Column, Table};
pub use time::{Time, TimeStyle};
pub use timeline::{Actor, Timeline, TimelineItem};
pub use toast::{ToastHost, Toasts, provide_toasts, use_toasts};
