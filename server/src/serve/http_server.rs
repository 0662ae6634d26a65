use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::accept::DefaultAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use rustls::ServerConfig;
use tokio_util::sync::CancellationToken;

use super::listener::Bounded;

/// The head of a request must arrive within this time.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
const HEAD_BYTES: usize = 16 * 1024;
const PING_EVERY: Duration = Duration::from_secs(20);

/// Serves until `stop`, then lets answers finish for at most `finish`.
pub(super) async fn run(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    proxies: &[IpAddr],
    router: Router,
    stop: CancellationToken,
    finish: Duration,
) -> io::Result<()> {
    let handle = Handle::new();
    let stopping = handle.clone();
    tokio::spawn(async move {
        stop.cancelled().await;
        stopping.graceful_shutdown(Some(finish));
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = bounds(axum_server::from_tcp(listener)?).handle(handle);
    match tls {
        None => server.acceptor(Bounded::new(DefaultAcceptor::new(), proxies)).serve(service).await,
        Some(config) => {
            let acceptor = RustlsAcceptor::new(RustlsConfig::from_config(config))
                .handshake_timeout(HANDSHAKE_WITHIN);
            server.acceptor(Bounded::new(acceptor, proxies)).serve(service).await
        }
    }
}

/// Slow and endless heads end the connection; without a timer hyper would wait for ever.
fn bounds(mut server: Server<SocketAddr>) -> Server<SocketAddr> {
    let builder = server.http_builder();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEAD_BYTES as u32)
        .max_concurrent_streams(256)
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_EVERY);
    server
}
