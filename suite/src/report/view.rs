//! The parts that several reports share: numbers, groupings and the texts of the rules.

use ucks_oracle::group::{Group, Impact};
use ucks_oracle::rule::Rule;
use ucks_oracle::rules::{self, ids};

use super::secrets::Secrets;
use super::text::{counted, cut, plain, seconds};
use crate::record::{Exchange, Finding, Record, RuleRow, RunOutcome, UnseenEstimate, Unstable, Verdict};

/// Findings without a cause that a report names.
const NAMED: usize = 5;

/// The result of a run, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rules of the record.
    pub rules: usize,
    /// Rules with a verdict.
    pub judged: usize,
    /// Rules that an answer decided: a service that breaks just this rule would certainly have been found.
    pub decided: usize,
    /// Rules that failed.
    pub failed: usize,
    /// Rules with warnings only.
    pub warnings: usize,
    /// Rules with declared deviations only.
    pub deviations: usize,
    /// Rules that a companion operation blocks.
    pub blocked: usize,
    /// Rules that nothing judged.
    pub not_covered: usize,
    /// Divergences that did not come again.
    pub unstable: usize,
}

impl Summary {
    /// Counts.
    pub fn of(record: &Record) -> Summary {
        let mut s = Summary { rules: record.rules.len(), unstable: record.unstable.len(), ..Summary::default() };
        s.decided = record.rules.iter().filter(|row| !row.decided.is_empty()).count();
        for row in &record.rules {
            match row.verdict {
                Verdict::Pass | Verdict::Observed => {}
                Verdict::Fail => s.failed += 1,
                Verdict::Warning => s.warnings += 1,
                Verdict::Deviation => s.deviations += 1,
                Verdict::Blocked => s.blocked += 1,
                Verdict::NotCovered => s.not_covered += 1,
            }
        }
        s.judged = s.rules - s.blocked - s.not_covered;
        s
    }
}

/// The last word of a run.
pub(super) fn outcome_word(outcome: RunOutcome) -> &'static str {
    match outcome {
        RunOutcome::Passed => "PASS",
        RunOutcome::Failed => "FAIL",
        RunOutcome::CouldNotTest => "COULD NOT TEST",
    }
}

/// Returns the numbers that follow the verdict.
pub(super) fn numbers(record: &Record) -> String {
    let s = Summary::of(record);
    let mut parts = vec![
        format!("{} of {} judged", s.judged, counted(s.rules, "rule")),
        format!("{} failed", s.failed),
        counted(s.warnings, "warning"),
    ];
    for (n, what) in [(s.deviations, "declared deviation"), (s.unstable, "unstable divergence")] {
        if n > 0 {
            parts.push(counted(n, what));
        }
    }
    let requests = counted(record.requests, "request");
    let (elapsed, seed, decided) = (seconds(record.elapsed_ms), record.seed, s.decided);
    format!("{} in {requests}, {elapsed}, seed {seed}; {decided} decided", parts.join(", "))
}

/// The last line of a run: verdict, target, why it could not be tested, numbers.
pub fn summary_line(record: &Record) -> String {
    format!("{} — {}: {}", outcome_word(record.outcome), plain(&record.target), conclusion(record))
}

/// Returns the text that follows the target in the last line.
pub(super) fn conclusion(record: &Record) -> String {
    match record.notes.first().filter(|_| record.outcome == RunOutcome::CouldNotTest) {
        Some(why) => format!("{}; {}", plain(why), numbers(record)),
        None => numbers(record),
    }
}

/// A verdict as its record writes it.
pub(super) fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Observed => "observed",
        Verdict::Warning => "warning",
        Verdict::Deviation => "declared deviation",
        Verdict::Fail => "fail",
        Verdict::Blocked => "blocked",
        Verdict::NotCovered => "not covered",
    }
}

/// Returns true if the finding counts: it is not declared.
pub(super) fn counts(finding: &Finding) -> bool {
    finding.deviation.is_none()
}

/// Findings that fail a rule, worst first.
pub(super) fn failures(record: &Record) -> impl Iterator<Item = &Finding> {
    record.findings.iter().filter(|f| f.fails && counts(f))
}

/// Findings that only warn.
pub(super) fn warnings(record: &Record) -> impl Iterator<Item = &Finding> {
    record.findings.iter().filter(|f| !f.fails && counts(f))
}

/// Findings that are declared.
pub(super) fn declared(record: &Record) -> impl Iterator<Item = &Finding> {
    record.findings.iter().filter(|f| !counts(f))
}

/// The findings that no cause explains, in a clause; `None` if the record has no causes, or they explain every finding.
pub(super) fn without_cause(record: &Record) -> Option<String> {
    let codes: Vec<&str> = crate::causes::unexplained(record).map(|finding| finding.code.as_str()).collect();
    if record.causes.is_empty() || codes.is_empty() {
        return None;
    }
    let named = codes.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = codes.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("{} without a common cause: {named}{more}", counted(codes.len(), "finding")))
}

/// The row of the oracle's table.
pub(super) fn rule(id: &str) -> Option<&'static Rule> {
    rules::find(id)
}

#[cfg(feature = "cli")]
/// The group of a rule: its letter, and what it is about.
pub(super) fn group(id: &str) -> (&str, &'static str) {
    Group::of_id(id).map_or((id, ""), |group| (group.letter(), group.title()))
}

/// Returns what a deviation from the rule means.
pub(super) fn impact(id: &str) -> Impact {
    Group::of_id(id).map_or(Impact::Error, |group| group.traits().impact)
}

/// Returns the title of a group.
pub(super) fn group_title(letter: &str) -> &'static str {
    Group::of_id(letter).map_or("", Group::title)
}

/// Renders the estimate of what further random sequences would show.
pub(super) fn unseen(estimate: &UnseenEstimate) -> String {
    let share = estimate.per_mille();
    format!(
        "Random sequences: {} with {} of situation and answer, {} of them observed once: an estimated {}.{} % of further \
         answers would show another one.",
        counted(estimate.answers, "answer"),
        counted(estimate.pairs, "pair"),
        estimate.once,
        share / 10,
        share % 10
    )
}

#[cfg(feature = "cli")]
/// Findings by group, in the order in which the groups first come up: worst first.
pub(super) fn by_group<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<(&'a str, Vec<&'a Finding>)> {
    let mut groups: Vec<(&str, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        let (letter, _) = group(&finding.rule);
        match groups.iter_mut().find(|(l, _)| *l == letter) {
            Some((_, list)) => list.push(finding),
            None => groups.push((letter, vec![finding])),
        }
    }
    groups
}

/// A group of rules, in numbers.
pub(super) struct GroupRow<'a> {
    pub(super) letter: &'a str,
    pub(super) title: &'static str,
    pub(super) rules: usize,
    pub(super) judged: usize,
    pub(super) failed: usize,
    pub(super) warned: usize,
}

/// The groups of a record's rules, in the order of the rule book.
pub(super) fn groups(record: &Record) -> Vec<GroupRow<'_>> {
    let mut groups: Vec<GroupRow<'_>> = Vec::new();
    for row in &record.rules {
        let at = groups.iter().position(|g| g.letter == row.group).unwrap_or_else(|| {
            let (letter, title) = (row.group.as_str(), group_title(&row.group));
            groups.push(GroupRow { letter, title, rules: 0, judged: 0, failed: 0, warned: 0 });
            groups.len() - 1
        });
        let group = &mut groups[at];
        group.rules += 1;
        group.judged += usize::from(!matches!(row.verdict, Verdict::Blocked | Verdict::NotCovered));
        group.failed += usize::from(row.verdict == Verdict::Fail);
        group.warned += usize::from(row.verdict == Verdict::Warning);
    }
    groups
}

/// The weight of a finding, the heaviest first: what keeps the suite from judging, crashes, lost or wrong data, then
/// missing checks, then which code and form an answer has.
pub(super) fn weight(finding: &Finding) -> (u8, usize) {
    let weight = match impact(&finding.rule) {
        Impact::Companion => 0,
        _ if finding.rule == ids::W_15.0 => 1,
        Impact::Data => 2,
        Impact::State | Impact::InUse | Impact::Unknown | Impact::OtherType | Impact::Environment => 3,
        Impact::Input => 4,
        Impact::Form | Impact::Error => 5,
    };
    // The one with the fewest steps is understood first.
    (weight, finding.steps.len())
}

/// Rules that could not be judged, by equal verdict and reason, the largest lot first.
pub(super) fn gaps(record: &Record) -> Vec<(Verdict, &str, Vec<&RuleRow>)> {
    let mut gaps: Vec<(Verdict, &str, Vec<&RuleRow>)> = Vec::new();
    for row in &record.rules {
        if !matches!(row.verdict, Verdict::Blocked | Verdict::NotCovered) {
            continue;
        }
        let reason = row.reason.as_deref().unwrap_or("no request of the run was judged by it");
        match gaps.iter_mut().find(|(v, r, _)| *v == row.verdict && *r == reason) {
            Some((_, _, rows)) => rows.push(row),
            None => gaps.push((row.verdict, reason, vec![row])),
        }
    }
    gaps.sort_by_key(|(verdict, _, rows)| (*verdict, std::cmp::Reverse(rows.len())));
    gaps
}

/// Ids of the record's rules, neighbours drawn together: `H-01 to H-04, V-02`.
pub(super) fn ranges(record: &Record, rows: &[&RuleRow]) -> String {
    let place = |row: &RuleRow| record.rules.iter().position(|r| r.id == row.id).unwrap_or(usize::MAX);
    let mut runs: Vec<Vec<&RuleRow>> = Vec::new();
    for row in rows {
        match runs.last_mut() {
            Some(run)
                if run.last().is_some_and(|l| l.group == row.group && place(l).saturating_add(1) == place(row)) =>
            {
                run.push(row)
            }
            _ => runs.push(vec![row]),
        }
    }
    let name = |run: &Vec<&RuleRow>| match run.as_slice() {
        [] => String::new(),
        [one] => one.id.clone(),
        [one, two] => format!("{}, {}", one.id, two.id),
        [first, .., last] => format!("{} to {}", first.id, last.id),
    };
    runs.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// The exchanges of each step, in order; of equal requests in a row the last, with their number. The
/// divergent exchange belongs to the last step, even if the numbers of steps begin elsewhere.
pub(super) fn by_step(finding: &Finding) -> Vec<(&str, Vec<(&Exchange, usize)>)> {
    let exchanges = crate::script::until_divergent(finding);
    let last = exchanges.iter().map(|e| e.step).max().unwrap_or(0);
    let first = (last + 1).saturating_sub(finding.steps.len());
    let place = |e: &Exchange| e.step.saturating_sub(first);
    let of = |at| {
        let mut list: Vec<(&Exchange, usize)> = Vec::new();
        for exchange in exchanges.iter().filter(|e| place(e) == at) {
            match list.last_mut() {
                Some((last, times)) if last.operation == exchange.operation && last.body == exchange.body => {
                    (*last, *times) = (exchange, *times + 1);
                }
                _ => list.push((exchange, 1)),
            }
        }
        list
    };
    finding.steps.iter().enumerate().map(|(at, line)| (line.as_str(), of(at))).collect()
}

/// The last request that may have changed something; for findings about an answer, the divergent one.
pub(super) fn act(finding: &Finding) -> Option<&Exchange> {
    let last = crate::script::divergent(finding)?;
    crate::script::until_divergent(finding)
        .iter()
        .rev()
        .find(|e| e.operation != last.operation)
        .filter(|_| is_effect(finding))
        .or(Some(last))
}

/// A body without the passwords and secrets that the sequence sent: reports go where nobody guards them.
pub(super) fn masked(finding: &Finding, body: &str) -> String {
    Secrets::of_finding(finding).hide(body)
}

/// A text of a divergence that did not come again, without the secrets that its sequence sent.
pub(super) fn unstable_masked(one: &Unstable, text: &str) -> String {
    Secrets::of_unstable(one).hide(text)
}

/// An answer in a line: status and body.
pub(super) fn answered(finding: &Finding, exchange: &Exchange, most: usize) -> String {
    let body = cut(&plain(&masked(finding, &exchange.answer)), most);
    match exchange.status {
        0 if body.is_empty() => "no answer".to_owned(),
        0 => format!("no answer: {body}"),
        status if body.is_empty() => format!("{status} without a body"),
        status => format!("{status} {body}"),
    }
}

/// Returns true if the finding is about what Describe shows, not about the answer.
pub(super) fn is_effect(finding: &Finding) -> bool {
    crate::script::is_effect(finding)
}

/// Returns the header fields worth showing; those of a signature are left out.
#[cfg(feature = "cli")]
pub(super) fn shown_headers(headers: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).filter(|(n, _)| !crate::script::is_signing(n))
}

/// Returns the name of a finding: its code, after the rule if the code does not begin with it.
pub(super) fn name(finding: &Finding) -> String {
    if finding.code.starts_with(&finding.rule) {
        finding.code.clone()
    } else {
        format!("{} {}", finding.rule, finding.code)
    }
}

/// The replay file of a finding.
pub fn replay_path(finding: &Finding, replay_dir: &str) -> String {
    format!("{}/{}.json", replay_dir.trim_end_matches('/'), finding.code)
}

/// The script of a finding.
pub fn script_path(finding: &Finding, replay_dir: &str) -> String {
    format!("{}/{}.sh", replay_dir.trim_end_matches('/'), finding.code)
}

/// The command that replays a finding.
pub fn replay_command(finding: &Finding, replay_dir: &str) -> String {
    format!("ucks replay {}", replay_path(finding, replay_dir))
}

/// The command that runs a finding's script.
pub fn script_command(finding: &Finding, replay_dir: &str) -> String {
    format!("bash {}", script_path(finding, replay_dir))
}

/// The command that explains a rule.
pub(super) fn explain_command(rule: &str) -> String {
    format!("ucks explain {rule}")
}
