//! Targets that play foul: listeners on raw TCP, and services that do so now and then.

#![allow(dead_code, reason = "each binary takes what it needs")]

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

/// The behaviour of the target on each connection; all but the first two read the request first.
#[derive(Clone)]
pub(crate) enum Misbehaviour {
    CloseAtOnce,
    /// Closes with bytes unread, which a socket answers with a reset.
    Reset(&'static [u8]),
    /// Sends the bytes and closes.
    Say(Vec<u8>),
    /// Sends the bytes and waits until the caller has gone.
    Hang(&'static [u8]),
    /// Sends the first, then the second again and again until the caller has gone.
    Flood(&'static [u8], &'static [u8]),
    /// Sends the bytes, then one more byte again and again until the caller has gone.
    Drip(&'static [u8]),
    /// Answers well on half of the connections, and keeps them; breaks off on the others.
    Mixed(Arc<AtomicUsize>),
}

use Misbehaviour::{CloseAtOnce, Drip, Flood, Hang, Mixed, Reset};

/// Sends the bytes and closes.
#[expect(non_snake_case, reason = "stands in the tables among the variants")]
pub(crate) fn Say(bytes: &[u8]) -> Misbehaviour {
    Misbehaviour::Say(bytes.to_vec())
}

impl Misbehaviour {
    fn on(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        match self {
            CloseAtOnce => return Ok(()),
            Reset(bytes) => {
                stream.read_exact(&mut [0; 16])?;
                stream.write_all(bytes)?;
                thread::sleep(Duration::from_millis(100)); // the rest of the request arrives
                return Ok(());
            }
            _ => {}
        }
        hear(stream)?;
        self.answer(stream)
    }

    /// Answers once a request was read.
    fn answer(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        match self {
            CloseAtOnce | Reset(_) => Ok(()),
            Misbehaviour::Say(bytes) => stream.write_all(bytes),
            Hang(bytes) => {
                stream.write_all(bytes)?;
                while stream.read(&mut [0; 4096])? > 0 {}
                Ok(())
            }
            Flood(first, again) => {
                stream.write_all(first)?;
                loop {
                    stream.write_all(again)?;
                }
            }
            Drip(first) => {
                stream.write_all(first)?;
                loop {
                    stream.write_all(b"x")?;
                    thread::sleep(Duration::from_millis(20));
                }
            }
            Mixed(connections) => {
                let well = connections.fetch_add(1, Ordering::Relaxed) % 2 == 0;
                loop {
                    if !well {
                        return stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-le");
                    }
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")?;
                    hear(stream)?;
                }
            }
        }
    }
}

/// A listener with the same behaviour on every connection, which reports when a connection has ended.
pub(crate) fn faulty_server(play: Misbehaviour) -> (SocketAddr, mpsc::Receiver<()>) {
    let (ended, ends) = mpsc::channel();
    let address = listen(move |stream| {
        let _ = play.on(stream);
        ended.clone()
    });
    (address, ends)
}

/// The reply of a service to a request.
pub(crate) enum Reply {
    Answer(Response<Bytes>),
    /// Answers and closes the connection without a word about it.
    Last(Response<Bytes>),
    Behaviour(Misbehaviour),
}

/// The treatment of connections by a service.
#[derive(Clone, Copy, Default)]
pub(crate) struct Connections {
    /// For how long a connection is kept without a request.
    pub(crate) idle: Option<Duration>,
    /// A larger body is not read: these bytes are sent, and the connection is closed.
    pub(crate) limit: Option<(usize, &'static [u8])>,
}

/// A service on a loopback port that keeps its connections: `turn` gets each request with its number, from 1 on.
/// Gives its URL.
pub(crate) fn service(turn: impl Fn(Request<Bytes>, u64) -> Reply + Send + Sync + 'static) -> String {
    service_with(Connections::default(), turn)
}

/// The same, with connections of its own.
pub(crate) fn service_with(
    connections: Connections,
    turn: impl Fn(Request<Bytes>, u64) -> Reply + Send + Sync + 'static,
) -> String {
    let heard = AtomicU64::new(0);
    let (most, early) = connections.limit.unwrap_or((usize::MAX, b""));
    let address = listen(move |stream| {
        let _ = stream.set_nodelay(true);
        let _ = stream.set_read_timeout(connections.idle);
        loop {
            let request = match hear_up_to(stream, most) {
                Ok(request) => request,
                Err(error) if error.kind() == ErrorKind::FileTooLarge => {
                    let _ = stream.write_all(early);
                    return;
                }
                Err(_) => return,
            };
            let done = match turn(request, heard.fetch_add(1, Ordering::Relaxed) + 1) {
                Reply::Answer(answer) => write(stream, &answer),
                Reply::Last(answer) => write(stream, &answer).and(Err(ErrorKind::Other.into())),
                Reply::Behaviour(play) => play.answer(stream).and(Err(ErrorKind::Other.into())),
            };
            if done.is_err() {
                return;
            }
        }
    });
    format!("http://{address}")
}

/// Answers the requests of a connection, until it ends or there is no answer.
pub(crate) fn converse(mut stream: TcpStream, mut answer: impl FnMut(Request<Bytes>) -> Option<Response<Bytes>>) {
    let _ = stream.set_nodelay(true);
    while let Ok(request) = hear(&mut stream) {
        let Some(answer) = answer(request) else { return };
        if write(&mut stream, &answer).is_err() {
            return;
        }
    }
}

/// Handles each connection in a thread of its own, and sends the results of `on` to a listener, if there is one.
fn listen<T: Reporting>(on: impl Fn(&mut TcpStream) -> T + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    let on = Arc::new(on);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let on = on.clone();
            thread::spawn(move || {
                let waiting = on(&mut stream);
                drop(stream);
                waiting.report();
            });
        }
    });
    address
}

trait Reporting: Send + 'static {
    fn report(self);
}

impl Reporting for () {
    fn report(self) {}
}

impl Reporting for mpsc::Sender<()> {
    fn report(self) {
        let _ = self.send(());
    }
}

/// Reads a request whole, so that closing afterwards is a clean end and no reset.
fn hear(stream: &mut TcpStream) -> std::io::Result<Request<Bytes>> {
    hear_up_to(stream, usize::MAX)
}

/// The same where the body is not larger than this; what is larger is left unread.
fn hear_up_to(stream: &mut TcpStream, most: usize) -> std::io::Result<Request<Bytes>> {
    let mut heard = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let head = heard.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(head) = head {
            let text = String::from_utf8_lossy(&heard[..head]).into_owned();
            let fields = || text.lines().skip(1).filter_map(|line| line.split_once(": "));
            let length = fields().find(|(n, _)| n.eq_ignore_ascii_case("content-length"));
            let length = length.and_then(|(_, v)| v.parse::<usize>().ok()).unwrap_or(0);
            if length > most {
                return Err(ErrorKind::FileTooLarge.into());
            }
            let end = head + 4 + length;
            if heard.len() >= end {
                let mut line = text.split(' ');
                let mut request = Request::builder().method(line.next().unwrap_or_default());
                request = request.uri(line.next().unwrap_or_default());
                request = fields().fold(request, |r, (name, value)| r.header(name, value));
                let body = Bytes::copy_from_slice(&heard[head + 4..end]);
                return request.body(body).map_err(std::io::Error::other);
            }
        }
        match stream.read(&mut piece)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => heard.extend_from_slice(&piece[..read]),
        }
    }
}

fn write(stream: &mut TcpStream, answer: &Response<Bytes>) -> std::io::Result<()> {
    let mut bytes = format!("HTTP/1.1 {}\r\ncontent-length: {}\r\n", answer.status(), answer.body().len()).into_bytes();
    for (name, value) in answer.headers().iter().filter(|(n, _)| n.as_str() != "content-length") {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(answer.body());
    stream.write_all(&bytes)
}

/// A mebibyte of zeros in a kilobyte of gzip.
pub(crate) fn bomb() -> Vec<u8> {
    let begin = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x31\x01\x00\x00\x00\xc2\xa0\xf5\x4f\x6d\x08\x5f\xa0";
    let end = b"\x3e\x03\x1c\xea\x38\xa7\x00\x00\x10\x00";
    [&begin[..], &[0; 1016], end].concat()
}
