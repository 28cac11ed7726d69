//! Substitution in front of the target: placeholders go in, and the caller's secrets go on to the target.

use std::borrow::Cow;
use std::time::Duration;

use memchr::memmem::Finder;
use ucks_oracle::wire::{Answer, Request};

use super::public::Secrets;
use crate::target::{CallFuture, PauseFuture, SharedTarget, Target, TransportError};

/// Shorter texts of the signer's are in answers by chance.
const KEY: usize = 16;

/// A target that accepts placeholders and never returns the caller's secrets.
pub struct SecretSubstitution {
    target: SharedTarget,
    /// In requests: what is looked for, and what is put there.
    into_requests: Vec<Pair>,
    /// In answers.
    out_of_answers: Vec<Pair>,
}

/// A text that is looked for, and what is put in its place.
struct Pair {
    from: Finder<'static>,
    to: Vec<u8>,
}

impl From<(Vec<u8>, Vec<u8>)> for Pair {
    fn from((from, to): (Vec<u8>, Vec<u8>)) -> Pair {
        Pair { from: Finder::new(&from).into_owned(), to }
    }
}

impl SecretSubstitution {
    /// Wraps `target`: secrets go into requests, and placeholders into answers.
    pub fn new(target: SharedTarget, secrets: &Secrets) -> SecretSubstitution {
        let mut into_requests = Vec::new();
        let mut out_of_answers = Vec::new();
        for (secret, stand_in) in &secrets.fixtures {
            into_requests.push((stand_in.clone().into_bytes(), quoted(secret)));
            into_requests.push((escaped(stand_in), escaped(secret)));
            for form in [secret.clone().into_bytes(), quoted(secret), escaped(secret)] {
                out_of_answers.push((form, stand_in.clone().into_bytes()));
            }
        }
        for key in secrets.keys.iter().filter(|k| k.len() >= KEY) {
            out_of_answers.push((key.clone().into_bytes(), b"(a secret of the profile)".to_vec()));
        }
        // A secret may hold another one.
        out_of_answers.sort_by_key(|(form, _)| std::cmp::Reverse(form.len()));
        let pairs = |all: Vec<(Vec<u8>, Vec<u8>)>| {
            all.into_iter().filter(|(from, _)| !from.is_empty()).map(Pair::from).collect()
        };
        SecretSubstitution { target, into_requests: pairs(into_requests), out_of_answers: pairs(out_of_answers) }
    }

    fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&swapped(text.as_bytes(), &self.out_of_answers)).into_owned()
    }
}

impl Target for SecretSubstitution {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        Box::pin(async move {
            let answer = match swapped(&request.body, &self.into_requests) {
                Cow::Borrowed(_) => self.target.call(request).await,
                Cow::Owned(body) => self.target.call(&Request { body, ..request.clone() }).await,
            };
            match answer {
                Ok(answer) => {
                    let headers = answer.headers.iter().map(|(n, v)| (n.clone(), Cow::Owned(self.text(v)))).collect();
                    Ok(Answer { body: swapped(&answer.body, &self.out_of_answers).into_owned(), headers, ..answer })
                }
                Err(TransportError::Unreachable(why)) => Err(TransportError::Unreachable(self.text(&why))),
                Err(TransportError::Broken(why)) => Err(TransportError::Broken(self.text(&why))),
                Err(TransportError::KeepAlive(why)) => Err(TransportError::KeepAlive(self.text(&why))),
                Err(TransportError::NotHttp(why)) => Err(TransportError::NotHttp(self.text(&why))),
                Err(TransportError::Unsendable(why)) => Err(TransportError::Unsendable(self.text(&why))),
                Err(lost) => Err(lost),
            }
        })
    }

    fn now(&self) -> Duration {
        self.target.now()
    }

    fn pause(&self, time: Duration) -> PauseFuture<'_> {
        self.target.pause(time)
    }
}

/// Returns the text as it is inside the quotes of JSON.
fn quoted(text: &str) -> Vec<u8> {
    let json = serde_json::Value::from(text).to_string();
    json.as_bytes()[1..json.len() - 1].to_vec()
}

/// The text with every character as a `\u` escape.
fn escaped(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| format!("\\u{unit:04x}").into_bytes()).collect()
}

fn swapped<'t>(text: &'t [u8], pairs: &[Pair]) -> Cow<'t, [u8]> {
    let mut text = Cow::Borrowed(text);
    for pair in pairs {
        if let Some(next) = replaced(&text, pair) {
            text = Cow::Owned(next);
        }
    }
    text
}

fn replaced(text: &[u8], pair: &Pair) -> Option<Vec<u8>> {
    let mut found = pair.from.find_iter(text).peekable();
    found.peek()?;
    let (mut out, mut end) = (Vec::with_capacity(text.len()), 0);
    for at in found {
        out.extend_from_slice(&text[end..at]);
        out.extend_from_slice(&pair.to);
        end = at + pair.from.needle().len();
    }
    out.extend_from_slice(&text[end..]);
    Some(out)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use bytes::Bytes;

    use super::*;
    use crate::target::in_process::InProcess;

    /// Sends a body through the substitution to an echo, and returns what the echo received and what it returned.
    async fn through(body: &str) -> (String, String) {
        let secrets = Secrets {
            fixtures: vec![("hu\"sh\\é".to_owned(), "StandIn1".to_owned())],
            keys: vec!["a long signing key".to_owned(), "test".to_owned()],
        };
        let seen = Arc::new(Mutex::new(String::new()));
        let kept = seen.clone();
        let echo = InProcess::new(move |request: http::Request<Bytes>| {
            let body = request.into_body();
            *kept.lock().unwrap() = String::from_utf8(body.to_vec()).unwrap();
            let answer = http::Response::builder().header("x-seen", "a long signing key test").body(body);
            async { answer.unwrap() }
        });
        let request = Request::operation("UpdateCustomKeyStore", body.as_bytes().to_vec());
        let answer = SecretSubstitution::new(Arc::new(echo), &secrets).call(&request).await.unwrap();
        assert_eq!(answer.header("x-seen"), Some("(a secret of the profile) test"));
        let sent = seen.lock().unwrap().clone();
        (sent, String::from_utf8(answer.body).unwrap())
    }

    #[tokio::test]
    async fn secrets_go_in_and_stand_ins_come_out() {
        let (sent, back) = through(r#"{"a":"StandIn1","b":"xStandIn1StandIn1"}"#).await;
        assert_eq!(sent, r#"{"a":"hu\"sh\\é","b":"xhu\"sh\\éhu\"sh\\é"}"#);
        assert_eq!(back, r#"{"a":"StandIn1","b":"xStandIn1StandIn1"}"#);
        let (sent, back) = through(r#"{"a":"\u0053\u0074\u0061\u006e\u0064\u0049\u006e\u0031"}"#).await;
        assert!(sent.contains(r#"\u0022\u0073\u0068\u005c\u00e9"#), "{sent}");
        assert_eq!(back, r#"{"a":"StandIn1"}"#);
    }
}
