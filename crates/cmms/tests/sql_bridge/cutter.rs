//! A way to a server that ends at a word.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// When the way ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The word does not reach the server.
    Before,
    /// The word reaches the server, its answer nobody.
    After,
}

/// A way to a server.
pub struct Cutter {
    pub port: u16,
    /// It ends at the next word.
    pub armed: Arc<AtomicBool>,
}

impl Cutter {
    pub async fn start(server: u16, word: &'static [u8], cut: Cut) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let armed = Arc::new(AtomicBool::new(true));
        let arm = armed.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server, word, cut, arm.clone()));
            }
        });
        Self { port, armed }
    }
}

async fn carry(client: TcpStream, server: u16, word: &[u8], cut: Cut, armed: Arc<AtomicBool>) {
    let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let back = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
    });
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
        let said = &buffer[..read];
        let found = said.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
        if found && armed.swap(false, Ordering::SeqCst) {
            back.abort();
            if cut == Cut::After {
                let _ = to_server.write_all(said).await;
            }
            return;
        }
        if to_server.write_all(said).await.is_err() {
            return;
        }
    }
}
