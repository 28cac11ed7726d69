//! The exchanges of an attempt, as the record keeps them.

use ucks_oracle::environment::Environment;
use ucks_oracle::wire::{Answer, Request, TARGET_PREFIX};

use crate::raw;
use crate::record::Exchange;
use crate::report::cut;
use crate::target::TransportError;

/// Most characters of an answer's body that are kept.
const ANSWER: usize = 4_096;
/// Most characters of a request's body that are kept.
const REQUEST: usize = 16_384;

/// The beginning of a body that suffices for a log, in bytes: more than its characters take, and than the longest
/// secret.
pub(super) const ENOUGH: usize = 4 * REQUEST + 4_096;

/// Exchanges in order, each with the number of its step.
#[derive(Default)]
pub struct Log {
    step: usize,
    /// Secrets of the caller's fixtures, each with what it is the secret of: never written, only named.
    fixtures: Vec<(String, String)>,
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
}

/// The text that a log writes in place of the secret of that name.
pub(crate) fn mask(of: &str) -> String {
    format!("(secret of the profile: {of})")
}

/// A body as a log keeps it.
struct LoggedBody {
    text: String,
    /// True if the text holds only the beginning.
    cut: bool,
    /// The names of the secrets that are masked in it.
    masked: Vec<String>,
}

impl Log {
    /// A log that keeps the environment's secrets to itself.
    pub fn new(environment: &Environment) -> Log {
        let clusters = environment.clusters.iter().flatten();
        let passwords = clusters.filter_map(|c| Some((c.password.clone()?, format!("the password of {}", c.id))));
        let proxies = environment.proxies.iter().flatten();
        let credentials = proxies.flat_map(|p| p.credentials.iter().chain(&p.connect_credentials).flatten());
        let secrets = credentials.map(|c| (c.secret.clone(), format!("the secret of access key {}", c.access_key_id)));
        // Bodies are searched for them after they were made text.
        let written = |(secret, of): (String, String)| (raw::text(secret.as_bytes()), of.replace([')', '\n'], " "));
        let mut fixtures: Vec<(String, String)> =
            passwords.chain(secrets).filter(|(s, _)| !s.is_empty()).map(written).collect();
        fixtures.sort_by_key(|(secret, _)| std::cmp::Reverse(secret.len()));
        Log { fixtures, ..Log::default() }
    }

    /// The first `most` characters of a body, with the caller's secrets masked.
    fn kept(&self, body: &[u8], most: usize) -> LoggedBody {
        // Of megabytes the beginning is enough, but a secret must not be cut in half: that would be written.
        let longest = self.fixtures.first().map_or(0, |(secret, _)| secret.len());
        let enough = 4 * most + longest + 16;
        let mut text = self.masked(raw::text(&body[..body.len().min(enough)]));
        if body.len() > enough {
            let whole = text.len().saturating_sub(longest + 16);
            text.truncate(text.floor_char_boundary(whole));
            text.push('…');
        }
        let short = cut(&text, most);
        let is_masked = |of: &&String| short.contains(&mask(of));
        LoggedBody {
            cut: body.len() > enough || short != text,
            masked: self.fixtures.iter().map(|(_, of)| of).filter(is_masked).cloned().collect(),
            text: short,
        }
    }

    fn masked(&self, text: String) -> String {
        self.fixtures.iter().fold(text, |t, (secret, of)| match t.contains(secret.as_str()) {
            true => t.replace(secret.as_str(), &mask(of)),
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
            Ok(a) => (a.status, fields(&a.headers), self.kept(&a.body, ANSWER).text),
            Err(lost) => (0, Vec::new(), lost.to_string()),
        };
        let body = self.kept(&request.body, REQUEST);
        self.exchanges.push(Exchange {
            step: self.step,
            at_once: false,
            operation: target.strip_prefix(TARGET_PREFIX).unwrap_or(target).to_owned(),
            method: request.method.to_string(),
            path: request.path.to_string(),
            headers: fields(&request.headers),
            body: body.text,
            cut: body.cut,
            masked: body.masked,
            secrets_hidden: false,
            status,
            answer_headers,
            answer,
        });
    }
}

#[cfg(test)]
mod tests {
    use ucks_oracle::wire::UPDATE;

    use super::*;

    #[test]
    fn secrets_of_fixtures_are_not_written() {
        let text = "[[clusters]]\nid = \"c\"\nfamily = \"a\"\nrole = \"primary\"\npassword = \"hush1234\"\n";
        let profile = crate::profile::Profile::parse(text).unwrap();
        let mut log = Log::new(&profile.environment);
        let request = Request::operation(UPDATE, br#"{"KeyStorePassword":"hush1234"}"#.to_vec());
        log.exchange(&request, &Ok(Answer { status: 400, headers: vec![], body: b"no hush1234".to_vec() }));
        let written = serde_json::to_string(&log.exchanges).unwrap();
        assert!(!written.contains("hush1234"), "{written}");
        let Exchange { body, masked, cut, .. } = &log.exchanges[0];
        assert_eq!(masked, &["the password of c"]);
        assert!(body.contains(&mask("the password of c")) && !cut, "{body}");
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
                let kept = log.kept(body.as_bytes(), 100).text;
                assert!(!kept.contains("hush"), "{before}: {kept}");
                assert!(kept.chars().count() <= 100, "{kept}");
            }
        }
        let kept = log.kept(&[b'x'; 100_000], 5);
        assert_eq!((kept.text.as_str(), kept.cut), ("xxxx…", true));
        let kept = log.kept("xxxx…".as_bytes(), 5);
        assert_eq!((kept.text.as_str(), kept.cut), ("xxxx…", false));
    }
}
