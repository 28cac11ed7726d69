//! One change of one part of a behaviour.

use std::sync::Arc;

use crate::behaviour::checks::{Check, CheckId};
use crate::behaviour::effects::{EffectRow, Event, Leaking, LookUp, Way};
use crate::behaviour::facts::{Fact, Fold, ValueSource};
use crate::behaviour::forms::ErrorBody;
use crate::behaviour::gates::Quantifier;
use crate::behaviour::parsing::{Coercion, JsonType, Null};
use crate::behaviour::scope::{MemberSet, Scope, StoreVariant, When};
use crate::behaviour::{Behaviour, UnknownId};
use crate::environment::{ClusterRole, ProxyRole, ServiceRole};
use crate::errors::Code;
use crate::json::Leniency;
use crate::member::Member;
use crate::proxy::ProxyHealth;
use crate::readings::ErrorTypeHeader;
use crate::shapes::{Constraint, Stage, Unit};
use crate::store::ConnectionState;

/// The name of a member of the request, those inside the credential included.
pub(crate) type MemberName = &'static str;

/// A change of one part.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    // The body. `None` instead of a name is every member.
    Lenient(fn(&mut Leniency)),
    /// A Content-Type with a parameter is another one.
    BareContentType,
    EmptyIsObject,
    Body(Option<JsonType>),
    Malformed(Code),
    Mistyped(Code),
    Coerce(Option<MemberName>, JsonType, Coercion),
    IsNull(Option<MemberName>, Null),
    UnknownRefused,
    UnknownNullRefused,
    NamesFolded,
    /// The second member is lost where it comes before the first.
    Order(MemberName, MemberName),

    // Constraints.
    Length(MemberName, LengthEdit),
    Counts(MemberName, Unit),
    /// Another expression in place of the pattern.
    Pattern(MemberName, String),
    NoPattern(MemberName),
    /// Edits of a pattern by what they let pass.
    Searched(MemberName),
    CaseIgnored(MemberName),
    WideDigits(MemberName),
    Newline(MemberName),
    Values(MemberName, fn(&mut Constraint)),
    Unchecked(MemberName),
    Optional(MemberName),
    Late(Option<MemberName>, Stage),

    // Checks. A part that the readings leave out stays out.
    Drop(CheckId),
    Add(CheckId, Scope),
    /// The first check is made before the second.
    Before(CheckId, CheckId),
    Except(CheckId, When),
    AlsoIn(CheckId, When),
    Only(CheckId, Scope),
    /// The member alone does not bring the check about.
    Spare(CheckId, Member),
    Read(CheckId, Fact, ValueSource),
    /// The check is made twice, first with the value from elsewhere.
    ReadAlso(CheckId, Fact, ValueSource),
    Compare(CheckId, Fold),
    ByPrefix(CheckId),
    Among(CheckId, bool),
    Own(CheckId, Scope),
    Answer(CheckId, Code),
    /// The second code in place of the first.
    Exchange(CheckId, Code, Code),

    // Finding the store.
    IdFold(Fold),
    IdByPrefix,
    IdByLonger,
    IdByName,
    Missing(UnknownId),

    // States, roles.
    Gate(StoreVariant, Member, ConnectionState, bool),
    Asked(Quantifier),
    ClosedByOthers(ConnectionState),
    Seen(ConnectionState, ConnectionState),
    Cluster(ClusterRole, Option<Code>),
    Service(ServiceRole, Option<Code>),
    Proxy(ProxyRole, ProxyHealth),
    Unauthenticated(ProxyHealth),
    NoProxy(ProxyHealth),

    // Effects.
    Merge(EffectRow),
    Store(EffectRow),
    Forget(Member, Scope),
    Leak(Member, Leaking),
    Misplace(MemberSet),
    Put(Scope, ConnectionState),
    MoveCreation,
    Ripple(Event, Fact),
    Keep(LookUp, Event),
    Miss(LookUp),
    Connect(Fact, ValueSource),
    Stale(Way, Fact),
    Show(Fact),

    // Answers.
    SuccessStatus(u16),
    SuccessBody(&'static str),
    Status(Option<Code>, u16),
    ErrorBody(ErrorBody),
    CodeMember(Option<&'static str>),
    NoSuffix,
    Header(ErrorTypeHeader),
    ContentType(&'static str),
    NoRequestId,
    QuoteSecrets,
    RefusalsSucceed,
    StateText(&'static str),
    RepeatProxy,

    // Signatures.
    Unsigned,
    UnknownKey,
    AnyClock,
    AnySignature,
    NoPermission,

    /// A deviation that depends on time or history, so that no table expresses it.
    Quirk(Quirk),
}

/// A change of a bound of a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LengthEdit {
    /// The least length grows by this number; a negative one shortens it.
    Least(i64),
    /// The greatest length grows by this number; a negative one shortens it.
    Most(i64),
    NoLeast,
    NoMost,
    EmptyPasses,
}

/// A deviation that depends on time, chance or history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quirk {
    /// Uniqueness is checked before a pause and not again after it.
    RacingNames,
    /// The store is read before a pause and written whole after it.
    RacingMembers,
    /// The store is read before a pause, and its connection state is written back with the update.
    RacingState,
    /// The store is read before a pause, and written back after it although it was deleted meanwhile.
    RacingDeleted,
    /// Create checks the name before a pause and not again after it.
    RacingCreates,
    /// Members are stored one after another, and a caller who hangs up stops it.
    HalfDone,
    /// The order of the checks changes from request to request.
    OrderByChance,
    /// A long body crashes the service.
    LongBody,
    /// A misdirected update is refused and takes effect.
    Misdirected,
}

impl Change {
    /// Makes the change.
    pub(crate) fn apply(&self, to: &mut Behaviour) {
        self.apply_to_body(to);
        self.apply_to_constraints(to);
        self.apply_to_checks(&mut to.checks);
        self.apply_to_tables(to);
        self.apply_to_effects(to);
        self.apply_to_answers(to);
    }

    fn apply_to_body(&self, to: &mut Behaviour) {
        let parsing = &mut to.parsing;
        match *self {
            Change::Lenient(change) => change(&mut parsing.leniency),
            Change::BareContentType => parsing.bare_content_type = true,
            Change::EmptyIsObject => parsing.empty_is_object = true,
            Change::Body(found) => parsing.bodies.push(found),
            Change::Malformed(code) => parsing.malformed = code,
            Change::Mistyped(code) => parsing.mistyped = code,
            Change::Coerce(name, found, coercion) => parsing.coerced.push((name, found, coercion)),
            Change::IsNull(name, null) => parsing.nulls.push((name, null)),
            Change::UnknownRefused => parsing.unknown_refused = true,
            Change::UnknownNullRefused => parsing.unknown_null_refused = true,
            Change::NamesFolded => parsing.names_folded = true,
            Change::Order(first, then) => parsing.order.push((first, then)),
            _ => {}
        }
    }

    fn apply_to_constraints(&self, to: &mut Behaviour) {
        let mut on = |name: &str, change: &dyn Fn(&mut Constraint)| {
            if let Some(constraint) = Arc::make_mut(&mut to.constraints).get_mut(name) {
                change(constraint);
            }
        };
        match self {
            Change::Length(name, edit) => on(name, &|constraint| edit.apply(constraint)),
            Change::Counts(name, unit) => on(name, &|constraint| constraint.unit = *unit),
            Change::Pattern(name, expression) => on(name, &|constraint| constraint.match_with(expression)),
            Change::NoPattern(name) => on(name, &|constraint| constraint.pattern = None),
            Change::Searched(name) => on(name, &|constraint| constraint.match_with_bare(|bare| bare.to_owned())),
            Change::CaseIgnored(name) => {
                on(name, &|constraint| constraint.match_with_bare(|bare| format!("(?i)\\A(?:{bare})\\z")));
            }
            Change::WideDigits(name) => {
                on(name, &|constraint| {
                    constraint.match_with_bare(|bare| format!("\\A(?:{})\\z", bare.replace("0-9", "\\p{Nd}")));
                });
            }
            Change::Newline(name) => on(name, &|constraint| constraint.newline_passes = true),
            Change::Values(name, change) => on(name, &|constraint| change(constraint)),
            Change::Unchecked(name) => on(name, &Constraint::let_all_pass),
            Change::Optional(name) => on(name, &|constraint| constraint.required = false),
            Change::Late(Some(name), stage) => on(name, &|constraint| constraint.stage = *stage),
            Change::Late(None, stage) => {
                Arc::make_mut(&mut to.constraints).iter_mut().for_each(|constraint| constraint.stage = *stage);
            }
            _ => {}
        }
    }

    fn apply_to_checks(&self, checks: &mut Vec<Check>) {
        let mut on = |part: CheckId, change: &dyn Fn(&mut Check)| {
            checks.iter_mut().filter(|check| check.part == part).for_each(change);
        };
        match *self {
            Change::Except(part, value) => on(part, &|check| check.scope = check.scope.except(value)),
            Change::AlsoIn(part, value) => on(part, &|check| check.scope = check.scope.and_in(value)),
            Change::Only(part, scope) => on(part, &|check| check.scope = check.scope.and(scope)),
            Change::Spare(part, member) => on(part, &|check| check.scope = check.scope.spare(member)),
            Change::Read(part, fact, source) => on(part, &|check| check.read(fact, source)),
            Change::Compare(part, fold) => on(part, &|check| check.compare.fold = fold),
            Change::ByPrefix(part) => on(part, &|check| check.compare.prefix = true),
            Change::Among(part, same) => on(part, &|check| check.compare.same_type = Some(same)),
            Change::Own(part, scope) => on(part, &|check| check.compare.own = scope),
            Change::Answer(part, code) => on(part, &|check| check.code = Some(code)),
            Change::Exchange(part, code, other) => on(part, &|check| check.exchanged = Some((code, other))),
            Change::Drop(part) => checks.retain(|check| check.part != part),
            Change::Add(part, scope) => add(checks, Check::new(part, scope)),
            Change::Before(part, other) => put_before(checks, part, other),
            Change::ReadAlso(part, fact, source) => {
                if let Some(place) = checks.iter().position(|check| check.part == part) {
                    let mut check = checks[place].clone();
                    check.read(fact, source);
                    checks.insert(place, check);
                }
            }
            _ => {}
        }
    }

    fn apply_to_tables(&self, to: &mut Behaviour) {
        match *self {
            Change::IdFold(fold) => to.finding.fold = fold,
            Change::IdByPrefix => to.finding.by_prefix = true,
            Change::IdByLonger => to.finding.by_longer = true,
            Change::IdByName => to.finding.by_name = true,
            Change::Missing(missing) => to.finding.missing = missing,
            Change::Gate(reach, member, state, open) => to.gates.put(reach, member, state, open),
            Change::Asked(asked) => to.gates.asked = asked,
            Change::ClosedByOthers(state) => to.gates.closed_by_others = Some(state),
            Change::Seen(state, seen) => to.gates.seen[state as usize] = seen,
            Change::Cluster(role, code) => to.roles.put_cluster(role, code),
            Change::Service(role, code) => to.roles.put_service(role, code),
            Change::Proxy(role, verdict) => to.roles.put_proxy(role, verdict),
            Change::Unauthenticated(verdict) => to.roles.unauthenticated = verdict,
            Change::NoProxy(verdict) => to.roles.no_proxy = verdict,
            Change::Unsigned => to.signatures.required = false,
            Change::UnknownKey => to.signatures.known_key = false,
            Change::AnyClock => to.signatures.clock = false,
            Change::AnySignature => to.signatures.signature = false,
            Change::NoPermission => to.signatures.permission = false,
            Change::Quirk(quirk) => to.quirk = Some(quirk),
            _ => {}
        }
    }

    fn apply_to_effects(&self, to: &mut Behaviour) {
        let effects = &mut to.effects;
        match *self {
            Change::Merge(effect) => effects.merge.push(effect),
            Change::Store(effect) => effects.store.push(effect),
            Change::Forget(member, when) => effects.forgets.push((member, when)),
            Change::Leak(member, leaking) => effects.leaks.push((member, leaking)),
            Change::Misplace(members) => effects.misplaced = Some(members),
            Change::Put(when, state) => effects.states.push((when, state)),
            Change::MoveCreation => effects.moves_creation = true,
            Change::Ripple(event, fact) => effects.ripples.push((event, fact)),
            Change::Keep(look_up, event) => effects.keeps.push((look_up, event)),
            Change::Miss(look_up) => effects.misses.push(look_up),
            Change::Connect(fact, source) => effects.connect.push((fact, source)),
            Change::Stale(way, fact) => effects.stale.push((way, fact)),
            Change::Show(fact) => effects.shows.push(fact),
            _ => {}
        }
    }

    fn apply_to_answers(&self, to: &mut Behaviour) {
        let forms = &mut to.forms;
        match *self {
            Change::SuccessStatus(status) => forms.success_status = status,
            Change::SuccessBody(body) => forms.success_body = body,
            Change::Status(code, status) => forms.statuses.push((code, status)),
            Change::ErrorBody(body) => forms.error_body = body,
            Change::CodeMember(member) => forms.code_member = member,
            Change::NoSuffix => forms.suffix = false,
            Change::Header(header) => forms.header = header,
            Change::ContentType(content_type) => forms.content_type = content_type,
            Change::NoRequestId => forms.request_id = false,
            Change::RefusalsSucceed => forms.refusals_succeed = true,
            Change::RepeatProxy => forms.repeats_proxy = true,
            Change::StateText(text) => forms.state_text = Some(text),
            Change::QuoteSecrets => to.strictness.quotes_secrets = true,
            _ => {}
        }
    }
}

/// A check that the conforming service does not have goes before all others of an update.
fn add(checks: &mut Vec<Check>, check: Check) {
    checks.retain(|known| known.part != check.part || known.scope != check.scope);
    checks.insert(0, check);
}

/// Takes a check from its place and puts it before another one.
fn put_before(checks: &mut Vec<Check>, part: CheckId, other: CheckId) {
    let Some(place) = checks.iter().position(|check| check.part == part) else { return };
    let check = checks.remove(place);
    let place = checks.iter().position(|check| check.part == other).unwrap_or(place);
    checks.insert(place, check);
}

impl Check {
    fn read(&mut self, fact: Fact, source: ValueSource) {
        self.reads.retain(|(known, _)| *known != fact);
        if source != ValueSource::Merged {
            self.reads.push((fact, source));
        }
    }
}

impl Constraint {
    fn match_with(&mut self, expression: &str) {
        // Edits are made from patterns that were parsed: one that is not an expression changes nothing.
        if let Some(Ok(pattern)) = self.pattern.as_ref().map(|pattern| pattern.replaced(expression)) {
            self.pattern = Some(pattern);
        }
    }

    fn match_with_bare(&mut self, expression: impl Fn(&str) -> String) {
        if let Some(bare) = self.pattern.as_ref().map(|pattern| pattern.bare.clone()) {
            self.match_with(&expression(&bare));
        }
    }

    fn let_all_pass(&mut self) {
        (self.min, self.max, self.pattern) = (None, None, None);
        self.values.clear();
    }
}

impl LengthEdit {
    fn apply(self, constraint: &mut Constraint) {
        let moved = |bound: Option<u64>, by: i64| bound.map(|bound| bound.saturating_add_signed(by));
        let (min, max) = (constraint.min, constraint.max);
        match self {
            LengthEdit::Least(by) => {
                constraint.min = moved(min, by);
                constraint.patterned.0 = min.unwrap_or(0);
            }
            LengthEdit::Most(by) => {
                constraint.max = moved(max, by);
                constraint.patterned.1 = max.unwrap_or(u64::MAX);
            }
            LengthEdit::NoLeast => constraint.min = None,
            LengthEdit::NoMost => constraint.max = None,
            LengthEdit::EmptyPasses => constraint.empty_passes = true,
        }
    }
}
