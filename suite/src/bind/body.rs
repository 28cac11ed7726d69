//! Bodies and heads: a list of members to bytes, with one change to the form at most.

use crate::names::Names;
use crate::op::WireMutation;
use std::borrow::Cow;
use ucks_oracle::members::Member;
use ucks_oracle::wire::{Request, quoted};

/// The name of a member that nobody knows.
const UNKNOWN: &str = "UcksUnknownMember";

/// Writes the members into the request's body, as the twist says.
pub(super) fn write(
    request: &mut Request,
    mut members: Vec<(Cow<'static, str>, String)>,
    mutation: Option<&WireMutation>,
    twice: Option<(&'static str, String)>,
    names: &Names,
) {
    let own = |text: &str| names.own(text).into_owned();
    match mutation {
        Some(WireMutation::Unknown(value)) => members.push((names.own(UNKNOWN), value.clone())),
        Some(WireMutation::Deep(depth)) => {
            let depth = *depth as usize;
            members.push((names.own(UNKNOWN), "[".repeat(depth) + &"]".repeat(depth)));
        }
        Some(WireMutation::Large(bytes)) => members.push((names.own(UNKNOWN), quoted(&"x".repeat(*bytes as usize)))),
        Some(WireMutation::Miscased(member)) => {
            let name = member.name();
            let (head, tail) = name.split_at(1);
            members.push((format!("{}{tail}", head.to_ascii_lowercase()).into(), own("\"ucks-miscased\"")));
        }
        Some(WireMutation::Twice(..)) => {
            if let Some((name, value)) = twice {
                members.insert(1.min(members.len()), (name.into(), value));
            }
        }
        Some(WireMutation::Reversed) => members.reverse(),
        _ => {}
    }
    let escaped = matches!(mutation, Some(WireMutation::Escaped));
    let [before, between, behind] =
        if matches!(mutation, Some(WireMutation::Spaced)) { ["\r\n\t ", " \n:\t", "\n"] } else { ["", ":", ""] };
    let mut text = String::from("{");
    for (at, (name, value)) in members.iter().enumerate() {
        let (name, value) = (quoted(name), Cow::from(value));
        let (name, value) = if escaped { (escape(&name), escape(&value).into()) } else { (name, value) };
        let comma = if at > 0 { "," } else { "" };
        text.extend([comma, before, &name, between, &value, behind]);
    }
    text.push('}');
    request.body = match mutation {
        Some(WireMutation::CutOff) => text.as_bytes()[..text.len() / 2].to_vec(),
        Some(WireMutation::Ending(end)) => {
            format!("{}{}", text.strip_suffix('}').unwrap_or(&text), own(end)).into_bytes()
        }
        Some(WireMutation::Body(body)) => own(body).into_bytes(),
        Some(WireMutation::Before(before)) => format!("{}{text}", own(before)).into_bytes(),
        Some(WireMutation::Behind(behind)) => format!("{text}{}", own(behind)).into_bytes(),
        Some(WireMutation::Inside(inside)) => text.replacen('{', &format!("{{{}", own(inside)), 1).into_bytes(),
        Some(WireMutation::NotUtf8) => after_name(&text, b"\xff\xfe"),
        Some(WireMutation::LoneSurrogate) => after_name(&text, b"\\ud800"),
        _ => text.into_bytes(),
    };
    head(request, mutation, names);
}

fn head(request: &mut Request, mutation: Option<&WireMutation>, names: &Names) {
    let set = |request: &mut Request, name: &str, value: &str| {
        request.headers.retain(|(n, _)| n != name);
        if !value.is_empty() {
            request.headers.push((Cow::Owned(name.to_owned()), Cow::Owned(value.to_owned())));
        }
    };
    match mutation {
        Some(WireMutation::Method(method)) => request.method = Cow::Owned(method.clone()),
        Some(WireMutation::Path(path)) => request.path = Cow::Owned(names.own(path).into_owned()),
        Some(WireMutation::ContentType(value)) => set(request, "content-type", &names.own(value)),
        Some(WireMutation::Target(value)) => set(request, "x-amz-target", &names.own(value)),
        Some(WireMutation::Signed(auth)) => request.auth = *auth,
        Some(WireMutation::HangUp) => request.hang_up = true,
        _ => {}
    }
}

/// Puts bytes into the name's value, behind its last character.
fn after_name(text: &str, bytes: &[u8]) -> Vec<u8> {
    let key = format!("{}:\"", quoted(Member::NewCustomKeyStoreName.name()));
    let end = text.find(&key).map(|at| at + key.len()).and_then(|from| text[from..].find('"').map(|n| from + n));
    let mut out = text.as_bytes().to_vec();
    if let Some(end) = end {
        out.splice(end..end, bytes.iter().copied());
    }
    out
}

/// Every character inside the quotes as a `\u` escape. For texts without escapes of their own.
fn escape(json: &str) -> String {
    let Some(inner) = json.strip_prefix('"').and_then(|j| j.strip_suffix('"')) else { return json.to_owned() };
    if inner.contains('\\') {
        return json.to_owned();
    }
    let units = inner.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
    format!("\"{}\"", units.collect::<String>())
}
