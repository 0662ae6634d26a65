//! Work orders: asking for them, mirroring what the CMMS says, and the acts of the built-in book.

mod amend;
mod anew;
mod attach;
mod deliver;
mod export;
mod fold;
pub mod import;
mod intend;
pub mod mirror;
mod raise;
pub(crate) mod reference;
mod request;
mod sent;
mod show;
pub mod sync;
mod timeline;
mod transition;

pub mod webhooks;

pub use amend::{Amendment, amend};
use anew::render_anew;
pub use attach::draw_waiting;
pub(crate) use deliver::stopped;
pub use deliver::{retry, skip};
pub use export::WorkOrderSheet;
pub use intend::{Intended, intend};
pub(crate) use intend::{sample, usual_bodies};
pub use raise::{Raise, Raised, raise};
pub use request::{Intent, title};
pub use show::{attachment, detail, get, list, page};
pub use transition::{Transition, permission, transition};
