//! Lengths, units, patterns, values, required members.

use super::super::patterns::variants;
use super::super::{Change, EditFamily, LengthEdit};
use super::{List, short};
use crate::shapes::{Constraint, Unit};

/// The members of the request that have constraints, those inside the credential included.
pub(super) const NAMES: [&str; 11] = [
    "CustomKeyStoreId",
    "NewCustomKeyStoreName",
    "KeyStorePassword",
    "CloudHsmClusterId",
    "XksProxyUriEndpoint",
    "XksProxyUriPath",
    "XksProxyVpcEndpointServiceName",
    "XksProxyVpcEndpointServiceOwner",
    "AccessKeyId",
    "RawSecretAccessKey",
    "XksProxyConnectivity",
];

pub(super) fn add(list: &mut List<'_>) {
    for member in NAMES {
        let constraints = list.conforming.constraints.clone();
        let Some((_, constraint)) = constraints.iter().find(|(name, _)| *name == member) else { continue };
        lengths(list, member, constraint);
        units(list, member, constraint);
        patterns(list, member, constraint);
        values(list, member, constraint);
        if constraint.required {
            let description = format!("{member} may be missing.");
            list.add(EditFamily::Body, format!("{}.optional", short(member)), description, Change::Optional(member));
        }
    }
}

fn lengths(list: &mut List<'_>, member: &'static str, constraint: &Constraint) {
    let all = [
        ("min-plus-one", LengthEdit::Least(1), "The least length of {} is one more."),
        ("min-less-one", LengthEdit::Least(-1), "The least length of {} is one less."),
        ("no-min", LengthEdit::NoLeast, "{} has no least length."),
        ("max-plus-one", LengthEdit::Most(1), "The greatest length of {} is one more."),
        ("max-less-one", LengthEdit::Most(-1), "The greatest length of {} is one less."),
        ("no-max", LengthEdit::NoMost, "{} has no greatest length."),
        ("empty", LengthEdit::EmptyPasses, "An empty {} passes."),
    ];
    let (min, max) = (constraint.min.unwrap_or(0), constraint.max);
    for (word, edit, description) in all {
        let seen = match edit {
            LengthEdit::Least(by) => (by > 0 || min > 1) && max.is_none_or(|max| min < max || by < 0),
            LengthEdit::Most(by) => by > 0 || max.is_some_and(|max| min < max),
            // The pattern repeats these.
            LengthEdit::NoLeast => min > 1 && constraint.pattern.is_none(),
            LengthEdit::NoMost | LengthEdit::EmptyPasses => true,
        };
        if seen {
            let name = format!("{}.{word}", short(member));
            list.add(EditFamily::Length, name, description.replace("{}", member), Change::Length(member, edit));
        }
    }
}

/// Bytes, characters and UTF-16 units are the same where a pattern admits ASCII alone.
fn units(list: &mut List<'_>, member: &'static str, constraint: &Constraint) {
    if constraint.pattern.is_some() || !constraint.values.is_empty() {
        return;
    }
    for (word, unit) in [("bytes", Unit::Bytes), ("utf-16", Unit::Utf16)] {
        let description = format!("The length of {member} counts `{word}`.");
        list.add(EditFamily::Length, format!("{}.{word}", short(member)), description, Change::Counts(member, unit));
    }
}

fn patterns(list: &mut List<'_>, member: &'static str, constraint: &Constraint) {
    let Some(pattern) = &constraint.pattern else { return };
    let name = |word: &str| format!("{}.{word}", short(member));
    let bare = &pattern.bare;
    let whole = [
        ("no-pattern", "The pattern of {} is not checked.", Change::NoPattern(member)),
        ("searched", "The pattern of {} may match a part.", Change::Searched(member)),
        ("no-start", "The pattern of {} may match the end alone.", Change::Pattern(member, format!("(?:{bare})\\z"))),
        (
            "no-end",
            "The pattern of {} may match the beginning alone.",
            Change::Pattern(member, format!("\\A(?:{bare})")),
        ),
        ("newline", "A newline at the end of {} passes.", Change::Newline(member)),
        ("lines", "The pattern of {} may match a line.", Change::Pattern(member, format!("(?m)^(?:{bare})$"))),
        ("case", "The pattern of {} is matched without case.", Change::CaseIgnored(member)),
        ("digits", "Digits of other scripts are digits in {}.", Change::WideDigits(member)),
    ];
    for (word, description, change) in whole {
        list.add(EditFamily::Pattern, name(word), description.replace("{}", member), change);
    }
    for (word, expression) in variants(bare) {
        let description = format!("The pattern of {member} differs by `{word}`.");
        list.add(EditFamily::Pattern, name(&word), description, Change::Pattern(member, expression));
    }
}

/// A name, a sentence with a place for the member, and what changes its enum.
type Loosened = (&'static str, &'static str, fn(&mut Constraint));

fn values(list: &mut List<'_>, member: &'static str, constraint: &Constraint) {
    if constraint.values.is_empty() {
        return;
    }
    let name = |word: &str| format!("{}.{word}", short(member));
    let all: [Loosened; 4] = [
        ("case", "{} is matched without case.", |constraint| constraint.values_folded = true),
        ("prefix", "{} may have more behind its value.", |constraint| constraint.values_prefixed = true),
        ("no-first-value", "The first value of {} is refused.", |constraint| drop(constraint.values.remove(0))),
        ("no-last-value", "The last value of {} is refused.", |constraint| drop(constraint.values.pop())),
    ];
    for (word, description, change) in all {
        list.add(EditFamily::Pattern, name(word), description.replace("{}", member), Change::Values(member, change));
    }
    let description = format!("{member} may have any value.");
    list.add(EditFamily::Pattern, name("unchecked"), description, Change::Unchecked(member));
    list.add(
        EditFamily::Pattern,
        name("newline"),
        format!("A newline at the end of {member} passes."),
        Change::Newline(member),
    );
}
