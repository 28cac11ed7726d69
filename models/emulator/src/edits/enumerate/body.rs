//! Nulls, wrong types, order, unknown members, and what is beyond JSON.

use super::super::{Change, EditFamily};
use super::constraints::NAMES;
use super::{List, short};
use crate::behaviour::parsing::{Coercion, JsonType, Null};
use crate::json::Leniency;
use crate::member::Member;

const CREDENTIAL: &str = "XksProxyAuthenticationCredential";
const TYPES: [JsonType; 5] = [JsonType::Bool, JsonType::Number, JsonType::Text, JsonType::List, JsonType::Object];

pub(super) fn add(list: &mut List<'_>) {
    for member in NAMES.into_iter().chain([CREDENTIAL]) {
        nulls(list, member);
        types(list, member);
    }
    order(list);
    leniency(list);
    whole(list);
}

fn nulls(list: &mut List<'_>, member: &'static str) {
    for (word, null) in [("null-mistyped", Null::WrongType), ("null-empty", Null::EmptyText)] {
        // Nothing reads an empty text for a structure.
        if member != CREDENTIAL || null == Null::WrongType {
            let description = format!("An explicit null for {member} is not as if it had been left out.");
            list.add(
                EditFamily::Body,
                format!("{}.{word}", short(member)),
                description,
                Change::IsNull(Some(member), null),
            );
        }
    }
}

fn types(list: &mut List<'_>, member: &'static str) {
    let own = if member == CREDENTIAL { JsonType::Object } else { JsonType::Text };
    for found in TYPES.into_iter().filter(|found| *found != own) {
        for (word, coercion) in
            [("taken", Coercion::Text), ("ignored", Coercion::Absent), ("let-through", Coercion::Given)]
        {
            // Objects have no text form, and a structure cannot be read from a text.
            if coercion == Coercion::Text && (found == JsonType::Object || member == CREDENTIAL) {
                continue;
            }
            let description = format!("A {} for {member} is {word}.", found.name());
            let name = format!("{}.{}-{word}", short(member), found.name());
            list.add(EditFamily::Body, name, description, Change::Coerce(Some(member), found, coercion));
        }
    }
}

/// Members that are lost where they come before another.
fn order(list: &mut List<'_>) {
    let mut pairs: Vec<(&'static str, &'static str)> = Vec::new();
    let all: Vec<&'static str> = Member::ALL.into_iter().map(Member::name).collect();
    pairs.extend(all.iter().map(|member| ("CustomKeyStoreId", *member)));
    pairs.extend(all.windows(2).map(|pair| (pair[0], pair[1])));
    pairs.push(("AccessKeyId", "RawSecretAccessKey"));
    for (first, then) in pairs {
        let description = format!("{then} is lost where it comes before {first}.");
        list.add(
            EditFamily::Body,
            format!("{}.lost-before-{}", short(then), short(first)),
            description,
            Change::Order(first, then),
        );
    }
}

/// A name, a sentence, and what makes a parser more lenient.
type Lenience = (&'static str, &'static str, fn(&mut Leniency));

fn leniency(list: &mut List<'_>) {
    let all: [Lenience; 8] = [
        ("trailing-bytes", "Bytes after the object are ignored.", |json| json.trailing_bytes = true),
        ("trailing-comma", "A comma before the closing brace is accepted.", |json| json.trailing_comma = true),
        ("comments", "Comments are accepted.", |json| json.comments = true),
        ("not-a-number", "NaN is accepted.", |json| json.not_a_number = true),
        ("cut-off", "A body that ends inside the object is accepted.", |json| json.cut_off = true),
        ("invalid-utf-8", "Invalid UTF-8 is replaced.", |json| json.invalid_utf8 = true),
        ("raw-escapes", "Escapes by number are stored as they are written.", |json| json.raw_escapes = true),
        ("no-pairs", "An escaped pair of surrogates is refused.", |json| json.no_pairs = true),
    ];
    for (word, description, change) in all {
        list.add(EditFamily::Body, format!("body.{word}"), description, Change::Lenient(change));
    }
}

fn whole(list: &mut List<'_>) {
    list.add(EditFamily::Body, "body.empty", "An empty body is `{}`.", Change::EmptyIsObject);
    list.add(EditFamily::Body, "body.null", "`null` is an update without members.", Change::Body(None));
    for found in TYPES.into_iter().filter(|found| *found != JsonType::Object) {
        let description = format!("A {} is an update without members.", found.name());
        list.add(EditFamily::Body, format!("body.{}", found.name()), description, Change::Body(Some(found)));
    }
    list.add(EditFamily::Body, "body.unknown-refused", "Unknown members are refused.", Change::UnknownRefused);
    list.add(
        EditFamily::Body,
        "body.unknown-null",
        "An unknown member is refused when it is null.",
        Change::UnknownNullRefused,
    );
    list.add(EditFamily::Body, "body.names-folded", "Member names are matched without case.", Change::NamesFolded);
}
