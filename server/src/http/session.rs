//! Login sessions: tower-sessions over our own table, which holds only the hash of an id (S4).

use std::collections::HashMap;

use async_trait::async_trait;
use domain::ids::UserId;
use serde_json::Value;
use store::Store;
use time::{Duration, OffsetDateTime};
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

use crate::state::AppState;

/// The layer that finds the session of a request and sets its cookie.
pub fn layer(state: &AppState) -> SessionManagerLayer<Sessions> {
    let https = state.http.https();
    // `__Host-` cookies need TLS; plain HTTP is for loopback only.
    let name = if https { "__Host-millwright" } else { "millwright" };
    SessionManagerLayer::new(Sessions { store: state.services.store.clone() })
        .with_name(name)
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnSessionEnd)
}

/// What the id of a session is stored as.
pub fn hashed(id: &Id) -> Vec<u8> {
    services::users::session_hash(id.0)
}

/// The table of sessions. A session belongs to a person: what signs in puts
/// [`app::users::session`]'s keys into it, and one without them is not stored.
#[derive(Debug, Clone)]
pub struct Sessions {
    store: Store,
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let number = |key: &str| record.data.get(key).and_then(Value::as_i64);
        let (Some(user), Some(rights)) = (
            number(app::users::session::USER),
            number(app::users::session::RIGHTS_VERSION).and_then(|v| i32::try_from(v).ok()),
        ) else {
            return Err(Error::Encode("a session without a person".into()));
        };
        let idle = number(app::users::session::IDLE_MINUTES)
            .and_then(|v| i32::try_from(v).ok())
            .unwrap_or(app::users::session::IDLE_MINUTES_DEFAULT);
        let data = encode(&record.data)?;
        store::sessions::create(&self.store, &hashed(&record.id), UserId(user), rights, idle, &data)
            .await
            .map_err(backend)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let data = encode(&record.data)?;
        store::sessions::save(&self.store, &hashed(&record.id), &data).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row = store::sessions::load(&self.store, &hashed(id)).await.map_err(backend)?;
        row.map(|row| {
            let data: HashMap<String, Value> =
                serde_json::from_value(row.data).map_err(|e| Error::Decode(e.to_string()))?;
            let expiry_date = OffsetDateTime::now_utc() + Duration::seconds(row.ends_in_secs);
            Ok(Record { id: *id, data, expiry_date })
        })
        .transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        store::sessions::delete(&self.store, &hashed(id)).await.map_err(backend)
    }
}

fn encode(data: &HashMap<String, Value>) -> Result<Value> {
    serde_json::to_value(data).map_err(|e| Error::Encode(e.to_string()))
}

fn backend(error: store::Error) -> Error {
    tracing::error!(error = %super::chain(&error), "session");
    Error::Backend("the session could not be read or stored".into())
}
