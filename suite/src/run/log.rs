//! The exchanges of an attempt, as the record keeps them.

use crate::record::Exchange;
use crate::target::Lost;
use ucks_oracle::environment::Environment;
use ucks_oracle::wire::{Answer, Request, TARGET_PREFIX};

/// Most characters of an answer's body that are kept.
const ANSWER: usize = 4_096;
/// Most characters of a request's body that are kept.
const REQUEST: usize = 16_384;

/// Exchanges in order, each with the number of its step.
#[derive(Default)]
pub struct Log {
    step: usize,
    /// Secrets of the caller's fixtures: never written, only named.
    fixtures: Vec<String>,
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
}

/// What stands for a secret of the caller's.
const MASK: &str = "(a secret of the profile)";

impl Log {
    /// A log that keeps the environment's secrets to itself.
    pub fn new(environment: &Environment) -> Log {
        let passwords = environment.clusters.iter().flatten().filter_map(|c| c.password.clone());
        let proxies = environment.proxies.iter().flatten();
        let credentials = proxies.flat_map(|p| p.credentials.iter().chain(&p.connect_credentials).flatten());
        let mut fixtures: Vec<String> = passwords.chain(credentials.map(|c| c.secret.clone())).collect();
        fixtures.sort_unstable_by_key(|s| std::cmp::Reverse(s.len()));
        Log { fixtures, ..Log::default() }
    }

    fn masked(&self, text: String) -> String {
        self.fixtures
            .iter()
            .filter(|s| !s.is_empty())
            .fold(text, |t, secret| if t.contains(secret.as_str()) { t.replace(secret.as_str(), MASK) } else { t })
    }

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
            Ok(a) => (a.status, fields(&a.headers), cut(&self.masked(readable(&a.body)), ANSWER)),
            Err(lost) => (0, Vec::new(), lost.to_string()),
        };
        self.exchanges.push(Exchange {
            step: self.step,
            operation: target.strip_prefix(TARGET_PREFIX).unwrap_or(target).to_owned(),
            line: format!("{} {}", request.method, request.path),
            headers: fields(&request.headers),
            body: cut(&self.masked(readable(&request.body)), REQUEST),
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

#[cfg(test)]
mod tests {
    use super::*;
    use ucks_oracle::wire::UPDATE;

    #[test]
    fn secrets_of_fixtures_are_not_written() {
        let text = "[[clusters]]\nid = \"c\"\nfamily = \"a\"\nrole = \"primary\"\npassword = \"hush1234\"\n";
        let profile = crate::profile::Profile::parse(text).unwrap();
        let mut log = Log::new(&profile.environment);
        let request = Request::operation(UPDATE, br#"{"KeyStorePassword":"hush1234"}"#.to_vec());
        log.exchange(&request, &Ok(Answer { status: 400, headers: vec![], body: b"no hush1234".to_vec() }));
        let written = serde_json::to_string(&log.exchanges).unwrap();
        assert!(!written.contains("hush1234") && written.contains(MASK), "{written}");
    }

    #[test]
    fn bytes_that_are_no_text_are_written_as_escapes() {
        assert_eq!(readable(b"a\xffb"), "a\\xffb");
    }
}
