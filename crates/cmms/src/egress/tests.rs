use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

/// Answers with one address after the other.
struct Changing(Vec<IpAddr>, AtomicUsize);

#[async_trait]
impl Lookup for Changing {
    async fn addresses(&self, _: &str) -> Result<Vec<IpAddr>, String> {
        let turn = self.1.fetch_add(1, Ordering::SeqCst).min(self.0.len() - 1);
        Ok(vec![self.0[turn]])
    }
}

struct Fixed(Vec<IpAddr>);

#[async_trait]
impl Lookup for Fixed {
    async fn addresses(&self, _: &str) -> Result<Vec<IpAddr>, String> {
        Ok(self.0.clone())
    }
}

fn v4(text: &str) -> IpAddr {
    text.parse().unwrap()
}

async fn verdict(egress: &Egress, url: &str) -> &'static str {
    match egress.admit(&Url::parse(url).unwrap()).await {
        Ok(_) => "ok",
        Err(Refused::Plain(..)) => "plain",
        Err(Refused::Private(..)) => "private",
        Err(Refused::Never(..)) => "never",
        Err(Refused::Credentials) => "credentials",
        Err(Refused::NoSuchName(..)) => "no name",
        Err(Refused::Database(_)) => "database",
        Err(Refused::Unreadable(_)) => "unreadable",
    }
}

#[tokio::test]
async fn s12_targets() {
    let egress = Egress::with_lookup(
        ["127.0.0.1:9000", "[::1]:9000", "cmms.plant:8080", "10.1.2.3:443"],
        Arc::new(Fixed(vec![v4("10.1.2.3")])),
    );
    for (url, expected) in [
        ("https://93.184.216.34/api", "ok"),
        ("https://[2606:2800:220:1::1]/", "ok"),
        ("http://93.184.216.34/api", "plain"),
        ("ftp://93.184.216.34/", "plain"),
        ("http://127.0.0.1:9000/", "ok"),
        ("http://127.0.0.1:9001/", "plain"),
        ("https://127.0.0.1:9001/", "private"),
        ("https://127.0.0.1/", "private"),
        ("https://127.1/", "private"),
        ("https://2130706433/", "private"),
        ("https://0x7f.0.0.1/", "private"),
        ("https://017700000001/", "private"),
        ("http://[::1]:9000/", "ok"),
        ("https://[::1]/", "private"),
        ("https://[::ffff:127.0.0.1]/", "private"),
        ("https://[::ffff:7f00:1]:9000/", "private"),
        ("https://[::127.0.0.1]/", "private"),
        ("https://[64:ff9b::7f00:1]/", "private"),
        ("https://[64:ff9b::a9fe:a9fe]/", "never"),
        ("https://[2002:7f00:1::]/", "private"),
        ("https://[2002:a9fe:a9fe::]/", "never"),
        ("https://[::ffff:169.254.169.254]/", "never"),
        ("https://169.254.169.254/latest/meta-data/", "never"),
        ("https://[fe80::1]/", "never"),
        ("https://[fd00:ec2::254]/", "never"),
        ("https://[fd12:3456::1]/", "private"),
        ("https://100.100.100.200/", "never"),
        ("https://100.64.0.1/", "private"),
        ("https://10.0.0.1/", "private"),
        ("https://10.1.2.3/", "ok"),
        ("https://172.16.0.1/", "private"),
        ("https://172.32.0.1/", "ok"),
        ("https://192.168.1.1/", "private"),
        ("https://192.0.0.1/", "never"),
        ("https://0.0.0.0/", "never"),
        ("https://[::]/", "never"),
        ("https://224.0.0.1/", "never"),
        ("https://255.255.255.255/", "never"),
        ("https://[ff02::1]/", "never"),
        ("https://[2001:db8::1]/", "never"),
        ("https://user:word@93.184.216.34/", "credentials"),
        ("http://cmms.plant:8080/", "ok"),
        ("http://CMMS.plant:8080/", "ok"),
        ("https://cmms.plant/", "private"),
        ("http://cmms.plant/", "plain"),
    ] {
        assert_eq!(verdict(&egress, url).await, expected, "{url}");
    }
}

#[tokio::test]
async fn one_bad_address_among_good_ones_refuses_the_name() {
    let both = Fixed(vec![v4("93.184.216.34"), v4("127.0.0.1")]);
    let egress = Egress::with_lookup(["other:1"], Arc::new(both));
    assert_eq!(verdict(&egress, "https://two.example/").await, "private");
    let none = Egress::with_lookup(["other:1"], Arc::new(Fixed(Vec::new())));
    assert_eq!(verdict(&none, "https://none.example/").await, "no name");
}

/// A server that answers every connection with the same bytes.
async fn server(bytes: &'static [u8]) -> u16 {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut head = [0; 4096];
            let _ = socket.read(&mut head).await;
            let _ = socket.write_all(bytes).await;
        }
    });
    port
}

fn gate(egress: Egress) -> Gate {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Gate::new(egress, &Tls::default(), Duration::from_secs(5)).unwrap()
}

fn get(url: String) -> Outgoing {
    Outgoing {
        method: Method::GET,
        url: Url::parse(&url).unwrap(),
        headers: Vec::new(),
        body: None,
    }
}

#[tokio::test]
async fn a_name_server_that_changes_its_answer_gains_nothing() {
    let port = server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    let lookup =
        Arc::new(Changing(vec![v4("127.0.0.1"), v4("169.254.169.254")], AtomicUsize::new(0)));
    let egress = Egress::with_lookup([format!("double.example:{port}")], lookup.clone());
    let gate = gate(egress);
    let url = format!("http://double.example:{port}/");
    assert_eq!(gate.send(get(url.clone())).await.unwrap().body, b"ok");
    assert_eq!(lookup.1.load(Ordering::SeqCst), 1, "the connection does not look up again");
    assert!(matches!(gate.send(get(url)).await, Err(Failure::Refused(Refused::Never(..)))));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_a_journey() {
    let port = server(
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
    )
    .await;
    let gate = gate(Egress::new([format!("127.0.0.1:{port}")]));
    assert_eq!(gate.send(get(format!("http://127.0.0.1:{port}/"))).await.unwrap().status, 302);
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let _ = socket.read(&mut [0; 4096]).await;
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await;
        let block = [b"10000\r\n".as_slice(), &[b'x'; 0x10000], b"\r\n"].concat();
        while socket.write_all(&block).await.is_ok() {}
    });
    let gate = gate(Egress::new([format!("127.0.0.1:{port}")]));
    let outcome = gate.send(get(format!("http://127.0.0.1:{port}/"))).await;
    assert_eq!(outcome.unwrap_err(), Failure::TooLong);
}

#[tokio::test]
async fn a_line_break_in_a_header_is_not_sent() {
    let gate = gate(Egress::new(["127.0.0.1:9"]));
    let mut call = get("http://127.0.0.1:9/".to_owned());
    call.headers.push(("x-title".to_owned(), "a\r\nHost: b".to_owned()));
    assert!(gate.send(call).await.unwrap_err().is_unsent());
}

#[tokio::test]
async fn a_database_is_asked_only_where_the_owner_names_it() {
    let egress = Egress::new(["127.0.0.1:3306", "169.254.169.254:3306"]);
    let admit = async |url: &str| egress.admit_database(&Url::parse(url).unwrap()).await;
    assert_eq!(
        admit("mysql://127.0.0.1:3306/plant").await,
        Ok(vec!["127.0.0.1:3306".parse().unwrap()])
    );
    for url in ["mysql://127.0.0.1:3307/plant", "postgres://8.8.8.8:5432/plant"] {
        assert!(matches!(admit(url).await, Err(Refused::Database(_))), "{url}");
    }
    let never = admit("mysql://169.254.169.254:3306/plant").await;
    assert!(matches!(never, Err(Refused::Never(..))), "{never:?}");
    let named = admit("mysql://root:word@127.0.0.1:3306/plant").await;
    assert_eq!(named, Err(Refused::Credentials));
}
