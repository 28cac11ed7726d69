//! Bodies and heads: a list of members to bytes, with one change to the form at most.

use std::borrow::Cow;

use ucks_oracle::members::Member;
use ucks_oracle::wire::{Request, quoted};

use crate::names::Names;
use crate::op::WireMutation;

/// The name of a member that nobody knows.
const UNKNOWN: &str = "UcksUnknownMember";

/// Writes the members into the request's body, with the mutation.
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

/// Every character of every text in the JSON as a `\u` escape; characters beyond the basic plane as two.
fn escape(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 6);
    let mut rest = json;
    while let Some(start) = rest.find('"') {
        let (before, text) = rest.split_at(start);
        let end = end_of_text(text);
        // This module writes JSON: a text that cannot be read stays as it is.
        match serde_json::from_str::<String>(&text[..end]) {
            Ok(value) => {
                let units = value.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
                out.extend([before, "\"", &units.collect::<String>(), "\""]);
            }
            Err(_) => out.extend([before, &text[..end]]),
        }
        rest = &text[end..];
    }
    out + rest
}

/// The length of a text with both its quotes.
fn end_of_text(text: &str) -> usize {
    let mut escaped = false;
    let closing = |byte: u8| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    };
    text.bytes().skip(1).position(closing).map_or(text.len(), |at| at + 2)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#""aé""#, r#""\u0061\u00e9""#)]
    #[case(r#""😀\"\\""#, r#""\ud83d\ude00\u0022\u005c""#)]
    #[case(r#"{"A":"b","C":null}"#, r#"{"\u0041":"\u0062","\u0043":null}"#)]
    #[case("7", "7")]
    fn escaped(#[case] json: &str, #[case] expected: &str) {
        assert_eq!(escape(json), expected);
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&escape(json)), read(json));
    }

    fn body(mutation: WireMutation) -> String {
        let mut request = Request::operation(ucks_oracle::wire::UPDATE, Vec::new());
        let members = vec![
            ("CustomKeyStoreId".into(), "\"cks-1\"".to_owned()),
            ("NewCustomKeyStoreName".into(), "\"é😀\\\"\"".to_owned()),
        ];
        write(&mut request, members, Some(&mutation), None, &Names::new(1, 2, 3));
        String::from_utf8(request.body).unwrap()
    }

    #[test]
    fn each_wire_form_is_in_the_bytes() {
        let escaped = body(WireMutation::Escaped);
        assert!(escaped.is_ascii() && escaped.contains(r"\ud83d\ude00\u0022"), "{escaped}");
        let reversed = body(WireMutation::Reversed);
        assert!(reversed.find("NewCustom") < reversed.find("CustomKeyStoreId\""), "{reversed}");
        assert!(body(WireMutation::Spaced).contains("\r\n\t "));
    }
}
