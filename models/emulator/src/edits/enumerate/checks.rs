//! Checks dropped, moved, narrowed, widened, fed from elsewhere, comparing otherwise.

use super::super::{Change, EditFamily};
use super::List;
use crate::behaviour::checks::{Check, CheckId, is_reachable};
use crate::behaviour::facts::{Fold, ValueSource};
use crate::behaviour::scope::{When, any};
use crate::member::Member;
use crate::shapes::Stage;
use crate::store::StoreType;

pub(super) fn add(list: &mut List<'_>) {
    for check in &list.conforming.checks.clone() {
        let (part, name, sentence) = (check.part, check.part.name(), check.part.sentence());
        // Without gates and foreign members the whole check is several edits; both have families of their own.
        if !matches!(part, CheckId::Gate | CheckId::OtherType) {
            list.add(
                EditFamily::Drop,
                format!("{name}.drop"),
                format!("Nothing refuses {sentence}."),
                Change::Drop(part),
            );
        }
        scopes(list, check);
        sources(list, check);
        comparisons(list, check);
    }
    foreign_members(list);
    moves(list);
}

fn foreign_members(list: &mut List<'_>) {
    for member in Member::ALL.into_iter().filter(|member| *member != Member::Name) {
        let kind = if member.is_foreign_to(StoreType::CloudHsm) { "a CloudHSM store" } else { "an external key store" };
        list.add(
            EditFamily::Drop,
            format!("other-type.{}", member.short()),
            format!("{} is ignored on {kind}.", member.name()),
            Change::Spare(CheckId::OtherType, member),
        );
    }
}

/// A check that is left out where a dimension has one value, or made where its scope leaves that value out.
fn scopes(list: &mut List<'_>, check: &Check) {
    let (part, name, sentence) = (check.part, check.part.name(), check.part.sentence());
    let gates = list.conforming.gates.clone();
    for value in When::DIMENSIONS.into_iter().flatten().copied() {
        if !is_reachable(&check.scope, value, |reach, member, state| gates.is_open(reach, member, state)) {
            continue;
        }
        let at = value.name();
        if check.scope.admits(value) {
            let others = When::DIMENSIONS.into_iter().find(|values| values.contains(&value)).into_iter().flatten();
            let alone = others.filter(|other| **other != value).all(|other| !check.scope.admits(*other));
            if !alone {
                list.add(
                    EditFamily::Narrow,
                    format!("{name}.not-{at}"),
                    format!("Nothing refuses {sentence} where the situation is `{at}`."),
                    Change::Except(part, value),
                );
            }
        } else {
            list.add(
                EditFamily::Widen,
                format!("{name}.also-{at}"),
                format!("The check for {sentence} is made where the situation is `{at}` as well."),
                Change::AlsoIn(part, value),
            );
        }
    }
    let members = check.scope.triggers().filter(|_| part != CheckId::OtherType);
    for member in members.into_iter().flat_map(crate::behaviour::scope::MemberSet::iter) {
        list.add(
            EditFamily::Narrow,
            format!("{name}.not-for-{}", member.short()),
            format!("{} does not bring about the check for {sentence}.", member.name()),
            Change::Spare(part, member),
        );
    }
}

fn sources(list: &mut List<'_>, check: &Check) {
    let (part, name) = (check.part, check.part.name());
    let sources = [(ValueSource::Given, "given"), (ValueSource::Stored, "stored"), (ValueSource::Previous, "previous")];
    for fact in part.reads() {
        for (source, word) in sources {
            // Only a given name, service or owner is checked where it is the trigger: the source is the same.
            let same = source == ValueSource::Given && fact.member().is_some_and(|member| check.scope.needs(member));
            if !same {
                list.add(
                    EditFamily::Source,
                    format!("{name}.{}-{word}", fact.name()),
                    format!("The check for {} reads the {word} value of the {}.", part.sentence(), fact.name()),
                    Change::Read(part, *fact, source),
                );
            }
        }
    }
}

fn comparisons(list: &mut List<'_>, check: &Check) {
    let part = check.part;
    if !matches!(part, CheckId::NameTaken | CheckId::EndpointTaken | CheckId::AddressTaken | CheckId::ServiceTaken) {
        return;
    }
    let (name, sentence) = (part.name(), part.sentence());
    for (word, fold) in Fold::ALL {
        // The sources leave open how names and hosts are compared (U-03, U-10).
        let open = match part {
            CheckId::NameTaken => matches!(fold, Fold::Case | Fold::Trimmed),
            _ => matches!(fold, Fold::Case | Fold::Tail),
        };
        let invisible = part != CheckId::NameTaken && !matches!(fold, Fold::Cut(_));
        if !open && !invisible {
            let description = format!("The check for {sentence} compares `{word}` texts.");
            list.add(EditFamily::Comparison, format!("{name}.{word}"), description, Change::Compare(part, fold));
        }
    }
    let description = format!("The check for {sentence} takes a text that begins another for the same.");
    list.add(EditFamily::Comparison, format!("{name}.prefix"), description, Change::ByPrefix(part));
    let description = format!("The store's own value counts in the check for {sentence}.");
    list.add(EditFamily::Comparison, format!("{name}.own"), description, Change::Own(part, any()));
    if part == CheckId::NameTaken {
        for (word, same) in [("same-type", true), ("other-type", false)] {
            let description = format!("The check for {sentence} compares with stores of the {word} alone.");
            list.add(EditFamily::Comparison, format!("{name}.{word}"), description, Change::Among(part, same));
        }
    }
}

/// Constraints that are checked late. The order of the checks after existence is open (P-04).
fn moves(list: &mut List<'_>) {
    let stages = [(Stage::Found, "found"), (Stage::Checked, "checked"), (Stage::Stored, "stored")];
    let constraints = list.conforming.constraints.clone();
    for (stage, word) in stages {
        for member in
            constraints.iter().filter(|(_, constraint)| constraint.is_text()).filter_map(|(name, _)| known(name))
        {
            let description = format!("{member} is checked against its constraints only when the store is {word}.");
            let name = format!("constraints.{}-{word}", super::short(member));
            list.add(EditFamily::Move, name, description, Change::Late(Some(member), stage));
        }
        let description = format!("Constraints are checked only when the store is {word}.");
        list.add(EditFamily::Move, format!("constraints.{word}"), description, Change::Late(None, stage));
    }
}

/// The name, as the program has it.
fn known(name: &str) -> Option<&'static str> {
    super::constraints::NAMES.into_iter().find(|known| *known == name)
}
