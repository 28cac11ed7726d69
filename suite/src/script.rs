//! A finding as a bash script: its shortest sequence with curl, ids captured as it goes.
//!
//! ```text
//! exchanges → lines: send, capture, settle → what the last answer must show to be the finding again
//! ```
//!
//! A script needs bash, curl 7.75 or later and the usual text tools. It ends with 1 where the
//! finding comes again, 0 where it does not and 3 where a step before it failed, and deletes what it
//! created in any case.

mod body;
mod check;
#[cfg(feature = "cli")]
mod curl;
mod divergent;
mod form;
mod symbols;

use serde_json::{Map, Value};
use ucks_oracle::account::ConnectionState;
use ucks_oracle::answer::{Outcome, written_code};
use ucks_oracle::aspect::Aspect;
use ucks_oracle::json_text;
use ucks_oracle::members::Member;
use ucks_oracle::rules::ids;
use ucks_oracle::wire::{Answer, Auth};
pub(crate) use ucks_oracle::wire::{CONNECT, CREATE, DELETE, DESCRIBE, DISCONNECT};

use self::body::quoted;
use self::check::secrets;
#[cfg(feature = "cli")]
pub(crate) use self::check::shown_as;
pub(crate) use self::check::values;
#[cfg(feature = "cli")]
pub(crate) use self::curl::curl;
pub(crate) use self::divergent::{divergent, until_divergent};
use self::symbols::Symbols;
use crate::op::{Op, Update, WireMutation};
use crate::raw;
use crate::record::{Exchange, Finding};

/// The functions that every script begins with.
pub(crate) const PRELUDE: &str = include_str!("script/prelude.sh");

/// Returns true if the finding is about what Describe shows, not about the answer itself.
pub(crate) fn is_effect(finding: &Finding) -> bool {
    finding.aspect == Aspect::EFFECT
}

/// Header fields that a signature, or the connection, puts there anew.
pub(crate) fn is_signing(name: &str) -> bool {
    const FIELDS: &[&str] = &[
        "authorization",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-content-sha256",
        "host",
        "content-length",
        "connection",
        "accept",
        "accept-encoding",
        "user-agent",
        "transfer-encoding",
    ];
    FIELDS.iter().any(|f| f.eq_ignore_ascii_case(name))
}

/// The code that an answer's body names, as the record writes the body.
pub(crate) fn code_of(body: &str) -> Option<String> {
    written_code(&Answer { body: raw::bytes(body), ..Answer::default() })
}

/// The script of `finding`; `endpoint` is where it goes when it is called without one.
pub fn script(finding: &Finding, endpoint: &str) -> String {
    script_with(finding, endpoint, PRELUDE)
}

/// The script of `finding` with another text in place of [`PRELUDE`].
pub(crate) fn script_with(finding: &Finding, endpoint: &str, prelude: &str) -> String {
    let exchanges = relevant(finding);
    let symbols = Symbols::of(&exchanges);
    if finding.replay.operations.iter().any(Op::is_a_matter_of_timing) {
        let why = format!("what it shows is a matter of timing: ucks replay {}.json", finding.code);
        return head(finding, endpoint, prelude, &symbols) + &format!("\ncannot_tell {}\n", quoted(&why));
    }
    let mut writer = ScriptWriter { out: head(finding, endpoint, prelude, &symbols), finding, symbols: &symbols };
    let last_act = exchanges.iter().rposition(|e| e.operation != DESCRIBE);
    let mut at = 0;
    while at < exchanges.len() {
        let exchange = exchanges[at];
        let run = exchanges[at..].iter().take_while(|e| e.operation == DESCRIBE).count();
        let last = at + run.max(1) == exchanges.len();
        if run > 0 {
            writer.describes(&exchanges[..at], &exchanges[at..at + run], last);
            at += run;
            continue;
        }
        if Some(at) == last_act {
            writer.out += &check::before(finding, &symbols);
        }
        writer.send(exchange, at + 1 == exchanges.len(), Some(at) == last_act);
        at += 1;
    }
    writer.out += &check::after(finding, &symbols);
    writer.out
}

/// The exchanges that matter: answers that a later, equal request replaced are left out.
fn relevant(finding: &Finding) -> Vec<&Exchange> {
    let all = until_divergent(finding);
    let repeated = |at: usize, e: &Exchange| {
        let outcome = outcome(e);
        let passing = outcome.is_throttled() || matches!(outcome, Outcome::ServerFault { internal: true, .. });
        passing && all[at + 1..].iter().any(|n| n.step == e.step && n.operation == e.operation && n.body == e.body)
    };
    let mut kept: Vec<&Exchange> = all.iter().enumerate().filter(|(at, e)| !repeated(*at, e)).map(|(_, e)| e).collect();
    if finding.rule == ids::P_05.0 {
        // A repeated request is sent once here: the check repeats it.
        let first = kept.iter().position(|e| Some(e.step) == all.last().map(|l| l.step));
        kept.truncate(first.map_or(0, |at| at + 1));
    }
    kept
}

fn outcome(exchange: &Exchange) -> Outcome {
    Outcome::read(&answer(exchange))
}

fn answer(exchange: &Exchange) -> Answer {
    let headers = exchange.answer_headers.iter().map(|(n, v)| (n.clone().into(), v.clone().into())).collect();
    Answer { status: exchange.status, headers, body: raw::bytes(&exchange.answer) }
}

fn succeeded(exchange: &Exchange) -> bool {
    (200..300).contains(&exchange.status)
}

/// The text of a member of a request's body. Bodies that are not JSON, or too deep, are searched for it.
fn member(body: &str, name: &str) -> Option<String> {
    let body = raw::characters(body);
    match json_text::from_str::<Map<String, Value>>(&body) {
        Ok(object) => object.get(name)?.as_str().map(str::to_owned),
        Err(_) => {
            let behind = body.split_once(&format!("\"{name}\""))?.1.trim_start().strip_prefix(':')?.trim_start();
            let text = behind.strip_prefix('"')?.split('"').next()?;
            (!text.contains('\\')).then(|| text.to_owned())
        }
    }
}

fn object(text: &str) -> Map<String, Value> {
    json_text::from_str(&raw::characters(text)).unwrap_or_default()
}

/// The id that a request names.
fn id_of(exchange: &Exchange) -> Option<String> {
    member(&exchange.body, Member::CustomKeyStoreId.name())
}

fn head(finding: &Finding, endpoint: &str, prelude: &str, symbols: &Symbols) -> String {
    let comment =
        |text: &str| text.lines().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).collect::<String>();
    let mut out = format!(
        "#!/usr/bin/env bash\n# {} ({}): {}\n#\n# usage: bash {}.sh [ENDPOINT]\n",
        finding.rule,
        finding.code,
        comment(&finding.sentence),
        finding.code,
    );
    out += "# It ends with 1 if the finding shows again, 0 if it does not, 3 if it could not test,\n";
    out += "# and deletes the key stores that it creates. It signs with $AWS_ACCESS_KEY_ID and\n";
    out += "# $AWS_SECRET_ACCESS_KEY where they are set, or with throw-away credentials.\n";
    out += "# Passwords and secrets in it were generated for the test and open nothing.\n";
    for (name, of) in symbols.secrets() {
        out += &format!("# It needs a secret of the profile: set ${name} to {}.\n", comment(of));
    }
    out += "#\n";
    for (at, step) in finding.steps.iter().enumerate() {
        out += &format!("#   {}. {}\n", at + 1, comment(step));
    }
    out += &format!("\nENDPOINT=${{1:-{}}}\n\n{prelude}\n", endpoint_word(endpoint));
    out += &symbols.definitions();
    out
}

/// The endpoint inside `${1:-…}`: an address has no character that bash would read there.
fn endpoint_word(endpoint: &str) -> String {
    endpoint.chars().filter(|c| c.is_ascii_alphanumeric() || "-._~:/[]@%?=&,+".contains(*c)).collect()
}

struct ScriptWriter<'a> {
    out: String,
    finding: &'a Finding,
    symbols: &'a Symbols,
}

impl ScriptWriter<'_> {
    /// One request with what must come of it. The `last` is judged at the end; an effect's last act must go as
    /// recorded.
    fn send(&mut self, exchange: &Exchange, last: bool, last_act: bool) {
        self.title(exchange);
        let update = update_of(self.finding, exchange);
        self.out += &body::commands(&self.symbols.fill(&body::whole(exchange, update)));
        let auth = match update.and_then(|u| u.mutation.as_ref()) {
            Some(WireMutation::Signed(auth)) => *auth,
            _ => Auth::Good,
        };
        if !auth.is_good() {
            self.out += &format!("sign {}\n", auth_word(auth));
        }
        let fields: Vec<&(String, String)> = exchange.headers.iter().filter(|(n, _)| !is_signing(n)).collect();
        let mut call = format!("send {} {}", quoted(&exchange.method), quoted(&self.symbols.fill(&exchange.path)));
        for (name, value) in &fields {
            let field = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
            call += &format!(" \\\n  -H {}", quoted(&field));
        }
        if !fields.iter().any(|(n, _)| n.eq_ignore_ascii_case("content-type")) {
            call += " \\\n  -H 'Content-Type:'";
        }
        self.out += &format!("{call}\n");
        if !auth.is_good() {
            self.out += "sign good\n";
        }
        if let Some(id) = self.symbols.created_by(exchange) {
            self.out += &self.symbols.capture(id);
        }
        if !last {
            let how = if succeeded(exchange) { "success" } else { "refusal" };
            // Of an update that is repeated each turn is judged: one that ends otherwise shows that the finding is
            // gone.
            let judged = until_divergent(self.finding).last().is_some_and(|end| end.step == exchange.step)
                && is_update(exchange);
            let not_again = judged || (last_act && is_effect(self.finding));
            let otherwise = if not_again { "not_again" } else { "cannot_tell" };
            self.out += &format!(
                "went {how} || {otherwise} {}\n",
                quoted(&format!("{} now ends otherwise than recorded", exchange.operation))
            );
        }
    }

    /// A run of Describes. After a transition it waits; at the end the check asks itself; what else the
    /// run looked at is left out, unless the finding is about Describe's own answer.
    fn describes(&mut self, before: &[&Exchange], run: &[&Exchange], last: bool) {
        let Some(end) = run.last() else { return };
        let moved = before.last().filter(|e| [CONNECT, DISCONNECT].contains(&e.operation.as_str()));
        if let Some(state) = moved.and_then(|m| settled(m, end))
            && !(last && is_effect(self.finding))
        {
            let id = moved.and_then(|m| id_of(m)).unwrap_or_default();
            let id = quoted(&self.symbols.fill(&id));
            self.out +=
                &format!("settle \"$(text {id})\" {state} || cannot_tell 'the store does not become {state}'\n");
        }
        if last && !is_effect(self.finding) {
            self.send(end, true, false);
        }
    }

    fn title(&mut self, exchange: &Exchange) {
        self.out += &format!("\nsay {}\n", quoted(&exchange.operation));
    }
}

/// Returns the symbolic update behind an exchange. Only it has the way of signing and the part that the record cut off.
fn update_of<'a>(finding: &'a Finding, exchange: &Exchange) -> Option<&'a Update> {
    let updates: Vec<&Update> = finding.replay.operations.iter().flat_map(Op::updates).collect();
    let exchanges = relevant(finding);
    let mut sent: Vec<usize> = exchanges.iter().filter(|e| is_update(e)).map(|e| e.step).collect();
    // An update that is repeated is one step.
    sent.dedup();
    let place = sent.iter().position(|step| *step == exchange.step).filter(|_| is_update(exchange))?;
    updates.get(place).copied().filter(|_| updates.len() == sent.len())
}

/// Returns true if the exchange is an update, or what a change to its head left of one.
fn is_update(exchange: &Exchange) -> bool {
    ![CREATE, CONNECT, DISCONNECT, DESCRIBE, DELETE].contains(&exchange.operation.as_str())
}

fn auth_word(auth: Auth) -> &'static str {
    match auth {
        Auth::Good => "good",
        Auth::Unsigned => "unsigned",
        Auth::UnknownKey => "unknown-key",
        Auth::WrongSignature => "wrong-secret",
        Auth::SkewedClock => "skewed-clock",
        Auth::NotAllowed => "not-allowed",
    }
}

/// The state that ended a transition, if the last Describe shows one.
fn settled(moved: &Exchange, describe: &Exchange) -> Option<&'static str> {
    let id = id_of(moved)?;
    let page = ucks_oracle::answer::page(&answer(describe), 1000).ok()?;
    let state = page.stores.iter().find(|s| s.id == id)?.state.as_deref()?;
    let state = ConnectionState::from_name(state)?;
    (!state.passes()).then(|| state.name())
}
