//! A private Postgres cluster from the installed programs, in a folder of ours: unix socket only,
//! always with passwords, run by an unprivileged account.
//!
//! One process owns the folder (a lock file says which). A cluster left alive by a killed program is
//! adopted, a killed cluster is started again, a half-made one is thrown away and made anew.

mod account;
mod binaries;
mod error;
mod folder;
mod initialise;
mod lock;
mod passwords;
mod postmaster;
mod processes;
mod supervisor;
mod throwaway;

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

pub use error::ClusterError;
pub use lock::Holder;
pub use passwords::{APP_ROLE, DATABASE, OWNER_ROLE};

use binaries::Binaries;
use folder::Folder;
use lock::{Attempt, FileLock};
use passwords::Passwords;
pub(crate) use passwords::SUPERUSER;
use postmaster::Site;
pub(crate) use throwaway::Throwaway;

/// A subcommand or a start waits so long for a folder that is taken for a moment only.
const MOMENT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);

/// What the cluster is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Nothing acknowledged is ever lost.
    Durable,
    /// For tests: fast, and worthless after a crash of the machine.
    Throwaway,
}

/// Where the cluster lies and who wants it.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data folder.
    pub folder: PathBuf,
    /// The folder of the Postgres programs; found by itself when absent.
    pub binaries: Option<PathBuf>,
    /// Settings for production or for tests.
    pub profile: Profile,
    /// The long-running program or a subcommand.
    pub holder: Holder,
}

impl Options {
    /// A durable cluster in `folder`, with the installed programs.
    pub fn new(folder: impl Into<PathBuf>, holder: Holder) -> Self {
        Self { folder: folder.into(), binaries: None, profile: Profile::Durable, holder }
    }
}

/// A running private cluster. Dropping it without [`Cluster::stop`] leaves Postgres running, to be
/// adopted by the next start.
#[derive(Debug)]
pub struct Cluster {
    folder: Folder,
    passwords: Passwords,
    users: FileLock,
    own: Option<Own>,
}

#[derive(Debug)]
struct Own {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    stops: bool,
    holder: Holder,
    _lock: FileLock,
}

impl Cluster {
    /// Takes the folder and runs its cluster, making it first if there is none. A subcommand that
    /// finds the folder taken uses the cluster that runs there.
    ///
    /// # Errors
    /// One line that says what is wrong and what to do: programs missing, folder held, other major
    /// version, disk full, folder closed to the account of Postgres.
    pub async fn open(options: &Options) -> Result<Self, ClusterError> {
        let found = Binaries::find(options.binaries.as_deref(), None)?;
        let folder = Folder::prepare(&options.folder)?;
        let begun = Instant::now();
        loop {
            match FileLock::attempt(&folder.lock(), options.holder)? {
                Attempt::Taken(lock) => {
                    return Self::run(folder, found, options, lock).await;
                }
                Attempt::HeldBy(holder) => {
                    let serving = options.holder == Holder::Program && !lock::is_command(&holder);
                    if serving || begun.elapsed() > MOMENT {
                        let folder = folder.root;
                        return Err(ClusterError::Held { folder, holder });
                    }
                    if options.holder == Holder::Command
                        && let Some(cluster) = Self::join(&folder, &found).await?
                    {
                        return Ok(cluster);
                    }
                }
            }
            sleep(POLL).await;
        }
    }

    async fn run(
        folder: Folder,
        found: Binaries,
        options: &Options,
        lock: FileLock,
    ) -> Result<Self, ClusterError> {
        folder.check_space()?;
        let (binaries, passwords) = match folder.version() {
            Some(version) => (
                Binaries::find(options.binaries.as_deref(), Some(&version))?,
                Passwords::read(&folder.passwords())?,
            ),
            None => {
                tracing::info!(folder = %folder.root.display(), "making a private Postgres cluster");
                let (folder, binaries, profile) = (folder.clone(), found.clone(), options.profile);
                let made = tokio::task::spawn_blocking(move || {
                    initialise::initialise(&folder, &binaries, profile)
                });
                (found, made.await.map_err(broken_task)??)
            }
        };
        let site = Site { folder: folder.clone(), binaries, passwords: passwords.clone() };
        let postmaster = site.run().await?;
        let adopted = postmaster.adopted();
        tracing::info!(pid = postmaster.pid(), adopted, "the private Postgres runs");
        let users = FileLock::shared(&folder.users_lock())?;
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(supervisor::supervise(site, postmaster, stopped));
        let stops = options.holder == Holder::Program || !adopted;
        let own = Some(Own { stop, task, stops, holder: options.holder, _lock: lock });
        Ok(Self { folder, passwords, users, own })
    }

    /// Joins the cluster that another process runs; nothing when it does not answer (yet).
    async fn join(folder: &Folder, binaries: &Binaries) -> Result<Option<Self>, ClusterError> {
        if folder.version().is_none() {
            return Ok(None);
        }
        let passwords = Passwords::read(&folder.passwords())?;
        let users = FileLock::shared(&folder.users_lock())?;
        let site = Site {
            folder: folder.clone(),
            binaries: binaries.clone(),
            passwords: passwords.clone(),
        };
        if !site.answering().await {
            return Ok(None);
        }
        Ok(Some(Self { folder: folder.clone(), passwords, users, own: None }))
    }

    /// The address for the app role, password included: never log it.
    pub fn url(&self) -> String {
        self.passwords.url(&self.folder, APP_ROLE, DATABASE)
    }

    /// The address for the owner role, password included: never log it.
    pub fn owner_url(&self) -> String {
        self.passwords.url(&self.folder, OWNER_ROLE, DATABASE)
    }

    /// The data folder, without links.
    pub fn folder(&self) -> &Path {
        &self.folder.root
    }

    /// Stops the cluster if this process started it (or is the program), else leaves it running. A
    /// subcommand lets others finish that have joined meanwhile.
    pub async fn stop(self) {
        let Some(mut own) = self.own else { return };
        let mut stops = own.stops;
        if stops && own.holder == Holder::Command {
            stops = last_user(&self.users).await;
        }
        if stops {
            let _ = own.stop.send(true);
            let _ = (&mut own.task).await;
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn last_user(users: &FileLock) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < MOMENT / 3 {
        match users.alone() {
            Ok(true) => return true,
            Ok(false) => sleep(POLL).await,
            Err(_) => return false,
        }
    }
    false
}

fn broken_task(error: tokio::task::JoinError) -> ClusterError {
    ClusterError::Failed { program: "initdb", reason: error.to_string() }
}
