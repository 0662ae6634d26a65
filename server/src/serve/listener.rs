use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum_server::accept::Accept;
use futures::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Connections one address may hold at once.
pub const PER_ADDRESS: usize = 256;

/// Counts connections by address and refuses those beyond the bound, before anything is read.
#[derive(Debug, Clone)]
pub struct Bounded<A> {
    inner: A,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
    free: Arc<[IpAddr]>,
}

impl<A> Bounded<A> {
    /// Bounds an acceptor; the addresses in `free` (proxies) are not counted.
    pub fn new(inner: A, free: &[IpAddr]) -> Self {
        Self { inner, open: Arc::default(), free: free.into() }
    }

    fn enter(&self, address: IpAddr) -> Option<Place> {
        if !self.free.contains(&address) {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let count = open.entry(address).or_insert(0);
            if *count >= PER_ADDRESS {
                return None;
            }
            *count += 1;
        }
        Some(Place { address, open: Arc::clone(&self.open) })
    }
}

/// One counted connection.
#[derive(Debug)]
struct Place {
    address: IpAddr,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

impl<A, S> Accept<TcpStream, S> for Bounded<A>
where
    A: Accept<TcpStream, S> + Clone + Send + Sync + 'static,
    A::Future: Send,
    A::Stream: Send,
    A::Service: Send,
    S: Send + 'static,
{
    type Stream = Counted<A::Stream>;
    type Service = A::Service;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = stream.peer_addr().map(|peer| self.enter(peer.ip().to_canonical()));
        let inner = self.inner.clone();
        Box::pin(async move {
            let Some(place) = place? else {
                metrics::counter!("connections_refused_total").increment(1);
                return Err(io::Error::other("too many connections from this address"));
            };
            stream.set_nodelay(true)?;
            let (stream, service) = inner.accept(stream, service).await?;
            Ok((Counted { stream, _place: place }, service))
        })
    }
}

/// A stream that gives its place back when it ends.
#[derive(Debug)]
pub struct Counted<T> {
    stream: T,
    _place: Place,
}

impl<T: AsyncRead + Unpin> AsyncRead for Counted<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Counted<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gets_its_places_back_and_no_more_than_its_share() {
        let bounded = Bounded::new((), &[IpAddr::from([10, 0, 0, 9])]);
        let address = IpAddr::from([192, 0, 2, 1]);
        let mut places: Vec<_> = (0..PER_ADDRESS).map(|_| bounded.enter(address)).collect();
        assert!(places.iter().all(Option::is_some));
        assert!(bounded.enter(address).is_none());
        assert!(bounded.enter(IpAddr::from([192, 0, 2, 2])).is_some());
        places.pop();
        assert!(bounded.enter(address).is_some());
        let proxy = IpAddr::from([10, 0, 0, 9]);
        let many: Vec<_> = (0..=PER_ADDRESS).map(|_| bounded.enter(proxy)).collect();
        assert!(many.iter().all(Option::is_some));
    }
}
