//! The program as its operator sees it: started, stopped, killed, refused.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn folder() -> std::io::Result<TempDir> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    tempfile::Builder::new().prefix("millwright-life-").tempdir()
}

fn millwright(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_millwright"));
    command.current_dir(data).arg("--data-dir").arg(data).env_remove("DATABASE_URL");
    command
}

/// A running `millwright serve` with what it printed.
struct Program {
    child: Child,
    url: String,
    setup: Option<String>,
}

impl Program {
    fn start(data: &Path, arguments: &[&str]) -> Result<Self, Box<dyn std::error::Error>> {
        let log = std::fs::File::create(data.join("test.log"))?;
        let mut child = millwright(data)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        let out = child.stdout.take().ok_or("no output")?;
        let mut lines = BufReader::new(out).lines();
        let first = lines.next().transpose()?;
        let Some(url) = first.as_deref().and_then(|l| l.strip_prefix("Millwright runs at ")) else {
            let _ = child.wait();
            return Err(std::fs::read_to_string(data.join("test.log"))?.into());
        };
        let url = url.to_owned();
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|l| drop(send.send(l))));
        let setup = receive.recv_timeout(Duration::from_millis(500)).ok();
        Ok(Self { child, url, setup })
    }

    fn signal(&self, name: &str) -> std::io::Result<()> {
        kill(name, &self.child.id().to_string())
    }

    fn wait(&mut self, within: Duration) -> Result<ExitStatus, Box<dyn std::error::Error>> {
        until(within, || self.child.try_wait().ok().flatten()).ok_or_else(|| "still running".into())
    }

    async fn ready(&self) -> bool {
        reqwest::get(format!("{}/readyz", self.url)).await.is_ok_and(|r| r.status().is_success())
    }

    async fn until_ready(&self, within: Duration) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < within {
            if self.ready().await {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.signal("TERM");
        let _ = self.wait(Duration::from_secs(25));
        let _ = self.child.kill();
    }
}

fn until<T>(within: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if begun.elapsed() > within {
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn kill(signal: &str, pid: &str) -> std::io::Result<()> {
    Command::new("kill").arg(format!("-{signal}")).arg(pid).status().map(drop)
}

fn postmaster(data: &Path) -> std::io::Result<String> {
    let place = std::fs::read_to_string(data.join("pg.location"));
    let pg = place.map_or_else(|_| data.join("pg"), |place| PathBuf::from(place.trim()));
    let text = std::fs::read_to_string(pg.join("data/postmaster.pid"))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn runs(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|text| text.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z')))
}

fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_everything_within_twenty_seconds_and_the_next_start_is_quick() -> Outcome {
    let data = folder()?;
    let mut first = Program::start(data.path(), &[])?;
    assert!(first.until_ready(Duration::from_secs(30)).await);
    let link = first.setup.take().ok_or("no link for the first administrator")?;
    assert!(link.contains("/setup?token="), "{link}");
    let postgres = postmaster(data.path())?;
    first.signal("TERM")?;
    assert!(first.wait(Duration::from_secs(20))?.success());
    assert!(!runs(&postgres));

    let again = Program::start(data.path(), &[])?;
    assert!(again.until_ready(Duration::from_secs(30)).await);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_program_and_killed_postgres_come_back_in_every_combination() -> Outcome {
    let data = folder()?;
    let mut program = Program::start(data.path(), &[])?;
    assert!(program.until_ready(Duration::from_secs(30)).await);

    let killed = postmaster(data.path())?;
    kill("KILL", &killed)?;
    until(Duration::from_secs(60), || postmaster(data.path()).ok().filter(|pid| *pid != killed))
        .ok_or("Postgres is not started again")?;
    assert!(program.until_ready(Duration::from_secs(60)).await, "Postgres is started again");

    let orphan = postmaster(data.path())?;
    program.signal("KILL")?;
    program.wait(Duration::from_secs(5))?;
    assert!(runs(&orphan), "Postgres lives on");
    let mut program = Program::start(data.path(), &[])?;
    assert!(program.until_ready(Duration::from_secs(60)).await);
    assert_eq!(postmaster(data.path())?, orphan, "the orphan is adopted");

    program.signal("KILL")?;
    kill("KILL", &orphan)?;
    program.wait(Duration::from_secs(5))?;
    let mut program = Program::start(data.path(), &[])?;
    assert!(program.until_ready(Duration::from_secs(60)).await);
    let last = postmaster(data.path())?;
    assert_ne!(last, orphan);
    program.signal("TERM")?;
    assert!(program.wait(Duration::from_secs(20))?.success());
    assert!(!runs(&last), "an adopted or restarted cluster is stopped with the program");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn subcommands_work_beside_the_program_and_alone() -> Outcome {
    let data = folder()?;
    let create =
        |name: &str| millwright(data.path()).args(["api-key", "create", "--name", name]).output();
    let alone = create("alone")?;
    assert!(alone.status.success(), "{}", text(&alone));
    assert!(postmaster(data.path()).is_err(), "the cluster was started for the moment only");

    let program = Program::start(data.path(), &[])?;
    assert!(program.until_ready(Duration::from_secs(30)).await);
    let beside = create("beside")?;
    assert!(beside.status.success(), "{}", text(&beside));
    assert!(program.ready().await, "the program goes on");
    let key = String::from_utf8(beside.stdout)?;
    let key = key.lines().last().ok_or("no key")?;
    let answer = reqwest::Client::new()
        .get(format!("{}/api/v1/alerts", program.url))
        .bearer_auth(key)
        .send()
        .await?;
    assert!(answer.status().is_success(), "{}", answer.status());

    let second = millwright(data.path()).args(["serve", "--listen", "127.0.0.1:0"]).output()?;
    assert_eq!(second.status.code(), Some(1));
    assert!(text(&second).contains("held by another millwright"), "{}", text(&second));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_made_on_the_command_line_ends_the_setup_link() -> Outcome {
    let data = folder()?;
    let mut child = millwright(data.path())
        .args(["admin", "create", "--email", "ann@example.com", "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    child.stdin.take().ok_or("no input")?.write_all(b"correct horse battery staple\n")?;
    let made = child.wait_with_output()?;
    assert!(made.status.success(), "{}", text(&made));
    let program = Program::start(data.path(), &[])?;
    assert_eq!(program.setup, None);
    Ok(())
}

#[test]
fn wrong_use_is_two_and_a_bad_configuration_names_every_problem() -> Outcome {
    let data = folder()?;
    let wrong = millwright(data.path()).arg("dance").output()?;
    assert_eq!(wrong.status.code(), Some(2));
    let bad = millwright(data.path())
        .arg("check-config")
        .env("MILLWRIGHT_SERVER__LISTEN", "nowhere")
        .env("MILLWRIGHT_SERVER__COLOUR", "red")
        .output()?;
    assert_eq!(bad.status.code(), Some(1));
    let said = text(&bad);
    assert!(said.contains("server.listen") && said.contains("server.colour"), "{said}");
    let good = millwright(data.path()).args(["check-config", "--json"]).output()?;
    let values: serde_json::Value = serde_json::from_slice(&good.stdout)?;
    assert_eq!(values["server.listen"], "127.0.0.1:3000");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_address_speaks_tls_that_its_own_authority_vouches_for() -> Outcome {
    let data = folder()?;
    let mut child = millwright(data.path())
        .args(["serve", "--listen", "0.0.0.0:0"])
        .env("MILLWRIGHT_LOG__FORMAT", "text")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let out = child.stdout.take().ok_or("no output")?;
    let line = BufReader::new(out).lines().next().ok_or("no line")??;
    let url = line.strip_prefix("Millwright runs at ").ok_or("no address")?.to_owned();
    let program = Program { child, url: url.clone(), setup: None };
    assert!(url.starts_with("https://"), "{url}");
    let port = url.rsplit_once(':').ok_or("no port")?.1;
    let authority = std::fs::read(data.path().join("tls/ca.pem"))?;
    let authority = reqwest::Certificate::from_pem(&authority)?;
    let trusting = reqwest::Client::builder().tls_certs_only([authority]).build()?;
    let answer = trusting.get(format!("https://localhost:{port}/healthz")).send().await?;
    assert!(answer.status().is_success());
    let other = reqwest::Client::builder().tls_certs_only([]).build()?;
    assert!(other.get(format!("https://localhost:{port}/healthz")).send().await.is_err());
    drop(program);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_whose_output_nobody_reads_runs_on() -> Outcome {
    let data = folder()?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut child = millwright(data.path())
        .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    drop(child.stdout.take());
    let url = format!("http://127.0.0.1:{port}");
    let program = Program { child, url, setup: None };
    assert!(program.until_ready(Duration::from_secs(60)).await, "the program ended");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_head_is_cut_off() -> Outcome {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let data = folder()?;
    let program = Program::start(data.path(), &[])?;
    let address = program.url.strip_prefix("http://").ok_or("no address")?;
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").await?;
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(15), stream.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the connection is still open");
    Ok(())
}
