use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Problem;

const PREFIX: &str = "MILLWRIGHT_";
const SECTIONS: [&str; 7] = ["server", "database", "vault", "mail", "egress", "test", "log"];

/// One value with where it was said.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) value: toml::Value,
    pub(super) origin: Origin,
}

/// Where a value was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// In the file; relative paths start at its folder.
    File(PathBuf),
    /// In the environment, under this name.
    Environment(String),
    /// On the command line.
    CommandLine,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::CommandLine => f.write_str("command line"),
        }
    }
}

/// All values by `section.key`; later layers win.
pub(super) type Layers = BTreeMap<String, Said>;

/// Adds the values of a file. A broken file is one problem.
pub(super) fn add_file(layers: &mut Layers, path: &Path, text: &str, problems: &mut Vec<Problem>) {
    let table: toml::Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            let error: toml::de::Error = error;
            let line = error.span().map_or(1, |span| {
                1 + text.get(..span.start).unwrap_or_default().matches('\n').count()
            });
            let what = format!("line {line}: {}", error.message());
            problems.push(Problem::new(&path.display().to_string(), what));
            return;
        }
    };
    let origin = Origin::File(path.to_path_buf());
    for (name, value) in table {
        match value {
            toml::Value::Table(section) => {
                for (key, value) in section {
                    let said = Said { value, origin: origin.clone() };
                    layers.insert(format!("{name}.{key}"), said);
                }
            }
            value => {
                layers.insert(name, Said { value, origin: origin.clone() });
            }
        }
    }
}

/// Adds `MILLWRIGHT_<SECTION>__<KEY>`, `MILLWRIGHT_DATA_DIR` and `DATABASE_URL`. Other names that
/// begin so belong to the scripts around the program, unless they look like a key misspelt.
pub(super) fn add_environment(
    layers: &mut Layers,
    variables: impl IntoIterator<Item = (String, String)>,
) {
    let mut variables: Vec<(String, String)> = variables.into_iter().collect();
    variables.sort();
    for (name, text) in variables {
        let key = if name == "DATABASE_URL" {
            "database.url".to_owned()
        } else if let Some(rest) = name.strip_prefix(PREFIX) {
            let rest = rest.to_lowercase();
            let section = rest.split('_').next().unwrap_or_default();
            if rest != "data_dir" && !rest.contains("__") && !SECTIONS.contains(&section) {
                continue;
            }
            rest.replacen("__", ".", 1)
        } else {
            continue;
        };
        if text.is_empty() {
            continue;
        }
        let said = Said { value: toml::Value::String(text), origin: Origin::Environment(name) };
        layers.insert(key, said);
    }
}

/// Adds a value from the command line.
pub(super) fn add_argument(layers: &mut Layers, key: &str, text: Option<String>) {
    if let Some(text) = text {
        let value = toml::Value::String(text);
        layers.insert(key.to_owned(), Said { value, origin: Origin::CommandLine });
    }
}
