//! The command line: results to the standard output, the rest to the standard error output.

mod api_key;
mod connection;
mod connector;
mod desk;
mod explain;
mod import;
mod people;
mod simulate;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use serde_json::{Map, Value};
use store::embedded::Holder;
use tokio_util::sync::CancellationToken;

use crate::config::{Arguments, Config};
use crate::database::Database;
use crate::serve::{self, Serve};

pub use explain::explain;

/// Predictions in, work orders out.
#[derive(Debug, Parser)]
#[command(name = "millwright", version, about, propagate_version = true)]
pub struct Line {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
struct Common {
    /// The configuration file; else millwright.toml here or in the data folder.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the private database, keys and certificates lie.
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Results as JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs everything: pages, API, workers.
    Serve(ServeArgs),
    /// Runs workers only, on the database of a running program.
    Work {
        /// As for `serve`.
        #[arg(long)]
        test_clock: bool,
    },
    /// Brings the database to this program's version.
    Migrate,
    /// Checks the configuration and prints the values in force.
    CheckConfig {
        /// As for `serve`.
        #[arg(long)]
        test_clock: bool,
    },
    /// Administrators.
    #[command(subcommand)]
    Admin(people::Admin),
    /// People.
    #[command(subcommand)]
    User(people::User),
    /// Keys of machines, and of programs that act for a person.
    #[command(subcommand)]
    ApiKey(api_key::ApiKey),
    /// Takes in files.
    #[command(subcommand)]
    Import(import::Import),
    /// Simulated neighbours.
    #[command(subcommand)]
    Simulate(simulate::Simulate),
    /// Manifests of CMMSs.
    #[command(subcommand)]
    Connector(connector::Connector),
    /// Connections to CMMSs.
    #[command(subcommand)]
    Connection(connection::Connection),
}

#[derive(Debug, Args)]
struct ServeArgs {
    /// Address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Runs pages and API only; `millwright work` does the work elsewhere.
    #[arg(long)]
    no_workers: bool,
    /// Lets tests move and shorten time.
    #[arg(long)]
    test_clock: bool,
}

impl Common {
    fn load(&self, listen: Option<String>, test_clock: Option<bool>) -> Result<Config> {
        let arguments = Arguments {
            config: self.config.clone(),
            data_dir: self.data_dir.clone(),
            listen,
            test_clock,
        };
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Ok(Config::load(&arguments, environment)?)
    }
}

/// Does what the command line says.
///
/// # Errors
/// What went wrong, for [`explain`].
pub async fn run(line: Line) -> Result<()> {
    let common = line.common;
    match line.command {
        Command::Serve(args) => {
            let config = common.load(args.listen, Some(args.test_clock))?;
            let workers = !args.no_workers;
            serve::run(Serve { config, workers, test_clock: args.test_clock }).await
        }
        Command::Work { test_clock } => serve::work(common.load(None, Some(test_clock))?).await,
        Command::CheckConfig { test_clock } => {
            check_config(&common.load(None, Some(test_clock))?, common.json)
        }
        Command::Migrate => {
            let config = common.load(None, None)?;
            serve::log(&config, true);
            Database::open(&config, Holder::Command, &CancellationToken::new())
                .await?
                .close()
                .await;
            desk::say(common.json, "the database is up to date", &Value::Bool(true));
            Ok(())
        }
        Command::Admin(command) => people::admin(command, &common).await,
        Command::User(command) => people::user(command, &common).await,
        Command::ApiKey(command) => api_key::run(command, &common).await,
        Command::Import(command) => import::run(command, &common).await,
        Command::Simulate(command) => simulate::run(command, &common).await,
        Command::Connector(command) => connector::run(command, &common).await,
        Command::Connection(command) => connection::run(command, &common).await,
    }
}

fn check_config(config: &Config, json: bool) -> Result<()> {
    let values = config.describe();
    if json {
        let object: Map<String, Value> =
            values.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        println!("{}", serde_json::to_string_pretty(&object)?);
    } else {
        for (key, value) in values.iter().filter(|(_, value)| !value.is_null()) {
            println!("{key} = {value}");
        }
    }
    Ok(())
}
