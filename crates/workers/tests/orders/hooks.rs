//! A listener for a double's webhooks: hears them as the program does and reads what they hint at.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cmms::engine::ManifestClient;
use domain::ids::ConnectionId;
use services::Services;
use services::work_orders::webhooks::{Call, Heard, Proof, hear};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use workers::orders::Follower;

use crate::bench::Bench;
use crate::plant::until;

pub struct Listener {
    pub url: String,
    services: Services,
    busy: Arc<AtomicBool>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Listener {
    pub async fn start(bench: &Bench) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let (services, client) = (bench.services().clone(), bench.client.clone());
        let connection = bench.connection;
        let busy = Arc::new(AtomicBool::new(false));
        let hears = tokio::spawn(listen(listener, services.clone(), client.clone(), connection));
        let reads = tokio::spawn(read(services.clone(), client, connection, busy.clone()));
        Self { url, services, busy, tasks: [hears, reads] }
    }

    /// Waits until every hint that came has been read.
    pub async fn idle(&self) {
        let mut calm = 0;
        while calm < 10 {
            until("the hints are read", || async { !self.busy.load(Ordering::SeqCst) }).await;
            let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM order_reading")
                .fetch_one(self.services.store.pool())
                .await
                .unwrap();
            calm = if waiting == 0 { calm + 1 } else { 0 };
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn read(
    services: Services,
    client: Arc<ManifestClient>,
    connection: ConnectionId,
    busy: Arc<AtomicBool>,
) {
    let follower = Follower { services: &services, connection, client: &client };
    loop {
        busy.store(true, Ordering::SeqCst);
        let read = follower.read().await.unwrap();
        busy.store(read > 0, Ordering::SeqCst);
        if read == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn listen(
    listener: TcpListener,
    services: Services,
    client: Arc<ManifestClient>,
    connection: ConnectionId,
) {
    while let Ok((socket, _)) = listener.accept().await {
        let (services, client) = (services.clone(), client.clone());
        tokio::spawn(async move { serve(socket, &services, &client, connection).await });
    }
}

/// Requests of one connection, as HTTP/1.1 has them.
async fn serve(
    mut socket: TcpStream,
    services: &Services,
    client: &ManifestClient,
    connection: ConnectionId,
) {
    let mut bytes = Vec::new();
    loop {
        let head = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end;
            }
            if socket.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                return;
            }
        };
        let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
        let headers: Vec<(String, String)> = text
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
        while bytes.len() < head + 4 + length {
            socket.read_buf(&mut bytes).await.unwrap();
        }
        let body = bytes[head + 4..head + 4 + length].to_vec();
        bytes.drain(..head + 4 + length);
        let mut tx = services.store.begin_system().await.unwrap();
        let webhook = client.manifest().webhook.as_ref();
        let call = Call { headers: &headers, body: &body };
        let heard = hear(&mut tx, connection, webhook, Proof::Path, call).await.unwrap();
        tx.commit().await.unwrap();
        let status = if heard == Heard::Unverified { "401 Unauthorized" } else { "200 OK" };
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
        socket.write_all(answer.as_bytes()).await.unwrap();
    }
}
