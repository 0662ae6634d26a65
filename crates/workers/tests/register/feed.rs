//! A register of any size over HTTP, as the generic REST profile reads it: rows are made when they
//! are asked for, so that the feed holds none.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cmms::egress::Egress;
use cmms::engine::{Connection, ManifestClient};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The row at a position.
pub type Row = Arc<dyn Fn(usize) -> Value + Send + Sync>;

/// A running feed.
pub struct Feed {
    address: String,
    /// Calls that are answered with 503 from now on.
    pub failures: Arc<AtomicU32>,
    server: JoinHandle<()>,
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Feed {
    pub async fn start(count: usize, row: Row) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let failures = Arc::new(AtomicU32::new(0));
        let failing = failures.clone();
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, count, row.clone(), failing.clone()));
            }
        });
        Self { address, failures, server }
    }

    pub fn client(&self) -> ManifestClient {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let manifest = cmms::manifest::find("hippo").unwrap().unwrap();
        let egress = Egress::new([self.address.as_str()]);
        let now = Arc::new(|| "2026-03-01T00:00:00Z".parse().unwrap());
        let mut connection = Connection::new(format!("http://{}", self.address), egress, now);
        connection.secrets.insert("token".to_owned(), "t".to_owned().into());
        ManifestClient::new(Arc::new(manifest), connection).unwrap()
    }
}

async fn serve(stream: TcpStream, count: usize, row: Row, failures: Arc<AtomicU32>) {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
        let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
        while line != "\r\n" {
            line.clear();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
        }
        line.clear();
        let asked = |name: &str| -> usize {
            let (_, query) = target.split_once('?').unwrap_or_default();
            let value =
                query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            value.and_then(|value| value.parse().ok()).unwrap_or(0)
        };
        let refused =
            failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok();
        let (offset, limit) = (asked("offset"), asked("limit"));
        let items: Vec<Value> = (offset..count.min(offset + limit)).map(|at| row(at)).collect();
        let body = json!({ "items": items }).to_string();
        let status = if refused { "503 Service Unavailable" } else { "200 OK" };
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}
