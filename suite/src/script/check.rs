//! When a finding has come again: what the last answer, or Describe, must show.

use serde_json::Value;
use ucks_oracle::account::{ConnectionState, DescribeField};
use ucks_oracle::answer::page;
use ucks_oracle::expectation::{Expectation, ExpectedField};
use ucks_oracle::members::Member;
use ucks_oracle::rules::ids;

use super::body::quoted;
use super::form::{AnswerPart, fault_of_form};
use super::symbols::Symbols;
use super::{DESCRIBE, answer, code_of, divergent, id_of, is_effect, member, object, succeeded, until_divergent};
use crate::op::REPEATS;
use crate::record::{Exchange, Finding};
use crate::wording;

/// The values behind an effect, for people: what Describe should show, and what it showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EffectValues {
    /// The expected value.
    pub(crate) expected: Option<String>,
    /// The actual value.
    pub(crate) got: Option<String>,
}

/// The values behind an effect; none of a sensitive member.
pub(crate) fn values(finding: &Finding) -> EffectValues {
    let Some(field) = field(finding) else { return EffectValues::default() };
    if field.member().is_some_and(Member::sensitive)
        || matches!(field, DescribeField::Existence | DescribeField::State | DescribeField::Type)
    {
        return EffectValues::default();
    }
    let expected = match wanted(finding, field) {
        ExpectedValue::Value(v) => Some(v),
        ExpectedValue::Before => shown_before(finding, field),
        ExpectedValue::Nothing | ExpectedValue::TheStore | ExpectedValue::Unknown => None,
    };
    EffectValues { expected, got: divergent(finding).and_then(|e| shown(finding, e, field)) }
}

/// The value that Describe should show for a field.
enum ExpectedValue {
    /// This value.
    Value(String),
    /// The value before the last request that was no Describe.
    Before,
    /// Nothing.
    Nothing,
    /// The store at all.
    TheStore,
    /// The record does not have it.
    Unknown,
}

pub(super) fn field(finding: &Finding) -> Option<DescribeField> {
    let name = finding.member.as_deref().filter(|_| is_effect(finding))?;
    DescribeField::ALL.iter().copied().find(|f| f.described_name() == name || f.name() == name)
}

fn wanted(finding: &Finding, field: DescribeField) -> ExpectedValue {
    let given = || {
        let store = store(finding);
        let names_it = |e: &&Exchange| id_of(e) == store || super::symbols::creates(e, store.as_deref());
        let value = |e: &Exchange| given(&e.body, field);
        until_divergent(finding).iter().rev().filter(|e| succeeded(e)).filter(names_it).find_map(value)
    };
    let Expectation::Field(expected) = &finding.expected else { return ExpectedValue::Unknown };
    match expected {
        ExpectedField::Present if field == DescribeField::Existence => ExpectedValue::TheStore,
        ExpectedField::Present => ExpectedValue::Unknown,
        ExpectedField::Absent => ExpectedValue::Nothing,
        ExpectedField::Unchanged => ExpectedValue::Before,
        ExpectedField::New => given().map_or(ExpectedValue::Unknown, ExpectedValue::Value),
        ExpectedField::Value(value) => ExpectedValue::Value(value.clone()),
    }
}

/// The value that a Create or an Update gives for the field.
pub(super) fn given(body: &str, field: DescribeField) -> Option<String> {
    let name = field.member()?.name();
    if name == Member::XksProxyAuthenticationCredential.name() {
        let inner = object(body).get(name)?.get(Member::AccessKeyId.name())?.as_str().map(str::to_owned);
        return inner;
    }
    // Create names a store by the member under which Describe shows it.
    member(body, name).or_else(|| member(body, field.name()))
}

/// The id of the store that the divergent Describe is about.
fn store(finding: &Finding) -> Option<String> {
    let described = divergent(finding).and_then(id_of);
    let acted = || until_divergent(finding).iter().rev().filter(|e| e.operation != DESCRIBE).find_map(id_of);
    let created = || until_divergent(finding).iter().rev().find_map(|e| ucks_oracle::answer::created_id(&answer(e)));
    described.or_else(acted).or_else(created)
}

fn shown(finding: &Finding, describe: &Exchange, field: DescribeField) -> Option<String> {
    shown_of(describe, &store(finding)?, field)
}

/// Returns the value that a Describe shows for a store's field.
pub(super) fn shown_of(describe: &Exchange, id: &str, field: DescribeField) -> Option<String> {
    let page = page(&answer(describe), 1000).ok()?;
    field.of(page.stores.iter().find(|s| s.id == id)?)
}

fn shown_before(finding: &Finding, field: DescribeField) -> Option<String> {
    let act = until_divergent(finding).iter().rposition(|e| e.operation != DESCRIBE)?;
    let earlier = &until_divergent(finding)[..act];
    let seen = earlier.iter().rev().filter(|e| e.operation == DESCRIBE).find_map(|e| shown(finding, e, field));
    seen.or_else(|| earlier.iter().rev().filter(|e| succeeded(e)).find_map(|e| given(&e.body, field)))
}

/// The name under which Describe shows the field of an effect.
#[cfg(feature = "cli")]
pub(crate) fn shown_as(finding: &Finding) -> Option<&'static str> {
    field(finding).map(wire_name)
}

/// The name of the field on the wire.
fn wire_name(field: DescribeField) -> &'static str {
    match field {
        DescribeField::Existence => Member::CustomKeyStoreId.name(),
        field => field.name().rsplit('.').next().unwrap_or(field.name()),
    }
}

/// Lines before the last request that is not a Describe.
pub(super) fn before(finding: &Finding, symbols: &Symbols) -> String {
    match (field(finding), store(finding)) {
        (Some(field), Some(id)) if matches!(wanted(finding, field), ExpectedValue::Before) => {
            format!(
                "\ncall {DESCRIBE} \"$(text {})\"\nBEFORE=$(field {})\n",
                quoted(&symbols.fill(&id)),
                wire_name(field)
            )
        }
        _ => String::new(),
    }
}

/// Lines that judge.
pub(super) fn after(finding: &Finding, symbols: &Symbols) -> String {
    match (field(finding), store(finding)) {
        (Some(field), Some(id)) => effect(finding, field, &symbols.fill(&id), symbols),
        _ if finding.rule == ids::P_05.0 => format!("\nalike {}\n", 2 * REPEATS),
        _ => about_the_answer(finding),
    }
}

fn effect(finding: &Finding, field: DescribeField, id: &str, symbols: &Symbols) -> String {
    let wanted = wanted(finding, field);
    // An empty text is something, too.
    let read = if matches!(wanted, ExpectedValue::Nothing) { "raw" } else { "field" };
    let (wanted, differs) = match wanted {
        ExpectedValue::Value(v) => (format!("$(text {})", quoted(&symbols.fill(&v))), false),
        ExpectedValue::Before => ("$BEFORE".to_owned(), false),
        ExpectedValue::Nothing => (String::new(), false),
        ExpectedValue::TheStore => (format!("$(text {})", quoted(id)), false),
        ExpectedValue::Unknown => {
            let got = divergent(finding).and_then(|e| shown(finding, e, field)).unwrap_or_default();
            (format!("$(text {})", quoted(&symbols.fill(&got))), true)
        }
    };
    let expected = format!("{}: {}", field.name(), wording::expected(&finding.expected));
    let name = wire_name(field);
    let mut out = format!("\nsay {}\n", quoted(&format!("{DESCRIBE}: {}", field.name())));
    // A service may show a change a little later, unless it is a passing state that is at fault.
    let passing = finding.got.connection_state().is_some_and(ConnectionState::passes);
    let (turns, ask) =
        if passing { ("1", format!("call {DESCRIBE}")) } else { ("1 2 3 4 5 6 7 8 9 10", "settle".to_owned()) };
    out += &format!("WANTED=\"{wanted}\"\nfor _ in {turns}; do\n  {ask} \"$(text {})\"\n", quoted(id));
    out += &format!(
        "  GOT=$({read} {name})\n  went success || GOT=\n  [ \"$GOT\" != \"$WANTED\" ] || break\n  sleep 0.2\ndone\n"
    );
    out += "printf '    < %s ' \"$STATUS\"; head -c 400 \"$WORK/answer\" | tr '\\r\\n\\033' '   '; echo\n";
    if differs {
        out += &format!("if [ \"$GOT\" = \"$WANTED\" ]; then again {} \"$GOT\"; fi\n", quoted(&expected));
        out += &format!("not_again {}\", got $GOT\"\n", quoted(&format!("expected {expected}")));
    } else {
        out += &format!(
            "if [ \"$GOT\" != \"$WANTED\" ]; then again {}\" ($WANTED)\" \"${{GOT:-nothing}}\"; fi\n",
            quoted(&expected)
        );
        out += &format!("not_again {}\", and it is so: ${{GOT:-nothing}}\"\n", quoted(&format!("expected {expected}")));
    }
    out
}

fn about_the_answer(finding: &Finding) -> String {
    let Some(exchange) = divergent(finding) else {
        return "\ncannot_tell 'the record has no exchange'\n".to_owned();
    };
    let (condition, got) = match fault_of_form(finding, exchange) {
        Some(AnswerPart::Secret) => {
            let secrets = secrets(finding);
            let greps: Vec<String> =
                secrets.iter().map(|s| format!("grep -qF -e {} \"$WORK/answer\" \"$WORK/head\"", quoted(s))).collect();
            (greps.join(" || "), "$STATUS $(head -c 200 \"$WORK/answer\")".to_owned())
        }
        Some(AnswerPart::RequestId) => {
            ("[ -z \"$(header x-amzn-requestid)\" ]".to_owned(), "$(header x-amzn-requestid)".to_owned())
        }
        Some(AnswerPart::ContentType) => {
            let content_type = field_of(exchange, "content-type").unwrap_or_default();
            (
                format!("[ \"$(header content-type)\" = {} ]", quoted(content_type)),
                "Content-Type: $(header content-type)".to_owned(),
            )
        }
        Some(AnswerPart::Body) => (
            "went success && [ -s \"$WORK/answer\" ] && [ \"$(tr -d ' \\r\\n' <\"$WORK/answer\")\" != '{}' ]"
                .to_owned(),
            "$STATUS $(head -c 200 \"$WORK/answer\")".to_owned(),
        ),
        Some(AnswerPart::Status) => (status_is(exchange), "$STATUS $TYPE".to_owned()),
        Some(AnswerPart::Code) => {
            let header = field_of(exchange, "x-amzn-errortype").map_or("", |h| h.split(':').next().unwrap_or(h));
            let condition = format!(
                "{} && [ \"$(header x-amzn-errortype | cut -d: -f1)\" = {} ]",
                type_is(exchange),
                quoted(header)
            );
            (condition, "$STATUS ${TYPE:-without __type} $(header x-amzn-errortype)".to_owned())
        }
        None if succeeded(exchange) => ("went success".to_owned(), "$STATUS $TYPE".to_owned()),
        // The status beside a code belongs to W-03.
        None if code_of(&exchange.answer).is_some() => (type_is(exchange), "$STATUS $TYPE".to_owned()),
        None => (format!("{} && {}", status_is(exchange), type_is(exchange)), "$STATUS $TYPE".to_owned()),
    };
    let expected = quoted(&wording::expected(&finding.expected));
    format!(
        "\nGOT=\"{got}\"\nif {condition}; then again {expected} \"$GOT\"; fi\nnot_again \"expected \"{expected}\", \
            got $GOT\"\n"
    )
}

fn status_is(exchange: &Exchange) -> String {
    format!("[ \"$STATUS\" = {:03} ]", exchange.status)
}

fn type_is(exchange: &Exchange) -> String {
    format!("[ \"$TYPE\" = {} ]", quoted(&code_of(&exchange.answer).unwrap_or_default()))
}

fn field_of<'a>(exchange: &'a Exchange, name: &str) -> Option<&'a str> {
    exchange.answer_headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}

/// Passwords and secrets that the sequence sent.
pub(crate) fn secrets(finding: &Finding) -> Vec<String> {
    let sent = |e: &Exchange| {
        let body = object(&e.body);
        let credential = body.get(Member::XksProxyAuthenticationCredential.name());
        let secret = credential.and_then(|c| c.get(Member::RawSecretAccessKey.name())).and_then(Value::as_str);
        let password = body.get(Member::KeyStorePassword.name()).and_then(Value::as_str);
        [secret, password].into_iter().flatten().map(str::to_owned).collect::<Vec<_>>()
    };
    let mut all: Vec<String> = finding.exchanges.iter().flat_map(sent).collect();
    all.sort();
    all.dedup();
    all
}
