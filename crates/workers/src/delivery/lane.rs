//! One set of lanes from claim to outcome.
//!
//! (a) One transaction leases the lanes, marks creates as `sending` and opens their attempts.
//! (b) The calls. (c) One transaction locks the lanes that are still ours and writes what came of
//! them. A crash before (a) commits changes nothing; between (a) and (c) the lease runs out and the
//! create is found `sending`, which makes it unknown and looks it up; after (c) all is written.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use cmms::{Capabilities, CmmsClient, NewOrder};
use domain::ids::{ConnectionId, SiteId, WorkOrderId};
use domain::work_order::DeliveryState;
use serde_json::json;
use services::work_orders::mirror;
use services::{Error, Services};
use store::connections::{self, Health};
use store::work_orders::delivery::{self, Job, Lease, StepRow};
use store::{AuditEntry, ScopedTx, Topic, crash_point};

use super::machine::{self, After};

/// A lease that is not renewed ends after this.
const LEASE: Duration = Duration::from_secs(30);
const HEARTBEAT: Duration = Duration::from_secs(10);
/// An open breaker lets one call through this often.
const PROBE: Duration = Duration::from_secs(30);

/// One connection and how it is driven.
#[derive(Clone)]
pub(super) struct Courier {
    pub services: Services,
    pub connection: ConnectionId,
    pub client: Arc<dyn CmmsClient>,
    pub capabilities: Capabilities,
}

/// A leased work order and the call it needs.
struct Task {
    lease: Lease,
    job: Job,
    call: Call,
    attempt: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    Create,
    LookUp,
    /// None: the previous worker died during a create, or a record came in meanwhile.
    Settle,
}

/// Leased tasks whose calls are still to be made.
pub(super) struct Batch(Vec<Task>);

impl Batch {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Courier {
    fn scaled(&self, wait: Duration) -> Duration {
        self.services.settings.scaled(wait)
    }

    /// Step (a): leases up to `limit` due lanes.
    pub(super) async fn claim(&self, limit: usize) -> Result<Batch, Error> {
        let mut tx = self.services.store.begin_system().await?;
        if self.capabilities.same_database {
            delivery::relax(&mut tx).await?;
        }
        let lease = self.scaled(LEASE);
        let claim = delivery::claim(&mut tx, self.connection, limit as i64, lease).await?;
        if claim.leases.is_empty() {
            return Ok(Batch(Vec::new()));
        }
        if claim.probe {
            connections::probing(&mut tx, self.connection, self.scaled(PROBE)).await?;
        }
        let ids: Vec<WorkOrderId> = claim.leases.iter().map(|lease| lease.work_order).collect();
        let jobs = delivery::jobs(&mut tx, &ids).await?;
        let mut tasks = Vec::with_capacity(jobs.len());
        let mut idle = Vec::new();
        for (lease, job) in claim.leases.into_iter().zip(jobs) {
            let call = match job.state()? {
                _ if job.cmms_id.is_some() && job.state()? != DeliveryState::Created => {
                    Call::Settle
                }
                DeliveryState::Queued => Call::Create,
                DeliveryState::Unknown => Call::LookUp,
                DeliveryState::Sending => Call::Settle,
                _ => {
                    idle.push(lease.work_order);
                    continue;
                }
            };
            tasks.push(Task { lease, job, call, attempt: None });
        }
        self.open_attempts(&mut tx, &mut tasks).await?;
        delivery::idle(&mut tx, &idle).await?;
        crash_point!("wo.before_claim_commit");
        tx.commit().await?;
        crash_point!("wo.after_claim");
        Ok(Batch(tasks))
    }

    async fn open_attempts(&self, tx: &mut ScopedTx, tasks: &mut [Task]) -> Result<(), Error> {
        let of = |call: Call, tasks: &[Task]| -> Vec<WorkOrderId> {
            tasks.iter().filter(|t| t.call == call).map(|t| t.lease.work_order).collect()
        };
        let (creates, look_ups) = (of(Call::Create, tasks), of(Call::LookUp, tasks));
        let mut attempts: HashMap<WorkOrderId, i64> = HashMap::new();
        if !creates.is_empty() {
            attempts.extend(delivery::start_creates(tx, &creates).await?);
            let sends = tasks.iter().filter(|task| task.call == Call::Create).map(|task| {
                AuditEntry::new("work_order.send", "work_order", task.job.id)
                    .site(SiteId(task.job.site_id))
                    .detail(json!({ "attempt": task.job.attempts + 1 }))
            });
            tx.audit(sends.collect()).await?;
        }
        if !look_ups.is_empty() {
            attempts.extend(delivery::start_look_ups(tx, &look_ups).await?);
        }
        for task in tasks {
            task.attempt = attempts.get(&task.lease.work_order).copied();
            if task.call == Call::Create {
                task.job.attempts += 1;
            }
        }
        Ok(())
    }

    /// Steps (b) and (c), with the leases kept alive meanwhile.
    pub(super) async fn carry_out(&self, batch: Batch) -> Result<(), Error> {
        let leases: Vec<Lease> = batch.0.iter().map(|task| task.lease).collect();
        let done = tokio::select! {
            done = self.calls(batch.0) => done,
            error = self.keep(&leases) => return Err(error),
        };
        crash_point!("wo.after_calls");
        self.finish(done).await
    }

    /// Renews the leases until the calls have ended; ends only by failing.
    async fn keep(&self, leases: &[Lease]) -> Error {
        loop {
            tokio::time::sleep(self.scaled(HEARTBEAT)).await;
            if let Err(error) = self.beat(leases).await {
                tracing::warn!(%error, "leases could not be renewed");
            }
        }
    }

    async fn beat(&self, leases: &[Lease]) -> Result<(), Error> {
        let mut tx = self.services.store.begin_system().await?;
        delivery::heartbeat(&mut tx, leases, self.scaled(LEASE)).await?;
        Ok(tx.commit().await?)
    }

    async fn calls(&self, tasks: Vec<Task>) -> Vec<(Task, After)> {
        let (creates, others): (Vec<Task>, Vec<Task>) =
            tasks.into_iter().partition(|task| task.call == Call::Create);
        let mut done = Vec::with_capacity(creates.len() + others.len());
        if !creates.is_empty() {
            let orders: Vec<NewOrder> = creates.iter().map(|task| order(&task.job)).collect();
            let outcomes = self.client.create_many(&orders).await;
            for (task, outcome) in creates.into_iter().zip(outcomes) {
                let after = machine::created(outcome, task.job.attempts, &self.capabilities);
                done.push((task, after));
            }
        }
        for task in others {
            let after = match task.call {
                Call::Settle => machine::interrupted(task.job.attempts, &self.capabilities),
                _ => {
                    let answer = self.client.look_up(&task.job.external_ref).await;
                    let (attempts, lookups) = (task.job.attempts, task.job.lookups);
                    machine::looked_up(answer, attempts, lookups, &self.capabilities)
                }
            };
            done.push((task, after));
        }
        done
    }

    async fn finish(&self, mut done: Vec<(Task, After)>) -> Result<(), Error> {
        let mut tx = self.services.store.begin_system().await?;
        let leases: Vec<Lease> = done.iter().map(|(task, _)| task.lease).collect();
        let ours = delivery::still_ours(&mut tx, &leases).await?;
        let fenced = leases.len() - ours.len();
        if fenced > 0 {
            tracing::warn!(lanes = fenced, "fenced out: another worker has taken over");
        }
        done.retain(|(task, _)| ours.contains(&task.lease.work_order));
        let settled: Vec<WorkOrderId> = done
            .iter()
            .filter(|(task, _)| task.call == Call::Settle)
            .map(|(task, _)| task.lease.work_order)
            .collect();
        if !settled.is_empty() {
            delivery::abandon_attempts(&mut tx, &settled).await?;
        }
        for (task, after) in &mut done {
            if task.call == Call::Settle && task.job.cmms_id.is_some() {
                *after = known_meanwhile(&task.job);
            }
        }
        let records = done.iter().filter_map(|(_, after)| after.record.clone()).collect();
        mirror::apply_all(&mut tx, self.connection, records).await?;
        let steps: Vec<StepRow> = done.iter().map(|(task, after)| self.step(task, after)).collect();
        let sites = delivery::finish(&mut tx, &steps).await?;
        tx.audit(done.iter().flat_map(|(task, after)| audit(task, after)).collect()).await?;
        for (_, site) in sites {
            tx.touch(Topic::WorkOrders, Some(site));
        }
        crash_point!("wo.before_finish_commit");
        tx.commit().await?;
        crash_point!("wo.after_finish");
        self.report(&done).await
    }

    fn step(&self, task: &Task, after: &After) -> StepRow {
        StepRow {
            work_order: task.lease.work_order,
            attempt: task.attempt,
            state: after.state,
            attempts: after.attempts,
            lookups: after.lookups,
            wait: after
                .wait
                .map(|wait| self.scaled(machine::jitter(wait, task.job.id, after.attempts))),
            error_code: after.code.clone(),
            error_text: after.text.clone(),
            outcome: after.outcome,
            detail: after.text.clone(),
        }
    }

    /// Tells the breaker how it went. Our own database has none: without it nothing runs at all.
    async fn report(&self, done: &[(Task, After)]) -> Result<(), Error> {
        if self.capabilities.same_database {
            return Ok(());
        }
        let said = |health: Health| done.iter().any(|(_, after)| after.health == Some(health));
        let worst =
            [Health::Unauthorised, Health::Failed, Health::Well].into_iter().find(|h| said(*h));
        let Some(health) = worst else { return Ok(()) };
        let mut tx = self.services.store.begin_system().await?;
        connections::report(&mut tx, self.connection, health, self.scaled(PROBE)).await?;
        Ok(tx.commit().await?)
    }
}

fn order(job: &Job) -> NewOrder {
    NewOrder {
        id: WorkOrderId(job.id),
        site: SiteId(job.site_id),
        external_ref: job.external_ref.clone(),
        body: job.request.clone(),
    }
}

/// A record with our reference came in before the create's answer: the CMMS holds it.
fn known_meanwhile(job: &Job) -> After {
    After {
        state: DeliveryState::Created,
        attempts: job.attempts,
        lookups: 0,
        wait: None,
        outcome: "found",
        code: None,
        text: None,
        record: None,
        duplicates: 0,
        health: None,
    }
}

fn audit(task: &Task, after: &After) -> Vec<AuditEntry> {
    let action = match after.state {
        DeliveryState::Created => "work_order.created",
        DeliveryState::Rejected => "work_order.rejected",
        DeliveryState::Dead => "work_order.dead",
        DeliveryState::NeedsPerson => "work_order.needs_person",
        DeliveryState::Unknown => "work_order.unknown",
        DeliveryState::Queued | DeliveryState::Sending => "work_order.requeue",
    };
    let number = after.record.as_ref().map(|record| record.number.clone());
    let site = SiteId(task.job.site_id);
    let outcome = if after.state == DeliveryState::Created { "ok" } else { after.outcome };
    let detail = json!({
        "attempt": after.attempts, "outcome": after.outcome, "number": number, "error": after.text,
    });
    let mut entries = vec![
        AuditEntry::new(action, "work_order", task.job.id)
            .site(site)
            .outcome(outcome)
            .detail(detail),
    ];
    if after.duplicates > 0 {
        tracing::error!(work_order.id = task.job.id, "the CMMS holds more than one record");
        entries.push(
            AuditEntry::new("work_order.duplicate", "work_order", task.job.id)
                .site(site)
                .outcome("duplicate_in_cmms")
                .detail(json!({ "more": after.duplicates })),
        );
    }
    entries
}
