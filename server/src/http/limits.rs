//! Overload is answered honestly (R16, B31): a bounded number of requests at once, a quota per key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::ids::ApiKeyId;
use futures::StreamExt;
use http::StatusCode;
use tokio::sync::Semaphore;

use super::problem::Problem;
use crate::state::AppState;

/// Bytes of a refused request that are read and dropped.
const DRAINED: usize = 1024 * 1024;
/// Time for that.
const DRAIN_WITHIN: Duration = Duration::from_secs(2);

/// The limits of one process.
#[derive(Debug, Clone)]
pub struct Limits {
    in_flight: Arc<Semaphore>,
    live: Arc<Semaphore>,
    quotas: Arc<Quotas>,
    refusals: Arc<Quotas>,
}

impl Limits {
    /// `in_flight` requests at once; `quota` predictions or requests a second for each key.
    pub fn new(in_flight: usize, quota: u32) -> Self {
        Self {
            in_flight: Arc::new(Semaphore::new(in_flight)),
            live: Arc::new(Semaphore::new(1_000)),
            quotas: Arc::new(Quotas { per_second: f64::from(quota), keys: Mutex::default() }),
            refusals: Arc::new(Quotas { per_second: 10.0, keys: Mutex::default() }),
        }
    }

    /// Whether one more refusal may go into the audit log this second.
    pub fn may_note_refusal(&self) -> bool {
        self.refusals.take(ApiKeyId(0), 1.0, Instant::now()).is_ok()
    }

    /// A place among the live connections.
    ///
    /// # Errors
    /// 503 when all are taken.
    pub fn live(&self) -> Result<tokio::sync::OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.live).try_acquire_owned().map_err(|_| Problem::unavailable())
    }

    /// Takes `items` out of a key's quota; a batch counts each of its items.
    ///
    /// # Errors
    /// 429 with the seconds until there is room again; nothing is taken then.
    pub fn take(&self, key: ApiKeyId, items: u32) -> Result<(), Problem> {
        self.quotas.take(key, f64::from(items), Instant::now()).map_err(|wait_secs| {
            Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "quota_exceeded",
                "This key sends more than its quota. Nothing was stored.",
            )
            .retry_after(wait_secs)
        })
    }
}

/// A bucket per key: it holds what two seconds may bring, and fills steadily.
#[derive(Debug)]
struct Quotas {
    per_second: f64,
    keys: Mutex<HashMap<ApiKeyId, (f64, Instant)>>,
}

impl Quotas {
    fn take(&self, key: ApiKeyId, items: f64, now: Instant) -> Result<(), u64> {
        let full = self.per_second * 2.0;
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() > 10_000 {
            keys.retain(|_, (_, at)| now.duration_since(*at).as_secs() < 60);
        }
        let (level, at) = keys.entry(key).or_insert((full, now));
        *level = (*level + now.duration_since(*at).as_secs_f64() * self.per_second).min(full);
        *at = now;
        // One batch may be larger than the bucket: it goes when the bucket is full, and overdraws.
        let needed = items.min(full);
        if *level < needed {
            let wait = ((needed - *level) / self.per_second).ceil().clamp(1.0, 3600.0);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            return Err(wait as u64);
        }
        *level -= items;
        Ok(())
    }
}

/// Answers 503 at once when too many requests are under way, instead of queueing them.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.uri().path() == "/live" || request.uri().path() == "/healthz" {
        return next.run(request).await;
    }
    let Ok(_place) = state.limits.in_flight.try_acquire() else {
        metrics::counter!("http_refused_total", "reason" => "in_flight").increment(1);
        drain(request.into_body()).await;
        return Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "Too many requests at once. Nothing was stored; try again.",
        )
        .retry_after(1)
        .into_response();
    };
    next.run(request).await
}

/// Reads what a refused sender is still sending and keeps nothing of it: closed at once, the
/// connection could take the answer with it.
pub(super) async fn drain(body: Body) {
    let mut chunks = body.into_data_stream();
    let read = async {
        let mut left = DRAINED;
        while let Some(Ok(chunk)) = chunks.next().await {
            match left.checked_sub(chunk.len()) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    };
    // What takes longer is cut off.
    let _ = tokio::time::timeout(DRAIN_WITHIN, read).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body of so many chunks of 64 KiB, and how many of them were read.
    fn body(chunks: usize) -> (Body, Arc<Mutex<usize>>) {
        let read = Arc::new(Mutex::new(0));
        let count = Arc::clone(&read);
        let stream = futures::stream::iter(0..chunks).map(move |_| {
            *count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            Ok::<_, std::io::Error>(vec![0_u8; 64 * 1024])
        });
        (Body::from_stream(stream), read)
    }

    #[tokio::test]
    async fn what_a_refused_sender_still_sends_is_read_up_to_a_bound() {
        for (chunks, expected) in [(3, 3), (1_000, 17)] {
            let (body, read) = body(chunks);
            drain(body).await;
            assert_eq!(*read.lock().unwrap_or_else(PoisonError::into_inner), expected);
        }
    }

    fn quotas() -> Quotas {
        Quotas { per_second: 10.0, keys: Mutex::default() }
    }

    #[test]
    fn a_key_beyond_its_quota_waits_and_others_do_not() {
        let (quotas, now) = (quotas(), Instant::now());
        assert_eq!(quotas.take(ApiKeyId(1), 20.0, now), Ok(()));
        assert_eq!(quotas.take(ApiKeyId(1), 15.0, now), Err(2));
        assert_eq!(quotas.take(ApiKeyId(2), 15.0, now), Ok(()));
        assert_eq!(quotas.take(ApiKeyId(1), 15.0, now + Duration::from_secs(2)), Ok(()));
    }

    #[test]
    fn a_batch_larger_than_the_bucket_goes_once_and_is_paid_back() {
        let (quotas, now) = (quotas(), Instant::now());
        assert_eq!(quotas.take(ApiKeyId(1), 100.0, now), Ok(()));
        assert_eq!(quotas.take(ApiKeyId(1), 1.0, now + Duration::from_secs(2)), Err(7));
    }
}
