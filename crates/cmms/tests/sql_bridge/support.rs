//! Private database servers, each gone when it is dropped.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Until a server has started.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server and its folder.
pub struct Server {
    child: Child,
    pub port: u16,
    pub folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.push("/usr/sbin".into());
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.extend(versions.map(|version| version.path().join("bin")));
    folders
        .iter()
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|file| file.is_file())
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0)
}

/// A server refuses to run as root: as root it gets its own user and a folder of that user.
fn as_user(user: &str, program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", "nogroup", "--clear-groups"]).arg(program);
    command
}

fn folder(user: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    if is_root() {
        let owner = format!("{user}:");
        let done = Command::new("chown").arg(owner).arg(folder.path()).status().unwrap();
        assert!(done.success());
    }
    folder
}

fn done(output: Output) {
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn wait_for(mut ready: impl FnMut() -> bool) {
    let start = Instant::now();
    while !ready() {
        assert!(start.elapsed() < PATIENCE, "the server does not start");
        std::thread::yield_now();
    }
}

/// A MariaDB; nothing when it is not installed.
pub fn mariadb() -> Option<Server> {
    let install = program(&["mariadb-install-db", "mysql_install_db"])?;
    let server = program(&["mariadbd", "mysqld"])?;
    let folder = folder("nobody");
    let data = folder.path().join("data");
    let option = |name: &str, value: &Path| format!("--{name}={}", value.display());
    done(
        as_user("nobody", &install)
            .args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"])
            .arg(option("datadir", &data))
            .output()
            .unwrap(),
    );
    let port = free_port();
    let child = as_user("nobody", &server)
        .args(["--no-defaults", "--bind-address=127.0.0.1", "--default-time-zone=+00:00"])
        .args(["--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve"])
        .arg(format!("--port={port}"))
        .arg(option("datadir", &data))
        .arg(option("socket", &folder.path().join("s")))
        .arg(option("pid-file", &folder.path().join("pid")))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let server = Server { child, port, folder };
    wait_for(|| server.mariadb("SELECT 1", None).is_ok());
    server.mariadb(include_str!("mariadb.sql"), None).unwrap();
    Some(server)
}

/// A Postgres of the binaries that Millwright itself runs on.
pub fn postgres() -> Option<Server> {
    let (initdb, server) = (program(&["initdb"])?, program(&["postgres"])?);
    let folder = folder("nobody");
    let data = folder.path().join("data");
    let word = folder.path().join("word");
    std::fs::write(&word, "owner-word").unwrap();
    done(
        as_user("nobody", &initdb)
            .args(["--auth=scram-sha-256", "--username=owner", "--no-sync", "--pwfile"])
            .arg(&word)
            .arg("--pgdata")
            .arg(&data)
            .current_dir(folder.path())
            .output()
            .unwrap(),
    );
    let port = free_port();
    let child = as_user("nobody", &server)
        .args(["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1", "-c", "timezone=UTC", "-c"])
        .arg(format!("port={port}"))
        .arg("-c")
        .arg(format!("unix_socket_directories={}", folder.path().display()))
        .arg("-D")
        .arg(&data)
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let server = Server { child, port, folder };
    wait_for(|| server.postgres("SELECT 1").is_ok());
    server.postgres(include_str!("postgres.sql")).unwrap();
    Some(server)
}

impl Server {
    /// What the owner of the database says.
    pub fn mariadb(&self, sql: &str, database: Option<&str>) -> Result<String, String> {
        let client = program(&["mariadb", "mysql"]).ok_or("no client")?;
        let mut command = Command::new(client);
        command
            .args(["--no-defaults", "--user=root", "--batch", "--skip-column-names"])
            .arg(format!("--socket={}", self.folder.path().join("s").display()))
            .args(database);
        said(command, sql)
    }

    /// What the owner of the database says.
    pub fn postgres(&self, sql: &str) -> Result<String, String> {
        let client = program(&["psql"]).ok_or("no client")?;
        let mut command = Command::new(client);
        command
            .args(["-h", "127.0.0.1", "-U", "owner", "-d", "postgres", "-q", "-t", "-A"])
            .args(["-v", "ON_ERROR_STOP=1", "-p"])
            .arg(self.port.to_string())
            .env("PGPASSWORD", "owner-word");
        said(command, sql)
    }
}

/// What a client answers to what it is given.
fn said(mut command: Command, sql: &str) -> Result<String, String> {
    use std::io::Write;
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().map_err(|error| error.to_string())?;
    let mut input = child.stdin.take().ok_or("no input")?;
    input.write_all(sql.as_bytes()).map_err(|error| error.to_string())?;
    drop(input);
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}
