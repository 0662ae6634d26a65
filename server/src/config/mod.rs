//! The configuration: one optional file, the environment, the command line. The later wins; what is
//! unknown is refused; all problems are reported at once.

mod database;
mod describe;
mod egress;
mod layers;
mod log;
mod mail;
mod reader;
mod secret;
mod server;
mod test;
mod vault;

use std::path::{Path, PathBuf};

pub use database::Database;
pub use egress::Egress;
pub use log::{Format, Log};
pub use mail::{Mail, MailTransport};
pub use secret::Secret;
pub use server::{Server, Transport};
pub use test::Test;
pub use vault::Vault;

use layers::Layers;
use reader::Reader;

const FILE: &str = "millwright.toml";

/// Everything that can be set, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file that was read, if there was one.
    pub file: Option<PathBuf>,
    /// `data_dir`: where the private cluster, keys and certificates lie.
    pub data_dir: PathBuf,
    /// `[server]`
    pub server: Server,
    /// `[database]`
    pub database: Database,
    /// `[vault]`
    pub vault: Vault,
    /// `[mail]`
    pub mail: Mail,
    /// `[egress]`
    pub egress: Egress,
    /// `[log]`
    pub log: Log,
    /// `[test]`
    pub test: Test,
}

/// What the command line says about the configuration.
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    /// `--config`
    pub config: Option<PathBuf>,
    /// `--data-dir`
    pub data_dir: Option<PathBuf>,
    /// `--listen`
    pub listen: Option<String>,
    /// Whether `--test-clock` was given; `None` for commands that have no waits of their own.
    pub test_clock: Option<bool>,
}

/// One thing wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which key or file.
    pub key: String,
    /// What is wrong with it and what is expected; never the value of a secret.
    pub what: String,
}

impl Problem {
    const POSTGRES_URL: &str =
        "an address such as postgres://user:password@host/database is expected";

    fn new(key: &str, what: impl Into<String>) -> Self {
        Self { key: key.to_owned(), what: what.into() }
    }
}

/// Everything that is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
#[error("the configuration has {} problem(s):{}", .0.len(), list(.0))]
pub struct Problems(pub Vec<Problem>);

fn list(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("\n  {}: {}", problem.key, problem.what)).collect()
}

impl Config {
    /// Reads file, environment and arguments.
    ///
    /// # Errors
    /// All problems at once.
    pub fn load(
        arguments: &Arguments,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut above = Layers::new();
        layers::add_environment(&mut above, environment);
        layers::add_argument(&mut above, "server.listen", arguments.listen.clone());
        let data_dir = arguments.data_dir.as_ref().map(|path| path.display().to_string());
        layers::add_argument(&mut above, "data_dir", data_dir);

        let mut all = Layers::new();
        let file = find_file(arguments, &above);
        if let Some(path) = &file {
            match std::fs::read_to_string(path) {
                Ok(text) => layers::add_file(&mut all, path, &text, &mut problems),
                Err(error) => {
                    problems.push(Problem::new(&path.display().to_string(), error.to_string()));
                }
            }
        }
        all.extend(above);
        let mut reader = Reader::new(all, problems);
        let config = Self {
            file,
            data_dir: reader.path("data_dir").unwrap_or_else(default_data_dir),
            server: Server::read(&mut reader),
            database: Database::read(&mut reader),
            vault: Vault::read(&mut reader),
            mail: Mail::read(&mut reader),
            egress: Egress::read(&mut reader),
            log: Log::read(&mut reader),
            test: Test::read(&mut reader, arguments.test_clock),
        };
        let problems = reader.finish();
        if problems.is_empty() { Ok(config) } else { Err(Problems(problems)) }
    }
}

/// `--config`, else the file in this folder, else the one in the data folder.
fn find_file(arguments: &Arguments, above: &Layers) -> Option<PathBuf> {
    if let Some(path) = &arguments.config {
        return Some(path.clone());
    }
    let data_dir = above
        .get("data_dir")
        .and_then(|said| said.value.as_str())
        .map_or_else(default_data_dir, PathBuf::from);
    [Path::new(FILE).to_path_buf(), data_dir.join(FILE)].into_iter().find(|path| path.is_file())
}

/// `/var/lib/millwright` for root, else in the home folder.
fn default_data_dir() -> PathBuf {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let root = rustix::process::geteuid().is_root();
    match (root, std::env::var_os("XDG_DATA_HOME"), home) {
        (true, _, _) => "/var/lib/millwright".into(),
        (false, Some(data), _) => PathBuf::from(data).join("millwright"),
        (false, None, Some(home)) => home.join(".local/share/millwright"),
        (false, None, None) => "millwright-data".into(),
    }
}

#[cfg(test)]
mod tests;
