//! The overview: what needs a person, how the pipeline runs, what is at risk, what happened.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{AlertId, WorkOrderId};
use crate::views::alerts::AlertRow;
use crate::views::logbook::{AutoEntry, Shift};

/// What waits for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NeedKind {
    /// Questions to a reviewer.
    Reviews,
    /// Deliveries that stopped.
    Deliveries,
    /// Work orders past their due date.
    Overdue,
    /// Predictions in quarantine.
    Quarantine,
}

/// One figure of "Needs you".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// Of what.
    pub kind: NeedKind,
    /// How many, counted to 10 000.
    pub count: i64,
    /// How many of them are past their time.
    pub overdue: i64,
    /// Since when the oldest waits.
    pub since: Option<DateTime<Utc>>,
    /// When the oldest should have been done.
    pub due: Option<DateTime<Utc>>,
    /// Id of the oldest.
    pub id: Option<i64>,
    /// Its name or number.
    pub name: Option<String>,
    /// What stands in the way, in the words of who refused.
    pub detail: Option<String>,
}

/// How a stage runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// As it should.
    Live,
    /// Nothing has ever come through.
    Unused,
    /// Somebody should look: people are late.
    Late,
    /// A part of it does not work.
    Trouble,
    /// Nothing comes through.
    Dead,
}

/// What a stage says besides its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Inbound feeds; the number is predictions.
    Sources {
        /// Feeds that speak.
        speaking: i64,
        /// Feeds that have fallen silent.
        silent: i64,
        /// The one that fell silent last.
        name: Option<String>,
        /// Since when.
        since: Option<DateTime<Utc>>,
        /// The last message of any.
        last: Option<DateTime<Utc>>,
    },
    /// Cases; the number is opened ones.
    Alerts {
        /// Open now, counted to 10 000.
        open: i64,
    },
    /// Decisions.
    Rules {
        /// Work orders asked for.
        created: i64,
        /// Questions to a reviewer.
        asked: i64,
        /// Held for later.
        held: i64,
        /// Since when the oldest case waits for its decision.
        waiting: Option<DateTime<Utc>>,
    },
    /// Questions; the number is those that wait now.
    Review {
        /// Since when the oldest waits.
        since: Option<DateTime<Utc>>,
        /// Past their time.
        overdue: i64,
    },
    /// Deliveries; the number is work orders that the CMMS holds.
    WorkOrders {
        /// Stopped for good or waiting for a person.
        stopped: i64,
        /// On their way.
        waiting: i64,
        /// Since when the oldest is on its way.
        since: Option<DateTime<Utc>>,
    },
    /// What came back; the number is closed work orders.
    Closures {
        /// The last one.
        last: Option<DateTime<Utc>>,
    },
}

/// One of the six stages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// How it runs.
    pub health: Health,
    /// A stage before it is dead: its numbers are those of the hour before that.
    pub stale: bool,
    /// End of the hour the number and the beats belong to.
    pub until: DateTime<Utc>,
    /// The number.
    pub count: i64,
    /// Counting stopped at the number.
    pub more: bool,
    /// What happened per two minutes of the hour, oldest first.
    pub beats: Vec<i64>,
    /// What it says besides.
    pub about: About,
}

/// Something that happened since the last visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub entry: AutoEntry,
}

/// A connection or a source and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its name.
    pub name: String,
    /// It sends to us.
    pub inbound: bool,
    /// How it stands.
    pub state: LinkState,
    /// When it last said something.
    pub last: Option<DateTime<Utc>>,
}

/// How a connection or a source stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Works.
    Healthy,
    /// Runs beside another and writes nothing outside.
    Shadow,
    /// Nothing has been said yet.
    Unused,
    /// The last calls failed.
    Failing,
    /// No call is made for a while.
    Resting,
    /// Has fallen silent.
    Silent,
    /// Stopped by a person, or because our credentials were refused.
    Paused,
}

/// One of the first steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Sites and machines.
    Assets,
    /// A key for the first source.
    Key,
    /// The first prediction.
    Prediction,
    /// Colleagues.
    People,
}

/// Everything on the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The instant all of it belongs to.
    pub at: DateTime<Utc>,
    /// The shift under way, when one site is shown.
    pub shift: Option<Shift>,
    /// When the person was last here.
    pub last_visit: Option<DateTime<Utc>>,
    /// What waits for this person.
    pub needs: Vec<Need>,
    /// The question that has waited longest.
    pub oldest: Option<AlertId>,
    /// The delivery that stopped first.
    pub stopped: Option<WorkOrderId>,
    /// The six stages, in order.
    pub stages: Vec<Stage>,
    /// The ten assets at highest risk, by their worst open alert.
    pub risks: Vec<AlertRow>,
    /// Open alerts, counted to 10 000.
    pub open: i64,
    /// Since when the events count.
    pub since: DateTime<Utc>,
    /// The newest of what happened since then.
    pub events: Vec<Event>,
    /// How many there are; counted to 200.
    pub happened: i64,
    /// Connections and sources.
    pub links: Vec<Link>,
    /// The first steps and whether they are done; empty once predictions arrive.
    pub steps: Vec<(StepKind, bool)>,
}
