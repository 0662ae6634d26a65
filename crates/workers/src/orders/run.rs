//! One run over a CMMS's work orders, page by page. The page's rows and the cursor are written in
//! one transaction, so a killed run goes on where it stood.

use std::time::Duration;

use cmms::engine::{Batch, Cursor, OrderRow};
use cmms::manifest::Feed;
use domain::connection::Health;
use serde_json::{Value, json};
use services::Error;
use services::work_orders::sync::{self, Source, Taken};
use store::crash_point;
use store::work_orders::order_sync::{self, Counted, Run};

use super::{Follower, Stop};

/// A lease that is not renewed ends after this.
const LEASE: Duration = Duration::from_secs(30);
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Our open work orders per step, where a CMMS cannot list changes.
const POLLED: i64 = 20;
/// Finished work of others is read this much later than what is asked for.
const LATER: Duration = Duration::from_secs(60);
/// After so many failures in a row at one page the run begins anew: a cursor may have expired.
const STUCK: i32 = 5;

impl Follower<'_> {
    /// Carries the run out that is due, if one is; answers how many pages it took.
    ///
    /// # Errors
    /// When the database fails; a CMMS that does not answer is noted at the run instead.
    pub async fn sync(&self) -> Result<usize, Error> {
        let lists_changes = self.client.feeds().1 != Feed::None;
        let scale = self.services.settings.time_scale;
        let mut tx = self.services.store.begin_system().await?;
        order_sync::enrol(&mut tx).await?;
        let lease = self.scaled(LEASE);
        let run = order_sync::claim(&mut tx, self.connection, lists_changes, scale, lease).await?;
        tx.commit().await?;
        let Some(run) = run else { return Ok(0) };
        let mut pages = 0;
        let ended = tokio::select! {
            ended = self.pages(&run, &mut pages) => ended,
            error = self.keep(&run) => Err(Stop::Failed(error)),
        };
        match ended {
            Ok(()) => {
                let mut tx = self.services.store.begin_system().await?;
                order_sync::finish(&mut tx, &run, scale).await?;
                tx.commit().await?;
                if pages > 0 {
                    self.report(Health::Well).await?;
                }
            }
            Err(Stop::Fenced) => tracing::warn!("another worker has taken the run over"),
            Err(Stop::Failed(error)) => return Err(error),
            Err(Stop::Call(error)) => {
                tracing::warn!(connection = %self.connection, %error, "work orders cannot be read");
                let failures = if pages > 0 { 0 } else { run.failures };
                let wait = self.wait_after(&error, failures).await?;
                let anew = failures + 1 >= STUCK;
                let mut tx = self.services.store.begin_system().await?;
                order_sync::fail(&mut tx, &run, &error.to_string(), wait, anew).await?;
                tx.commit().await?;
            }
        }
        Ok(pages)
    }

    /// Renews the lease; ends only by failing.
    async fn keep(&self, run: &Run) -> Error {
        loop {
            tokio::time::sleep(self.scaled(HEARTBEAT)).await;
            let beat = async {
                let mut tx = self.services.store.begin_system().await?;
                order_sync::heartbeat(&mut tx, run, self.scaled(LEASE)).await?;
                Ok::<(), Error>(tx.commit().await?)
            };
            if let Err(error) = beat.await {
                return error;
            }
        }
    }

    async fn pages(&self, run: &Run, pages: &mut usize) -> Result<(), Stop> {
        let mut cursor = run.cursor.clone();
        loop {
            cursor = match run.mode.as_str() {
                "open" => self.open_ones(run, cursor).await?,
                _ => self.page(run, cursor).await?,
            };
            *pages += 1;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    async fn page(&self, run: &Run, cursor: Option<Value>) -> Result<Option<Value>, Stop> {
        let cursor: Cursor = match cursor {
            Some(cursor) => serde_json::from_value(cursor)
                .map_err(|e| Error::Store(store::Error::corrupt("order_sync", e)))?,
            None => Cursor::default(),
        };
        let batch = self.client.orders(run.since, &cursor).await?;
        crash_point!("orders.after_page");
        let (batch, later) = self.completed(batch).await?;
        let next = batch.next.as_ref().map(|next| json!(next));
        self.write(run, batch.rows, Source::List, &later, next).await
    }

    /// Reads the rows one by one that the list says too little about, and leaves out those that it
    /// says nothing new about.
    async fn completed(
        &self,
        mut batch: Batch<OrderRow>,
    ) -> Result<(Batch<OrderRow>, Vec<String>), Stop> {
        if self.client.lists_whole_orders() || batch.rows.is_empty() {
            return Ok((batch, Vec::new()));
        }
        let mut tx = self.services.store.begin_system().await?;
        let wanted = sync::wanted(&mut tx, self.connection, &batch.rows).await?;
        drop(tx);
        batch.rows.retain(|row| {
            let id = &row.record.cmms_id;
            wanted.now.contains(id) || wanted.later.contains(id)
        });
        for row in &mut batch.rows {
            row.record.closure = None;
            if wanted.now.contains(&row.record.cmms_id)
                && let Some(whole) = self.client.read_order(&row.record.cmms_id).await?
            {
                *row = whole;
            }
        }
        Ok((batch, wanted.later))
    }

    /// The next of our open work orders, one by one.
    async fn open_ones(&self, run: &Run, cursor: Option<Value>) -> Result<Option<Value>, Stop> {
        let after = cursor.and_then(|cursor| cursor.as_i64()).unwrap_or_default();
        let mut tx = self.services.store.begin_system().await?;
        let ours = order_sync::open_ones(&mut tx, self.connection, after, POLLED).await?;
        drop(tx);
        let mut rows = Vec::with_capacity(ours.len());
        for (_, cmms_id) in &ours {
            rows.extend(self.client.read_order(cmms_id).await?);
        }
        let more = ours.last().filter(|_| ours.len() as i64 == POLLED);
        let next = more.map(|(id, _)| json!(id));
        self.write(run, rows, Source::Reading, &[], next).await
    }

    async fn write(
        &self,
        run: &Run,
        rows: Vec<OrderRow>,
        source: Source,
        later: &[String],
        next: Option<Value>,
    ) -> Result<Option<Value>, Stop> {
        let mut tx = self.services.store.begin_system().await?;
        if !order_sync::still_ours(&mut tx, run).await? {
            return Err(Stop::Fenced);
        }
        let priority = |ours| self.client.priority_there(ours);
        let taken = sync::take(&mut tx, self.connection, rows, source, &priority).await?;
        order_sync::ask(&mut tx, self.connection, later, self.scaled(LATER)).await?;
        let lease = self.scaled(LEASE);
        order_sync::advance(&mut tx, run, next.as_ref(), counted(&taken), lease).await?;
        crash_point!("orders.before_commit");
        tx.commit().await?;
        crash_point!("orders.after_commit");
        Ok(next)
    }
}

fn counted(taken: &Taken) -> Counted {
    Counted {
        rows: i64::try_from(taken.rows).unwrap_or(i64::MAX),
        changed: i64::try_from(taken.changed).unwrap_or(i64::MAX),
        newest: taken.newest,
    }
}
