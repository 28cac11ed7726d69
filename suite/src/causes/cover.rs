//! The choice of causes: few that explain much, and that contradict little of what the run judged.

use super::Cause;
use super::catalogue::{Row, Sign, filled};
use super::symptom::{Dimension, Symptom};
use crate::record::{Finding, Place, Record, RuleRow};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use ucks_oracle::members::Member;
use ucks_oracle::revision::Revision;

/// The findings that a cause must explain more for each exception.
const EXCEPTION: usize = 2;
/// The findings that a general row must explain more than another row.
const GENERAL: usize = 2;
/// The number of found units that each exception requires.
const FOUND_FOR_EACH_KEPT: usize = 3;
/// The largest number of exceptions that a sentence names.
const NAMED: usize = 3;

/// Indices of findings.
type Set = BTreeSet<usize>;
/// The values of a row's dimensions.
type Values = Vec<String>;

/// The units of one row.
#[derive(Default)]
struct Units {
    dimensions: Vec<Dimension>,
    /// The units with findings, each with these findings.
    found: BTreeMap<Values, Set>,
    /// The units that the run judged, and that have no finding.
    kept: BTreeSet<Values>,
}

/// A row or a slice of one, with what it explains.
struct Candidate<'a> {
    row: &'a Row,
    name: String,
    sentence: String,
    fix: String,
    /// The number of its found units. Of two candidates that explain as much, the one with more units is coarser and is
    /// chosen.
    units: usize,
    /// The units in which the service keeps the rules: its exceptions.
    kept: Vec<String>,
    explains: Set,
}

/// The findings and judged places of a run.
pub(super) struct Judged<'a> {
    findings: Vec<&'a Finding>,
    /// The symptoms of `findings`, in the same order.
    symptoms: Vec<Symptom>,
    rules: &'a [RuleRow],
}

impl<'a> Judged<'a> {
    /// The findings of a record that are not declared.
    pub(super) fn of(record: &'a Record) -> Judged<'a> {
        let findings: Vec<&Finding> = record.findings.iter().filter(|finding| finding.deviation.is_none()).collect();
        let symptoms = findings.iter().map(|finding| Symptom::of(finding)).collect();
        Judged { findings, symptoms, rules: &record.rules }
    }
}

/// Chooses causes for what the run found.
pub(super) fn cover(rows: &[Row], run: &Judged<'_>) -> Vec<Cause> {
    let candidates = candidates(rows, run);
    let mut chosen: Vec<&Candidate<'_>> = Vec::new();
    let mut explained = Set::new();
    let gain = |candidate: &Candidate<'_>, explained: &Set| {
        let cost = EXCEPTION * candidate.kept.len() + if candidate.row.general { GENERAL } else { 0 };
        candidate.explains.difference(explained).count().saturating_sub(cost)
    };
    loop {
        let rank = |c: &&Candidate<'_>| (gain(c, &explained), c.units, Reverse(c.name.clone()));
        let Some(best) = candidates.iter().max_by_key(rank).filter(|best| gain(best, &explained) > 0) else { break };
        explained.extend(&best.explains);
        chosen.push(best);
    }
    assigned(without_needless(chosen), &run.findings)
}

/// Removes candidates whose findings the others explain together.
fn without_needless<'a>(mut chosen: Vec<&'a Candidate<'a>>) -> Vec<&'a Candidate<'a>> {
    let mut at = chosen.len();
    while at > 0 {
        at -= 1;
        let others: Set =
            chosen.iter().enumerate().filter(|(i, _)| *i != at).flat_map(|(_, c)| &c.explains).copied().collect();
        if chosen[at].explains.is_subset(&others) {
            chosen.remove(at);
        }
    }
    chosen
}

/// Each finding under the first cause that explains it.
fn assigned(chosen: Vec<&Candidate<'_>>, findings: &[&Finding]) -> Vec<Cause> {
    let mut taken = Set::new();
    let mut causes = Vec::new();
    for candidate in chosen {
        let mine: Vec<usize> = candidate.explains.iter().copied().filter(|at| taken.insert(*at)).collect();
        // The shortest sequence is understood first.
        let Some(first) = mine.iter().min_by_key(|at| (!findings[**at].fails, findings[**at].steps.len(), **at)) else {
            continue;
        };
        causes.push(Cause {
            name: candidate.name.clone(),
            sentence: candidate.sentence(),
            harm: candidate.row.harm,
            fix: candidate.fix.clone(),
            first: findings[*first].code.clone(),
            findings: mine.iter().map(|at| findings[*at].code.clone()).collect(),
        });
    }
    causes
}

impl Candidate<'_> {
    fn sentence(&self) -> String {
        let named = self.kept.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        match self.kept.len() {
            0 => self.sentence.clone(),
            n if n > NAMED => format!("{}, except {named} and {} more", self.sentence, n - NAMED),
            _ => format!("{}, except {named}", self.sentence),
        }
    }
}

fn candidates<'a>(rows: &'a [Row], run: &Judged<'_>) -> Vec<Candidate<'a>> {
    let all: BTreeMap<&str, (&Row, Units)> =
        rows.iter().map(|row| (row.name.as_str(), (row, Units::of(row, run)))).collect();
    let mut candidates = Vec::new();
    for row in rows {
        let parts: Vec<&str> =
            if row.of.is_empty() { vec![row.name.as_str()] } else { row.of.iter().map(String::as_str).collect() };
        let parts: Vec<&(&Row, Units)> = parts.iter().filter_map(|part| all.get(part)).collect();
        candidates.extend(whole(row, &parts, run));
        if let Some((_, units)) = all.get(row.name.as_str()) {
            candidates.extend(slices(row, units, run));
        }
    }
    candidates
}

/// The row as a whole, where it has several units or is not divided.
fn whole<'a>(row: &'a Row, parts: &[&(&Row, Units)], run: &Judged<'_>) -> Option<Candidate<'a>> {
    let sentence = row.sentence.clone()?;
    let found: usize = parts.iter().map(|(_, units)| units.found.len()).sum();
    let undivided = row.of.is_empty() && row.slices.is_empty();
    let kept: Vec<String> = parts.iter().flat_map(|(part, units)| units.exceptions(part, &[])).collect();
    if found < if undivided { 1 } else { 2 } || found < FOUND_FOR_EACH_KEPT * kept.len() {
        return None;
    }
    let mut explains: Set = parts.iter().flat_map(|(_, units)| units.found.values().flatten()).copied().collect();
    for (part, units) in parts.iter().filter(|(_, units)| !units.found.is_empty()) {
        explains.extend(units.consequences(part, &[], run));
    }
    let (name, fix) = (row.name.clone(), row.fix.clone());
    Some(Candidate { row, name, sentence, fix, units: found, kept, explains })
}

/// The slices of the row, each with the values that findings show.
fn slices<'a>(row: &'a Row, units: &Units, run: &Judged<'_>) -> Vec<Candidate<'a>> {
    let mut candidates = Vec::new();
    let finest = units.dimensions.len();
    for slice in &row.slices {
        let of_slice = |values: &Values| units.projected(values, &slice.by);
        let values: BTreeSet<Values> = units.found.keys().map(of_slice).collect();
        for fixed in values {
            let fixed: Vec<(Dimension, &str)> =
                slice.by.iter().copied().zip(fixed.iter().map(String::as_str)).collect();
            // Only a missing member has words of its own in sentences: "the request".
            if fixed.iter().any(|(dimension, value)| value.is_empty() && *dimension != Dimension::Member) {
                continue;
            }
            let mine: Vec<&Set> =
                units.found.iter().filter(|(values, _)| units.has(values, &fixed)).map(|(_, set)| set).collect();
            let kept = units.exceptions(row, &fixed);
            let single = slice.by.len() < finest && mine.len() < 2;
            if single || mine.len() < FOUND_FOR_EACH_KEPT * kept.len() {
                continue;
            }
            let mut explains: Set = mine.iter().flat_map(|set| set.iter()).copied().collect();
            explains.extend(units.consequences(row, &fixed, run));
            let shown = fixed.iter().map(|(_, value)| *value).filter(|value| !value.is_empty());
            let shown = shown.collect::<Vec<_>>().join(", ");
            candidates.push(Candidate {
                row,
                name: format!("{} ({shown})", row.name),
                sentence: filled(&slice.sentence, &fixed),
                fix: filled(&row.fix, &fixed),
                units: mine.len(),
                kept,
                explains,
            });
        }
    }
    candidates
}

impl Units {
    fn of(row: &Row, run: &Judged<'_>) -> Units {
        let mut units = Units { dimensions: row.dimensions(), ..Units::default() };
        for (at, symptom) in run.symptoms.iter().enumerate() {
            if row.signs.iter().any(|sign| sign.fits(symptom)) {
                let values = units.dimensions.iter().map(|dimension| symptom.value(*dimension).to_owned());
                units.found.entry(values.collect()).or_default().insert(at);
            }
        }
        if !units.found.is_empty() {
            let kept: BTreeSet<Values> =
                run.rules.iter().flat_map(|rule| units.judged(row, rule, &run.findings)).collect();
            units.kept = kept.into_iter().filter(|values| !units.found.contains_key(values)).collect();
        }
        units
    }

    /// The units that the run judged by the rule.
    fn judged(&self, row: &Row, rule: &RuleRow, findings: &[&Finding]) -> Vec<Values> {
        let about = |place: &Place| {
            let member = place.member.as_deref().unwrap_or_default();
            row.signs.first().is_some_and(|sign| sign.concerns(&rule.id) && sign.is_about(member))
        };
        // A finding may break the rule without being filed under it.
        let broken = |place: &Place| {
            let breaks = |finding: &&&Finding| finding.breaks(&rule.id) && finding.rule != rule.id;
            findings.iter().filter(breaks).any(|finding| finding.member == place.member)
        };
        let places = rule.decided.iter().filter(|place| about(place) && !broken(place));
        places.flat_map(|place| self.at(place, rule)).collect()
    }

    /// The units at a place: one, or one for each way of being wrong that findings show.
    fn at(&self, place: &Place, rule: &RuleRow) -> Vec<Values> {
        let mut all = vec![Values::new()];
        for (at, dimension) in self.dimensions.iter().enumerate() {
            let values: Vec<String> = match dimension {
                Dimension::Member => place.member.iter().cloned().collect(),
                Dimension::State => place.state.iter().cloned().collect(),
                Dimension::StoreType => place.store_type.iter().cloned().collect(),
                Dimension::Rule => vec![rule.id.clone()],
                Dimension::Aspect => {
                    let aspects: BTreeSet<&String> = self.found.keys().map(|values| &values[at]).collect();
                    aspects.into_iter().filter(|aspect| is_possible(place, aspect)).cloned().collect()
                }
                Dimension::Operation | Dimension::Actual | Dimension::Expected => Vec::new(),
            };
            all = all
                .iter()
                .flat_map(|unit| values.iter().map(move |v| [unit.as_slice(), std::slice::from_ref(v)].concat()))
                .collect();
        }
        if self.dimensions.is_empty() { Vec::new() } else { all }
    }

    /// The values of some of the dimensions.
    fn projected(&self, values: &Values, by: &[Dimension]) -> Values {
        let at = |dimension: &Dimension| self.dimensions.iter().position(|d| d == dimension);
        by.iter().filter_map(|dimension| at(dimension).map(|at| values[at].clone())).collect()
    }

    /// Returns true if the unit has these values.
    fn has(&self, values: &Values, fixed: &[(Dimension, &str)]) -> bool {
        self.dimensions.iter().zip(values).all(|(d, v)| fixed.iter().all(|(of, value)| of != d || *value == v.as_str()))
    }

    /// The units with these values that the service keeps, as they are named in a sentence.
    fn exceptions(&self, row: &Row, fixed: &[(Dimension, &str)]) -> Vec<String> {
        let kept = self.kept.iter().filter(|values| self.has(values, fixed));
        let named = |values: &Values| {
            let values: Vec<(Dimension, &str)> =
                self.dimensions.iter().copied().zip(values.iter().map(String::as_str)).collect();
            filled(&row.except, &values)
        };
        kept.map(named).collect()
    }

    /// The findings that the habit shows besides its signs, where it has units with these values.
    fn consequences(&self, row: &Row, fixed: &[(Dimension, &str)], run: &Judged<'_>) -> Set {
        let member = |values: &Values| self.projected(values, &[Dimension::Member]).pop().unwrap_or_default();
        let mut members: BTreeSet<String> =
            self.found.keys().filter(|values| self.has(values, fixed)).map(member).collect();
        members.insert(String::new());
        let signs: Vec<&Sign> = members.iter().filter_map(|member| row.consequences.get(member)).flatten().collect();
        let shown = |symptom: &Symptom| signs.iter().any(|sign| sign.fits(symptom));
        run.symptoms.iter().enumerate().filter(|(_, symptom)| shown(symptom)).map(|(at, _)| at).collect()
    }
}

/// Returns true if a value of the member can be wrong in that way.
fn is_possible(place: &Place, aspect: &str) -> bool {
    use ucks_oracle::members::ConstraintViolation as Wrong;
    let member = Member::ALL.iter().find(|member| Some(member.name()) == place.member.as_deref());
    let Some(row) = member.map(|member| member.row(Revision::LATEST)) else { return true };
    match aspect {
        _ if aspect == Wrong::Pattern.name() || aspect == Wrong::MatchInside.name() => row.pattern.is_some(),
        _ if aspect == Wrong::TooLong.name() || aspect == Wrong::TooShort.name() => row.max.is_some(),
        _ if aspect == Wrong::Enum.name() => row.max.is_none(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes::catalogue::{catalogue, read};
    use crate::record::Verdict;
    use crate::replay::{self, Key, Replay};
    use ucks_oracle::code::Code;
    use ucks_oracle::expectation::{Expectation, ExpectedField, Observation, ObservedField};
    use ucks_oracle::members::ConstraintViolation;

    /// A finding that a rule is broken for a member, of a sequence of `steps` steps.
    fn finding(rule: &str, member: &str, steps: usize) -> Finding {
        let key = Key {
            rule: rule.to_owned(),
            fails: true,
            operation: "UpdateCustomKeyStore".to_owned(),
            store_type: None,
            state: None,
            member: Some(member.to_owned()),
            aspect: String::new(),
            expected: Expectation::Field(ExpectedField::New),
            got: Observation::Field(ObservedField::Old),
        };
        Finding {
            code: format!("{rule} {member}"),
            rule: key.rule.clone(),
            also: Vec::new(),
            fails: true,
            operation: key.operation.clone(),
            store_type: None,
            state: None,
            member: key.member.clone(),
            aspect: String::new(),
            expected: key.expected.clone(),
            got: key.got.clone(),
            count: 1,
            sentence: String::new(),
            steps: vec![String::new(); steps],
            exchanges: Vec::new(),
            replay: Replay {
                format: replay::FORMAT,
                target: String::new(),
                revision: String::new(),
                policy: String::new(),
                profile: None,
                finding: key,
                operations: Vec::new(),
            },
            found_after: 0,
            steps_before: steps,
            shrink_requests: 0,
            random: false,
            deviation: None,
        }
    }

    /// Findings under A-01, each named by its member, a letter.
    fn findings(members: &str) -> Vec<Finding> {
        members.chars().map(|member| finding("A-01", &member.to_string(), 1)).collect()
    }

    /// The row of a rule that was decided for these members, each a letter.
    fn decided(members: &str) -> RuleRow {
        let place = |member: char| Place { member: Some(member.to_string()), ..Place::default() };
        RuleRow {
            id: "A-01".to_owned(),
            group: "A".to_owned(),
            force: "must".to_owned(),
            basis: String::new(),
            asks: String::new(),
            verdict: Verdict::Fail,
            judged: 1,
            judged_by_cases: 1,
            touched: Vec::new(),
            decided: members.chars().map(place).collect(),
            reason: None,
            findings: Vec::new(),
        }
    }

    fn causes(rows: &str, findings: &[Finding], decided_for: &str) -> Vec<Cause> {
        let findings: Vec<&Finding> = findings.iter().collect();
        let symptoms = findings.iter().map(|finding| Symptom::of(finding)).collect();
        let rules = [decided(decided_for)];
        cover(&read(rows, ""), &Judged { findings, symptoms, rules: &rules })
    }

    fn sentences(causes: &[Cause]) -> Vec<&str> {
        causes.iter().map(|cause| cause.sentence.as_str()).collect()
    }

    /// A habit with a unit for each member.
    const BY_MEMBER: &str = r#"
        [[cause]]
        name = "members"
        harm = "data"
        sentence = "Members are lost"
        slices = [{ by = ["member"], sentence = "{member} is lost" }]
        except = "{member}"
        signs = [{ rules = ["A-01"], kinds = ["shown"] }]
        fix = "store {member}"
    "#;

    /// A habit without units, and with signs about some members only.
    fn undivided(name: &str, members: &str, more: &str) -> String {
        let members: Vec<String> = members.chars().map(String::from).collect();
        format!(
            "[[cause]]\nname = \"{name}\"\nharm = \"form\"\nsentence = \"{name}\"\nfix = \"\"\n{more}\n\
             signs = [{{ rules = [\"A-01\", \"A-02\"], members = {members:?} }}]\n"
        )
    }

    #[test]
    fn several_units_without_exceptions_are_the_whole_habit() {
        let found = causes(BY_MEMBER, &findings("abc"), "abc");
        assert_eq!(sentences(&found), ["Members are lost"]);
        assert_eq!((found[0].name.as_str(), found[0].findings.len()), ("members", 3));
    }

    #[test]
    fn one_unit_is_a_slice() {
        let found = causes(BY_MEMBER, &findings("a"), "abc");
        assert_eq!(sentences(&found), ["a is lost"]);
        assert_eq!((found[0].name.as_str(), found[0].fix.as_str()), ("members (a)", "store a"));
    }

    #[test]
    fn units_that_were_judged_and_not_found_are_exceptions() {
        let found = causes(BY_MEMBER, &findings("abc"), "abcx");
        assert_eq!(sentences(&found), ["Members are lost, except x"]);
        let found = causes(BY_MEMBER, &findings("abcdefghijkl"), "awxyz");
        assert_eq!(sentences(&found), ["Members are lost, except w, x, y and 1 more"]);
    }

    /// With fewer than three found units for an exception the units are causes of their own, however many findings
    /// they have.
    #[test]
    fn few_units_beside_an_exception_are_slices() {
        let many = [findings("ab"), findings("ab"), findings("ab")].concat();
        assert_eq!(sentences(&causes(BY_MEMBER, &many, "abx")), ["a is lost", "b is lost"]);
        assert_eq!(sentences(&causes(BY_MEMBER, &many, "ab")), ["Members are lost"]);
    }

    /// An exception weighs as much as two findings: of three findings one is left, and another row explains two.
    #[test]
    fn an_exception_is_outweighed_by_two_findings() {
        let rows = [BY_MEMBER, &undivided("two", "ab", "")].concat();
        assert_eq!(sentences(&causes(&rows, &findings("abc"), "x")), ["two", "c is lost"]);
        assert_eq!(sentences(&causes(&rows, &findings("abcd"), "x")), ["Members are lost, except x"]);
    }

    /// A general row is chosen only where it explains more than two findings more.
    #[test]
    fn a_general_row_is_a_last_resort() {
        let rows = [BY_MEMBER, &undivided("general", "abxyz", "general = true")].concat();
        let with = |others: &str| {
            let others = others.chars().map(|member| finding("A-02", &member.to_string(), 1));
            causes(&rows, &findings("ab").into_iter().chain(others).collect::<Vec<_>>(), "")
        };
        assert_eq!(sentences(&with("xy")), ["Members are lost"]);
        assert_eq!(sentences(&with("xyz")), ["general"]);
    }

    #[test]
    fn a_cause_whose_findings_others_explain_together_is_left_out() {
        let rows =
            [undivided("first", "abcd", ""), undivided("left", "abe", ""), undivided("right", "cdf", "")].concat();
        assert_eq!(sentences(&causes(&rows, &findings("abcdef"), "")), ["left", "right"]);
        assert_eq!(sentences(&causes(&rows, &findings("abcde"), "")), ["first", "left"]);
    }

    #[test]
    fn each_finding_belongs_to_one_cause_which_names_the_shortest_first() {
        let rows = [undivided("first", "abc", ""), undivided("second", "cd", "")].concat();
        let found =
            [finding("A-01", "a", 3), finding("A-01", "b", 2), finding("A-01", "c", 4), finding("A-01", "d", 5)];
        let causes = causes(&rows, &found, "");
        assert_eq!(
            causes.iter().map(|cause| cause.findings.clone()).collect::<Vec<_>>(),
            [vec!["A-01 a", "A-01 b", "A-01 c"], vec!["A-01 d"]]
        );
        assert_eq!(causes[0].first, "A-01 b");
    }

    /// An error about the request or its store shows that the signature was not looked at; another one does not.
    #[test]
    fn only_some_errors_show_that_signatures_are_not_checked() {
        let names = |rules: &[&str], got: Observation| -> Vec<String> {
            let expected = Expectation::from(Code::MissingAuthenticationTokenException);
            let found = rules.iter().map(|rule| finding(rule, "", 1));
            let found: Vec<Finding> =
                found.map(|f| Finding { expected: expected.clone(), got: got.clone(), ..f }).collect();
            let findings: Vec<&Finding> = found.iter().collect();
            let symptoms = findings.iter().map(|finding| Symptom::of(finding)).collect();
            let causes = cover(catalogue(), &Judged { findings, symptoms, rules: &[] });
            causes.into_iter().map(|cause| cause.name).collect()
        };
        let signatures = ["D-01", "D-02"];
        assert_eq!(names(&signatures, Observation::Success), ["signatures"]);
        assert_eq!(names(&signatures, Observation::Error(Code::ValidationException)), ["signatures"]);
        let unknown = || Observation::UnknownError { status: 400, code: "AuthFailure".to_owned() };
        assert!(names(&signatures, unknown()).iter().all(|name| name.starts_with("other-errors")));
        assert_eq!(names(&["D-04"], Observation::Success), ["permissions"]);
        assert!(names(&["D-04"], unknown()).iter().all(|name| name.starts_with("other-errors")));
    }

    #[test]
    fn a_slice_without_a_value_is_left_out_but_for_the_member() {
        let row = |by: &str| {
            format!(
                "[[cause]]\nname = \"row\"\nharm = \"form\"\nfix = \"\"\n\
                 slices = [{{ by = [\"{by}\"], sentence = \"with {{{by}}}\" }}]\nsigns = [{{ rules = [\"A-01\"] }}]\n"
            )
        };
        let found = [Finding { member: None, ..finding("A-01", "", 1) }];
        assert_eq!(sentences(&causes(&row("state"), &found, "")), Vec::<&str>::new());
        assert_eq!(sentences(&causes(&row("member"), &found, "")), ["with the request"]);
    }

    #[test]
    fn only_some_ways_of_being_wrong_are_possible_for_a_member() {
        let place = |member: Member| Place { member: Some(member.name().to_owned()), ..Place::default() };
        let (name, connectivity) = (place(Member::NewCustomKeyStoreName), place(Member::XksProxyConnectivity));
        let (long, of_enum) = (ConstraintViolation::TooLong.name(), ConstraintViolation::Enum.name());
        assert!(is_possible(&name, long) && !is_possible(&connectivity, long));
        assert!(is_possible(&connectivity, of_enum) && !is_possible(&name, of_enum));
        assert!(is_possible(&name, "") && is_possible(&Place::default(), of_enum));
    }
}
