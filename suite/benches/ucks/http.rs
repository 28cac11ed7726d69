//! Requests a second over HTTP, beside a bare keep-alive client of the same library that sends the same bytes to the
//! same server at the same concurrency.
//!
//! The requests are those of a run: one against a server that makes ids of names is recorded, and the bare client
//! sends the same to a second such server, where the ids that the requests name exist too. With several under way the
//! order is not quite the same, so the shares of successes are printed beside each other.

use std::cell::Cell;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use ucks_emulator::DEFAULT_ENVIRONMENT;
use ucks_oracle::revision::Revision;
use ucks_suite::profile::Profile;
use ucks_suite::record::Record;
use ucks_suite::run::{Options, Subject, run};
use ucks_suite::target::http::{Credentials, HttpOptions, HttpTarget};

use crate::side::{Contender, by_side};

/// Random sequences in one round.
const SEQUENCES: u64 = 2_000;
/// The delay of a service that does not answer at once.
const PAUSE: Duration = Duration::from_millis(2);

/// The letters of the copies of the two whole families of clusters, and of the good services: one for every lane.
const LETTERS: [char; 8] = ['j', 'k', 'm', 'n', 'p', 'q', 'r', 's'];

/// The default world, in which nothing takes its time: a run would wait for it, and the bare client not. Nor does a
/// lane wait for another one's clusters and services.
fn world() -> String {
    let timeless = regex::Regex::new("(?m)^(connect_ms|disconnect_ms|delay_ms) = .*$")
        .unwrap()
        .replace_all(DEFAULT_ENVIRONMENT, "$1 = 0")
        .into_owned();
    let mut world: toml::Table = timeless.parse().expect("the default world is TOML");
    for (table, told_by, wanted) in [("clusters", "family", &["a", "b"][..]), ("vpc_services", "role", &["good"][..])] {
        let rows = world[table].as_array_mut().expect("a table");
        let whole = |row: &&toml::Value| wanted.contains(&row[told_by].as_str().unwrap_or_default());
        let originals: Vec<toml::Value> = rows.iter().filter(whole).cloned().collect();
        for letter in LETTERS {
            for row in &originals {
                let mut row = row.clone();
                let fields = row.as_table_mut().expect("a row");
                for name in ["id", "family", "name", "dns_name"] {
                    let Some(toml::Value::String(text)) = fields.get_mut(name) else { continue };
                    *text = if name == "dns_name" { format!("{}-{text}", letter) } else { format!("{text}{}", letter) };
                }
                rows.push(row);
            }
        }
    }
    world.to_string()
}

/// The program's emulator in a process of its own.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start() -> Server {
        let file = std::env::temp_dir().join(format!("ucks-bench-{}.toml", std::process::id()));
        std::fs::write(&file, world()).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_ucks"))
            .args(["emulator", "--port", "0", "--stable-ids", "--environment"])
            .arg(&file)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().trim_start_matches("listening on ").to_owned();
        assert!(url.starts_with("http://"), "{line}");
        Server { child, url }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// As the program has it.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// The cases, and random sequences.
async fn suite(url: &str, lanes: usize, seed: u64) -> Record {
    let profile = Profile { checks_signatures: false, ..Profile::parse(&world()).expect("a profile") };
    let options = HttpOptions {
        credentials: Credentials::of(&profile, true),
        not_allowed: Credentials::of(&profile, false),
        ..HttpOptions::default()
    };
    let target = HttpTarget::new(url, options).expect("a target");
    let subject = Subject::new(Arc::new(target), url, &profile, Revision::LATEST);
    let options = Options { seed, sequences: SEQUENCES, lanes, shrink: false, ..Options::default() };
    let record = run(subject, options).await;
    assert!(record.findings.is_empty() && !record.could_not_test, "{:?}", record.findings);
    record
}

/// One request as it was on the wire.
struct Sent {
    head: Vec<(String, String)>,
    line: (String, String),
    body: bytes::Bytes,
}

/// Returns the requests of a run on that many lanes, in order, and the share that succeeds, from a relay between the
/// run and the server.
async fn written_down(url: &str, lanes: usize) -> (Vec<Sent>, f64) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let relay = format!("http://{}", listener.local_addr().unwrap());
    let sent = Arc::new(Mutex::new(Vec::new()));
    let successes = Arc::new(AtomicUsize::new(0));
    let behind = url.trim_start_matches("http://").to_owned();
    let (kept, counted) = (sent.clone(), successes.clone());
    let relaying = tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&behind).await.unwrap();
            tokio::spawn(relayed(client, server, kept.clone(), counted.clone()));
        }
    });
    suite(&relay, lanes, 1).await;
    relaying.abort();
    let sent = std::mem::take(&mut *sent.lock().unwrap());
    let share = successes.load(Ordering::Relaxed) as f64 / sent.len() as f64;
    (sent, share)
}

async fn relayed(client: TcpStream, server: TcpStream, sent: Arc<Mutex<Vec<Sent>>>, successes: Arc<AtomicUsize>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let back = tokio::spawn(async move {
        let mut chunk = vec![0; 65_536];
        while let Ok(read @ 1..) = from_server.read(&mut chunk).await {
            // One answer is under way at a time, and its head comes first.
            successes.fetch_add(usize::from(chunk.starts_with(b"HTTP/1.1 200")), Ordering::Relaxed);
            if to_client.write_all(&chunk[..read]).await.is_err() {
                break;
            }
        }
    });
    let (mut buffer, mut chunk) = (Vec::new(), vec![0; 65_536]);
    while let Ok(read @ 1..) = from_client.read(&mut chunk).await {
        if to_server.write_all(&chunk[..read]).await.is_err() {
            break;
        }
        buffer.extend_from_slice(&chunk[..read]);
        while let Some((request, rest)) = one(&buffer) {
            sent.lock().unwrap().push(request);
            buffer.drain(..rest);
        }
    }
    back.abort();
}

/// The server behind `url`, as if each of its answers took a pause.
fn slow(url: &str) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let relay = format!("http://{}", listener.local_addr().unwrap());
    let behind = url.trim_start_matches("http://").to_owned();
    std::thread::spawn(move || {
        runtime().block_on(async {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&behind).await.unwrap();
                tokio::spawn(paused(client, server));
            }
        });
    });
    relay
}

async fn paused(client: TcpStream, server: TcpStream) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let back = tokio::spawn(async move {
        let mut chunk = vec![0; 65_536];
        while let Ok(read @ 1..) = from_server.read(&mut chunk).await {
            tokio::time::sleep(PAUSE).await;
            if to_client.write_all(&chunk[..read]).await.is_err() {
                break;
            }
        }
    });
    let _ = tokio::io::copy(&mut from_client, &mut to_server).await;
    back.abort();
}

/// The first request of the buffer, if it is whole, and where it ends.
fn one(buffer: &[u8]) -> Option<(Sent, usize)> {
    let end = buffer.windows(4).position(|w| w == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let mut lines = text.trim_end().lines();
    let mut first = lines.next()?.split(' ').map(str::to_owned);
    let head: Vec<(String, String)> =
        lines.filter_map(|l| l.split_once(": ")).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    let header = |name: &str| head.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
    assert_eq!(header("transfer-encoding"), None, "a run says how long its bodies are");
    let length = header("content-length").map_or(0, |l| l.parse::<usize>().expect("a length"));
    let body = bytes::Bytes::copy_from_slice(buffer.get(end..end + length)?);
    Some((Sent { line: (first.next()?, first.next()?), head, body }, end + length))
}

/// Sends them on this number of connections, and returns the number of successes.
async fn bare(url: &str, sent: &Arc<Vec<Sent>>, at_once: usize) -> usize {
    let next = Arc::new(AtomicUsize::new(0));
    let host = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..at_once {
        let (host, sent, next) = (host.clone(), sent.clone(), next.clone());
        all.spawn(async move {
            let tcp = TcpStream::connect(&host).await.expect("a connection");
            tcp.set_nodelay(true).expect("an option");
            let (mut sender, driver) = http1::handshake(TokioIo::new(tcp)).await.expect("a connection");
            let driver = tokio::spawn(driver);
            let mut successes = 0;
            while let Some(one) = sent.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut request = http::Request::builder().method(one.line.0.as_str()).uri(&one.line.1);
                request = request.header("host", &host);
                let own = ["host", "content-length"];
                for (name, value) in one.head.iter().filter(|(n, _)| own.iter().all(|o| !n.eq_ignore_ascii_case(o))) {
                    request = request.header(name, value);
                }
                let request = request.body(Full::<bytes::Bytes>::new(one.body.clone())).expect("a request");
                sender.ready().await.expect("a connection that is kept");
                let answer = sender.send_request(request).await.expect("an answer");
                successes += usize::from(answer.status().is_success());
                answer.into_body().collect().await.expect("a whole answer");
            }
            driver.abort();
            successes
        });
    }
    all.join_all().await.into_iter().sum()
}

/// The cost of requests in all, in seconds of processor time.
#[derive(Clone, Copy, Default)]
struct Cost {
    requests: f64,
    client: f64,
    server: f64,
}

impl Cost {
    /// Adds a round, which returns the number of its requests.
    fn of(total: &Cell<Cost>, server: &Server, round: impl FnOnce() -> f64) -> f64 {
        let before = (processor_time("self"), processor_time(&server.child.id().to_string()));
        let requests = round();
        let (client, server) = (processor_time("self"), processor_time(&server.child.id().to_string()));
        let sum = total.get();
        total.set(Cost {
            requests: sum.requests + requests,
            client: sum.client + client - before.0,
            server: sum.server + server - before.1,
        });
        requests
    }

    fn micros(self) -> (f64, f64) {
        (1e6 * self.client / self.requests, 1e6 * self.server / self.requests)
    }
}

/// Returns the processor time of a process, in seconds; zero if the system has no such file.
fn processor_time(process: &str) -> f64 {
    /// Of the times in that file.
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS_A_SECOND
}

pub fn main() {
    let runtime = runtime();
    for (what, lanes, late) in [
        ("1 at a time", 1, false),
        ("8 at a time", 8, false),
        ("8 at a time, each answer two milliseconds later", 8, true),
    ] {
        // Requests that are sent again leave stores behind, which no other row must find.
        let (server, again) = (Server::start(), Server::start());
        let (sent, share) = runtime.block_on(written_down(&server.url, lanes));
        let sent = Arc::new(sent);
        let [url, replayed] = [&server, &again].map(|s| if late { slow(&s.url) } else { s.url.clone() });
        println!("  {what}: {} requests written down", sent.len());
        let (seed, successes) = (Cell::new(0), Cell::new(0));
        let (ours, bares) = (Cell::default(), Cell::default());
        by_side(
            "requests",
            5,
            vec![
                Contender::new("ucks run", || {
                    seed.set(seed.get() + 1);
                    let round = || runtime.block_on(suite(&url, lanes, seed.get())).requests as f64;
                    Cost::of(&ours, &server, round)
                }),
                Contender::new("a bare client", || {
                    let round = || {
                        successes.set(runtime.block_on(bare(&replayed, &sent, lanes)));
                        sent.len() as f64
                    };
                    Cost::of(&bares, &again, round)
                }),
            ],
        );
        let replayed = successes.get() as f64 / sent.len() as f64;
        println!(
            "          successes: {:.1} % when written down, {:.1} % when sent again",
            1e2 * share,
            1e2 * replayed
        );
        // The relay that delays answers is part of this process, so its share cannot be separated.
        if !late {
            let ((ours, with_ours), (bares, with_bares)) = (ours.get().micros(), bares.get().micros());
            println!(
                "          processor time a request: ucks run {ours:.1} µs and its server {with_ours:.1}, a bare \
                 client {bares:.1} and its server {with_bares:.1}"
            );
        }
    }
}
