use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::ClusterError;

/// The folder of an installed Postgres and its major version.
#[derive(Debug, Clone)]
pub(crate) struct Binaries {
    folder: PathBuf,
    major: String,
    lz4: bool,
}

impl Binaries {
    /// Finds the programs: the given folder, else `pg_config --bindir`, else the newest below
    /// `/usr/lib/postgresql`, else `PATH`. A cluster of version `wanted` prefers programs of that
    /// version wherever they are.
    pub(crate) fn find(given: Option<&Path>, wanted: Option<&str>) -> Result<Self, ClusterError> {
        let found: Vec<Self> = match given {
            Some(folder) => Self::at(folder).into_iter().collect(),
            None => candidates().iter().filter_map(|folder| Self::at(folder)).collect(),
        };
        let Some(first) = found.first().cloned() else {
            let place = match given {
                Some(folder) => format!("looked in {}", folder.display()),
                None => "looked at pg_config, /usr/lib/postgresql and PATH".to_owned(),
            };
            return Err(ClusterError::MissingBinaries(place));
        };
        let Some(wanted) = wanted else { return Ok(first) };
        found.into_iter().find(|binaries| binaries.major == wanted).ok_or_else(|| {
            ClusterError::OtherVersion { cluster: wanted.to_owned(), installed: first.major }
        })
    }

    fn at(folder: &Path) -> Option<Self> {
        if !folder.join("initdb").is_file() || !folder.join("postgres").is_file() {
            return None;
        }
        let major = major_of(&output(&folder.join("postgres"), "--version")?)?;
        let lz4 = output(&folder.join("pg_config"), "--configure")
            .is_some_and(|flags| flags.contains("--with-lz4"));
        Some(Self { folder: folder.to_path_buf(), major, lz4 })
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Whether this Postgres was built with lz4.
    pub(crate) fn lz4(&self) -> bool {
        self.lz4
    }
}

fn candidates() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    folders
        .extend(output(Path::new("pg_config"), "--bindir").map(|line| PathBuf::from(line.trim())));
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    folders.extend(versions.into_iter().map(|(_, path)| path.join("bin")));
    if let Some(path) = std::env::var_os("PATH") {
        folders.extend(std::env::split_paths(&path));
    }
    folders
}

fn output(program: &Path, argument: &str) -> Option<String> {
    let output =
        Command::new(program).arg(argument).stdin(Stdio::null()).stderr(Stdio::null()).output();
    let output = output.ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// `postgres (PostgreSQL) 15.18 (Debian …)` → `15`.
fn major_of(version: &str) -> Option<String> {
    let number =
        version.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let major: String = number.chars().take_while(char::is_ascii_digit).collect();
    Some(major)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_postgres_prints() {
        let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n";
        assert_eq!(major_of(debian).as_deref(), Some("15"));
        assert_eq!(major_of("postgres (PostgreSQL) 18beta1").as_deref(), Some("18"));
        assert_eq!(major_of("nothing"), None);
    }

    #[test]
    fn a_folder_without_programs_is_named_in_the_error() {
        let error = Binaries::find(Some(Path::new("/nonexistent")), None).unwrap_err();
        assert!(error.to_string().contains("/nonexistent"), "{error}");
    }
}
