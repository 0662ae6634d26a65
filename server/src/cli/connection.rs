use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use clap::Subcommand;
use cmms::egress::Egress;
use domain::ids::ConnectionId;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use services::assets::reconcile;
use services::connections::{self, import};
use store::ScopedTx;
use store::assets::reconcile as registers;
use workers::Clients;

use super::Common;
use super::desk::{self, Desk};
use super::import::{read, sites};

/// Between looks at a reading that another process carries out.
const LOOK: std::time::Duration = std::time::Duration::from_millis(200);

/// Connections to CMMSs.
#[derive(Debug, Subcommand)]
pub(super) enum Connection {
    /// Reads the register of a CMMS now and pairs what is certainly the same.
    ReadAssets {
        /// Its name in addresses.
        connection: String,
    },
    /// Makes a connection the active one of sites; its last test has to have passed.
    GoLive {
        /// Its name in addresses.
        connection: String,
        /// Tag of a site; may be given again.
        #[arg(long = "site", value_name = "TAG", required = true)]
        sites: Vec<String>,
        /// Why; others will read it.
        #[arg(long)]
        reason: String,
    },
    /// A new secret for the address of its webhooks, printed once, as the last line. The one before
    /// stays valid beside it.
    WebhookToken {
        /// Its name in addresses.
        connection: String,
    },
}

pub(super) async fn run(command: Connection, common: &Common) -> Result<()> {
    match command {
        Connection::ReadAssets { connection } => read_assets(common, &connection).await,
        Connection::GoLive { connection, sites, reason } => {
            go_live(common, &connection, &sites, &reason).await
        }
        Connection::WebhookToken { connection } => webhook_token(common, &connection).await,
    }
}

/// The connection of that name.
pub(super) async fn named(tx: &mut ScopedTx, slug: &str) -> Result<ConnectionId> {
    let all = store::connections::list(tx).await?;
    let found = all.into_iter().find(|one| one.slug == slug);
    found.map(|one| ConnectionId(one.id)).ok_or_else(|| anyhow!("there is no connection {slug}"))
}

/// Makes a connection what a file says.
pub(super) async fn from_file(
    path: &Path,
    base_url: Option<String>,
    common: &Common,
) -> Result<()> {
    let text = String::from_utf8(read(path)?)
        .map_err(|_| anyhow!("{} is not written in UTF-8", path.display()))?;
    let mut file = import::read(&text)?;
    if let Some(base_url) = base_url {
        file.base_url = base_url;
    }
    let mut secrets = std::collections::BTreeMap::new();
    for (field, from) in &file.secrets {
        secrets.insert(field.clone(), secret(from, path)?);
    }
    desk::with(common, async |desk| {
        let mut tx = desk.begin().await?;
        let vault = &desk.services.settings.vault;
        let done = import::import(&mut tx, vault, &desk.caller, file, secrets).await?;
        tx.commit().await?;
        for field in &done.waiting {
            eprintln!(
                "{field} waits for a test: millwright connector test {} --with-next",
                done.slug
            );
        }
        let what = if done.created { "made, in shadow" } else { "as the file says" };
        let mapping = done.mapping.map(|version| format!(", mapping {version} published"));
        let line = format!("{} {what}{}", done.slug, mapping.unwrap_or_default());
        let told = json!({
            "connection": done.slug, "created": done.created, "waiting": done.waiting,
            "mapping": done.mapping,
        });
        desk::say(common.json, &line, &told);
        Ok(())
    })
    .await
}

/// A file lies beside the one that names it.
fn secret(from: &import::SecretFrom, beside: &Path) -> Result<SecretString> {
    let text = match from {
        import::SecretFrom::Env(name) => {
            std::env::var(name).with_context(|| format!("the variable {name} is not set"))?
        }
        import::SecretFrom::File(name) => {
            let path = beside.parent().unwrap_or(Path::new("")).join(name);
            std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?
        }
    };
    Ok(SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned()))
}

async fn read_assets(common: &Common, slug: &str) -> Result<()> {
    let egress = Egress::new(&common.load(None, None)?.egress.allow);
    desk::with(common, async |desk| {
        let mut tx = desk.begin().await?;
        let id = named(&mut tx, slug).await?;
        reconcile::read_again(&mut tx, &desk.caller, id).await?;
        tx.commit().await?;
        let vault = desk.services.settings.vault.clone();
        let clients = Clients::new(desk.services.clone(), vault, egress);
        let client = clients.manifest(id).await?.with_context(|| format!("{slug} is the book"))?;
        loop {
            workers::assets::read_register(&desk.services, id, &client).await?;
            if read_to_its_end(desk, id).await? {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        told(desk, slug, common.json).await
    })
    .await
}

async fn told(desk: &Desk, slug: &str, json: bool) -> Result<()> {
    let mut tx = desk.begin().await?;
    let ask = reconcile::Ask { register: Some(slug.to_owned()), ..reconcile::Ask::default() };
    let view = reconcile::show(&mut tx, &desk.caller, &ask).await?;
    let plan = view.plan.context("the registers have not been compared")?;
    let items: i64 = view.counts.iter().map(|(_, count)| count).sum();
    let line = format!(
        "{} assets there, {} paired, {} of them equal; {items} items for a person",
        plan.records, plan.linked, plan.equal
    );
    let counts = json!({
        "records": plan.records, "linked": plan.linked, "equal": plan.equal, "items": items,
    });
    desk::say(json, &line, &counts);
    Ok(())
}

/// Whether the latest reading has ended.
async fn read_to_its_end(desk: &Desk, id: ConnectionId) -> Result<bool> {
    let mut tx = desk.begin().await?;
    let latest = registers::latest(&mut tx, id).await?.context("the reading is not there")?;
    match (latest.state.as_str(), &latest.error) {
        ("done", _) => Ok(true),
        ("failed", why) | (_, why @ Some(_)) => {
            bail!("the register cannot be read: {}", why.as_deref().unwrap_or_default())
        }
        _ => Ok(false),
    }
}

async fn go_live(common: &Common, slug: &str, tags: &[String], reason: &str) -> Result<()> {
    desk::with(common, async |desk| {
        let mut tx = desk.begin().await?;
        let id = named(&mut tx, slug).await?;
        let sites = sites(&mut tx, tags).await?.unwrap_or_default();
        connections::go_live(&mut tx, &desk.caller, id, &sites, reason).await?;
        tx.commit().await?;
        let line = format!("{slug} is live for {}", tags.join(", "));
        desk::say(common.json, &line, &json!({ "connection": slug, "sites": tags }));
        Ok(())
    })
    .await
}

async fn webhook_token(common: &Common, slug: &str) -> Result<()> {
    desk::with(common, async |desk| {
        let mut tx = desk.begin().await?;
        let id = named(&mut tx, slug).await?;
        let token = connections::rotate_webhook_token(&mut tx, &desk.caller, id).await?;
        tx.commit().await?;
        let path = format!("/api/v1/webhooks/{slug}/{}", token.expose_secret());
        desk::say(common.json, &path, &json!({ "connection": slug, "path": path }));
        Ok(())
    })
    .await
}
