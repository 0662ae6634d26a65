//! Live tests of connections: asked for by a person, run here, stored step by step so that a page
//! can follow.

use std::sync::Arc;
use std::time::Duration;

use cmms::egress::Egress;
use cmms::engine::{Cursor, ManifestClient};
use cmms::{CmmsClient, CreateOutcome, NewOrder};
use domain::ids::{ConnectionId, SiteId, WorkOrderId};
use domain::work_order::WorkOrderStatus;
use serde_json::json;
use services::{Error, Services, connections};
use store::connections::checks::{self, CheckRow};
use store::{AuditEntry, Topic};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::Clients;
use crate::rounds::{Worker, rounds};

/// A worker that dies leaves a test to others after this.
const LEASE: Duration = Duration::from_secs(180);
const POLL: Duration = Duration::from_millis(500);
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// What people over there read.
const MARK: &str = "Millwright connection test: please ignore, it is cancelled at once";

struct Checks {
    services: Services,
    clients: Clients,
    egress: Egress,
}

impl Worker for Checks {
    const NAME: &'static str = "checks";

    async fn round(&mut self) -> Result<usize, Error> {
        let mut tx = self.services.store.begin_system().await?;
        let rendered = connections::render_shadow(&mut tx).await?;
        tx.commit().await?;
        if rendered > 0 {
            return Ok(rendered);
        }
        let mut tx = self.services.store.begin_system().await?;
        let lease = self.services.settings.scaled(LEASE);
        let Some(check) = checks::take(&mut tx, lease).await? else { return Ok(0) };
        tx.commit().await?;
        self.check(&check).await?;
        self.finish(&check).await?;
        Ok(1)
    }
}

/// What was seen, or why it failed and what to do.
type Seen = Result<String, String>;

impl Checks {
    async fn check(&self, check: &CheckRow) -> Result<(), Error> {
        let id = ConnectionId(check.connection_id);
        let mut tx = self.services.store.begin_system().await?;
        let config = store::connections::config(&mut tx, id).await?.ok_or(Error::NotFound)?;
        tx.commit().await?;
        let address = config.base_url.unwrap_or_default();
        let Ok(url) = Url::parse(&address) else {
            let why = format!("`{address}` is no address.");
            return self.step(check, "resolves", async { Err(why) }).await.map(drop);
        };
        let mut addresses = Vec::new();
        let resolved = self
            .step(check, "resolves", async {
                addresses = self.egress.admit(&url).await.map_err(|refused| refused.to_string())?;
                Ok(addresses.iter().map(|one| one.ip().to_string()).collect::<Vec<_>>().join(", "))
            })
            .await?;
        if !resolved || !self.step(check, "opens", opens(&addresses)).await? {
            return Ok(());
        }
        let client = match check.with_next {
            true => self.clients.with_next_secrets(id).await.map(Arc::new).map(Some),
            false => self.clients.manifest(id).await,
        };
        let client = match client {
            Ok(Some(client)) => client,
            Ok(None) => return Ok(()),
            Err(error) => {
                let why = error.to_string();
                return self.step(check, "signs_in", async { Err(why) }).await.map(drop);
            }
        };
        let done = self.try_out(check, &url, &client).await;
        if check.with_next {
            client.log_out().await;
        }
        done
    }

    /// Everything that needs a client.
    async fn try_out(
        &self,
        check: &CheckRow,
        url: &Url,
        client: &ManifestClient,
    ) -> Result<(), Error> {
        let signed_in = client.connect().await;
        let encrypted = match (&signed_in, url.scheme()) {
            (_, "http") => Ok("not encrypted; the server allows it for this address".to_owned()),
            (Err(error), _) if is_tls(&error.to_string()) => Err(error.to_string()),
            _ => Ok("TLS 1.2 or newer; the certificate is valid".to_owned()),
        };
        if !self.step(check, "tls", async { encrypted }).await? {
            return Ok(());
        }
        let signs_in = async {
            let (who, version) = signed_in.map_err(|error| error.to_string())?;
            let who = who.unwrap_or_else(|| "signed in".to_owned());
            Ok(version.map_or(who.clone(), |version| format!("{who}, version {version}")))
        };
        if !self.step(check, "signs_in", signs_in).await? {
            return Ok(());
        }
        let mut asset = None;
        let reads_assets = async {
            let page = client.assets(None, &Cursor::default()).await.map_err(|e| e.to_string())?;
            asset = page.rows.iter().find(|row| !row.retired).map(|row| row.id.clone());
            match page.rows.len() {
                0 => Err("The register is empty, or our user sees none of it.".to_owned()),
                n if page.next.is_some() => Ok(format!("{n} assets on the first page")),
                n => Ok(format!("{n} assets")),
            }
        };
        let read = self.step(check, "reads_assets", reads_assets).await?;
        let reads_orders = async {
            let page = client.orders(None, &Cursor::default()).await.map_err(|e| e.to_string())?;
            Ok(format!("{} work orders on the first page", page.rows.len()))
        };
        self.step(check, "reads_orders", reads_orders).await?;
        if check.writes && read {
            self.write(check, client, asset).await?;
        }
        Ok(())
    }

    async fn write(
        &self,
        check: &CheckRow,
        client: &ManifestClient,
        asset: Option<String>,
    ) -> Result<(), Error> {
        let order = NewOrder {
            id: WorkOrderId(0),
            site: SiteId(0),
            external_ref: format!("MW-TEST-{}", check.id),
            body: json!({"title": MARK, "description": MARK, "asset": asset, "priority": 5,
                         "work_type": "predictive", "status": "draft", "spare_parts": []}),
        };
        let mut made = None;
        let creates = async {
            match client.create(&order).await {
                CreateOutcome::Created(record) => {
                    made = Some(record.cmms_id.clone());
                    Ok(record.number)
                }
                CreateOutcome::Refused { message, .. } => Err(message),
                CreateOutcome::NotSent(why)
                | CreateOutcome::Unknown(why)
                | CreateOutcome::Unauthorised(why) => Err(why),
                CreateOutcome::RateLimited { .. } => Err("The CMMS asks to wait.".to_owned()),
            }
        };
        if !self.step(check, "creates", creates).await? {
            return Ok(());
        }
        let cancels = async {
            let id = made.unwrap_or_default();
            let by = json!({"action": MARK});
            match client.transition(&id, WorkOrderStatus::Cancelled, &by).await {
                Some(Ok(())) => Ok("cancelled".to_owned()),
                Some(Err(error)) => Err(format!("Cancel {id} there by hand: {error}")),
                None => Err(format!("This CMMS cannot be told to cancel: cancel {id} by hand.")),
            }
        };
        self.step(check, "cancels", cancels).await.map(drop)
    }

    /// Runs one step and stores how it stands before and after; answers whether it passed.
    async fn step(
        &self,
        check: &CheckRow,
        name: &str,
        work: impl Future<Output = Seen>,
    ) -> Result<bool, Error> {
        self.set(check, name, "running", "").await?;
        let (state, detail) = match work.await {
            Ok(seen) => ("passed", seen),
            Err(why) => ("failed", why),
        };
        self.set(check, name, state, &detail).await?;
        Ok(state == "passed")
    }

    async fn set(
        &self,
        check: &CheckRow,
        step: &str,
        state: &str,
        detail: &str,
    ) -> Result<(), Error> {
        let mut tx = self.services.store.begin_system().await?;
        checks::set_step(&mut tx, check.id, step, state, detail).await?;
        Ok(tx.commit().await?)
    }

    /// Ends the test; secrets that waited for it are put into use when it passed.
    async fn finish(&self, check: &CheckRow) -> Result<(), Error> {
        let id = ConnectionId(check.connection_id);
        let mut tx = self.services.store.begin_system().await?;
        let passed = checks::finish_check(&mut tx, check.id).await?;
        if passed && check.with_next {
            connections::promote(&mut tx, id).await?;
        }
        let outcome = if passed { "ok" } else { "failed" };
        let entry = AuditEntry::new("connection.checked", "connection", id.0)
            .outcome(outcome)
            .detail(json!({"check": check.id}));
        tx.audit(vec![entry]).await?;
        tx.touch(Topic::Deliveries, None);
        Ok(tx.commit().await?)
    }
}

async fn opens(addresses: &[std::net::SocketAddr]) -> Seen {
    let mut why = "no address".to_owned();
    for address in addresses {
        match tokio::time::timeout(CONNECT_WITHIN, TcpStream::connect(address)).await {
            Ok(Ok(_)) => return Ok(format!("port {}", address.port())),
            Ok(Err(error)) => why = error.to_string(),
            Err(_) => why = format!("no answer within {} s", CONNECT_WITHIN.as_secs()),
        }
    }
    Err(why)
}

fn is_tls(text: &str) -> bool {
    let text = text.to_lowercase();
    ["certificate", "tls", "handshake"].iter().any(|word| text.contains(word))
}

/// Runs one queued test, unless a running program takes it first; returns when it has ended.
///
/// # Errors
/// When the database refuses.
pub async fn run_one(services: &Services, egress: Egress, id: i64) -> Result<(), Error> {
    let clients = Clients::new(services.clone(), services.settings.vault.clone(), egress.clone());
    let mut worker = Checks { services: services.clone(), clients, egress };
    loop {
        let mut tx = services.store.begin_system().await?;
        let check = checks::check(&mut tx, id).await?.ok_or(Error::NotFound)?;
        drop(tx);
        if check.finished_at.is_some() {
            worker.clients.log_out().await;
            return Ok(());
        }
        if worker.round().await? == 0 {
            tokio::time::sleep(POLL).await;
        }
    }
}

/// Runs live tests until `stop`.
pub async fn run(services: Services, clients: Clients, egress: Egress, stop: CancellationToken) {
    let poll = services.settings.scaled(POLL).max(Duration::from_millis(50));
    rounds(Checks { services, clients, egress }, None, poll, &stop).await;
}
