use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use clap::Subcommand;
use cmms::conformance::{self, About, Verdict};
use cmms::egress::Egress;
use cmms::manifest::{self, Manifest};
use serde_json::{Value, json};
use services::connections;

use super::{Common, connection, desk};
use crate::serve;

/// Manifests of CMMSs.
#[derive(Debug, Subcommand)]
pub(super) enum Connector {
    /// The systems this program has a manifest for.
    List,
    /// Whether a manifest reads, and what it does against a system.
    Check {
        /// The manifest, or the name of one that comes with the program.
        file: PathBuf,
        /// Where a double of the system, or a test system, listens.
        #[arg(long, value_name = "URL")]
        against: Option<String>,
        /// Settings, secrets and an asset to order work for; a double says them itself.
        #[arg(long, value_name = "FILE")]
        about: Option<PathBuf>,
    },
    /// Tests a connection step by step, as its page does.
    Test {
        /// Its name in addresses.
        connection: String,
        /// With the secrets that wait for a test, and puts them into use when it passes.
        #[arg(long)]
        with_next: bool,
        /// Creates a marked work order there and cancels it.
        #[arg(long)]
        writes: bool,
    },
}

pub(super) async fn run(command: Connector, common: &Common) -> Result<()> {
    match command {
        Connector::Test { connection, with_next, writes } => {
            test(common, &connection, with_next, writes).await
        }
        Connector::List => list(common.json),
        Connector::Check { file, against, about } => {
            let manifest = read(&file)?;
            match against {
                Some(url) => check(manifest, &url, about, common.json).await,
                None => {
                    let line = format!("{} reads: {}", file.display(), manifest.name);
                    desk::say(common.json, &line, &json!({"system": manifest.system}));
                    Ok(())
                }
            }
        }
    }
}

async fn test(common: &Common, slug: &str, with_next: bool, writes: bool) -> Result<()> {
    let egress = Egress::new(&common.load(None, None)?.egress.allow);
    desk::with(common, async |desk| {
        let mut tx = desk.begin().await?;
        let id = connection::named(&mut tx, slug).await?;
        let check = connections::start_check(&mut tx, &desk.caller, id, with_next, writes).await?;
        tx.commit().await?;
        workers::checks::run_one(&desk.services, egress, check).await?;
        let mut tx = desk.begin().await?;
        let done = connections::check(&mut tx, &desk.caller, check).await?;
        if common.json {
            println!("{}", serde_json::to_string(&done)?);
        } else {
            for step in &done.steps {
                println!("{:14} {:8} {}", step.step, step.state, step.detail);
            }
        }
        if done.passed != Some(true) {
            bail!("the connection does not pass");
        }
        Ok(())
    })
    .await
}

fn list(json: bool) -> Result<()> {
    let mut systems = Vec::new();
    for (system, yaml) in manifest::builtin() {
        let manifest = Manifest::read(yaml).with_context(|| (*system).to_owned())?;
        let evidence = manifest.evidence.as_str();
        if !json {
            println!("{system:24} {evidence:12} {}", manifest.name);
        }
        systems.push(json!({"system": system, "name": manifest.name, "evidence": evidence}));
    }
    if json {
        println!("{}", Value::Array(systems));
    }
    Ok(())
}

fn read(file: &Path) -> Result<Manifest> {
    let name = file.to_string_lossy();
    if let Some(known) = manifest::find(&name) {
        return Ok(known?);
    }
    let yaml = std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    Manifest::read(&yaml).map_err(|error| anyhow!("{name} is refused:\n{error}"))
}

async fn check(manifest: Manifest, url: &str, about: Option<PathBuf>, json: bool) -> Result<()> {
    let about = match about {
        Some(path) => {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            Some(About::read(&text).map_err(|error| anyhow!("{}: {error}", path.display()))?)
        }
        None => None,
    };
    let now = Arc::new(serve::wall_clock);
    let row = conformance::run(manifest, url, about, now).await.map_err(|why| anyhow!(why))?;
    if json {
        let verdicts = row.verdicts.iter().map(|(behaviour, verdict)| {
            let (word, what) = match verdict {
                Verdict::Passed(seen) => ("passed", seen),
                Verdict::Failed(why) => ("failed", why),
                Verdict::NotRun(why) => ("not_run", why),
            };
            (behaviour.as_str().to_owned(), json!({"verdict": word, "detail": what}))
        });
        println!(
            "{}",
            json!({"system": row.system, "behaviours": Value::Object(verdicts.collect())})
        );
    } else {
        print!("{}", conformance::table(std::slice::from_ref(&row)));
    }
    if !row.passed() {
        bail!("the manifest and the system do not do together what delivery relies on");
    }
    Ok(())
}
