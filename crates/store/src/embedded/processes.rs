use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::process::{Pid, Signal};

/// The live processes of one cluster, told by what `/proc` shows of everybody: the owner, the
/// arguments of the postmaster and the titles of its children.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Processes {
    pub(crate) postmaster: Option<i32>,
    pub(crate) children: Vec<i32>,
}

impl Processes {
    /// Looks for processes of account `uid` that serve `data` or bear the cluster's name.
    pub(crate) fn find(uid: u32, data: &Path, cluster_name: &str) -> Self {
        let mut found = Self::default();
        let title = format!("postgres: {cluster_name}: ");
        let data = data.to_string_lossy();
        let mut postmasters = Vec::new();
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok())
            else {
                continue;
            };
            if !entry.metadata().is_ok_and(|meta| meta.uid() == uid) || !alive(pid) {
                continue;
            }
            let Ok(line) = std::fs::read(entry.path().join("cmdline")) else { continue };
            if line.starts_with(title.as_bytes()) {
                found.children.push(pid);
            } else if is_postmaster(&line, &data) {
                postmasters.push(pid);
            }
        }
        found.postmaster = postmasters
            .iter()
            .copied()
            .find(|pid| parent(*pid).is_none_or(|parent| !postmasters.contains(&parent)));
        let leader = found.postmaster;
        found.children.extend(postmasters.into_iter().filter(|pid| Some(*pid) != leader));
        found
    }
}

/// True while the process runs: neither gone nor a zombie that nobody has collected.
pub(crate) fn alive(pid: i32) -> bool {
    state(pid).is_some_and(|(state, _)| !matches!(state, 'Z' | 'X' | 'x'))
}

/// Sends a signal; a process that is gone is no error.
pub(crate) fn signal(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        let _ = rustix::process::kill_process(pid, signal);
    }
}

fn parent(pid: i32) -> Option<i32> {
    state(pid).map(|(_, parent)| parent)
}

fn state(pid: i32) -> Option<(char, i32)> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

fn is_postmaster(line: &[u8], data: &str) -> bool {
    let mut words = line.split(|byte| *byte == 0);
    let program = words.next().unwrap_or_default();
    program.ends_with(b"/postgres")
        && words.next() == Some(b"-D".as_slice())
        && words.next() == Some(data.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postmaster_is_told_by_its_data_folder() {
        assert!(is_postmaster(b"/usr/bin/postgres\0-D\0/a/b\0-c\0x=1\0", "/a/b"));
        assert!(!is_postmaster(b"/usr/bin/postgres\0-D\0/a/bc\0", "/a/b"));
        assert!(!is_postmaster(b"/usr/bin/vi\0-D\0/a/b\0", "/a/b"));
    }

    #[test]
    fn this_process_is_alive_and_an_impossible_one_is_not() {
        assert!(alive(std::process::id().cast_signed()));
        assert!(!alive(i32::MAX));
    }
}
