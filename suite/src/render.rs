//! Operations in words: one readable line a step.

use std::collections::BTreeSet;

use ucks_oracle::members::{Member, StoreType};

use crate::op::{Edge, Fixture, Half, Id, Json, Likeness, Op, Pace, Symbol, Update, Value, WireMutation};

/// The fresh values that a sequence has given so far.
type GivenValues = BTreeSet<(Member, u32)>;

/// One line for an operation.
pub fn line(op: &Op) -> String {
    words(op, &mut GivenValues::new())
}

/// One line for each operation of a sequence. A fresh value that comes again is "the same fresh value".
pub fn lines(ops: &[Op]) -> Vec<String> {
    let mut given = GivenValues::new();
    ops.iter().map(|op| words(op, &mut given)).collect()
}

fn words(op: &Op, given: &mut GivenValues) -> String {
    match op {
        Op::Create { store, kind, set } => {
            let kind = match kind {
                StoreType::CloudHsm => "CloudHSM key store",
                StoreType::Xks => "external key store",
            };
            let with = members(set, given);
            if with.is_empty() {
                format!("create {kind} `{store}`")
            } else {
                format!("create {kind} `{store}` with {with}")
            }
        }
        Op::Update(update) => self::update(update, given),
        Op::Connect { store, wait } => format!("connect `{store}`{}", if *wait { " and wait" } else { "" }),
        Op::Disconnect { store, wait } => format!("disconnect `{store}`{}", if *wait { " and wait" } else { "" }),
        Op::Delete { store } => format!("delete `{store}`"),
        Op::Find { store } => format!("find `{store}` by its name"),
        Op::FindFormer { store } => format!("look for `{store}` by its first name"),
        Op::DescribeAbsent => "describe a store that does not exist".into(),
        Op::List { limit } => format!("list all stores, {limit} a page"),
        Op::Repeat { update, times } => format!("{}, {times} times", self::update(update, given)),
        Op::Race { .. } => {
            format!("at once: {}", op.racers().iter().map(|one| words(one, given)).collect::<Vec<_>>().join("; "))
        }
    }
}

fn update(update: &Update, given: &mut GivenValues) -> String {
    let id = match &update.id {
        Id::Of(s) => format!("`{s}`"),
        Id::Nobody => "the id of no store".into(),
        Id::Missing => "no CustomKeyStoreId at all".into(),
        Id::OtherCase(s) => format!("the id of `{s}` in other case"),
        Id::Prefix(s) => format!("the id of `{s}` without its last character"),
        Id::Longer(s) => format!("the id of `{s}` with a character more"),
        Id::Blanks(s) => format!("the id of `{s}` between blanks"),
        Id::NameOf(s) => format!("the name of `{s}` for its id"),
        Id::Value(v) => format!("CustomKeyStoreId = {}", value(Member::CustomKeyStoreId, v, given)),
    };
    let set = members(&update.set, given);
    let set = if set.is_empty() { "nothing set".to_owned() } else { set };
    let mutation = update.mutation.as_ref().map_or(String::new(), |t| format!(" — {}", self::mutation(t, given)));
    format!("update {id}: {set}{mutation}")
}

fn members(set: &[(Member, Value)], given: &mut GivenValues) -> String {
    set.iter().map(|(m, v)| format!("{m} = {}", value(*m, v, given))).collect::<Vec<_>>().join(", ")
}

fn own(s: Symbol, what: &str) -> String {
    format!("{what} of `{s}`")
}

fn value(member: Member, value: &Value, given: &mut GivenValues) -> String {
    match value {
        Value::Fresh(_) if member == Member::XksProxyConnectivity => "\"PUBLIC_ENDPOINT\"".into(),
        Value::Fresh(n) if given.insert((member, *n)) => "a fresh value".into(),
        Value::Fresh(_) => "the same fresh value".into(),
        Value::Of(s) => own(*s, "the present value"),
        Value::First(s) => own(*s, "the first value"),
        Value::NameOf(s) => own(*s, "the name"),
        Value::Like(s, Likeness::Case) => own(*s, "the value in other case"),
        Value::Like(s, Likeness::Blank) => format!("{} and a blank", own(*s, "the value")),
        Value::Like(s, Likeness::Dot) => format!("{} and a dot", own(*s, "the value")),
        Value::Like(s, Likeness::Longer) => format!("{} with one more letter", own(*s, "the value")),
        Value::Like(s, Likeness::Beginning) => format!("{} without its last character", own(*s, "the value")),
        Value::Text(t) => format!("{t:?}"),
        Value::Repeat(c, n) => format!("{n} times {c:?}"),
        Value::Edge(edge) => match edge {
            Edge::Shortest => "a value of the shortest length",
            Edge::Longest => "a value of the longest length",
            Edge::TooShort => "a value one character too short",
            Edge::TooLong => "a value one character too long",
            Edge::Newline => "a valid value and a newline",
            Edge::JunkBefore => "a valid value behind a stray character",
            Edge::JunkBehind => "a valid value before a stray character",
            Edge::LongestBeyondAscii => "the longest value, beyond ASCII",
            Edge::TooLongBeyondAscii => "a value one character too long, beyond ASCII",
            Edge::LongestAstral => "the longest value, beyond the basic plane",
        }
        .into(),
        Value::Fixture(f) => fixture(*f),
        Value::Null => "null".into(),
        Value::Wrong(json) => match json {
            Json::Number => "a number",
            Json::Boolean => "a boolean",
            Json::Array => "an array",
            Json::Object => "an object",
            Json::String => "a string",
        }
        .into(),
        Value::Credential(key, secret) => {
            let key = self::value(Member::AccessKeyId, key, given);
            format!(
                "AccessKeyId {key} with RawSecretAccessKey {}",
                self::value(Member::RawSecretAccessKey, secret, given)
            )
        }
        Value::Half(half) => match half {
            Half::KeyOnly => "AccessKeyId alone",
            Half::SecretOnly => "RawSecretAccessKey alone",
            Half::NullSecret => "RawSecretAccessKey null",
            Half::NullKey => "AccessKeyId null",
            Half::Empty => "an empty credential",
        }
        .into(),
    }
}

fn kebab(thing: impl std::fmt::Debug) -> String {
    let mut out = String::new();
    for c in format!("{thing:?}").chars() {
        if c.is_uppercase() && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

fn paced(pace: Pace) -> &'static str {
    match pace {
        Pace::Slow => "whose stores are slow to connect",
        Pace::Failing => "whose stores fail to connect",
        Pace::Deaf => "behind which nobody listens",
        Pace::Breaking => "that breaks once a store uses it",
        Pace::OnePath => "whose proxy serves one path",
        Pace::Restricted => "whose proxy takes certain credentials",
    }
}

/// A fixture, in a clause.
pub(crate) fn fixture(fixture: Fixture) -> String {
    match fixture {
        Fixture::Cluster(_, role, 0) => format!("a cluster that is {}", kebab(role)),
        Fixture::Cluster(_, role, _) => format!("another cluster that is {}", kebab(role)),
        Fixture::StrangeCluster(_, role) => format!("an unrelated cluster that is {}", kebab(role)),
        Fixture::Password(_) => "the cluster's password".into(),
        Fixture::Service(n) => format!("VPC endpoint service {n}"),
        Fixture::EndpointOf(n) => format!("the host of VPC endpoint service {n}"),
        Fixture::Sibling(n) => format!("another VPC endpoint service with the host of number {n}"),
        Fixture::Paced(pace) => format!("a VPC endpoint service {}", paced(pace)),
        Fixture::EndpointOfPaced(pace) => {
            format!("the host of the VPC endpoint service {}", paced(pace))
        }
        Fixture::SiblingOfPaced(pace) => format!("another VPC endpoint service with that host, {}", paced(pace)),
        Fixture::OddService(role) => format!("a VPC endpoint service with: {}", kebab(role)),
        Fixture::EndpointOfOdd(role) => format!("the host of the VPC endpoint service with: {}", kebab(role)),
        Fixture::ForeignService => "a VPC endpoint service of another account".into(),
        Fixture::EndpointOfForeign => "the host of the other account's VPC endpoint service".into(),
        Fixture::ForeignOwner => "the other account".into(),
        Fixture::Account => "the caller's account".into(),
        Fixture::Endpoint(crate::op::Proxy::Role(role), _) => format!("a proxy that is {}", kebab(role)),
        Fixture::Endpoint(proxy, _) => format!("a proxy of the kind {}", kebab(proxy)),
        Fixture::ServedPath => "the one path that the proxy serves".into(),
        Fixture::Credential(_, n) => format!("credential {n} of the proxy"),
    }
}

fn mutation(mutation: &WireMutation, given: &mut GivenValues) -> String {
    let short = |t: &str| t.chars().take(40).collect::<String>();
    match mutation {
        WireMutation::Unknown(v) => format!("with an unknown member {}", short(v)),
        WireMutation::Deep(n) => format!("with an unknown member nested {n} deep"),
        WireMutation::Large(n) => format!("with an unknown member of {n} bytes"),
        WireMutation::Miscased(m) => format!("with {m} in other case beside it"),
        WireMutation::Twice(m, v) => format!("with {m} given twice, first as {}", value(*m, v, given)),
        WireMutation::Escaped => "every character as a \\u escape".into(),
        WireMutation::Spaced => "with white space wherever JSON allows it".into(),
        WireMutation::Reversed => "members in reverse order".into(),
        WireMutation::CutOff => "the body cut off in the middle".into(),
        WireMutation::Ending(t) if t.is_empty() => "without the closing brace".into(),
        WireMutation::Ending(t) => format!("{:?} for the closing brace", short(t)),
        WireMutation::Body(t) => format!("the body is {:?}", short(t)),
        WireMutation::Raw(t) => format!("the body is {:?}", short(t)),
        WireMutation::Before(t) => format!("{:?} before the body", short(t)),
        WireMutation::Behind(t) => format!("{:?} behind the body", short(t)),
        WireMutation::Inside(t) => format!("{:?} inside the body", short(t)),
        WireMutation::NotUtf8 => "with bytes in the name that are not UTF-8".into(),
        WireMutation::LoneSurrogate => "with a lone surrogate in the name".into(),
        WireMutation::Method(m) => format!("by {m}"),
        WireMutation::Path(p) => format!("to the path {p}"),
        WireMutation::ContentType(t) if t.is_empty() => "without Content-Type".into(),
        WireMutation::ContentType(t) => format!("as {t}"),
        WireMutation::Target(t) if t.is_empty() => "without X-Amz-Target".into(),
        WireMutation::Target(t) => format!("with X-Amz-Target {t}"),
        WireMutation::HangUp => "and hang up without waiting for the answer".into(),
        WireMutation::Signed(auth) => format!("signed: {}", kebab(auth)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::Symbol;

    /// Two updates to one name are not two updates to fresh names.
    #[test]
    fn a_fresh_value_that_comes_again_is_the_same() {
        let name = |n| vec![(Member::NewCustomKeyStoreName, Value::Fresh(n))];
        let store = Symbol(0);
        let update = |n| Op::Update(Update { id: Id::Of(store), set: name(n), mutation: None });
        let lines = lines(&[Op::Create { store, kind: StoreType::Xks, set: name(1) }, update(1), update(2)]);
        assert!(lines[0].ends_with("with NewCustomKeyStoreName = a fresh value"), "{lines:?}");
        assert_eq!(
            lines[1..],
            [
                "update `a`: NewCustomKeyStoreName = the same fresh value",
                "update `a`: NewCustomKeyStoreName = a fresh value",
            ]
        );
        let switch = vec![(Member::XksProxyConnectivity, Value::Fresh(1))];
        let switch = line(&Op::Update(Update { id: Id::Of(store), set: switch, mutation: None }));
        assert_eq!(switch, r#"update `a`: XksProxyConnectivity = "PUBLIC_ENDPOINT""#);
    }
}
