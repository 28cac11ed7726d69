//! The exchanges of an attempt, as the record keeps them.

use crate::record::Exchange;
use crate::target::Lost;
use ucks_oracle::wire::{Answer, Request, TARGET_PREFIX};

/// Most characters of an answer's body that are kept.
const ANSWER: usize = 4_096;
/// Most characters of a request's body that are kept.
const REQUEST: usize = 16_384;

/// Exchanges in order, each with the number of its step.
#[derive(Debug, Default)]
pub struct Log {
    step: usize,
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
}

impl Log {
    /// The next operation begins.
    pub fn step(&mut self) {
        self.step += 1;
    }

    /// Keeps an exchange.
    pub fn exchange(&mut self, request: &Request, answer: &Result<Answer, Lost>) {
        let target = request.header("x-amz-target").unwrap_or_default();
        let fields = |all: &[(std::borrow::Cow<'static, str>, std::borrow::Cow<'static, str>)]| {
            all.iter().take(64).map(|(n, v)| (n.to_string(), cut(v, 512))).collect::<Vec<_>>()
        };
        let (status, answer_headers, answer) = match answer {
            Ok(a) => (a.status, fields(&a.headers), cut(&readable(&a.body), ANSWER)),
            Err(lost) => (0, Vec::new(), lost.to_string()),
        };
        self.exchanges.push(Exchange {
            step: self.step,
            operation: target.strip_prefix(TARGET_PREFIX).unwrap_or(target).to_owned(),
            line: format!("{} {}", request.method, request.path),
            headers: fields(&request.headers),
            body: cut(&readable(&request.body), REQUEST),
            status,
            answer_headers,
            answer,
        });
    }
}

/// Bytes as text; those that are no UTF-8 as `\xNN`.
pub fn readable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|b| text.push_str(&format!("\\x{b:02x}")));
    }
    text
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most).collect();
    short.push('…');
    short
}
