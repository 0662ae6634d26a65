//! The conformance table: every manifest that comes with the program against its double.
//!
//! `conformance [SYSTEM]...` reads the manifests from the source tree, prints the table and ends
//! with 1 when something failed. `-v` also prints what was seen.

use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use cmms::conformance::{self, Row, Verdict};
use cmms::manifest::{self, Manifest};
use simulators::cmms::{Double, face};
use tokio::sync::Semaphore;

/// Systems at once: their answers must not wait for each other.
const AT_ONCE: usize = 8;

async fn row(system: &'static str) -> Result<Row, String> {
    let path = format!("{}/../cmms/manifests/{system}.yaml", env!("CARGO_MANIFEST_DIR"));
    let yaml = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let manifest = Manifest::read(&yaml).map_err(|error| error.to_string())?;
    if manifest.sql.is_some() {
        return Ok(conformance::not_run(&manifest, "a database has no double"));
    }
    let start = DateTime::from_timestamp(1_769_925_600, 0).ok_or("no start")?;
    let face = face(system).ok_or("no double")?;
    let double =
        Double::start(face, "127.0.0.1:0", start).await.map_err(|error| error.to_string())?;
    let now = Arc::new(|| {
        let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
        DateTime::<Utc>::from(std::time::UNIX_EPOCH + since)
    });
    conformance::run(manifest, &double.url(), None, now).await
}

#[tokio::main]
async fn main() -> ExitCode {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("a TLS provider was there already");
    }
    let (words, verbose): (Vec<String>, bool) = {
        let all: Vec<String> = std::env::args().skip(1).collect();
        let verbose = all.iter().any(|word| word == "-v");
        (all.into_iter().filter(|word| word != "-v").collect(), verbose)
    };
    let chosen = manifest::builtin()
        .iter()
        .map(|(system, _)| *system)
        .filter(|system| words.is_empty() || words.iter().any(|word| word == system));
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let running: Vec<_> = chosen
        .map(|system| {
            let places = places.clone();
            let one = async move {
                let _place = places.acquire_owned().await.map_err(|error| error.to_string())?;
                row(system).await
            };
            (system, tokio::spawn(one))
        })
        .collect();
    let (mut rows, mut broken) = (Vec::new(), false);
    for (system, one) in running {
        match one.await {
            Ok(Ok(row)) => rows.push(row),
            Ok(Err(why)) => {
                broken = true;
                eprintln!("{system}: {why}");
            }
            Err(why) => {
                broken = true;
                eprintln!("{system}: {why}");
            }
        }
    }
    print!("{}", conformance::table(&rows));
    if verbose {
        for row in &rows {
            for (behaviour, verdict) in &row.verdicts {
                if let Verdict::Passed(seen) = verdict {
                    println!("{} {}: {seen}", row.system, behaviour.as_str());
                }
            }
        }
    }
    let passed = !broken && !rows.is_empty() && rows.iter().all(Row::passed);
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
