//! Requests and answers as text, for corpora that people can read:
//!
//! ```text
//! POST / HTTP/1.1            400
//! x-amz-target: …            content-type: …
//!
//! {…}                        {…}
//! ```

use ucks_oracle::wire::{Answer, Request};

/// The first line, the header fields, the body.
pub type MessageParts<'a> = (&'a str, Vec<(&'a str, &'a str)>, &'a [u8]);

/// Takes a message apart; `None` where its head is not text.
pub fn parts(bytes: &[u8]) -> Option<MessageParts<'_>> {
    let blank = |n: &[u8]| bytes.windows(n.len()).position(|w| w == n).map(|at| (at, at + n.len()));
    let (end, body) = match (blank(b"\n\n"), blank(b"\r\n\r\n")) {
        (Some(a), Some(b)) => a.min(b),
        (a, b) => a.or(b).unwrap_or((bytes.len(), bytes.len())),
    };
    let mut lines = std::str::from_utf8(bytes.get(..end)?).ok()?.lines();
    let first = lines.next().unwrap_or_default();
    let fields = lines.filter_map(|l| l.split_once(':')).map(|(n, v)| (n.trim(), v.trim())).collect();
    Some((first, fields, bytes.get(body..).unwrap_or_default()))
}

/// The request of a text; `None` where it has no form that HTTP knows.
pub fn request(bytes: &[u8]) -> Option<http::Request<bytes::Bytes>> {
    let (first, fields, body) = parts(bytes)?;
    let mut words = first.split(' ');
    let mut builder = http::Request::builder().method(words.next()?).uri(words.next()?);
    for (name, value) in fields {
        builder = builder.header(name, value);
    }
    builder.body(bytes::Bytes::copy_from_slice(body)).ok()
}

/// The answer of a text: no status is 200, as is one that HTTP does not know.
pub fn answer(bytes: &[u8]) -> Option<Answer> {
    let (first, fields, body) = parts(bytes)?;
    let status = first.trim().parse().ok().filter(|s| (100..=599).contains(s)).unwrap_or(200);
    let headers = fields.into_iter().map(|(n, v)| (n.to_owned().into(), v.to_owned().into())).collect();
    Some(Answer { status, headers, body: body.to_vec() })
}

/// A request as text.
pub fn of_request(request: &Request) -> Vec<u8> {
    written(format!("{} {} HTTP/1.1", request.method, request.path), &request.headers, &request.body)
}

/// An answer as text.
pub fn of_answer(answer: &Answer) -> Vec<u8> {
    written(answer.status.to_string(), &answer.headers, &answer.body)
}

type HeaderField = (std::borrow::Cow<'static, str>, std::borrow::Cow<'static, str>);

fn written(first: String, fields: &[HeaderField], body: &[u8]) -> Vec<u8> {
    let mut text = first;
    for (name, value) in fields {
        text.push_str(&format!("\n{name}: {value}"));
    }
    text.push_str("\n\n");
    [text.as_bytes(), body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let request = Request::operation("UpdateCustomKeyStore", b"{}\n\n".to_vec());
        let read = super::request(&of_request(&request)).unwrap();
        assert_eq!((read.method().as_str(), read.uri().path(), &read.body()[..]), ("POST", "/", b"{}\n\n".as_slice()));
        assert_eq!(read.headers()["x-amz-target"], "TrentService.UpdateCustomKeyStore");
        let answer = Answer { status: 400, headers: request.headers, body: b"\xff".to_vec() };
        assert_eq!(super::answer(&of_answer(&answer)), Some(answer));
    }

    #[test]
    fn odd_texts_are_no_requests() {
        assert!(request(b"").is_none() && request(b"POST").is_none() && request(b"\xff / x\n\n").is_none());
        assert_eq!(answer(b"").map(|a| a.status), Some(200));
    }
}
