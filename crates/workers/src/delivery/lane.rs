//! One set of lanes from claim to outcome.
//!
//! (a) One transaction leases the lanes, marks creates as `sending` and opens their attempts.
//! (b) The calls. (c) One transaction locks the lanes that are still ours and writes what came of
//! them. A crash before (a) commits changes nothing; between (a) and (c) the lease runs out and the
//! create is found `sending`, which makes it unknown and looks it up; after (c) all is written.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use cmms::delivery::machine;
use cmms::delivery::{self as protocol, After, Call};
use cmms::engine::{NoJournal, on_behalf_of};
use cmms::{Capabilities, CmmsClient, NewOrder};
use domain::connection::Health;
use domain::ids::{ConnectionId, SiteId, WorkOrderId};
use domain::work_order::DeliveryState;
use serde_json::json;
use services::connections::RECONCILE_FOR;
use services::work_orders::mirror;
use services::{Error, Services};
use store::connections;
use store::work_orders::delivery::{self, Job, Lease, StepRow};
use store::work_orders::strays::{self, Stray};
use store::work_orders::{attachments, sweep};
use store::{AuditEntry, ScopedTx, Topic, crash_point};

use super::journal::LaneJournal;
use super::pulse::Pulse;
use crate::Clients;

/// A lease that is not renewed ends after this.
const LEASE: Duration = Duration::from_secs(30);
const HEARTBEAT: Duration = Duration::from_secs(10);
/// An open breaker lets one call through this often.
const PROBE: Duration = Duration::from_secs(30);
/// A created record is searched again after this: a create whose answer was lost may have been
/// committed later (R3).
const SWEEP: Duration = Duration::from_secs(9 * 60);

/// After a restore creates wait so long for the CMMS's work orders to be read again.
const UNREAD: Duration = Duration::from_secs(10 * 60);

/// Where a courier's client comes from.
#[derive(Clone)]
pub(super) enum Source {
    /// It stays the same.
    Fixed(Arc<dyn CmmsClient>),
    /// It is built from a configuration that may change.
    Configured(Clients),
}

/// One connection and how it is driven.
#[derive(Clone)]
pub(super) struct Courier {
    pub services: Services,
    pub connection: ConnectionId,
    pub source: Source,
    /// Records lie in our own database.
    pub same_database: bool,
    /// What was last said about the connection.
    pub pulse: Pulse,
}

/// A leased work order and the call it needs.
struct Task {
    lease: Lease,
    job: Job,
    call: Call,
    attempt: Option<i64>,
}

impl Task {
    fn creates(&self) -> bool {
        matches!(self.call, Call::Create { .. })
    }
}

/// Leased tasks whose calls are still to be made.
pub(super) struct Batch(Vec<Task>);

impl Batch {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Each task by itself.
    pub(super) fn into_singles(self) -> impl Iterator<Item = Self> {
        self.0.into_iter().map(|task| Self(vec![task]))
    }
}

impl Courier {
    fn scaled(&self, wait: Duration) -> Duration {
        self.services.settings.scaled(wait)
    }

    /// Step (a): leases up to `limit` due lanes.
    pub(super) async fn claim(&self, limit: usize) -> Result<Batch, Error> {
        let mut tx = self.services.store.begin_system().await?;
        if self.same_database {
            delivery::relax(&mut tx).await?;
        }
        let lease = self.scaled(LEASE);
        let mut claim = delivery::claim(&mut tx, self.connection, limit as i64, lease).await?;
        if claim.leases.is_empty() {
            return Ok(Batch(Vec::new()));
        }
        if claim.probe {
            connections::probing(&mut tx, self.connection, self.scaled(PROBE)).await?;
        }
        let leases = std::mem::take(&mut claim.leases);
        let ids: Vec<WorkOrderId> = leases.iter().map(|lease| lease.work_order).collect();
        let jobs = delivery::jobs(&mut tx, &ids).await?;
        let mut tasks = Vec::with_capacity(jobs.len());
        let mut idle = Vec::new();
        for (lease, job) in leases.into_iter().zip(jobs) {
            let (known, stepwise) = (job.cmms_id.is_some(), !self.same_database);
            match Call::next(job.state()?, known, stepwise, claim.look_first) {
                Some(call) => tasks.push(Task { lease, job, call, attempt: None }),
                None => idle.push(lease.work_order),
            }
        }
        self.open_attempts(&mut tx, &mut tasks).await?;
        delivery::idle(&mut tx, &idle).await?;
        crash_point!("wo.before_claim_commit");
        tx.commit().await?;
        crash_point!("wo.after_claim");
        Ok(Batch(tasks))
    }

    async fn open_attempts(&self, tx: &mut ScopedTx, tasks: &mut [Task]) -> Result<(), Error> {
        let of = |wanted: fn(&Task) -> bool| -> Vec<WorkOrderId> {
            tasks.iter().filter(|task| wanted(task)).map(|task| task.lease.work_order).collect()
        };
        let (creates, look_ups) = (of(Task::creates), of(|task| task.call == Call::LookUp));
        let mut attempts: HashMap<WorkOrderId, i64> = HashMap::new();
        if !creates.is_empty() {
            attempts.extend(delivery::start_creates(tx, &creates).await?);
            let sends = tasks.iter().filter(|task| task.creates()).map(|task| {
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
            if task.creates() {
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
        let client = match &self.source {
            Source::Fixed(client) => Ok(client.clone()),
            Source::Configured(clients) => match clients.manifest(self.connection).await {
                Ok(Some(client)) => Ok(client as Arc<dyn CmmsClient>),
                Ok(None) => Err("this connection has no client".to_owned()),
                Err(error) => Err(error.to_string()),
            },
        };
        let client = match client {
            Ok(client) => client,
            Err(why) => return tasks.into_iter().map(|task| uncalled(task, &why)).collect(),
        };
        let capabilities = client.capabilities();
        if capabilities.same_database {
            return self.sets(&*client, &capabilities, tasks).await;
        }
        let mut done = Vec::with_capacity(tasks.len());
        for task in tasks {
            let call = self.single(&*client, &task);
            let after = on_behalf_of(task.lease.work_order, call).await;
            done.push((task, after));
        }
        done
    }

    /// Creates as one set.
    async fn sets(
        &self,
        client: &dyn CmmsClient,
        capabilities: &Capabilities,
        tasks: Vec<Task>,
    ) -> Vec<(Task, After)> {
        let (creates, others): (Vec<Task>, Vec<Task>) = tasks.into_iter().partition(Task::creates);
        let mut done = Vec::with_capacity(creates.len() + others.len());
        if !creates.is_empty() {
            let orders: Vec<NewOrder> = creates.iter().map(|task| order(&task.job)).collect();
            let outcomes = client.create_many(&orders).await;
            for (task, outcome) in creates.into_iter().zip(outcomes) {
                let after = machine::created(outcome, task.job.attempts, capabilities);
                done.push((task, after));
            }
        }
        for task in others {
            let after = self.single(client, &task).await;
            done.push((task, after));
        }
        done
    }

    async fn single(&self, client: &dyn CmmsClient, task: &Task) -> After {
        if task.call == (Call::Create { look_first: true }) {
            match self.stray(task.lease.work_order).await {
                Ok(Stray::None) => {}
                Ok(Stray::Open(id, number)) => {
                    return machine::adopted(
                        job(&task.job).record_of(id, number),
                        task.job.attempts,
                    );
                }
                Ok(Stray::Unread) => return machine::unread(task.job.attempts - 1),
                Err(error) => {
                    let text = error.to_string();
                    return machine::uncalled(
                        DeliveryState::Queued,
                        task.job.attempts - 1,
                        task.job.lookups,
                        &text,
                    );
                }
            }
        }
        let job = job(&task.job);
        if !client.creates_in_steps() {
            return protocol::make(client, &job, task.call, &NoJournal).await;
        }
        let journal = LaneJournal { store: self.services.store.clone(), lease: task.lease };
        protocol::make(client, &job, task.call, &journal).await
    }

    /// A record of ours that the restored database no longer knows.
    async fn stray(&self, order: WorkOrderId) -> Result<Stray, Error> {
        let since = RECONCILE_FOR.to_std().unwrap_or_default();
        let patience = self.scaled(UNREAD);
        let mut tx = self.services.store.begin_system().await?;
        Ok(strays::seek(&mut tx, order, since, patience).await?)
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
            .filter(|(task, _)| matches!(task.call, Call::Settle | Call::Complete))
            .map(|(task, _)| task.lease.work_order)
            .collect();
        if !settled.is_empty() {
            delivery::abandon_attempts(&mut tx, &settled).await?;
        }
        let records = done.iter().filter_map(|(_, after)| after.record.clone()).collect();
        mirror::apply_all(&mut tx, self.connection, records).await?;
        let steps: Vec<StepRow> = done.iter().map(|(task, after)| self.step(task, after)).collect();
        let sites = delivery::finish(&mut tx, &steps).await?;
        let created: Vec<WorkOrderId> = done
            .iter()
            .filter(|(_, after)| after.state == DeliveryState::Created)
            .map(|(task, _)| task.lease.work_order)
            .collect();
        if !self.same_database && !created.is_empty() {
            attachments::enqueue(&mut tx, &created).await?;
            sweep::schedule(&mut tx, &created, self.scaled(SWEEP)).await?;
        }
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
        if self.same_database {
            return Ok(());
        }
        let said = |health: Health| done.iter().any(|(_, after)| after.health == Some(health));
        let worst =
            [Health::Unauthorised, Health::Failed, Health::Well].into_iter().find(|h| said(*h));
        let Some(health) = worst else { return Ok(()) };
        if !self.pulse.is_news(health) {
            return Ok(());
        }
        let mut tx = self.services.store.begin_system().await?;
        connections::report(&mut tx, self.connection, health, self.scaled(PROBE)).await?;
        Ok(tx.commit().await?)
    }
}

/// Without a client no call was made.
fn uncalled(task: Task, why: &str) -> (Task, After) {
    let job = &task.job;
    let (state, attempts) = match task.call {
        Call::Create { .. } => (DeliveryState::Queued, job.attempts - 1),
        _ => (DeliveryState::Unknown, job.attempts),
    };
    let after = machine::uncalled(state, attempts, job.lookups, why);
    (task, after)
}

fn job(job: &Job) -> protocol::Job {
    let progress = job.progress.clone().and_then(|state| serde_json::from_value(state).ok());
    protocol::Job {
        order: order(job),
        progress: progress.unwrap_or_default(),
        known: job.cmms_id.clone().map(|id| (id, job.cmms_number.clone())),
        attempts: job.attempts,
        lookups: job.lookups,
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
