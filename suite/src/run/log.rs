//! The exchanges of an attempt, as the record keeps them.

use crate::record::Exchange;
use crate::target::TransportError;
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
    /// Secrets of the caller's fixtures, each with its mask: never written, only named.
    fixtures: Vec<(String, String)>,
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
}

/// The beginning of the mask of a caller's secret, which ends with `)`.
const MASK: &str = "(secret of the profile: ";

fn mask(of: &str) -> String {
    format!("{MASK}{})", of.replace([')', '\n'], " "))
}

/// Returns the masks of secrets in a text that a log kept, each with the name of its secret.
pub(crate) fn masks(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices(MASK).filter_map(|(at, _)| {
        let end = at + text[at..].find(')')?;
        Some((&text[at..=end], &text[at + MASK.len()..end]))
    })
}

impl Log {
    /// A log that keeps the environment's secrets to itself.
    pub fn new(environment: &Environment) -> Log {
        let clusters = environment.clusters.iter().flatten();
        let passwords =
            clusters.filter_map(|c| Some((c.password.clone()?, mask(&format!("the password of {}", c.id)))));
        let proxies = environment.proxies.iter().flatten();
        let credentials = proxies.flat_map(|p| p.credentials.iter().chain(&p.connect_credentials).flatten());
        let secrets =
            credentials.map(|c| (c.secret.clone(), mask(&format!("the secret of access key {}", c.access_key_id))));
        let mut fixtures: Vec<(String, String)> = passwords.chain(secrets).filter(|(s, _)| !s.is_empty()).collect();
        fixtures.sort_by_key(|(secret, _)| std::cmp::Reverse(secret.len()));
        Log { fixtures, ..Log::default() }
    }

    /// The first `most` characters of a body, with the caller's secrets masked.
    fn kept(&self, body: &[u8], most: usize) -> String {
        // Of megabytes the beginning is enough, but a secret must not be cut in half: that would be written.
        let longest = self.fixtures.first().map_or(0, |(secret, _)| secret.len());
        let enough = 4 * most + longest + 16;
        let mut text = self.masked(readable(&body[..body.len().min(enough)]));
        if body.len() > enough {
            let whole = text.len().saturating_sub(longest + 16);
            text.truncate(text.floor_char_boundary(whole));
            text.push('…');
        }
        cut(&text, most)
    }

    fn masked(&self, text: String) -> String {
        self.fixtures.iter().fold(text, |t, (secret, mask)| match t.contains(secret.as_str()) {
            true => t.replace(secret.as_str(), mask),
            false => t,
        })
    }

    /// The next operation begins.
    pub fn step(&mut self) {
        self.step += 1;
    }

    /// The exchanges that follow belong to the operation of that number, counted from 1.
    pub fn at_step(&mut self, step: usize) {
        self.step = step;
    }

    /// Marks the last exchange if it was under way together with the one before.
    pub fn at_once(&mut self, at_once: bool) {
        if let Some(last) = self.exchanges.last_mut() {
            last.at_once = at_once;
        }
    }

    /// Keeps an exchange.
    pub fn exchange(&mut self, request: &Request, answer: &Result<Answer, TransportError>) {
        let target = request.header("x-amz-target").unwrap_or_default();
        let fields = |all: &[(std::borrow::Cow<'static, str>, std::borrow::Cow<'static, str>)]| {
            all.iter().take(64).map(|(n, v)| (n.to_string(), cut(v, 512))).collect::<Vec<_>>()
        };
        let (status, answer_headers, answer) = match answer {
            Ok(a) => (a.status, fields(&a.headers), self.kept(&a.body, ANSWER)),
            Err(lost) => (0, Vec::new(), lost.to_string()),
        };
        self.exchanges.push(Exchange {
            step: self.step,
            at_once: false,
            operation: target.strip_prefix(TARGET_PREFIX).unwrap_or(target).to_owned(),
            line: format!("{} {}", request.method, request.path),
            headers: fields(&request.headers),
            body: self.kept(&request.body, REQUEST),
            status,
            answer_headers,
            answer,
        });
    }
}

/// Bytes as text; those that are not UTF-8 as `\xNN`.
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
        assert!(!written.contains("hush1234"), "{written}");
        let body = &log.exchanges[0].body;
        assert_eq!(masks(body).map(|(_, of)| of).collect::<Vec<_>>(), ["the password of c"], "{body}");
    }

    /// Wherever the kept part ends, and whatever the masks before it do to its length.
    #[test]
    fn a_secret_at_the_end_of_the_kept_part_is_not_written_in_half() {
        let secret = "hush1234".repeat(8);
        let text = format!("[[clusters]]\nid = \"c\"\nfamily = \"a\"\nrole = \"primary\"\npassword = \"{secret}\"\n");
        let log = Log::new(&crate::profile::Profile::parse(&text).unwrap().environment);
        for before in 0..150 {
            for between in ["", "x"] {
                let body = format!("{}{}", "x".repeat(before), format!("{secret}{between}").repeat(40));
                let kept = log.kept(body.as_bytes(), 100);
                assert!(!kept.contains("hush"), "{before}: {kept}");
                assert!(kept.chars().count() <= 101, "{kept}");
            }
        }
        assert_eq!(log.kept(&[b'x'; 100_000], 5), "xxxxx…");
    }

    #[test]
    fn bytes_that_are_no_text_are_written_as_escapes() {
        assert_eq!(readable(b"a\xffb"), "a\\xffb");
    }
}
