//! A load of predictions from many clients, and how it fared, as one line of JSON.
//!
//! Plain HTTP/1.1 over kept connections, written by hand: the measured program shares the machine
//! with this one, so a client that costs little disturbs little.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

/// Failure modes that a measured asset may have; one open alert each.
const MODES: [&str; 8] = [
    "spindle_bearing_fault",
    "tool_wear",
    "ball_screw_wear",
    "backlash_growth",
    "spindle_overheating",
    "tool_breakage",
    "servo_fault",
    "guideway_wear",
];

struct Options {
    address: String,
    key: String,
    clients: usize,
    batch: usize,
    seconds: f64,
    /// Predictions a second over all clients; 0 is as fast as it goes.
    rate: f64,
    assets: u64,
    /// Share of predictions that create a work order.
    create_share: f64,
    /// Makes event ids of this run unlike those of others.
    run: String,
    /// Creating predictions of earlier runs: this one goes on with other assets and modes.
    creates_before: u64,
}

fn options() -> Result<Options> {
    let mut given: HashMap<String, String> = HashMap::new();
    let mut words = std::env::args().skip(1);
    while let Some(name) = words.next() {
        let value = words.next().with_context(|| format!("{name} needs a value"))?;
        given.insert(name.trim_start_matches("--").to_owned(), value);
    }
    let number = |name: &str, default: f64| -> Result<f64> {
        Ok(given.get(name).map_or(Ok(default), |v| v.parse())?)
    };
    let text =
        |name: &str| given.get(name).cloned().with_context(|| format!("--{name} is missing"));
    Ok(Options {
        address: text("address")?,
        key: text("key")?,
        clients: number("clients", 32.0)? as usize,
        batch: number("batch", 1.0)? as usize,
        seconds: number("seconds", 10.0)?,
        rate: number("rate", 0.0)?,
        assets: number("assets", 20_000.0)? as u64,
        create_share: number("create-share", 0.1)?,
        run: text("run")?,
        creates_before: number("creates-before", 0.0)? as u64,
    })
}

struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    async fn connect(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(64 * 1024) })
    }

    async fn call(&mut self, head: &str, body: &str) -> Result<(u16, String)> {
        let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
        self.stream.write_all(request.as_bytes()).await?;
        self.read.clear();
        loop {
            if let Some(end) = find(&self.read, b"\r\n\r\n") {
                let text = std::str::from_utf8(&self.read[..end])?;
                let status: u16 = text.get(9..12).context("no status")?.parse()?;
                let length = text
                    .lines()
                    .find_map(|line| -> Option<Result<usize, _>> {
                        let (name, value) = line.split_once(':')?;
                        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse())
                    })
                    .context("no content-length")??;
                let start = end + 4;
                while self.read.len() < start + length {
                    self.fill().await?;
                }
                let body = String::from_utf8(self.read[start..start + length].to_vec())?;
                return Ok((status, body));
            }
            self.fill().await?;
        }
    }

    async fn fill(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.read).await? == 0 {
            bail!("the connection was closed");
        }
        Ok(())
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[derive(Default)]
struct Tally {
    accepted: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
    created: AtomicU64,
    stop: AtomicBool,
    number: AtomicU64,
    creates: AtomicU64,
    latencies: Mutex<Vec<f64>>,
}

fn prediction(options: &Options, tally: &Tally, now: &str) -> (String, bool) {
    let number = tally.number.fetch_add(1, Ordering::Relaxed);
    // Evenly spread, so that the share is exact: every n-th prediction creates.
    let creates = ((number + 1) as f64 * options.create_share).floor()
        > (number as f64 * options.create_share).floor();
    let (asset, mode, confidence) = if creates {
        let n = options.creates_before + tally.creates.fetch_add(1, Ordering::Relaxed);
        let mode = MODES[(n / options.assets) as usize % MODES.len()];
        (n % options.assets, mode, 0.82)
    } else {
        (number.wrapping_mul(2_654_435_761) % options.assets, "seal_leak", 0.31)
    };
    let run = &options.run;
    let text = format!(
        "{{\"event_id\":\"{run}-{number}\",\"asset\":\"BENCH-{asset:05}\",\"failure_mode\":\"{mode}\",\
         \"confidence\":{confidence},\"rul_hours\":432,\"intervention_window_hours\":336,\
         \"observed_at\":\"{now}\",\"model\":{{\"name\":\"bench\",\"version\":\"1\"}},\
         \"description\":\"rear bearing set\",\"recommended_action\":\"replace rear bearing set\",\
         \"spare_parts\":[{{\"part\":\"SBC-1050\",\"description\":\"bearing cartridge\",\"quantity\":1}}],\
         \"attributes\":{{\"line_pressure_bar\":5.1}}}}"
    );
    (text, creates)
}

async fn send(
    options: Arc<Options>,
    tally: Arc<Tally>,
    started: Instant,
    client_no: usize,
) -> Result<()> {
    let mut client = Client::connect(&options.address).await?;
    let head = format!(
        "POST /api/v1/predictions HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\n",
        options.address, options.key
    );
    let pause = if options.rate > 0.0 {
        options.batch as f64 * options.clients as f64 / options.rate
    } else {
        0.0
    };
    let mut due = pause * client_no as f64 / options.clients as f64;
    let mut latencies = Vec::new();
    while !tally.stop.load(Ordering::Relaxed) {
        if pause > 0.0 {
            tokio::time::sleep_until((started + Duration::from_secs_f64(due)).into()).await;
            due += pause;
        }
        let now = chrono::DateTime::<chrono::Utc>::from(wall_clock())
            .to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let mut creates = 0;
        let body = if options.batch == 1 {
            let (text, created) = prediction(&options, &tally, &now);
            creates += u64::from(created);
            text
        } else {
            let mut items = String::with_capacity(options.batch * 420);
            for index in 0..options.batch {
                let (text, created) = prediction(&options, &tally, &now);
                creates += u64::from(created);
                if index > 0 {
                    items.push(',');
                }
                items.push_str(&text);
            }
            format!("{{\"predictions\":[{items}]}}")
        };
        let sent = Instant::now();
        match client.call(&head, &body).await {
            Ok((200 | 202, _)) => {
                tally.accepted.fetch_add(options.batch as u64, Ordering::Relaxed);
                tally.created.fetch_add(creates, Ordering::Relaxed);
                latencies.push(sent.elapsed().as_secs_f64() * 1000.0);
            }
            Ok((429 | 503, _)) => {
                tally.refused.fetch_add(options.batch as u64, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Ok((status, body)) => bail!("{status}: {body}"),
            Err(error) => {
                if tally.failed.load(Ordering::Relaxed) == 0 {
                    eprintln!("a request failed: {error:#}");
                }
                tally.failed.fetch_add(options.batch as u64, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(20)).await;
                client = Client::connect(&options.address).await?;
            }
        }
    }
    tally.latencies.lock().await.extend(latencies);
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a load generator is a source: its clock is its own")]
fn wall_clock() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

fn percentile(sorted: &[f64], part: f64) -> f64 {
    let index = ((sorted.len() as f64 - 1.0) * part).round().max(0.0) as usize;
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Arc::new(options()?);
    let tally = Arc::new(Tally::default());
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..options.clients {
        tasks.spawn(send(options.clone(), tally.clone(), started, number));
    }
    tokio::time::sleep(Duration::from_secs_f64(options.seconds)).await;
    tally.stop.store(true, Ordering::Relaxed);
    let elapsed = started.elapsed().as_secs_f64();
    let accepted = tally.accepted.load(Ordering::Relaxed);
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    let mut latencies = tally.latencies.lock().await.clone();
    latencies.sort_by(f64::total_cmp);
    println!(
        "{}",
        serde_json::json!({
            "accepted": accepted,
            "accepted_per_sec": accepted as f64 / elapsed,
            "creating": tally.created.load(Ordering::Relaxed),
            "refused": tally.refused.load(Ordering::Relaxed),
            "failed": tally.failed.load(Ordering::Relaxed),
            "accept_ms_p50": percentile(&latencies, 0.5),
            "accept_ms_p99": percentile(&latencies, 0.99),
        })
    );
    Ok(())
}
