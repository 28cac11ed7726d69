//! One HTML file that opens from disk: no outside resources, no framework.
//!
//! Everything that a reader needs is in the markup, and can be read without the script. The script filters, copies, and
//! changes the theme. It also unfolds a finding when the reader opens it: until then its content is in `noscript`,
//! which a browser that runs scripts keeps as plain text. This lets a page of thousands of findings open at once.

mod finding;
mod heat;
mod marks;
mod overview;
mod sources;

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Environment, context};
use serde::Serialize;
use ucks_oracle::rule::{BASIS_MARKS, BASIS_QUALIFIERS, Force};

use self::finding::FindingView;
use super::secrets::disguised_finding;
use super::text::{counted, plain};
use super::{Options, RenderError, view};
use crate::causes::Cause;
use crate::record::{Finding, Record, RuleRow, Verdict};

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");
/// The names decide that values are escaped for HTML.
const PAGE: (&str, &str) = ("report.html", include_str!("html/report.html.j2"));
const FINDING: (&str, &str) = ("finding.html", include_str!("html/finding.html.j2"));
/// A mark in the scripts of the page, in place of the functions that all scripts share. Copying puts them back.
const PRELUDE_MARK: &str = "# … the functions that every script shares …";

/// Commands that reproduce a finding without this program.
#[derive(Debug, Default)]
pub(super) struct Commands {
    /// The script, with [`PRELUDE_MARK`] in place of the functions that all scripts share.
    script: String,
    /// Its last request as one line.
    curl: Option<String>,
}

/// The commands for a record's findings, by code, with other secrets than those that were sent: the page is passed on.
///
/// A record that was read from a report has no secrets any more, and so no commands.
pub(super) fn commands(record: &Record, endpoint: &str) -> BTreeMap<String, Commands> {
    let whole = |f: &&Finding| f.exchanges.iter().all(|e| !e.secrets_hidden);
    let commands = |f: &Finding| {
        let finding = disguised_finding(f);
        let commands = Commands {
            script: crate::script::script_with(&finding, endpoint, &format!("{PRELUDE_MARK}\n")),
            curl: crate::script::curl(&finding, endpoint),
        };
        (f.code.clone(), commands)
    };
    record.findings.iter().filter(whole).map(commands).collect()
}

/// Renders `record`, with the commands for its findings by their codes.
///
/// # Errors
/// [`RenderError::Html`] where the template fails.
pub(super) fn render(
    record: &Record,
    commands: &BTreeMap<String, Commands>,
    options: &Options<'_>,
) -> Result<String, RenderError> {
    let mut environment = Environment::new();
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    for (name, source) in [PAGE, FINDING] {
        environment.add_template(name, source)?;
    }
    let declared = parts(view::declared(record), commands, options);
    let found: Vec<&Finding> = view::failures(record).chain(view::warnings(record)).collect();
    let page = context! {
        style => STYLE,
        script => SCRIPT,
        outcome => view::outcome_word(record.outcome),
        class => overview::class_of(record),
        target => plain(&record.target),
        verdict => overview::verdict(record),
        line => view::summary_line(record),
        bar => overview::bar(record.rules.iter()),
        facts => overview::facts(record),
        causes => (1..).zip(&record.causes).map(|(number, cause)| CauseView::of(number, cause, record)).collect::<Vec<_>>(),
        first_causes => CAUSES,
        without_cause => view::without_cause(record),
        notes => record.notes.iter().map(|n| plain(n)).collect::<Vec<_>>(),
        probe => record.probe.iter().map(|p| context! {
            subject => plain(&p.subject),
            usable => p.usable,
            note => plain(&p.note),
        }).collect::<Vec<_>>(),
        groups => overview::groups(record),
        found_groups => overview::groups_of(record, &found),
        forces => distinct(record, |r| r.force.as_str()),
        verdicts => distinct(record, |r| view::verdict_name(r.verdict)),
        rules => record.rules.iter().map(rule_view).collect::<Vec<_>>(),
        shown => found.len(),
        failures => by_cause(record, view::failures(record), commands, options),
        warnings => parts(view::warnings(record), commands, options),
        declared => declared,
        unstable => record.unstable.iter().map(|u| context! {
            rule => u.rule,
            sentence => plain(&u.sentence),
            steps => u.steps.iter().map(|s| plain(s)).collect::<Vec<_>>(),
        }).collect::<Vec<_>>(),
        gaps => view::gaps(record).iter().map(|(v, why, rows)| context! {
            verdict => view::verdict_name(*v),
            why => plain(why),
            rules => view::ranges(record, rows),
            count => counted(rows.len(), "rule"),
        }).collect::<Vec<_>>(),
        force_terms => Force::ALL.map(|force| Term { name: force.to_string(), meaning: force.meaning() }),
        basis_terms => BASIS_MARKS
            .into_iter()
            .chain(BASIS_QUALIFIERS)
            .map(|(mark, meaning)| Term { name: mark.to_owned(), meaning })
            .collect::<Vec<_>>(),
        verdict_terms => Verdict::ALL.map(|v| Term { name: view::verdict_name(v).to_owned(), meaning: v.meaning() }),
        readings => record.readings.iter().map(|(rule, answers)| context! {
            rule => rule,
            asks => view::rule(rule).map(|r| r.requirement.clone()),
            answers => answers.iter().map(|(a, n)| format!("{} ({n})", plain(a))).collect::<Vec<_>>().join(", "),
        }).collect::<Vec<_>>(),
        cells => heat::cells(record),
        pairs => heat::pairs(record),
        prelude => crate::script::PRELUDE,
        prelude_mark => PRELUDE_MARK,
    };
    Ok(environment.get_template(PAGE.0)?.render(page)?)
}

/// The number of causes at the top of the page; the others are below a line that opens them.
const CAUSES: usize = 8;

/// A cause, with its first finding.
#[derive(Serialize)]
struct CauseView {
    /// The place of its findings, if any of them fails.
    id: Option<String>,
    sentence: String,
    fix: String,
    first: String,
    findings: String,
}

impl CauseView {
    fn of(number: usize, cause: &Cause, record: &Record) -> CauseView {
        let fails = view::failures(record).any(|f| cause.findings.contains(&f.code));
        CauseView {
            id: fails.then(|| cause_id(number)),
            sentence: plain(&cause.sentence),
            fix: cause.fix.clone(),
            first: plain(&cause.first),
            findings: counted(cause.findings.len(), "finding"),
        }
    }
}

/// A word of the report with its explanation.
#[derive(Serialize)]
struct Term {
    name: String,
    meaning: &'static str,
}

/// Findings of one cause, or of one group of rules.
#[derive(Serialize)]
struct GroupFindings {
    /// The place to link to, for a cause.
    id: Option<String>,
    /// The number of the cause, or the letter of the group.
    letter: String,
    title: String,
    findings: Vec<FindingView>,
}

fn cause_id(number: usize) -> String {
    format!("cause-{number}")
}

/// The findings of each cause, and after them those without a cause by group; all by group if the record has no causes.
fn by_cause<'a>(
    record: &'a Record,
    findings: impl Iterator<Item = &'a Finding>,
    commands: &BTreeMap<String, Commands>,
    options: &Options<'_>,
) -> Vec<GroupFindings> {
    let mut rest: Vec<&Finding> = findings.collect();
    let mut all = Vec::new();
    for (number, cause) in (1..).zip(&record.causes) {
        let (mut mine, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|f| cause.findings.contains(&f.code));
        rest = others;
        if mine.is_empty() {
            continue;
        }
        mine.sort_by_key(|f| (f.code != cause.first, view::weight(f)));
        let findings = mine.into_iter().map(|f| view_of(f, commands, options)).collect();
        let (id, title) = (Some(cause_id(number)), plain(&cause.sentence));
        all.push(GroupFindings { id, letter: format!("{number}."), title, findings });
    }
    all.extend(parts(rest.into_iter(), commands, options));
    all
}

fn view_of(finding: &Finding, commands: &BTreeMap<String, Commands>, options: &Options<'_>) -> FindingView {
    FindingView::of(finding, commands.get(&finding.code).unwrap_or(&Commands::default()), options)
}

fn parts<'a>(
    findings: impl Iterator<Item = &'a Finding>,
    commands: &BTreeMap<String, Commands>,
    options: &Options<'_>,
) -> Vec<GroupFindings> {
    let part = |(letter, list): (&str, Vec<&Finding>)| GroupFindings {
        id: None,
        letter: letter.to_owned(),
        title: view::group_title(letter).to_owned(),
        findings: list.into_iter().map(|f| view_of(f, commands, options)).collect(),
    };
    let mut findings: Vec<&Finding> = findings.collect();
    findings.sort_by_key(|f| view::weight(f));
    view::by_group(findings.into_iter()).into_iter().map(part).collect()
}

fn distinct<'a>(record: &'a Record, of: impl Fn(&'a RuleRow) -> &'a str) -> Vec<&'a str> {
    record.rules.iter().map(of).collect::<BTreeSet<_>>().into_iter().collect()
}

#[derive(Serialize)]
struct RuleView {
    id: String,
    group: String,
    force: String,
    basis: String,
    asks: String,
    verdict: &'static str,
    class: &'static str,
    judged: u64,
    reason: Option<String>,
    findings: Vec<String>,
}

fn rule_view(row: &RuleRow) -> RuleView {
    RuleView {
        id: row.id.clone(),
        group: row.group.clone(),
        force: row.force.clone(),
        basis: row.basis.clone(),
        asks: plain(&row.asks),
        verdict: view::verdict_name(row.verdict),
        class: match row.verdict {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Warning => "warning",
            Verdict::Deviation => "deviation",
            Verdict::Observed => "observed",
            Verdict::Blocked | Verdict::NotCovered => "untested",
        },
        judged: row.judged,
        reason: row.reason.as_deref().map(plain),
        findings: row.findings.clone(),
    }
}
