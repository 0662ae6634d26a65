use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::binaries::Binaries;
use super::folder::Folder;
use super::passwords::{APP_ROLE, DATABASE, OWNER_ROLE, Passwords, SUPERUSER};
use super::{ClusterError, Profile};

const ACCESS: &str = "# Only the unix socket, always with a password.\n\
    local all all scram-sha-256\n";

/// Makes the cluster: data directory, access rules, settings, the two roles and the database. It is
/// made beside its place and moved there when it is whole, so a kill at any point leaves either
/// nothing or a whole cluster.
pub(crate) fn initialise(
    folder: &Folder,
    binaries: &Binaries,
    profile: Profile,
) -> Result<Passwords, ClusterError> {
    let new = folder.unfinished();
    if new.exists() {
        std::fs::remove_dir_all(&new).map_err(ClusterError::io("cannot remove", &new))?;
    }
    let passwords = Passwords::create(&folder.passwords())?;
    initdb(folder, binaries, profile, &passwords)?;
    write(folder, &new.join("pg_hba.conf"), ACCESS, false)?;
    write(folder, &new.join("postgresql.conf"), &settings(binaries, profile), true)?;
    create_roles(folder, binaries, &passwords)?;
    std::fs::rename(&new, folder.data())
        .map_err(ClusterError::io("cannot put in place", folder.data()))?;
    Ok(passwords)
}

fn initdb(
    folder: &Folder,
    binaries: &Binaries,
    profile: Profile,
    passwords: &Passwords,
) -> Result<(), ClusterError> {
    let secret = folder.pg().join("initdb.password");
    write_new(folder, &secret, passwords.of(SUPERUSER))?;
    let mut command = folder.account.command(&binaries.program("initdb"));
    command.arg("-D").arg(folder.unfinished()).arg(format!("--username={SUPERUSER}"));
    command.arg(format!("--pwfile={}", secret.display()));
    command.args(["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]);
    command.args(["--data-checksums", "--no-instructions"]);
    if profile == Profile::Throwaway {
        command.arg("--no-sync");
    }
    let result = command.output();
    let _ = std::fs::remove_file(&secret);
    succeeded("initdb", result, folder)
}

/// Feeds the statements to a single-user server: no socket, no password on a command line.
fn create_roles(
    folder: &Folder,
    binaries: &Binaries,
    passwords: &Passwords,
) -> Result<(), ClusterError> {
    let statements = format!(
        "CREATE ROLE {OWNER_ROLE} LOGIN PASSWORD '{owner}'\n\
         CREATE ROLE {APP_ROLE} LOGIN PASSWORD '{app}'\n\
         CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}\n\
         REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC\n\
         GRANT CONNECT ON DATABASE {DATABASE} TO {APP_ROLE}\n",
        owner = passwords.of(OWNER_ROLE),
        app = passwords.of(APP_ROLE),
    );
    let mut command = folder.account.command(&binaries.program("postgres"));
    command.arg("--single").arg("-D").arg(folder.unfinished());
    command.args(["-c", "exit_on_error=on", "-c", "log_min_messages=warning", "postgres"]);
    let result = feed(command, &statements);
    succeeded("postgres", result, folder)
}

fn feed(mut command: Command, input: &str) -> std::io::Result<Output> {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input.as_bytes());
    }
    child.wait_with_output()
}

fn succeeded(
    program: &'static str,
    result: std::io::Result<Output>,
    folder: &Folder,
) -> Result<(), ClusterError> {
    let output =
        result.map_err(|error| ClusterError::Failed { program, reason: error.to_string() })?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(ClusterError::from_output(program, &words, &folder.root))
}

fn write(folder: &Folder, path: &Path, text: &str, append: bool) -> Result<(), ClusterError> {
    let mut options = OpenOptions::new();
    options.write(true).append(append).truncate(!append);
    options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(ClusterError::io("cannot write", path))?;
    folder.account.own(path)
}

fn write_new(folder: &Folder, path: &Path, text: &str) -> Result<(), ClusterError> {
    super::folder::write_private(path, text)?;
    folder.account.own(path)
}

/// Throughput on a small machine without giving up durability; an administrator may edit them in
/// `pg/data/postgresql.conf`.
fn settings(binaries: &Binaries, profile: Profile) -> String {
    let compression = if binaries.lz4() { "lz4" } else { "on" };
    let common = "\n# Millwright\n\
        timezone = 'UTC'\n\
        log_timezone = 'UTC'\n\
        jit = off\n\
        max_wal_size = 4GB\n\
        checkpoint_timeout = 15min\n\
        checkpoint_completion_target = 0.9\n\
        password_encryption = scram-sha-256\n\
        log_min_messages = warning\n\
        log_checkpoints = off\n\
        log_line_prefix = '%m [%p] %u '\n\
        idle_in_transaction_session_timeout = 60s\n";
    let own = match profile {
        Profile::Durable => format!(
            "max_connections = 100\n\
             shared_buffers = 256MB\n\
             effective_cache_size = 2GB\n\
             work_mem = 16MB\n\
             maintenance_work_mem = 128MB\n\
             min_wal_size = 512MB\n\
             wal_buffers = 16MB\n\
             wal_compression = {compression}\n\
             fsync = on\n\
             synchronous_commit = on\n\
             random_page_cost = 1.1\n\
             autovacuum_naptime = 20s\n\
             track_io_timing = on\n"
        ),
        Profile::Throwaway => "max_connections = 300\n\
             shared_buffers = 128MB\n\
             fsync = off\n\
             synchronous_commit = off\n\
             full_page_writes = off\n\
             autovacuum_naptime = 5min\n"
            .to_owned(),
    };
    format!("{common}{own}")
}
