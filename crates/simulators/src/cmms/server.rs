//! A double on a port.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::stream;
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::call::{Answer, Call};
use super::clock::Clock;
use super::control::{self, Desk};
use super::faces::Face;
use super::faults::{Fault, Script, login_page};
use super::keep::Keep;
use super::register::{self, Machine};
use super::webhooks::Hooks;
use super::world::World;

/// Longest body a double reads.
const MOST_BYTES: usize = 16 * 1024 * 1024;

type Body = BoxBody<Bytes, std::io::Error>;

struct Inside {
    face: Box<dyn Face>,
    world: World,
    script: Script,
    hooks: Hooks,
    keep: Option<Keep>,
    calls: u64,
    writes: u64,
    /// Calls that are carried out when the double is told to.
    held: Vec<Call>,
}

impl Inside {
    fn kept(&mut self) {
        if let Some(keep) = &mut self.keep
            && let Err(error) = keep.write(&self.world)
        {
            tracing::error!(%error, "what the double holds could not be kept");
        }
    }
}

/// How a double is set up.
#[derive(Debug)]
pub struct Setup {
    /// Where it listens.
    pub listen: String,
    /// Its clock.
    pub clock: Clock,
    /// Its register; a small one of its own when absent.
    pub machines: Option<Vec<Machine>>,
    /// The file in which what it holds survives a restart.
    pub kept_in: Option<PathBuf>,
}

impl Setup {
    /// Its usual register, and nothing kept.
    pub fn new(listen: impl Into<String>, clock: Clock) -> Self {
        Self { listen: listen.into(), clock, machines: None, kept_in: None }
    }
}

/// A running double; it ends when this is dropped.
pub struct Double {
    address: SocketAddr,
    task: JoinHandle<()>,
    sender: JoinHandle<()>,
}

impl Drop for Double {
    fn drop(&mut self) {
        self.task.abort();
        self.sender.abort();
    }
}

impl Double {
    /// Starts a double whose clock stands between changes, with its usual register.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(
        face: Box<dyn Face>,
        listen: &str,
        start: DateTime<Utc>,
    ) -> std::io::Result<Self> {
        Self::open(face, Setup::new(listen, Clock::Stands(start))).await
    }

    /// Starts a double.
    ///
    /// # Errors
    /// When the address cannot be listened on, or its file cannot be read or written.
    pub async fn open(mut face: Box<dyn Face>, setup: Setup) -> std::io::Result<Self> {
        let listener = TcpListener::bind(&setup.listen).await?;
        let address = listener.local_addr()?;
        let machines = setup.machines.unwrap_or_else(register::usual);
        let mut world = World::new(setup.clock, machines);
        let (mut keep, mut found) = (None, false);
        if let Some(path) = setup.kept_in {
            let (opened, is_there) = Keep::open(path, &mut world)?;
            (keep, found) = (Some(opened), is_there);
        }
        if !found {
            face.fill(&mut world);
        }
        if let Some(keep) = &mut keep {
            keep.write(&world)?;
        }
        let (hooks, sender) = Hooks::start();
        let inside = Arc::new(Mutex::new(Inside {
            face,
            world,
            script: Script::default(),
            hooks,
            keep,
            calls: 0,
            writes: 0,
            held: Vec::new(),
        }));
        let task = tokio::spawn(accept(listener, inside));
        Ok(Self { address, task, sender })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address for a connection.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns when it has ended.
    ///
    /// # Errors
    /// When it ended badly.
    pub async fn run(mut self) -> std::io::Result<()> {
        (&mut self.task).await.map_err(std::io::Error::other)
    }
}

async fn accept(listener: TcpListener, inside: Arc<Mutex<Inside>>) {
    while let Ok((socket, _)) = listener.accept().await {
        let inside = inside.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| serve(request, inside.clone()));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
        });
    }
}

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("scripted end of the connection")]
struct Reset;

async fn serve(
    request: Request<Incoming>,
    inside: Arc<Mutex<Inside>>,
) -> Result<Response<Body>, Reset> {
    let call = read(request).await.map_err(|()| Reset)?;
    if call.path.first().is_some_and(|first| first == "_double") {
        let mut inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
        let Inside { face, world, script, hooks, calls, writes, held, .. } = &mut *inside;
        let counts = (*calls, *writes);
        let desk = Desk { face: face.as_mut(), world, script, hooks, counts, held };
        let answer = control::answer(&call, desk);
        if call.method != "GET" {
            inside.kept();
        }
        return Ok(whole(answer));
    }
    let fault = {
        let mut inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
        let Inside { face, script, calls, writes, .. } = &mut *inside;
        let write = face.is_write(&call);
        if face.is_sign_in(&call) {
            None
        } else {
            *calls += 1;
            *writes += u64::from(write);
            script.next(write)
        }
    };
    match fault {
        None => Ok(whole(answer(&call, &inside))),
        Some(Fault::Delay(ms)) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            Ok(whole(answer(&call, &inside)))
        }
        Some(Fault::ResetBefore) => Err(Reset),
        Some(Fault::ResetAfter) => {
            answer(&call, &inside);
            Err(Reset)
        }
        Some(Fault::LateCommit(ms)) => {
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                answer(&call, &inside);
            });
            Err(Reset)
        }
        Some(Fault::HeldCommit) => {
            inside.lock().unwrap_or_else(PoisonError::into_inner).held.push(call);
            Err(Reset)
        }
        Some(Fault::ErrorAfter) => {
            answer(&call, &inside);
            Ok(whole(Answer::text(500, "text/plain", "Internal Server Error")))
        }
        Some(Fault::Truncated) => Ok(cut(answer(&call, &inside))),
        Some(Fault::LoginPage) => Ok(whole(login_page())),
        Some(Fault::Unauthorised) => {
            Ok(whole(with_face(&inside, |face| face.fail(401, "Not signed in"))))
        }
        Some(Fault::Forbidden) => {
            Ok(whole(with_face(&inside, |face| face.fail(403, "Not allowed"))))
        }
        Some(Fault::Echo) => Ok(whole(with_face(&inside, |face| face.fail(400, &echo(&call))))),
        Some(Fault::TooMany(seconds)) => {
            Ok(whole(with_face(&inside, |face| face.too_many(seconds))))
        }
    }
}

/// Everything that was sent, secrets and all.
fn echo(call: &Call) -> String {
    let headers: Vec<String> =
        call.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    format!(
        "rejected: {} {} {}",
        call.target,
        headers.join("; "),
        String::from_utf8_lossy(&call.body)
    )
}

fn with_face(inside: &Mutex<Inside>, of: impl FnOnce(&dyn Face) -> Answer) -> Answer {
    of(inside.lock().unwrap_or_else(PoisonError::into_inner).face.as_ref())
}

fn answer(call: &Call, inside: &Mutex<Inside>) -> Answer {
    let mut inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
    let Inside { face, world, hooks, .. } = &mut *inside;
    let answer = face.answer(call, world);
    hooks.tell(face.as_ref(), world, Some(call));
    if inside.face.is_write(call) {
        inside.kept();
    }
    answer
}

async fn read(request: Request<Incoming>) -> Result<Call, ()> {
    let (parts, body) = request.into_parts();
    let body = http_body_util::Limited::new(body, MOST_BYTES).collect().await.map_err(|_| ())?;
    let decode = |segment: &str| {
        let plus = segment.replace('+', "%2B");
        url::form_urlencoded::parse(plus.as_bytes()).next().map(|(key, value)| {
            if value.is_empty() { key.into_owned() } else { format!("{key}={value}") }
        })
    };
    let path = parts
        .uri
        .path()
        .trim_start_matches('/')
        .split('/')
        .map(|one| decode(one).unwrap_or_default())
        .collect();
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let headers = parts.headers.iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    Ok(Call {
        method: parts.method.as_str().to_owned(),
        path,
        target: parts.uri.path_and_query().map(|one| one.as_str().to_owned()).unwrap_or_default(),
        query: query.map(|(key, value)| (key.into_owned(), value.into_owned())).collect(),
        headers: headers.collect(),
        body: body.to_bytes().to_vec(),
    })
}

fn head(answer: &Answer) -> http::response::Builder {
    let mut head = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        head = head.header(name, value);
    }
    head
}

fn whole(answer: Answer) -> Response<Body> {
    let head = head(&answer);
    let body = Full::new(Bytes::from(answer.body)).map_err(|never: Infallible| match never {});
    head.body(body.boxed()).unwrap_or_else(|_| {
        Response::new(Full::new(Bytes::new()).map_err(|never: Infallible| match never {}).boxed())
    })
}

/// Half of the answer, and then the connection ends. An answer without a body ends before it.
fn cut(answer: Answer) -> Response<Body> {
    let head = head(&answer).header("content-length", answer.body.len().max(1));
    let half = Bytes::from(answer.body[..answer.body.len() / 2].to_vec());
    let frames = [Ok(Frame::data(half)), Err(std::io::Error::other("scripted end of the answer"))];
    let body = StreamBody::new(stream::iter(frames));
    head.body(BodyExt::boxed(body)).unwrap_or_else(|_| {
        Response::new(Full::new(Bytes::new()).map_err(|never: Infallible| match never {}).boxed())
    })
}
