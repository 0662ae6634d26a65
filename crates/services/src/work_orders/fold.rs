//! The pure part of the mirror: which record wins.

use domain::cmms_record::CmmsRecord;
use domain::work_order::{Closure, WorkOrderStatus};
use store::work_orders::mirror::MirrorRow;

use crate::Error;

/// What we know of a record.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mirror {
    pub cmms_id: Option<String>,
    pub number: Option<String>,
    pub status: WorkOrderStatus,
    pub cmms_status: Option<String>,
    pub version: i64,
    pub closure: Option<Closure>,
    pub assigned_to: Option<String>,
    /// The CMMS's status has no word of ours.
    pub unmapped: bool,
}

impl TryFrom<&MirrorRow> for Mirror {
    type Error = Error;

    fn try_from(row: &MirrorRow) -> Result<Self, Error> {
        let corrupt = |what: String| Error::Store(store::Error::corrupt("work_order", what));
        let closure = row.closure.clone().map(serde_json::from_value).transpose();
        Ok(Self {
            cmms_id: row.cmms_id.clone(),
            number: row.cmms_number.clone(),
            status: row.status.parse().map_err(|e| corrupt(format!("{e}")))?,
            cmms_status: row.cmms_status.clone(),
            version: row.record_version,
            closure: closure.map_err(|e| corrupt(e.to_string()))?,
            assigned_to: row.assigned_to.clone(),
            unmapped: row.unmapped_status,
        })
    }
}

impl Mirror {
    /// The newest of the records, if it is not older than what we have. A record is a whole state,
    /// so those in between need not be seen; a status we have no word for leaves ours as it is. Of
    /// two with the same version (a CMMS whose clock ticks slowly, or has none) the work that is
    /// further on is the newer one.
    pub(super) fn fold(mut self, records: Vec<CmmsRecord>) -> Self {
        let age = |record: &CmmsRecord| (record.version, record.status.map_or(0, rank));
        let Some(record) = records.into_iter().max_by_key(age) else { return self };
        if self.cmms_id.is_some() && age(&record) < (self.version, rank(self.status)) {
            return self;
        }
        self.unmapped = record.status.is_none() && record.cmms_status.is_some();
        self.cmms_id = Some(record.cmms_id);
        self.number = Some(record.number);
        self.status = record.status.unwrap_or(self.status);
        self.cmms_status = record.cmms_status;
        self.version = record.version;
        self.closure = record.closure;
        self.assigned_to = record.assigned_to.or(self.assigned_to);
        self
    }
}

/// How far on work is.
fn rank(status: WorkOrderStatus) -> usize {
    WorkOrderStatus::ALL.iter().position(|one| *one == status).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;

    use super::*;

    fn fresh() -> Mirror {
        Mirror {
            cmms_id: None,
            number: None,
            status: WorkOrderStatus::Draft,
            cmms_status: None,
            version: 0,
            closure: None,
            assigned_to: Some("planner_queue".to_owned()),
            unmapped: false,
        }
    }

    fn record(version: i64, status: WorkOrderStatus, who: u8) -> CmmsRecord {
        let closure = (status == WorkOrderStatus::Closed).then(|| Closure {
            finding: None,
            actual_failure_mode: Some(format!("mode {version}")),
            action: String::new(),
            parts: Vec::new(),
            labour_hours: None,
            failed_at: None,
            restored_at: None,
            repair_started_at: None,
            repair_ended_at: None,
            downtime_hours: None,
            avoided_downtime_hours: None,
            cost: None,
            currency: None,
            notes: None,
        });
        CmmsRecord {
            external_ref: Some("MW-1".to_owned()),
            cmms_id: "7".to_owned(),
            number: "WO-7".to_owned(),
            status: Some(status),
            cmms_status: None,
            version,
            assigned_to: Some(format!("person {who}")),
            closure,
            updated_at: DateTime::<Utc>::UNIX_EPOCH,
        }
    }

    fn history() -> impl Strategy<Value = Vec<CmmsRecord>> {
        prop::collection::vec((0..WorkOrderStatus::ALL.len(), 0..3_u8), 1..12).prop_map(|steps| {
            let step = |(version, (status, who)): (usize, (usize, u8))| {
                record(version as i64 + 1, WorkOrderStatus::ALL[status], who)
            };
            steps.into_iter().enumerate().map(step).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]
        #[test]
        fn shuffled_doubled_and_batched_records_end_in_the_state_of_their_order(
            (history, order, cuts) in history().prop_flat_map(|history| {
                let doubled: Vec<CmmsRecord> =
                    history.iter().chain(history.iter()).cloned().collect();
                let cuts = prop::collection::vec(1..4_usize, doubled.len());
                (Just(history), Just(doubled).prop_shuffle(), cuts)
            })
        ) {
            let in_order =
                history.into_iter().fold(fresh(), |mirror, record| mirror.fold(vec![record]));
            let mut mirror = fresh();
            let mut rest = order.as_slice();
            for cut in cuts {
                let (batch, later) = rest.split_at(cut.min(rest.len()));
                mirror = mirror.fold(batch.to_vec());
                rest = later;
            }
            mirror = mirror.fold(rest.to_vec());
            prop_assert_eq!(mirror, in_order);
        }
    }
}
