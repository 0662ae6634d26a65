//! The figures of the overview: what needs people, how each stage of the pipeline runs, what is at
//! risk. Every query is bounded: the last hour, the newest rows, or an index over what is open.

mod needs;
mod pipeline;
mod risks;
mod visits;

pub use needs::{Counted, overdue_orders, quarantined, stopped};
pub use pipeline::{
    Asked, Beat, ConnectionRow, Decided, Delivering, SourceSeen, alerts_opened, arrivals,
    connections, decided, deciding_since, delivering, orders_closed, orders_created, reviews_asked,
    reviews_waiting, sources,
};
pub use risks::{Seen, ids_at_risk, open_alerts, seen};
pub use visits::{note_visit, site_ids};
