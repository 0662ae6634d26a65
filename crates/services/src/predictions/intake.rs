//! The group committer: many small requests share one commit.
//!
//! A bounded queue feeds a fixed number of writers. A writer takes what is waiting (no artificial
//! delay), stores it in one transaction and answers each request. An answer is only given after
//! the commit; when the group fails, each request is tried alone, and a request of many
//! predictions item by item, so that one of them cannot hold up the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use store::{Store, predictions};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::{Outcome, ReceiveError, Request, receive};
use crate::Error;

/// Bounds of the group committer.
#[derive(Debug, Clone)]
pub struct IntakeSettings {
    /// Predictions that may wait or be in flight; beyond them requests are refused.
    pub queue: usize,
    /// Predictions that share one commit, at most (a single request may hold more).
    pub group: usize,
    /// Transactions in flight.
    pub writers: usize,
    /// Longest wait for an answer; then 503, and the sender repeats.
    pub answer_within: Duration,
    /// Age at which a prediction without decision counts as overdue.
    pub overdue_after: Duration,
    /// Overdue lanes at which new predictions are refused.
    pub overdue_lanes: u32,
}

impl Default for IntakeSettings {
    fn default() -> Self {
        Self {
            queue: 4_096,
            group: 256,
            writers: 1,
            answer_within: Duration::from_secs(2),
            overdue_after: Duration::from_secs(10),
            overdue_lanes: 200,
        }
    }
}

/// Outcome of one request's items, or why none is known.
type Answer = Result<Vec<Result<Outcome, Error>>, Error>;

struct Job {
    request: Request,
    answer: oneshot::Sender<Answer>,
    _room: OwnedSemaphorePermit,
}

/// Where requests wait for the next commit. Cheap to clone.
#[derive(Clone)]
pub struct Intake {
    queue: mpsc::Sender<Job>,
    room: Arc<Semaphore>,
    settings: Arc<IntakeSettings>,
    backlog: Arc<Backlog>,
}

impl Intake {
    /// Starts the writers; they end when the last clone is dropped and the queue is empty.
    pub fn start(store: Store, settings: IntakeSettings) -> Self {
        let (sender, receiver) = mpsc::channel(settings.queue.max(1));
        let receiver = Arc::new(Mutex::new(receiver));
        let settings = Arc::new(settings);
        for _ in 0..settings.writers.max(1) {
            tokio::spawn(write(store.clone(), Arc::clone(&receiver), settings.group));
        }
        Self {
            queue: sender,
            room: Arc::new(Semaphore::new(settings.queue)),
            backlog: Arc::new(Backlog::new(store, &settings)),
            settings,
        }
    }

    /// Whether requests are refused now: hardly any room is left, or decisions lag too far behind.
    pub fn is_full(&self) -> bool {
        let least = self.settings.group.min(self.settings.queue);
        self.backlog.too_old() || self.room.available_permits() < least
    }

    /// Stores a request's predictions together with whatever else is waiting, and answers after
    /// the commit: one outcome per prediction.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the queue is full, decisions lag too far behind, the database
    /// is down, or no answer came in time (the predictions may be stored nevertheless).
    pub async fn submit(&self, request: Request) -> Answer {
        if self.backlog.too_old() {
            return Err(Error::Unavailable);
        }
        let size = u32::try_from(request.predictions.len().max(1)).unwrap_or(u32::MAX);
        let room =
            Arc::clone(&self.room).try_acquire_many_owned(size).map_err(|_| Error::Unavailable)?;
        let (answer, answered) = oneshot::channel();
        self.queue
            .try_send(Job { request, answer, _room: room })
            .map_err(|_| Error::Unavailable)?;
        match tokio::time::timeout(self.settings.answer_within, answered).await {
            Ok(Ok(answer)) => answer,
            _ => Err(Error::Unavailable),
        }
    }
}

async fn write(store: Store, queue: Arc<Mutex<mpsc::Receiver<Job>>>, group: usize) {
    loop {
        let jobs = {
            let mut queue = queue.lock().await;
            let Some(first) = queue.recv().await else { return };
            let mut size = first.request.predictions.len();
            let mut jobs = vec![first];
            while size < group
                && let Ok(next) = queue.try_recv()
            {
                size += next.request.predictions.len();
                jobs.push(next);
            }
            jobs
        };
        // Nobody waits any more for those whose sender has gone.
        let jobs = jobs.into_iter().filter(|job| !job.answer.is_closed()).collect();
        commit(&store, jobs).await;
    }
}

async fn commit(store: &Store, jobs: Vec<Job>) {
    if jobs.is_empty() {
        return;
    }
    let mut requests = Vec::with_capacity(jobs.len());
    let mut waiting = Vec::with_capacity(jobs.len());
    for job in jobs {
        requests.push(job.request);
        waiting.push((job.answer, job._room));
    }
    match stored(store, &requests).await {
        Ok(answers) => {
            for ((answer, _room), outcomes) in waiting.into_iter().zip(answers) {
                drop(answer.send(Ok(outcomes.into_iter().map(Ok).collect())));
            }
        }
        Err(error) => {
            let down = matches!(error, Error::Unavailable);
            if !down {
                tracing::warn!(%error, requests = requests.len(), "group failed, trying singly");
            }
            for ((answer, _room), request) in waiting.into_iter().zip(requests) {
                let result =
                    if down { Err(Error::Unavailable) } else { alone(store, request).await };
                drop(answer.send(result));
            }
        }
    }
}

/// One request in a transaction of its own; when that fails, each item in one of its own.
async fn alone(store: &Store, request: Request) -> Answer {
    let request = [request];
    let error = match stored(store, &request).await {
        Ok(answers) => {
            return Ok(answers.into_iter().flatten().map(Ok).collect());
        }
        Err(error) => error,
    };
    let [request] = request;
    if request.predictions.len() == 1 || matches!(error, Error::Unavailable) {
        return Err(error);
    }
    let mut outcomes = Vec::with_capacity(request.predictions.len());
    for prediction in &request.predictions {
        let single = [Request { predictions: vec![prediction.clone()], ..request.clone() }];
        outcomes.push(match stored(store, &single).await {
            Ok(answers) => answers.into_iter().flatten().next().ok_or(Error::Unavailable),
            Err(error) => Err(error),
        });
    }
    Ok(outcomes)
}

/// Attempts at a group whose alerts are being closed, or which met a deadlock.
const ATTEMPTS: u32 = 3;

async fn stored(store: &Store, requests: &[Request]) -> Result<Vec<Vec<Outcome>>, Error> {
    for _ in 1..ATTEMPTS {
        match once(store, requests).await {
            Err(ReceiveError::Contended) => {}
            Err(ReceiveError::Store(error)) if error.is_contention() => {}
            other => return Ok(other?),
        }
    }
    Ok(once(store, requests).await?)
}

async fn once(store: &Store, requests: &[Request]) -> Result<Vec<Vec<Outcome>>, ReceiveError> {
    let mut tx = store.begin_steady().await?;
    let answers = receive(&mut tx, requests).await?;
    tx.commit().await?;
    Ok(answers)
}

/// Whether decisions lag too far behind; asked of the database at most once a second.
struct Backlog {
    store: Store,
    overdue_after: Duration,
    overdue_lanes: u32,
    too_old: AtomicBool,
    asked: std::sync::Mutex<Option<Instant>>,
}

impl Backlog {
    fn new(store: Store, settings: &IntakeSettings) -> Self {
        Self {
            store,
            overdue_after: settings.overdue_after,
            overdue_lanes: settings.overdue_lanes,
            too_old: AtomicBool::new(false),
            asked: std::sync::Mutex::new(None),
        }
    }

    fn too_old(self: &Arc<Self>) -> bool {
        let due = self.asked.lock().is_ok_and(|mut asked| {
            let due = asked.is_none_or(|at| at.elapsed() >= Duration::from_secs(1));
            if due {
                *asked = Some(Instant::now());
            }
            due
        });
        if due {
            tokio::spawn(Arc::clone(self).ask());
        }
        self.too_old.load(Ordering::Relaxed)
    }

    async fn ask(self: Arc<Self>) {
        let Ok(mut tx) = self.store.begin_system().await else { return };
        let (after, limit) = (self.overdue_after.as_secs_f64(), i64::from(self.overdue_lanes));
        if let Ok(late) = predictions::overdue_lanes(&mut tx, after, limit).await {
            self.too_old.store(limit > 0 && late >= limit, Ordering::Relaxed);
        }
    }
}
