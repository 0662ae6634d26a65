//! One set of behaviours for every CMMS: whether a manifest and the system behind an address do
//! together what delivery relies on.
//!
//! Faults, the ledger and the work of technicians need a double, which answers below `/_double/`;
//! against any other system those behaviours are not run, and the table says so.

mod control;
mod delivery;
mod faults;
mod files;
mod reading;
mod round_trip;
mod table;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::ids::{SiteId, WorkOrderId};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::NewOrder;
use crate::egress::Egress;
use crate::engine::{Connection, ManifestClient, Now};
use crate::manifest::{Evidence, Manifest};

pub use table::table;

use control::Control;

/// A call that takes longer counts as unanswered.
const TIMEOUT: Duration = Duration::from_millis(500);
/// Waits are so many times shorter than they are: look-ups after 20, 120 and 480 ms.
const SCALE: u32 = 250;

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Behaviour {
    /// Connects, and tells bad credentials.
    Connect,
    /// Reads the register over pages, and what has changed.
    Assets,
    /// Creates exactly once under every fault.
    Once,
    /// Resumes after a crash between any two calls.
    Crash,
    /// Every field of the catalogue lands.
    Fields,
    /// Status, closure, cancelling, changes and files go there and come back.
    Closure,
    /// Tells refusals from unknown outcomes.
    Errors,
    /// Waits as asked.
    Pace,
    /// No secret in any output.
    Secrets,
}

impl Behaviour {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Connect,
        Self::Assets,
        Self::Once,
        Self::Crash,
        Self::Fields,
        Self::Closure,
        Self::Errors,
        Self::Pace,
        Self::Secrets,
    ];

    /// One word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Assets => "assets",
            Self::Once => "once",
            Self::Crash => "crash",
            Self::Fields => "fields",
            Self::Closure => "closure",
            Self::Errors => "errors",
            Self::Pace => "pace",
            Self::Secrets => "secrets",
        }
    }
}

/// How a behaviour was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// As it should; what was seen.
    Passed(String),
    /// Not as it should.
    Failed(String),
    /// It could not be tried.
    NotRun(String),
}

/// A row of the table.
#[derive(Debug, Clone)]
pub struct Row {
    /// The system.
    pub system: String,
    /// How the facts of its manifest are known.
    pub evidence: Evidence,
    /// How each behaviour was.
    pub verdicts: Vec<(Behaviour, Verdict)>,
}

impl Row {
    /// Whether nothing failed.
    pub fn passed(&self) -> bool {
        !self.verdicts.iter().any(|(_, verdict)| matches!(verdict, Verdict::Failed(_)))
    }
}

/// What somebody who checks an own system fills in; a double says it itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct About {
    /// What stands between the address and the paths of the manifest.
    pub path: String,
    /// Settings.
    pub settings: BTreeMap<String, Value>,
    /// Secrets.
    pub secrets: BTreeMap<String, String>,
    /// Fields of the work orders that are made: `asset`, `failure_code`, …
    pub order: Map<String, Value>,
    /// What the ledger of a double says then.
    pub expect: Expect,
    /// What a technician records on closing.
    pub closure: Map<String, Value>,
}

impl About {
    /// Reads it from YAML.
    ///
    /// # Errors
    /// What does not fit, with line and column.
    pub fn read(yaml: &str) -> Result<Self, String> {
        serde_saphyr::from_str(yaml).map_err(|error| error.to_string())
    }
}

/// What the ledger of a double says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// Its asset, where that is not `order.asset`.
    pub asset: Option<String>,
    /// Priority 2.
    pub priority: Option<String>,
    /// Letters of the reference it keeps.
    pub reference_length: Option<usize>,
    /// Failure code, where that is not `order.failure_code`.
    pub failure_code: Option<String>,
    /// Planned parts, where they are not those of the order.
    pub parts: Option<Vec<(String, f64)>>,
}

/// A system and its manifest.
pub(crate) struct Bench {
    manifest: Arc<Manifest>,
    base_url: String,
    about: About,
    now: Now,
    egress: Egress,
    control: Option<Control>,
    seed: u64,
    orders: AtomicU64,
    /// Everything anybody could read of this run.
    heard: Mutex<Vec<String>>,
}

type Checked = Result<String, String>;

impl Bench {
    fn connection(&self) -> Connection {
        let secrets = self.about.secrets.iter();
        Connection {
            settings: self.about.settings.clone(),
            secrets: secrets
                .map(|(name, value)| (name.clone(), SecretString::from(value.clone())))
                .collect(),
            timeout: self.control.is_some().then_some(TIMEOUT),
            page_size: Some(3),
            ..Connection::new(&self.base_url, self.egress.clone(), self.now.clone())
        }
    }

    fn client(&self) -> Result<ManifestClient, String> {
        self.client_of(self.connection())
    }

    fn client_of(&self, connection: Connection) -> Result<ManifestClient, String> {
        let client = ManifestClient::new(self.manifest.clone(), connection)
            .map_err(|error| error.to_string())?;
        self.hear(format!("{client:?}"));
        Ok(client)
    }

    fn control(&self) -> Result<&Control, String> {
        self.control.as_ref().ok_or_else(|| "not run".to_owned())
    }

    /// A work order with a reference of its own.
    fn order(&self) -> NewOrder {
        let number = self.orders.fetch_add(1, Ordering::Relaxed);
        let reference = reference(self.seed, number);
        let mut body = json!({
            "title": format!("Spindle bearing fault, check and replace {number}"),
            "description": "Remaining life 9 days, confidence 0.87.\nSee the trend & the notes.",
            "failure_mode": "spindle_bearing_fault",
            "priority": 2,
            "work_type": "predictive",
            "status": "approved",
            "due": "2026-03-05T08:00:00Z",
            "scheduled_from": "2026-03-04T06:00:00Z",
            "scheduled_until": "2026-03-04T10:00:00Z",
            "spare_parts": [{"part": "6205-2RS", "quantity": 2.0}, {"part": "SEAL-40", "quantity": 1.0}],
        });
        if let Value::Object(map) = &mut body {
            map.extend(self.about.order.clone());
        }
        let id = i64::try_from(number).unwrap_or_default() + 1;
        NewOrder { id: WorkOrderId(id), site: SiteId(1), external_ref: reference, body }
    }

    /// The reference as the CMMS holds it.
    fn held(&self, reference: &str) -> String {
        let most = self.about.expect.reference_length.unwrap_or(usize::MAX);
        reference.chars().skip(reference.chars().count().saturating_sub(most)).collect()
    }

    fn hear(&self, text: impl Into<String>) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).push(text.into());
    }

    /// What was heard that holds a secret.
    fn leaks(&self) -> Vec<String> {
        use base64::Engine;
        let secrets = self.about.secrets.values().filter(|secret| secret.len() >= 4);
        let forms: Vec<String> = secrets
            .flat_map(|secret| {
                [secret.clone(), base64::engine::general_purpose::STANDARD.encode(secret)]
            })
            .collect();
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.iter().filter(|text| forms.iter().any(|form| text.contains(form))).cloned().collect()
    }
}

/// `MW-` and 16 letters, as delivery writes them.
fn reference(seed: u64, number: u64) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut mixed = (u128::from(seed) << 64 | u128::from(number))
        .wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    let mut text = String::from("MW-");
    for _ in 0..16 {
        text.push(char::from(ALPHABET[(mixed >> 123) as usize]));
        mixed <<= 5;
    }
    text
}

/// The row of a manifest that there is nothing to run against.
pub fn not_run(manifest: &Manifest, why: &str) -> Row {
    let verdicts = Behaviour::ALL.map(|one| (one, Verdict::NotRun(why.to_owned())));
    let (system, evidence) = (manifest.system.clone(), manifest.evidence);
    Row { system, evidence, verdicts: verdicts.to_vec() }
}

/// Runs every behaviour of a manifest against the system at `url`. A double says itself how to
/// connect to it; for any other system `about` does.
///
/// # Errors
/// When there is nothing to run against.
pub async fn run(
    manifest: Manifest,
    url: &str,
    about: Option<About>,
    now: Now,
) -> Result<Row, String> {
    let control = Control::find(url).await;
    let about = match (about, &control) {
        (Some(about), _) => about,
        (None, Some(control)) => control.about().await?,
        (None, None) => return Err(format!("{url} is no double: settings and secrets are needed")),
    };
    let target = url::Url::parse(url).map_err(|_| format!("`{url}` is no address"))?;
    let host = target.host().map(|host| host.to_string()).unwrap_or_default();
    let allow = format!("{host}:{}", target.port_or_known_default().unwrap_or_default());
    let mut manifest = manifest;
    if control.is_some() {
        manifest.limits.per_minute = None;
    }
    let bench = Bench {
        base_url: format!("{}{}", url.trim_end_matches('/'), about.path),
        egress: Egress::new([allow]),
        seed: now().timestamp_millis().unsigned_abs(),
        manifest: Arc::new(manifest),
        about,
        now,
        control,
        orders: AtomicU64::new(1),
        heard: Mutex::default(),
    };
    let mut verdicts = Vec::new();
    for behaviour in Behaviour::ALL {
        let needs_double = !matches!(behaviour, Behaviour::Connect | Behaviour::Assets);
        let verdict = if needs_double && bench.control.is_none() {
            Verdict::NotRun("needs a double".to_owned())
        } else {
            match bench.check(behaviour).await {
                Ok(seen) => Verdict::Passed(seen),
                Err(why) => Verdict::Failed(why),
            }
        };
        if let Some(control) = &bench.control {
            control.script(&[]).await?;
        }
        verdicts.push((behaviour, verdict));
    }
    Ok(Row { system: bench.manifest.system.clone(), evidence: bench.manifest.evidence, verdicts })
}

impl Bench {
    async fn check(&self, behaviour: Behaviour) -> Checked {
        match behaviour {
            Behaviour::Connect => self.connects().await,
            Behaviour::Assets => self.reads_assets().await,
            Behaviour::Once => self.creates_once().await,
            Behaviour::Crash => self.resumes().await,
            Behaviour::Fields => self.fields_land().await,
            Behaviour::Closure => self.round_trip().await,
            Behaviour::Errors => self.tells_errors().await,
            Behaviour::Pace => self.waits().await,
            Behaviour::Secrets => self.keeps_secrets().await,
        }
    }

    async fn connects(&self) -> Checked {
        let client = self.client()?;
        let (who, version) =
            client.connect().await.map_err(|error| format!("right credentials: {error}"))?;
        for name in self.about.secrets.keys() {
            let mut connection = self.connection();
            let wrong = SecretString::from("wrong-5d2c".to_owned());
            connection.secrets.insert(name.clone(), wrong);
            match self.client_of(connection)?.connect().await {
                Ok(_) => return Err(format!("a wrong `{name}` connects")),
                Err(error) => self.hear(error.to_string()),
            }
        }
        let who = who.unwrap_or_else(|| "connected".to_owned());
        Ok(version.map_or(who.clone(), |version| format!("{who}, {version}")))
    }

    async fn keeps_secrets(&self) -> Checked {
        let control = self.control()?;
        let client = self.client()?;
        control.script(&[faults::rule("any", 0, 2, json!("echo"))]).await?;
        let outcome = crate::CmmsClient::create(&client, &self.order()).await;
        self.hear(format!("{outcome:?}"));
        match client.connect().await {
            Ok(_) => {}
            Err(error) => self.hear(format!("{error:?} {error}")),
        }
        control.script(&[]).await?;
        let connection = self.connection();
        let debug = connection.secrets.values().map(|secret| format!("{secret:?}"));
        debug.for_each(|text| self.hear(text));
        match self.leaks().first() {
            None => Ok(format!(
                "{} texts",
                self.heard.lock().unwrap_or_else(PoisonError::into_inner).len()
            )),
            Some(leak) => {
                let hidden = connection.secrets.values().fold(leak.clone(), |text, secret| {
                    text.replace(secret.expose_secret(), "<secret>")
                });
                Err(format!("a secret is in: {hidden}"))
            }
        }
    }
}
