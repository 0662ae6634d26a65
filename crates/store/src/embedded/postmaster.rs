use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::ExitStatusExt;
use std::process::Child;
use std::time::Duration;

use rustix::process::Signal;
use sqlx::{Connection, PgConnection};
use tokio::time::{Instant, sleep};

use super::ClusterError;
use super::binaries::Binaries;
use super::folder::Folder;
use super::passwords::{Passwords, SUPERUSER};
use super::processes::{self, Processes};

/// A start refused by remnants of a killed cluster is tried again for so long.
const REMNANTS_CLEAR_WITHIN: Duration = Duration::from_secs(60);
/// Children of a killed postmaster leave by themselves; those still there are ended.
const CHILDREN_LEAVE_WITHIN: Duration = Duration::from_secs(5);
/// Recovery after a crash may replay gigabytes.
const READY_WITHIN: Duration = Duration::from_secs(15 * 60);
const STOP_FAST_WITHIN: Duration = Duration::from_secs(8);
const STOP_IMMEDIATE_WITHIN: Duration = Duration::from_secs(2);
const POLL: Duration = Duration::from_millis(25);
const LOG_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Everything needed to start the cluster again at any time.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) folder: Folder,
    pub(crate) binaries: Binaries,
    pub(crate) passwords: Passwords,
}

/// A running postmaster: started by us or adopted.
#[derive(Debug)]
pub(crate) struct Postmaster {
    pid: i32,
    child: Option<Child>,
}

impl Postmaster {
    pub(crate) fn pid(&self) -> i32 {
        self.pid
    }

    pub(crate) fn adopted(&self) -> bool {
        self.child.is_none()
    }

    /// True while it runs; collects our child when it has ended.
    pub(crate) fn alive(&mut self) -> bool {
        match &mut self.child {
            Some(child) => matches!(child.try_wait(), Ok(None)),
            None => processes::alive(self.pid),
        }
    }

    /// Whether our child was ended by a signal.
    fn killed(&mut self) -> bool {
        let status = self.child.as_mut().and_then(|child| child.try_wait().ok().flatten());
        status.is_some_and(|status| status.signal().is_some())
    }

    /// Stops it: sessions are cut off and everything is written (fast), and if that takes too long,
    /// at once (the next start recovers from the log).
    pub(crate) async fn stop(mut self) {
        for (signal, within) in
            [(Signal::INT, STOP_FAST_WITHIN), (Signal::QUIT, STOP_IMMEDIATE_WITHIN)]
        {
            processes::signal(self.pid, signal);
            let deadline = Instant::now() + within;
            while Instant::now() < deadline {
                if !self.alive() {
                    return;
                }
                sleep(POLL).await;
            }
        }
    }
}

impl Site {
    fn processes(&self) -> Processes {
        let name = self.folder.cluster_name();
        Processes::find(self.folder.account.uid, &self.folder.data(), &name)
    }

    /// The postmaster that runs now, ready or not.
    pub(crate) fn found(&self) -> Option<Postmaster> {
        self.processes().postmaster.map(|pid| Postmaster { pid, child: None })
    }

    /// The cluster is running when this returns: adopted if it lives, else started. Remnants of a
    /// killed cluster are waited for and cleared.
    pub(crate) async fn run(&self) -> Result<Postmaster, ClusterError> {
        let begun = Instant::now();
        loop {
            let found = self.processes();
            let attempt = if let Some(pid) = found.postmaster {
                self.until_ready(Postmaster { pid, child: None }).await
            } else if found.children.is_empty() {
                self.start().await
            } else {
                if begun.elapsed() > CHILDREN_LEAVE_WITHIN {
                    for pid in &found.children {
                        processes::signal(*pid, Signal::KILL);
                    }
                }
                let reason = "remnants of a killed Postgres are still in use".to_owned();
                Err(ClusterError::Failed { program: "postgres", reason })
            };
            match attempt {
                Err(error) if error.passes() && begun.elapsed() < REMNANTS_CLEAR_WITHIN => {
                    tracing::debug!(%error, "the private Postgres cannot start yet");
                    sleep(POLL * 4).await;
                }
                other => return other,
            }
        }
    }

    /// Looks whether the cluster answers, without starting it.
    pub(crate) async fn answering(&self) -> bool {
        self.status_ready() && self.connect().await.is_ok()
    }

    async fn start(&self) -> Result<Postmaster, ClusterError> {
        self.folder.check_space()?;
        self.folder.private(&self.folder.socket())?;
        self.folder.clear_stale()?;
        let log = self.open_log()?;
        let mut command = self.folder.account.command(&self.binaries.program("postgres"));
        command.arg("-D").arg(self.folder.data());
        for (key, value) in [
            ("listen_addresses", ""),
            ("port", "5432"),
            ("unix_socket_permissions", "0700"),
            ("cluster_name", &self.folder.cluster_name()),
            ("logging_collector", "off"),
            ("restart_after_crash", "on"),
        ] {
            command.arg("-c").arg(format!("{key}={value}"));
        }
        command
            .arg("-c")
            .arg(format!("unix_socket_directories={}", self.folder.socket().display()));
        let copy = log.try_clone().map_err(ClusterError::io("cannot open", self.folder.log()))?;
        let child = command.stdout(log).stderr(copy).spawn().map_err(|error| {
            ClusterError::Failed { program: "postgres", reason: error.to_string() }
        })?;
        let pid = child.id().cast_signed();
        self.until_ready(Postmaster { pid, child: Some(child) }).await
    }

    fn open_log(&self) -> Result<std::fs::File, ClusterError> {
        let path = self.folder.log();
        if std::fs::metadata(&path).is_ok_and(|meta| meta.len() > LOG_BYTES_MAX) {
            let _ = std::fs::rename(&path, path.with_extension("log.old"));
        }
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .map_err(ClusterError::io("cannot open", &path))
    }

    async fn until_ready(&self, mut postmaster: Postmaster) -> Result<Postmaster, ClusterError> {
        let from = std::fs::metadata(self.folder.log()).map_or(0, |meta| meta.len());
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline {
            if !postmaster.alive() {
                let failed = |reason: &str| ClusterError::Failed {
                    program: "postgres",
                    reason: reason.to_owned(),
                };
                return Err(if postmaster.adopted() {
                    failed("a stopping Postgres was still in use")
                } else if postmaster.killed() {
                    failed("it was killed while it started")
                } else {
                    let words = self.log_since(from);
                    ClusterError::from_output("postgres", &words, &self.folder.root)
                });
            }
            if self.status_ready() {
                match self.connect().await {
                    Ok(()) => return Ok(postmaster),
                    Err(sqlx::Error::Database(error))
                        if error.code().as_deref() == Some("28P01") =>
                    {
                        return Err(ClusterError::Passwords(self.folder.passwords()));
                    }
                    Err(_) => {}
                }
            }
            sleep(POLL).await;
        }
        let reason = "it did not become ready".to_owned();
        Err(ClusterError::Failed { program: "postgres", reason })
    }

    fn status_ready(&self) -> bool {
        std::fs::read_to_string(self.folder.data().join("postmaster.pid"))
            .is_ok_and(|text| text.lines().nth(7).is_some_and(|status| status.trim() == "ready"))
    }

    async fn connect(&self) -> Result<(), sqlx::Error> {
        let url = self.passwords.url(&self.folder, SUPERUSER, "postgres");
        let connection = tokio::time::timeout(Duration::from_secs(10), PgConnection::connect(&url));
        connection.await.map_err(|_| sqlx::Error::PoolTimedOut)??.close().await
    }

    fn log_since(&self, from: u64) -> String {
        let read = || -> std::io::Result<String> {
            let mut file = std::fs::File::open(self.folder.log())?;
            file.seek(SeekFrom::Start(from))?;
            let mut bytes = Vec::new();
            file.take(64 * 1024).read_to_end(&mut bytes)?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        };
        read().unwrap_or_default()
    }
}
