//! One HTML file that opens from disk: no outside resources, no framework.
//!
//! Everything that a reader needs stands in the markup; the script filters, copies, and remembers the
//! theme for as long as the page is open.

mod heat;
mod marks;

use super::text::{counted, cut, plain, seconds};
use super::{Options, RenderError, view};
use crate::record::{Exchange, Finding, Record, RuleRow, Verdict};
use marks::{Piece, marked};
use minijinja::{Environment, context};
use serde::Serialize;
use std::collections::BTreeSet;

const TEMPLATE: &str = include_str!("html/report.html.j2");
/// The name decides that values are escaped for HTML.
const NAME: &str = "report.html";
/// How much of a body stands in the page.
const BODY: usize = 2000;
/// Findings whose script stands in the page; the others name their file.
const SCRIPTS: usize = 300;

/// Renders `record`.
///
/// # Errors
/// [`RenderError::Html`] where the template fails.
pub fn render(record: &Record, options: &Options<'_>) -> Result<String, RenderError> {
    let mut environment = Environment::new();
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.add_template(NAME, TEMPLATE)?;
    let summary = view::Summary::of(record);
    let scripts: BTreeSet<&str> = record.findings.iter().take(SCRIPTS).map(|f| f.code.as_str()).collect();
    let shown = |f: &Finding| FindingView::of(f, options, scripts.contains(f.code.as_str()));
    let page = context! {
        outcome => view::outcome_word(record.outcome),
        class => class_of(record),
        target => plain(&record.target),
        record => context! {
            suite => record.suite, rule_book => record.rule_book, revision => record.revision,
            policy => record.policy, seed => record.seed.to_string(), lanes => record.lanes, strict => record.strict,
        },
        line => view::summary_line(record),
        tiles => tiles(record, &summary),
        notes => record.notes.iter().map(|n| plain(n)).collect::<Vec<_>>(),
        probe => record.probe.iter().map(|p| context! { subject => plain(&p.subject), usable => p.usable, note => plain(&p.note) }).collect::<Vec<_>>(),
        groups => groups(record),
        forces => distinct(record, |r| r.force.as_str()),
        verdicts => distinct(record, |r| view::verdict_name(r.verdict)),
        rules => record.rules.iter().map(rule_view).collect::<Vec<_>>(),
        failures => view::failures(record).map(shown).collect::<Vec<_>>(),
        warnings => view::warnings(record).map(shown).collect::<Vec<_>>(),
        declared => view::declared(record).map(shown).collect::<Vec<_>>(),
        unstable => record.unstable.iter().map(|u| context! { rule => u.rule, sentence => plain(&u.sentence), steps => u.steps.iter().map(|s| plain(s)).collect::<Vec<_>>() }).collect::<Vec<_>>(),
        gaps => view::gaps(record).iter().map(|(v, why, rows)| context! { verdict => view::verdict_name(*v), why => plain(why), rules => view::ranges(record, rows), count => counted(rows.len(), "rule") }).collect::<Vec<_>>(),
        readings => record.readings.iter().map(|(rule, answers)| context! {
            rule => rule,
            asks => view::rule(rule).map(|r| r.asks.clone()),
            answers => answers.iter().map(|(a, n)| format!("{} ({n})", plain(a))).collect::<Vec<_>>().join(", "),
        }).collect::<Vec<_>>(),
        cells => heat::cells(record),
        pairs => heat::pairs(record),
        prelude => crate::script::PRELUDE,
        prelude_mark => PRELUDE_MARK,
    };
    Ok(environment.get_template(NAME)?.render(page)?)
}

/// What stands in a script of the page for the functions that all scripts share; copying puts them back.
const PRELUDE_MARK: &str = "# … the functions that every script shares …";

fn class_of(record: &Record) -> &'static str {
    match record.outcome {
        crate::record::Outcome::Passed => "pass",
        crate::record::Outcome::Failed => "fail",
        crate::record::Outcome::CouldNotTest => "untested",
    }
}

#[derive(Serialize)]
struct Tile {
    number: String,
    label: &'static str,
    class: &'static str,
}

fn tiles(record: &Record, s: &view::Summary) -> Vec<Tile> {
    let tile = |number: String, label, class| Tile { number, label, class };
    let shade = |n: usize, class| if n > 0 { class } else { "" };
    vec![
        tile(format!("{} of {}", s.judged, s.rules), "rules judged", ""),
        tile(s.failed.to_string(), "failed", shade(s.failed, "fail")),
        tile(s.warnings.to_string(), "with warnings", shade(s.warnings, "warning")),
        tile(s.deviations.to_string(), "declared deviations", ""),
        tile(s.unstable.to_string(), "unstable", shade(s.unstable, "warning")),
        tile((s.blocked + s.not_covered).to_string(), "not judged", ""),
        tile(record.requests.to_string(), "requests", ""),
        tile(seconds(record.elapsed_ms), "time", ""),
    ]
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
}

fn groups(record: &Record) -> Vec<Choice> {
    let mut groups: Vec<Choice> = Vec::new();
    for row in &record.rules {
        if !groups.iter().any(|g| g.value == row.group) {
            groups.push(Choice {
                value: row.group.clone(),
                label: format!("{} {}", row.group, view::group_title(&row.group)),
            });
        }
    }
    groups
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

#[derive(Serialize)]
struct FindingView {
    code: String,
    name: String,
    asks: String,
    sentence: String,
    cell: String,
    expected: String,
    got: String,
    expected_value: Option<String>,
    got_value: Option<String>,
    steps: Vec<StepView>,
    means: String,
    source: String,
    mend: String,
    effort: String,
    deviation: Option<String>,
    explain: String,
    replay: String,
    script_command: String,
    script: Option<String>,
}

#[derive(Serialize)]
struct StepView {
    line: String,
    exchanges: Vec<ExchangeView>,
}

#[derive(Serialize)]
struct ExchangeView {
    operation: String,
    line: String,
    headers: String,
    request: Vec<Piece>,
    status: String,
    answer_headers: String,
    answer: Vec<Piece>,
    divergent: bool,
}

impl FindingView {
    fn of(finding: &Finding, options: &Options<'_>, with_script: bool) -> FindingView {
        let rule = view::rule(&finding.rule);
        let text = |of: fn(&ucks_oracle::rule::Rule) -> &String| rule.map(|r| of(r).clone()).unwrap_or_default();
        let values = crate::script::values(finding);
        let cell = [&finding.store_type, &finding.state, &finding.member];
        let script = || {
            crate::script::script(finding, options.endpoint).replace(crate::script::PRELUDE.trim_end(), PRELUDE_MARK)
        };
        FindingView {
            code: finding.code.clone(),
            name: view::name(finding),
            asks: text(|r| &r.asks),
            sentence: plain(&finding.sentence),
            cell: cell.into_iter().flatten().map(|t| plain(t)).collect::<Vec<_>>().join(" · "),
            expected: plain(&finding.expected),
            got: plain(&finding.got),
            expected_value: values.expected.map(|v| plain(&v)),
            got_value: values.got.map(|v| plain(&v)),
            steps: view::by_step(finding)
                .into_iter()
                .map(|(line, exchanges)| StepView {
                    line: plain(line),
                    exchanges: exchanges.into_iter().map(|(e, times)| exchange(finding, e, times)).collect(),
                })
                .collect(),
            means: text(|r| &r.means),
            source: text(|r| &r.source),
            mend: text(|r| &r.mend),
            effort: format!(
                "came up {}, first after {}; shrunk from {} to {} in {}",
                counted(finding.count as usize, "time"),
                counted(finding.found_after as usize, "request"),
                counted(finding.steps_before, "step"),
                finding.steps.len(),
                counted(finding.shrink_requests as usize, "request"),
            ),
            deviation: finding.deviation.as_deref().map(plain),
            explain: view::explain_command(&finding.rule),
            replay: view::replay_command(finding, options.replay_dir),
            script_command: view::script_command(finding, options.replay_dir),
            script: with_script.then(script),
        }
    }
}

fn exchange(finding: &Finding, exchange: &Exchange, times: usize) -> ExchangeView {
    let divergent = crate::script::divergent(finding).is_some_and(|last| std::ptr::eq(last, exchange));
    let body = |text: &str| cut(&view::masked(finding, text), BODY);
    let headers = |fields: &[(String, String)]| {
        view::shown_headers(fields).map(|(n, v)| format!("{}: {}", plain(n), plain(v))).collect::<Vec<_>>().join("\n")
    };
    let is_act = view::act(finding).is_some_and(|act| std::ptr::eq(act, exchange));
    let asked = finding.member.as_deref().filter(|_| is_act);
    let answered = if divergent { marks::of_answer(finding, exchange) } else { None };
    ExchangeView {
        operation: if times > 1 {
            format!("{}, the last of {times}", plain(&exchange.operation))
        } else {
            plain(&exchange.operation)
        },
        line: plain(&exchange.line),
        headers: headers(&exchange.headers),
        request: marked(&body(&exchange.body), asked),
        status: if exchange.status == 0 { "no answer".to_owned() } else { format!("HTTP {}", exchange.status) },
        answer_headers: headers(&exchange.answer_headers),
        answer: marked(&body(&exchange.answer), answered.as_deref()),
        divergent,
    }
}
