//! The transcript: every request of a run with its answer and its time, one a line.

use std::borrow::Cow;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use ucks_oracle::wire::{Answer, Auth, Request};

use crate::target::TransportError;

/// Most exchanges that a transcript holds.
pub const MOST: usize = 2_000_000;

/// One request with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TranscriptEntry {
    /// Its number, from 1 on, in the order of sending.
    pub n: u64,
    /// When it was sent, in microseconds since the run began.
    pub sent_us: u64,
    /// When the answer was there.
    pub answered_us: u64,
    /// The request of the run: without signature, with placeholders for the caller's secrets.
    pub request: RecordedRequest,
    /// The answer.
    pub recorded: RecordedAnswer,
}

/// A request before signing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedRequest {
    /// The HTTP method.
    pub method: String,
    /// The path with query.
    pub path: String,
    /// Header fields in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Text,
    /// The kind of its signature.
    #[serde(default, skip_serializing_if = "Auth::is_good")]
    pub auth: Auth,
    /// True if its sender hung up once it was sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hang_up: bool,
}

/// The answer to a request, or its failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordedAnswer {
    /// An answer.
    Answer {
        /// The HTTP status.
        status: u16,
        /// Header fields in order.
        headers: Vec<(String, String)>,
        /// The body.
        body: Text,
    },
    /// None, and why.
    Lost(TransportError),
    /// The run did not wait for it.
    Abandoned,
}

/// Bytes: as text where they are UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// UTF-8.
    Plain(String),
    /// Anything else.
    Base64 {
        /// In Base64.
        base64: String,
    },
}

impl Text {
    fn of(bytes: &[u8]) -> Text {
        match std::str::from_utf8(bytes) {
            Ok(text) => Text::Plain(text.to_owned()),
            Err(_) => Text::Base64 { base64: BASE64.encode(bytes) },
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Text::Plain(text) => text.clone().into_bytes(),
            // A body that is not base64 counts as empty: reading a transcript refuses it anyway.
            Text::Base64 { base64 } => BASE64.decode(base64).unwrap_or_default(),
        }
    }

    fn is_sound(&self) -> bool {
        match self {
            Text::Plain(_) => true,
            Text::Base64 { base64 } => BASE64.decode(base64).is_ok_and(|b| Text::of(&b) == *self),
        }
    }
}

type HeaderFields = [(Cow<'static, str>, Cow<'static, str>)];

fn fields(headers: &HeaderFields) -> Vec<(String, String)> {
    headers.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect()
}

impl RecordedRequest {
    /// The request as it is written.
    pub fn of(request: &Request) -> RecordedRequest {
        RecordedRequest {
            method: request.method.to_string(),
            path: request.path.to_string(),
            headers: fields(&request.headers),
            body: Text::of(&request.body),
            auth: request.auth,
            hang_up: request.hang_up,
        }
    }

    /// Returns the operation that the request names.
    pub fn operation(&self) -> &str {
        let target = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case("x-amz-target"));
        target.map_or("no operation", |(_, v)| v.strip_prefix(ucks_oracle::wire::TARGET_PREFIX).unwrap_or(v))
    }
}

impl RecordedAnswer {
    /// Records an answer.
    pub fn of(answer: &Result<Answer, TransportError>) -> RecordedAnswer {
        match answer {
            Ok(a) => RecordedAnswer::Answer { status: a.status, headers: fields(&a.headers), body: Text::of(&a.body) },
            Err(lost) => RecordedAnswer::Lost(lost.clone()),
        }
    }

    /// Returns the answer, if the run waited for it.
    pub fn answer(&self) -> Option<Result<Answer, TransportError>> {
        match self {
            RecordedAnswer::Answer { status, headers, body } => {
                let headers = headers.iter().map(|(n, v)| (Cow::Owned(n.clone()), Cow::Owned(v.clone()))).collect();
                Some(Ok(Answer { status: *status, headers, body: body.bytes() }))
            }
            RecordedAnswer::Lost(lost) => Some(Err(lost.clone())),
            RecordedAnswer::Abandoned => None,
        }
    }

    /// Its size in bytes, about.
    pub fn size(&self) -> usize {
        match self {
            RecordedAnswer::Answer { headers, body, .. } => {
                let body = match body {
                    Text::Plain(text) => text.len(),
                    Text::Base64 { base64 } => base64.len(),
                };
                body + headers.iter().map(|(n, v)| n.len() + v.len()).sum::<usize>()
            }
            RecordedAnswer::Lost(_) | RecordedAnswer::Abandoned => 0,
        }
    }
}

impl TranscriptEntry {
    /// When the answer was there.
    pub fn answered(&self) -> Duration {
        Duration::from_micros(self.answered_us)
    }
}

/// Why a text is not a transcript.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TranscriptError {
    /// A line is not an exchange.
    #[error("line {line} of the transcript is not an exchange: {why}")]
    Line {
        /// The line, from 1 on.
        line: usize,
        /// Why.
        why: String,
    },
    /// An exchange does not follow on the one before it.
    #[error("the transcript goes from exchange {before} to exchange {after}: {}", gap(*.before, *.after))]
    Number {
        /// The number before; 0 for none.
        before: u64,
        /// The number that follows.
        after: u64,
    },
    /// There are too many.
    #[error("the transcript has more than {MOST} exchanges")]
    TooMany,
}

fn gap(before: u64, after: u64) -> String {
    match after.checked_sub(before + 1) {
        Some(1..) if after == before + 2 => format!("exchange {} was removed", before + 1),
        Some(1..) => format!("exchanges {} to {} were removed", before + 1, after - 1),
        _ => "one was added, or they were put in another order".to_owned(),
    }
}

/// The exchanges as text, one a line.
///
/// # Errors
/// Never, as long as exchanges go into JSON.
pub fn write(entries: &[TranscriptEntry]) -> serde_json::Result<String> {
    let mut text = String::new();
    for entry in entries {
        text.push_str(&serde_json::to_string(entry)?);
        text.push('\n');
    }
    Ok(text)
}

/// The exchanges of a text.
///
/// # Errors
/// [`TranscriptError`] for the first line that is not an exchange or is out of order.
pub fn read(text: &str) -> Result<Vec<TranscriptEntry>, TranscriptError> {
    let mut entries: Vec<TranscriptEntry> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if entries.len() >= MOST {
            return Err(TranscriptError::TooMany);
        }
        let odd = |why: String| TranscriptError::Line { line: at + 1, why };
        let entry: TranscriptEntry = serde_json::from_str(line).map_err(|e| odd(e.to_string()))?;
        let before = entries.last().map_or(0, |e| e.n);
        if entry.n != before + 1 {
            return Err(TranscriptError::Number { before, after: entry.n });
        }
        let answer = if let RecordedAnswer::Answer { body, .. } = &entry.recorded { body.is_sound() } else { true };
        if !answer || !entry.request.body.is_sound() {
            return Err(odd("a body is not written as this program writes it".to_owned()));
        }
        entries.push(entry);
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(n: u64, body: &[u8]) -> TranscriptEntry {
        let request = Request { auth: Auth::Unsigned, ..Request::operation("UpdateCustomKeyStore", body.to_vec()) };
        let answer = Answer { status: 200, headers: vec![("a".into(), "b".into())], body: body.to_vec() };
        TranscriptEntry {
            n,
            sent_us: 1,
            answered_us: 2,
            request: RecordedRequest::of(&request),
            recorded: RecordedAnswer::of(&Ok(answer)),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let lost =
            TranscriptEntry { recorded: RecordedAnswer::of(&Err(TransportError::TimedOut(10))), ..entry(3, b"") };
        let entries = vec![entry(1, b"{}\n"), entry(2, b"a\xff"), lost];
        let text = write(&entries).unwrap();
        assert_eq!(text.lines().count(), 3);
        assert_eq!(read(&text), Ok(entries.clone()));
        let answer = entries[1].recorded.answer().unwrap().unwrap();
        assert_eq!(answer.body, b"a\xff");
    }

    #[test]
    fn gaps_are_named() {
        let problem = |numbers: &[u64]| {
            let entries: Vec<TranscriptEntry> = numbers.iter().map(|n| entry(*n, b"")).collect();
            read(&write(&entries).unwrap()).unwrap_err().to_string()
        };
        assert!(problem(&[1, 3]).contains("exchange 2 was removed"));
        assert!(problem(&[1, 5]).contains("exchanges 2 to 4 were removed"));
        assert!(problem(&[1, 1]).contains("was added"));
        assert!(problem(&[1, u64::MAX]).contains("were removed"));
        let odd = read("{\"n\":1}\n").unwrap_err().to_string();
        assert!(odd.starts_with("line 1 of the transcript"), "{odd}");
    }
}
