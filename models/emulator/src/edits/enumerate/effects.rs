//! Effects that are stored differently, leaked by refusals, undone later, or shown as they were.

use super::super::{Change, EditFamily};
use super::List;
use crate::behaviour::effects::{EffectRow, Event, Leaking, LookUp, Way, effect};
use crate::behaviour::facts::{Fact, Fold, ValueSource};
use crate::behaviour::scope::{MemberSet, Scope, StoreVariant, When, any};
use crate::member::Member;
use crate::store::{ConnectionState, StoreType};

pub(super) fn add(list: &mut List<'_>) {
    for member in Member::ALL {
        dropped(list, member);
        leaked(list, member);
        misplaced(list, member);
    }
    for fact in Fact::ALL {
        stored(list, fact);
        resets(list, fact);
        undone(list, fact);
        connected(list, fact);
        stale(list, fact);
    }
    switches(list);
    connection(list);
    look_ups(list);
}

fn store(list: &mut List<'_>, name: String, description: String, effect: EffectRow) {
    list.add(EditFamily::Effect, name, description, Change::Store(effect));
}

/// Members that are acknowledged and not stored: always, with others, and in each state in which they may change.
fn dropped(list: &mut List<'_>, member: Member) {
    let (short, name) = (member.short(), member.name());
    list.add(
        EditFamily::Effect,
        format!("{short}.dropped"),
        format!("{name} is not stored."),
        Change::Forget(member, any()),
    );
    let mut values = vec![When::Together];
    if matches!(member, Member::Name | Member::Credential | Member::Path) {
        values.push(When::In(ConnectionState::Connected));
    }
    if matches!(member, Member::Name | Member::Credential | Member::Endpoint) {
        values.extend([When::Before(StoreVariant::Public), When::Before(StoreVariant::Vpc)]);
    }
    if member == Member::Name {
        values.push(When::Before(StoreVariant::CloudHsm));
    }
    for value in values {
        let description = format!("{name} is not stored where the situation is `{}`.", value.name());
        let scope = any().only(&[value]);
        list.add(
            EditFamily::Effect,
            format!("{short}.dropped-{}", value.name()),
            description,
            Change::Forget(member, scope),
        );
    }
}

/// Members that a refusal by one of the checks stores.
fn leaked(list: &mut List<'_>, member: Member) {
    let description = format!("A refused request stores {}.", member.name());
    list.add(EditFamily::Effect, format!("{}.leaked", member.short()), description, Change::Leak(member, Leaking::All));
    for part in list.conforming.checks.iter().map(|check| check.part).collect::<Vec<_>>() {
        if part.may_see(member) {
            let description = format!("A request refused by `{}` stores {}.", part.name(), member.name());
            let name = format!("{}.leaked-by-{}", member.short(), part.name());
            list.add(EditFamily::Effect, name, description, Change::Leak(member, Leaking::By(part)));
        }
    }
}

fn misplaced(list: &mut List<'_>, member: Member) {
    let description = format!("{} goes to the newest store of the type.", member.name());
    list.add(
        EditFamily::Effect,
        format!("{}.misplaced", member.short()),
        description,
        Change::Misplace(MemberSet::of(&[member])),
    );
}

/// Values that are stored changed.
fn stored(list: &mut List<'_>, fact: Fact) {
    let Some(member) = fact.member().filter(|_| has_text(fact)) else { return };
    let when = any().gives(member);
    for (word, fold) in Fold::ALL {
        if can_change(fact, fold) {
            let description = format!("The {} is stored `{word}`.", fact.name());
            store(
                list,
                format!("{}.stored-{word}", fact.name()),
                description,
                EffectRow { fold, ..effect(fact, ValueSource::Merged, when) },
            );
        }
    }
    if matches!(fact, Fact::Service | Fact::Owner) {
        return;
    }
    let description = format!("The {} is stored with a character more.", fact.name());
    store(list, format!("{}.stored-fixed", fact.name()), description, effect(fact, ValueSource::Fixed, when));
}

fn has_text(fact: Fact) -> bool {
    !matches!(fact, Fact::Connectivity | Fact::TrustAnchor)
}

/// Returns true if the pattern of the value admits a text that the fold changes.
fn can_change(fact: Fact, fold: Fold) -> bool {
    match fact {
        Fact::Name => true,
        Fact::Password => fold != Fold::Cut(16) || fact == Fact::Password,
        Fact::Endpoint => matches!(fold, Fold::Case | Fold::Tail),
        Fact::Path => matches!(fold, Fold::Case),
        Fact::Cluster => matches!(fold, Fold::Case),
        Fact::KeyId | Fact::Secret => matches!(fold, Fold::Case | Fold::Cut(_)),
        _ => false,
    }
}

/// A member that resets what it does not set: the value of before the last update comes back, or another one.
fn resets(list: &mut List<'_>, fact: Fact) {
    let setter = fact.member();
    for member in Member::ALL.into_iter().filter(|member| Some(*member) != setter && goes_with(*member, fact)) {
        let mut when = any().gives(member);
        if let Some(setter) = setter {
            when = when.lacks(setter);
        }
        if fact == Fact::Connectivity {
            // A connectivity of its own accord does not update these members.
            continue;
        }
        let source =
            if matches!(fact, Fact::Service | Fact::Owner) { ValueSource::Nothing } else { ValueSource::Fixed };
        let description = format!("{} resets the {}.", member.name(), fact.name());
        store(list, format!("{}.reset-by-{}", fact.name(), member.short()), description, effect(fact, source, when));
    }
}

/// Returns true if a store can have both.
fn goes_with(member: Member, fact: Fact) -> bool {
    let of_hsm = matches!(fact, Fact::Cluster | Fact::Password | Fact::TrustAnchor);
    match fact {
        Fact::Name => true,
        _ if of_hsm => !member.is_foreign_to(StoreType::CloudHsm),
        _ => !member.is_foreign_to(StoreType::External),
    }
}

/// Values of before the last update that come back.
fn undone(list: &mut List<'_>, fact: Fact) {
    if fact == Fact::TrustAnchor {
        return;
    }
    for (word, event) in [("connect", Event::Connected), ("disconnect", Event::Disconnected)] {
        let description = format!("The {} of before the last update comes back at {word}.", fact.name());
        list.add(
            EditFamily::Effect,
            format!("{}.undone-by-{word}", fact.name()),
            description,
            Change::Ripple(event, fact),
        );
    }
    if let Some(member) = fact.member() {
        let description = format!("The next update brings back the {} of before the last one.", fact.name());
        let when = any().lacks(member);
        store(
            list,
            format!("{}.undone-by-update", fact.name()),
            description,
            effect(fact, ValueSource::Previous, when),
        );
    }
}

/// Values with which Connect works.
fn connected(list: &mut List<'_>, fact: Fact) {
    if matches!(fact, Fact::Name | Fact::TrustAnchor | Fact::Owner) {
        return;
    }
    let description = format!("Connect works with the {} of before the last update.", fact.name());
    list.add(
        EditFamily::Effect,
        format!("{}.connect-old", fact.name()),
        description,
        Change::Connect(fact, ValueSource::Previous),
    );
}

/// Values that Describe shows as they were.
fn stale(list: &mut List<'_>, fact: Fact) {
    if matches!(fact, Fact::Password | Fact::Secret | Fact::TrustAnchor) {
        return;
    }
    for (word, way) in [("by-id", Way::ById), ("by-name", Way::ByName), ("in-list", Way::InList)] {
        let description = format!("Describe shows the {} of before the last update {word}.", fact.name());
        list.add(EditFamily::LookUp, format!("{}.stale-{word}", fact.name()), description, Change::Stale(way, fact));
    }
}

/// Values that a change of connectivity keeps or loses.
fn switches(list: &mut List<'_>) {
    let to = |reach: StoreVariant| any().switching_to(reach);
    let rows: [(&str, &str, EffectRow); 5] = [
        (
            "service.kept-in-switch",
            "The service stays after a switch.",
            effect(Fact::Service, ValueSource::Stored, to(StoreVariant::Public)),
        ),
        (
            "owner.kept-in-switch",
            "The owner stays after a switch.",
            effect(Fact::Owner, ValueSource::Stored, to(StoreVariant::Public)),
        ),
        (
            "access-key.lost-in-switch",
            "A switch loses the access key.",
            effect(Fact::KeyId, ValueSource::Stored, switched()),
        ),
        ("secret.lost-in-switch", "A switch loses the secret.", effect(Fact::Secret, ValueSource::Stored, switched())),
        ("path.lost-in-switch", "A switch loses the path.", effect(Fact::Path, ValueSource::Stored, switched())),
    ];
    for (name, description, row) in rows {
        store(list, name.to_owned(), description.to_owned(), row);
    }
    let left_out = any().only(&[When::After(StoreVariant::Vpc)]).lacks(Member::Owner);
    let change = Change::Merge(effect(Fact::Owner, ValueSource::Caller, left_out));
    list.add(EditFamily::Effect, "owner.reset-when-left-out", "An owner that is left out becomes the caller.", change);
}

fn switched() -> Scope {
    any().only(&[When::Switched])
}

/// States, errors and dates that an update changes.
fn connection(list: &mut List<'_>) {
    use ConnectionState::{Connected, Connecting, Disconnected, Disconnecting, Failed};
    let pairs = [
        (Connected, Disconnected),
        (Connected, Failed),
        (Disconnected, Connected),
        (Disconnected, Failed),
        (Failed, Disconnected),
        (Failed, Failed),
        (Connecting, Disconnected),
        (Connecting, Connected),
        (Disconnecting, Disconnected),
    ];
    for (from, to) in pairs {
        let (was, is) = (from.name(), to.name());
        let description = format!("An update of a store that is {was} leaves it {is}, without an error.");
        let name = format!("state.{}-becomes-{}", was.to_lowercase(), is.to_lowercase());
        list.add(EditFamily::State, name, description, Change::Put(any().only(&[When::In(from)]), to));
    }
    list.add(EditFamily::Effect, "created.moves", "An update moves the creation date.", Change::MoveCreation);
    list.add(EditFamily::Effect, "password.shown", "Describe shows the password.", Change::Show(Fact::Password));
    list.add(EditFamily::Effect, "secret.shown", "Describe shows the secret.", Change::Show(Fact::Secret));
    let unchecked = Change::Connect(Fact::Password, ValueSource::Nothing);
    list.add(EditFamily::Effect, "password.not-checked", "Any password connects.", unchecked);
}

/// Look-ups that an event does not free, or to which it adds nothing.
fn look_ups(list: &mut List<'_>) {
    let all = [
        ("name", LookUp::Name),
        ("address", LookUp::Address),
        ("endpoint", LookUp::Endpoint),
        ("service", LookUp::Service),
    ];
    for (word, look_up) in all {
        let description = format!("The {word} before an update stays in use.");
        list.add(EditFamily::LookUp, format!("{word}.kept"), description, Change::Keep(look_up, Event::Updated));
        let description = format!("The {word} of a deleted store stays in use.");
        list.add(
            EditFamily::LookUp,
            format!("{word}.kept-by-deleted"),
            description,
            Change::Keep(look_up, Event::Deleted),
        );
        let description = format!("The new {word} does not count as in use.");
        list.add(EditFamily::LookUp, format!("{word}.missed"), description, Change::Miss(look_up));
    }
    let keep = Change::Keep(LookUp::Id, Event::Deleted);
    list.add(EditFamily::LookUp, "id.kept-by-deleted", "The identifier of a deleted store is still found.", keep);
}
