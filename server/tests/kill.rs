//! The program and its Postgres are killed at random while eight clients send: what was
//! acknowledged is there, decided once, and no alert has two open work orders (R1, R2, R3, R7).

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::Mutex;

const KILLS: u32 = 20;
const CLIENTS: u64 = 8;
const ASSETS: u64 = 40;
const MODES: [&str; 4] = ["tool_wear", "seal_leak", "servo_fault", "spindle_bearing_fault"];
const BINARY: &str = env!("CARGO_BIN_EXE_millwright");

struct Plant {
    folder: PathBuf,
    address: String,
    child: Child,
}

impl Plant {
    fn start(folder: &Path, address: &str) -> Child {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(folder.join("serve.log"))
            .expect("a log");
        Command::new(BINARY)
            .args(["serve", "--listen", address, "--data-dir"])
            .arg(folder.join("data"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the program starts")
    }

    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("millwright-kill-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .expect("a free port")
            .port();
        let address = format!("127.0.0.1:{port}");
        let child = Self::start(&folder, &address);
        Self { folder, address, child }
    }

    async fn ready(&self, http: &reqwest::Client) {
        let url = format!("http://{}/readyz", self.address);
        let deadline = Instant::now() + Duration::from_secs(90);
        loop {
            if http.get(&url).send().await.is_ok_and(|r| r.status().is_success()) {
                return;
            }
            assert!(Instant::now() < deadline, "not ready again: {}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn log(&self) -> String {
        let text = std::fs::read_to_string(self.folder.join("serve.log")).unwrap_or_default();
        text.lines().rev().take(15).collect::<Vec<_>>().join("\n")
    }

    fn run(&self, args: &[&str]) -> String {
        let output = Command::new(BINARY)
            .args(args)
            .arg("--data-dir")
            .arg(self.folder.join("data"))
            .output()
            .expect("the command runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn postmaster(&self) -> Option<i32> {
        let pid = std::fs::read_to_string(self.folder.join("data/pg/data/postmaster.pid")).ok()?;
        pid.lines().next()?.trim().parse().ok()
    }

    fn kill_program(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn restart(&mut self) {
        self.child = Self::start(&self.folder, &self.address);
    }

    /// One value of the database, by the owner.
    fn sql(&self, query: &str) -> String {
        let passwords = std::fs::read_to_string(self.folder.join("data/postgres.passwords"))
            .expect("passwords");
        let password = passwords
            .lines()
            .filter_map(|line| line.split_once('='))
            .find(|(name, _)| name.contains("owner"))
            .map(|(_, value)| value.to_owned())
            .expect("the owner's password");
        let socket = self.folder.join("data/pg/socket");
        let output = Command::new("psql")
            .args(["-qAtX", "-U", "millwright_owner", "-d", "millwright", "-c", query, "-h"])
            .arg(socket)
            .env("PGPASSWORD", password)
            .output()
            .expect("psql runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

impl Drop for Plant {
    fn drop(&mut self) {
        signal(i32::try_from(self.child.id()).expect("a pid"), "TERM");
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn signal(pid: i32, name: &str) {
    let _ = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status();
}

fn assets() -> String {
    let mut csv = "tag,kind,parent,name,serial_number,barcode,manufacturer,model,installed_on,\
                   criticality,status,time_zone\n\
                   K,site,,Kill,,,,,,,active,UTC\nK-L,line,K,Line,,,,,,,active,\n"
        .to_owned();
    for i in 0..ASSETS {
        csv.push_str(&format!("K-{i},machine,K-L,Machine {i},,,,,,critical,active,\n"));
    }
    csv
}

/// Sends until told to stop; keeps what was acknowledged. Without an answer it sends the same again.
async fn client(
    number: u64,
    url: String,
    key: String,
    stop: Arc<AtomicBool>,
    acknowledged: Arc<Mutex<Vec<(String, i64)>>>,
    sent: Arc<AtomicU64>,
) {
    let http = client_of_http();
    let mut n: u64 = 0;
    while !stop.load(Ordering::SeqCst) {
        n += 1;
        let event = format!("c{number}-{n}");
        let pick = number.wrapping_mul(31).wrapping_add(n.wrapping_mul(7));
        let body = json!({
            "event_id": event,
            "asset": format!("K-{}", pick % ASSETS),
            "failure_mode": MODES[usize::try_from(pick / ASSETS % 4).unwrap_or(0)],
            "confidence": f64::from(u32::try_from(pick % 100).unwrap_or(0)) / 100.0,
            "rul_hours": 240 + pick % 400,
            "intervention_window_hours": 200,
            "observed_at": "2026-11-22T12:00:00Z",
            "model": {"name": "killed"},
        });
        let mut body = body;
        body["observed_at"] = json!(now());
        loop {
            let answer = http.post(&url).bearer_auth(&key).json(&body).send().await;
            sent.fetch_add(1, Ordering::SeqCst);
            if let Ok(answer) = answer
                && (answer.status() == 202 || answer.status() == 200)
                && let Ok(value) = answer.json::<Value>().await
            {
                let id = value["id"].as_i64().expect("an id");
                acknowledged.lock().await.push((event, id));
                break;
            }
            if stop.load(Ordering::SeqCst) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a source has a clock of its own")]
fn now() -> String {
    chrono::Utc::now().to_rfc3339()
}

fn client_of_http() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(10))
        .build()
        .expect("an HTTP client")
}

/// A small generator: the order of kills is printed by its seed and can be repeated.
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_program_and_postgres_are_killed() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = client_of_http();
    let mut plant = Plant::new();
    plant.ready(&http).await;
    let file = plant.folder.join("assets.csv");
    std::fs::write(&file, assets()).expect("the assets");
    plant.run(&["import", "assets", file.to_str().expect("a path")]);
    let output = plant.run(&["api-key", "create", "--name", "k", "--scope", "predictions,read"]);
    let key = output.lines().last().expect("a key").to_owned();

    let (stop, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let url = format!("http://{}/api/v1/predictions", plant.address);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            tokio::spawn(client(
                number,
                url.clone(),
                key.clone(),
                stop.clone(),
                acknowledged.clone(),
                sent.clone(),
            ))
        })
        .collect();

    let mut random = u64::from(std::process::id()) | 1;
    println!("seed {random}");
    for round in 0..KILLS {
        let before = acknowledged.lock().await.len();
        let wait = Duration::from_millis(100 + next(&mut random) % 500);
        tokio::time::sleep(wait).await;
        match next(&mut random) % 3 {
            0 => {
                plant.kill_program();
                plant.restart();
            }
            1 => {
                if let Some(pid) = plant.postmaster() {
                    signal(pid, "KILL");
                }
            }
            _ => {
                if let Some(pid) = plant.postmaster() {
                    signal(pid, "KILL");
                }
                plant.kill_program();
                plant.restart();
            }
        }
        let deadline = Instant::now() + Duration::from_secs(90);
        while acknowledged.lock().await.len() <= before + 20 {
            assert!(Instant::now() < deadline, "round {round}: no answers: {}", plant.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    stop.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.expect("a client ends");
    }
    plant.ready(&http).await;
    let deadline = Instant::now() + Duration::from_secs(60);
    while plant.sql("SELECT count(*) FROM alert WHERE evaluated < predictions") != "0" {
        assert!(Instant::now() < deadline, "undecided: {}", plant.log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    let acknowledged = acknowledged.lock().await;
    let total = acknowledged.len();
    assert!(total > 400, "only {total} acknowledged: too few to mean anything");
    let list: Vec<String> = acknowledged.iter().map(|(e, id)| format!("('{e}', {id})")).collect();
    let lost = plant.sql(&format!(
        "SELECT count(*) FROM (VALUES {}) AS sent (event_id, id)
         WHERE NOT EXISTS (SELECT FROM prediction p
                           WHERE p.id = sent.id AND p.event_id = sent.event_id)",
        list.join(",")
    ));
    assert_eq!(lost, "0", "acknowledged predictions are lost");
    let twice = plant.sql(
        "SELECT count(*) FROM (SELECT event_id FROM prediction GROUP BY source_id, event_id
                               HAVING count(*) > 1) AS twice",
    );
    assert_eq!(twice, "0", "a prediction is stored twice");
    let undecided = plant.sql(
        "SELECT count(*) FROM prediction p WHERE p.alert_id IS NOT NULL
         AND NOT EXISTS (SELECT FROM evaluation e WHERE e.prediction_id = p.id)",
    );
    assert_eq!(undecided, "0", "a prediction is not evaluated");
    let doubled = plant.sql(
        "SELECT count(*) FROM (SELECT alert_id FROM work_order
            WHERE status NOT IN ('closed', 'cancelled') GROUP BY alert_id HAVING count(*) > 1) AS d",
    );
    assert_eq!(doubled, "0", "an alert has two open work orders");
    let orders = plant.sql("SELECT count(*) FROM work_order");
    let records = plant.sql(
        "SELECT count(*) FROM work_order w WHERE delivery_state = 'created'
         AND (SELECT count(*) FROM book_order b WHERE b.external_ref = w.external_ref) <> 1",
    );
    assert_eq!(records, "0", "a work order has not exactly one record in the book");
    println!(
        "{KILLS} kills, {total} acknowledged of {} sent, 0 lost, {orders} work orders, 0 doubled",
        sent.load(Ordering::SeqCst)
    );
}
