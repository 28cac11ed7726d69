//! Services over real HTTP, where the connection matters: when it is closed, and how an answer is written.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use ucks_emulator::Config;

use crate::clock::Clock;
use crate::front::Behind;
use crate::row::{Row, over_http};

/// The way in which a server treats connections and writes answers.
#[derive(Clone, Default)]
pub(crate) struct Manner {
    /// Closes the connection after this number of answers; 0 for never.
    close_after: u64,
    /// Announces it beforehand, with `Connection: close`.
    announces: bool,
    /// Answers every n-th request with a closed connection; 0 for none.
    drops_every: u64,
    /// Closes a connection that is idle for so long.
    idle: Option<Duration>,
    /// The version of HTTP in the status line, 1.1 if empty.
    version: &'static str,
    chunked: bool,
    /// The spelling of the names of header fields.
    names: Option<fn(&str) -> String>,
    /// Answers a body above this size before it has read it, and then closes.
    limit: Option<(usize, &'static [u8])>,
    /// Sends `100 Continue` before every answer.
    continues: bool,
    /// Writes an answer byte by byte.
    dribbles: bool,
}

/// Serves the emulator so, on a port of its own, until the process ends.
pub(crate) fn serve(manner: Manner) -> String {
    let behind = Behind::new(Config::default(), Clock::real());
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    let heard = Arc::new(AtomicU64::new(0));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            let (behind, manner, heard) = (behind.clone(), manner.clone(), heard.clone());
            thread::spawn(move || converse(stream, &behind, &manner, &heard));
        }
    });
    format!("http://{address}")
}

fn converse(mut stream: TcpStream, behind: &Behind, manner: &Manner, heard: &AtomicU64) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut answered = 0;
    loop {
        stream.set_read_timeout(manner.idle)?;
        let Some((request, rest)) = head(&mut stream)? else { return Ok(()) };
        stream.set_read_timeout(None)?;
        if let Some((limit, early)) = manner.limit
            && length(&request) > limit
        {
            stream.write_all(early)?;
            // The rest of the body arrives unread: closing now resets the connection, as nginx and hyper do.
            return Ok(());
        }
        let request = body(&mut stream, request, rest)?;
        if manner.drops_every > 0
            && heard.fetch_add(1, Ordering::Relaxed) % manner.drops_every == manner.drops_every - 1
        {
            return Ok(());
        }
        answered += 1;
        let last = manner.close_after > 0 && answered >= manner.close_after;
        let answer = written(&behind.serve(request), manner, last && manner.announces);
        if manner.continues {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        if manner.dribbles {
            for byte in answer.chunks(16) {
                stream.write_all(byte)?;
                stream.flush()?;
            }
        } else {
            stream.write_all(&answer)?;
        }
        if last {
            return Ok(());
        }
    }
}

/// Reads the head of a request, and the part of the body behind it. Nothing if the client has gone.
fn head(stream: &mut TcpStream) -> std::io::Result<Option<(Request<()>, Vec<u8>)>> {
    let (mut heard, mut piece) = (Vec::new(), [0; 16 * 1024]);
    loop {
        if let Some(end) = heard.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&heard[..end]).into_owned();
            let mut lines = text.lines();
            let mut line = lines.next().unwrap_or_default().split(' ');
            let request =
                Request::builder().method(line.next().unwrap_or_default()).uri(line.next().unwrap_or_default());
            let fields = lines.filter_map(|line| line.split_once(": "));
            let request = fields.fold(request, |r, (name, value)| r.header(name, value));
            let request = request.body(()).map_err(std::io::Error::other)?;
            return Ok(Some((request, heard[end + 4..].to_vec())));
        }
        match stream.read(&mut piece) {
            Ok(0) => return Ok(None),
            Ok(read) => heard.extend_from_slice(&piece[..read]),
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => return Ok(None),
            Err(e) => return Err(e),
        }
    }
}

fn length(request: &Request<()>) -> usize {
    request.headers().get("content-length").and_then(|v| v.to_str().ok()?.parse().ok()).unwrap_or(0)
}

fn body(stream: &mut TcpStream, request: Request<()>, mut body: Vec<u8>) -> std::io::Result<Request<Bytes>> {
    let missing = length(&request).saturating_sub(body.len());
    let begun = body.len();
    body.resize(begun + missing, 0);
    stream.read_exact(&mut body[begun..])?;
    Ok(request.map(|()| Bytes::from(body)))
}

fn written(answer: &Response<Bytes>, manner: &Manner, closes: bool) -> Vec<u8> {
    let name = |name: &str| manner.names.map_or_else(|| name.to_owned(), |write| write(name));
    let version = if manner.version.is_empty() { "1.1" } else { manner.version };
    let mut bytes = format!("HTTP/{version} {}\r\n", answer.status()).into_bytes();
    let mut field = |n: &str, value: &[u8]| {
        bytes.extend_from_slice(name(n).as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value);
        bytes.extend_from_slice(b"\r\n");
    };
    for (name, value) in answer.headers().iter().filter(|(n, _)| n.as_str() != "content-length") {
        field(name.as_str(), value.as_bytes());
    }
    if closes {
        field("connection", b"close");
    }
    match manner.chunked {
        true => field("transfer-encoding", b"chunked"),
        false if manner.version == "1.0" => {}
        false => field("content-length", answer.body().len().to_string().as_bytes()),
    }
    bytes.extend_from_slice(b"\r\n");
    if manner.chunked {
        for piece in answer.body().chunks(7) {
            bytes.extend_from_slice(format!("{:x};extension=1\r\n", piece.len()).as_bytes());
            bytes.extend_from_slice(piece);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"0\r\n\r\n");
    } else {
        bytes.extend_from_slice(answer.body());
    }
    bytes
}

const NGINX_413: &[u8] = b"HTTP/1.1 413 Request Entity Too Large\r\nServer: nginx/1.22.1\r\nContent-Type: \
    text/html\r\nContent-Length: 36\r\nConnection: close\r\n\r\n<html><h1>413 Too Large</h1></html>\n";
const AXUM_413: &[u8] = b"HTTP/1.1 413 Payload Too Large\r\ncontent-type: text/plain; \
    charset=utf-8\r\ncontent-length: 56\r\nconnection: close\r\n\r\nFailed to buffer the request body: length limit \
    exceeded";
const EMPTY_413: &[u8] = b"HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

pub(crate) fn rows() -> Vec<Row> {
    let manner = Manner::default;
    vec![
        over_http("http: the emulator behind a plain server", "the same without a manner", manner()),
        over_http(
            "http: each answer says Connection: close",
            "gunicorn 27.0.1 (sync workers), Werkzeug 3.1.9",
            Manner { close_after: 1, announces: true, ..manner() },
        ),
        over_http(
            "http: closes after each answer without saying so",
            "a server written by hand",
            Manner { close_after: 1, ..manner() },
        ),
        over_http(
            "http: answers of HTTP/1.0",
            "http.server of Python 3.11.7",
            Manner { version: "1.0", close_after: 1, ..manner() },
        ),
        over_http(
            "http: chunked answers",
            "Django behind gunicorn 27.0.1, Hono 4.13.19",
            Manner { chunked: true, ..manner() },
        ),
        over_http(
            "http: names of fields in capitals",
            "RFC 9110: names have no case",
            Manner { names: Some(str::to_ascii_uppercase), ..manner() },
        ),
        over_http("http: 100 Continue before each answer", "RFC 9110, 15.2.1", Manner { continues: true, ..manner() }),
        over_http(
            "http: an answer in small pieces",
            "a server that does not buffer",
            Manner { dribbles: true, ..manner() },
        ),
        over_http(
            "http: 413 before the body is read, above 1 MiB",
            "nginx 1.22.1, client_max_body_size",
            Manner { limit: Some((1 << 20, NGINX_413)), ..manner() },
        ),
        over_http(
            "http: 413 before the body is read, above 2 MiB",
            "axum 0.8.9, DefaultBodyLimit",
            Manner { limit: Some((2 << 20, AXUM_413)), ..manner() },
        ),
        over_http(
            "http: 413 with nothing before the body is read, above 100 KiB",
            "Express behind a proxy",
            Manner { limit: Some((100 << 10, EMPTY_413)), ..manner() },
        ),
        over_http(
            "http: closes without an answer above 1 MiB",
            "Tornado 6.6.1, max_buffer_size",
            Manner { limit: Some((1 << 20, b"")), ..manner() },
        ),
    ]
}
