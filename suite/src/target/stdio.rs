//! Targets that are programs: one line of JSON a request on standard input, one line an answer on standard output.
//!
//! The program is started once and serves the whole run. Its answers are read within bounds on time and size, and an
//! answer that is late is recognised by its number when the next one is read. What the program writes to standard
//! error goes where this process writes its own.
//!
//! Requests are signed as those to a URL are, for the host `localhost`: some services route by the credential scope of
//! a signature, and some check it. The header fields of a line therefore name that host.

use std::process::Stdio;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;
use ucks_oracle::wire::{Answer, Request};

use super::http::{HttpOptions, LocalSigner};
use super::{CallFuture, Target, TransportError};

/// The time that a program has to end once its streams are closed.
const MOMENT: Duration = Duration::from_secs(1);

/// Header fields read from an answer.
const FIELDS: usize = 256;

/// The bounds of a [`StdioTarget`].
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The bound on a whole exchange.
    pub timeout: Duration,
    /// The bound on the line of an answer, in bytes.
    pub max_line: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { timeout: Duration::from_secs(10), max_line: 16 * 1024 * 1024 }
    }
}

/// Why no [`StdioTarget`] can be made.
#[derive(Debug, thiserror::Error)]
pub enum StdioError {
    /// The command is empty, or a quotation mark is not closed.
    #[error("`{0}` is not a command; write it as `stdio:python3 service.py`")]
    NotACommand(String),
    /// The program cannot be started.
    #[error("cannot start `{program}`: {why}; check the name, and that it can be executed")]
    NotStarted {
        /// The program.
        program: String,
        /// The system's reason.
        why: std::io::Error,
    },
}

/// A request, as one line of JSON.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StdioRequest {
    /// The number of the request; its answer has the same one.
    pub id: u64,
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The header fields, in order, with those of the signature and the host that it covers.
    pub headers: Vec<(String, String)>,
    /// The bytes of the body.
    pub body: StdioBody,
}

/// An answer, as one line of JSON.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StdioAnswer {
    /// The number of the request that it answers.
    pub id: u64,
    /// The HTTP status, from 100 to 599.
    pub status: u16,
    /// The header fields, in order.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The bytes of the body; none where it is left out.
    #[serde(default)]
    pub body: StdioBody,
}

/// The bytes of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StdioBody {
    /// As text, in UTF-8.
    Text(String),
    /// In base 64.
    Base64(String),
}

impl Default for StdioBody {
    fn default() -> StdioBody {
        StdioBody::Text(String::new())
    }
}

impl StdioBody {
    fn of(bytes: &[u8]) -> StdioBody {
        match std::str::from_utf8(bytes) {
            Ok(text) => StdioBody::Text(text.to_owned()),
            Err(_) => StdioBody::Base64(BASE64_STANDARD.encode(bytes)),
        }
    }

    fn bytes(self) -> Result<Vec<u8>, TransportError> {
        match self {
            StdioBody::Text(text) => Ok(text.into_bytes()),
            StdioBody::Base64(text) => BASE64_STANDARD
                .decode(text)
                .map_err(|why| TransportError::NotHttp(format!("a body that is not base 64: {why}"))),
        }
    }
}

/// A program that answers requests on its standard streams, one after another.
pub struct StdioTarget {
    bounds: Bounds,
    signer: LocalSigner,
    conversation: Mutex<Conversation>,
}

impl StdioTarget {
    /// Starts the program. The command is split into words as a shell does it, but no shell runs it: there are no
    /// variables, pipes or globs. Requests are signed with the credentials of `access`, of which
    /// nothing else is used.
    ///
    /// # Errors
    /// [`StdioError`] where the command is not one, or the program cannot be started.
    pub fn start(command: &str, bounds: Bounds, access: HttpOptions) -> Result<StdioTarget, StdioError> {
        let words = shlex::split(command).unwrap_or_default();
        let (program, arguments) = words.split_first().ok_or_else(|| StdioError::NotACommand(command.to_owned()))?;
        let not_started = |why| StdioError::NotStarted { program: program.clone(), why };
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(not_started)?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(not_started(std::io::ErrorKind::BrokenPipe.into()));
        };
        let conversation = Conversation {
            child,
            input,
            output: BufReader::new(output),
            line: Vec::new(),
            skipping: false,
            last: 0,
            writing: false,
        };
        Ok(StdioTarget { bounds, signer: LocalSigner::new(access), conversation: Mutex::new(conversation) })
    }
}

impl Target for StdioTarget {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        Box::pin(async move {
            let headers = self.signer.headers(request)?;
            let mut conversation = self.conversation.lock().await;
            let exchange = conversation.exchange(request, headers, self.bounds.max_line);
            let answer = tokio::time::timeout(self.bounds.timeout, exchange).await;
            answer.unwrap_or(Err(TransportError::TimedOut(self.bounds.timeout.as_secs())))
        })
    }
}

/// The streams of a running program. What was read of a line stays here where a call is given up.
struct Conversation {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// The line read so far.
    line: Vec<u8>,
    /// True if the line is longer than allowed, so that the rest of it is skipped.
    skipping: bool,
    /// The number of the last request.
    last: u64,
    /// True if a request is being written: one that was written in part would be read together with the next.
    writing: bool,
}

impl Conversation {
    /// Why no request can be sent any more.
    fn ended(&mut self) -> Option<String> {
        match self.child.try_wait() {
            Ok(Some(status)) => Some(format!("the program ended ({status})")),
            Ok(None) if self.writing => Some("the program does not read its standard input".to_owned()),
            Ok(None) => None,
            Err(why) => Some(format!("the program cannot be waited for: {why}")),
        }
    }

    async fn exchange(
        &mut self,
        request: &Request,
        headers: Vec<(String, String)>,
        longest: usize,
    ) -> Result<Answer, TransportError> {
        if let Some(why) = self.ended() {
            return Err(TransportError::Unreachable(why));
        }
        self.last += 1;
        let sent = StdioRequest {
            id: self.last,
            method: request.method.to_string(),
            path: request.path.to_string(),
            headers,
            body: StdioBody::of(&request.body),
        };
        let mut line = serde_json::to_vec(&sent).map_err(|why| TransportError::Unsendable(why.to_string()))?;
        line.push(b'\n');
        self.writing = true;
        let written = match self.input.write_all(&line).await {
            Ok(()) => self.input.flush().await,
            Err(why) => Err(why),
        };
        if let Err(why) = written {
            return Err(self.broken(&why.to_string()).await);
        }
        self.writing = false;
        if request.hang_up {
            return Err(TransportError::HungUp);
        }
        loop {
            let line = self.line(longest).await?;
            let answer: StdioAnswer = serde_json::from_slice(&line)
                .map_err(|why| TransportError::NotHttp(format!("a line that is not an answer: {why}")))?;
            match answer.id {
                id if id == self.last => return read(answer),
                // The answer to a request that was given up.
                id if id < self.last => {}
                id => return Err(TransportError::NotHttp(format!("an answer to request {id}, which was never sent"))),
            }
        }
    }

    /// Reads one line, without its end.
    async fn line(&mut self, longest: usize) -> Result<Vec<u8>, TransportError> {
        loop {
            let read = self.output.fill_buf().await.map_err(|why| TransportError::Broken(why.to_string()))?;
            if read.is_empty() {
                return Err(self.broken("its standard output is closed").await);
            }
            let end = read.iter().position(|b| *b == b'\n');
            let part = &read[..end.unwrap_or(read.len())];
            self.skipping |= self.line.len() + part.len() > longest;
            if !self.skipping {
                self.line.extend_from_slice(part);
            }
            let consumed = part.len() + usize::from(end.is_some());
            self.output.consume(consumed);
            if end.is_some() {
                let line = std::mem::take(&mut self.line);
                if std::mem::take(&mut self.skipping) {
                    return Err(TransportError::TooLarge(longest));
                }
                return Ok(line);
            }
        }
    }

    /// The end of the conversation: how the program ended, if it ends within a moment.
    async fn broken(&mut self, what: &str) -> TransportError {
        let ended = tokio::time::timeout(MOMENT, self.child.wait()).await;
        let how = match ended {
            Ok(Ok(status)) => format!("the program ended ({status})"),
            _ => what.to_owned(),
        };
        TransportError::Broken(how)
    }
}

/// The answer, checked.
fn read(answer: StdioAnswer) -> Result<Answer, TransportError> {
    if !(100..=599).contains(&answer.status) {
        return Err(TransportError::NotHttp(format!("status {}", answer.status)));
    }
    let headers = answer.headers.into_iter().take(FIELDS).map(|(n, v)| (n.into(), v.into())).collect();
    Ok(Answer { status: answer.status, headers, body: answer.body.bytes()? })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use rstest::rstest;

    use super::*;

    const SHORT: Bounds = Bounds { timeout: Duration::from_millis(300), max_line: 4_096 };

    /// Asks a shell script, which serves on its standard streams, `times` times.
    async fn ask(script: &str, times: usize) -> Vec<Result<Answer, TransportError>> {
        let target = StdioTarget::start(&format!("sh -c '{script}'"), SHORT, HttpOptions::default()).unwrap();
        let mut answers = Vec::new();
        for _ in 0..times {
            answers.push(target.call(&Request::operation("DescribeCustomKeyStores", b"{}".to_vec())).await);
        }
        answers
    }

    #[tokio::test]
    async fn a_request_is_a_line_and_so_is_its_answer() {
        let echo = "while read -r line; do n=$((n+1)); echo \"{\\\"id\\\":$n,\\\"status\\\":200,\
            \\\"headers\\\":[[\\\"a\\\",\\\"b\\\"]],\\\"body\\\":{\\\"base64\\\":\\\"/w==\\\"}}\"; done";
        for answer in ask(echo, 3).await {
            let answer = answer.unwrap();
            assert_eq!((answer.status, answer.header("A"), answer.body.as_slice()), (200, Some("b"), &[0xff][..]));
        }
    }

    #[rstest]
    #[case::silence("sleep 5", TransportError::TimedOut(0))]
    #[case::the_end("read -r line; exit 3", TransportError::Broken("its standard output is closed".to_owned()))]
    #[case::a_long_line("read -r line; head -c 9000 /dev/zero; echo; sleep 5", TransportError::TooLarge(4_096))]
    #[case::a_line_without_end("head -c 9000 /dev/zero; sleep 5", TransportError::TimedOut(0))]
    #[case::a_status(r#"echo "{\"id\":1,\"status\":99}"; sleep 5"#, TransportError::NotHttp("status 99".to_owned()))]
    #[case::the_future(
        r#"echo "{\"id\":7,\"status\":200}"; sleep 5"#,
        TransportError::NotHttp("an answer to request 7, which was never sent".to_owned())
    )]
    #[tokio::test]
    async fn bounds(#[case] script: &str, #[case] expected: TransportError) {
        let got = ask(script, 1).await.remove(0).unwrap_err();
        let same = match (&got, &expected) {
            (TransportError::Broken(why), TransportError::Broken(_)) => !why.is_empty(),
            _ => got == expected,
        };
        assert!(same, "{got:?}");
    }

    #[tokio::test]
    async fn other_text_is_not_an_answer() {
        let got = ask("echo Listening...; sleep 5", 1).await.remove(0).unwrap_err();
        assert!(matches!(&got, TransportError::NotHttp(why) if why.starts_with("a line that is not an answer")));
    }

    #[tokio::test]
    async fn a_late_answer_is_not_taken_for_the_next_one() {
        let late =
            r#"read -r a; read -r b; echo "{\"id\":1,\"status\":201}"; echo "{\"id\":2,\"status\":202}"; sleep 5"#;
        let answers = ask(late, 2).await;
        assert_eq!(answers[0], Err(TransportError::TimedOut(0)));
        assert_eq!(answers[1].as_ref().map(|a| a.status), Ok(202));
    }

    #[tokio::test]
    async fn a_program_that_ended_is_unreachable() {
        let answers = ask("exit 3", 2).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(answers.iter().all(Result::is_err));
        assert!(
            matches!(&answers[1], Err(TransportError::Unreachable(why)) if why.contains("exit status: 3")),
            "{answers:?}"
        );
    }

    #[tokio::test]
    async fn a_program_that_does_not_read_is_given_up() {
        let target = StdioTarget::start("sleep 5", SHORT, HttpOptions::default()).unwrap();
        let large = Request::operation("UpdateCustomKeyStore", vec![b'x'; 1 << 20]);
        assert_eq!(target.call(&large).await, Err(TransportError::TimedOut(0)));
        let next = target.call(&large).await.unwrap_err();
        assert_eq!(next, TransportError::Unreachable("the program does not read its standard input".to_owned()));
    }

    #[rstest]
    #[case("", "`` is not a command; write it as `stdio:python3 service.py`")]
    #[case("\"open", "`\"open` is not a command")]
    #[case("no-such-program x", "cannot start `no-such-program`: No such file")]
    #[tokio::test]
    async fn refuses(#[case] command: &str, #[case] why: &str) {
        let said = StdioTarget::start(command, SHORT, HttpOptions::default()).err().unwrap().to_string();
        assert!(said.starts_with(why), "{said}");
    }
}
