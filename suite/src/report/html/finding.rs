//! A finding as the page shows it: a timeline of its sequence, request beside answer.

use serde::Serialize;

use super::super::text::{counted, cut, plain};
use super::super::{Options, view};
use super::Commands;
use super::marks::{self, BodyPiece, marked};
use super::sources::{SourcePart, sources};
use crate::record::{Exchange, Finding};
use crate::wording;

/// The largest part of a body that the page shows, in characters.
const BODY: usize = 2000;

/// One finding.
#[derive(Serialize)]
pub(super) struct FindingView {
    code: String,
    group: String,
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
    sources: Vec<SourcePart>,
    fix: String,
    effort: String,
    deviation: Option<String>,
    explain: String,
    replay: String,
    script_command: String,
    script: String,
    curl: Option<String>,
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
    request: Vec<BodyPiece>,
    status: String,
    answer_headers: String,
    answer: Vec<BodyPiece>,
    divergent: bool,
    /// True for the request that matters and for the answer that was not as expected: these are unfolded at first.
    open: bool,
}

impl FindingView {
    pub(super) fn of(finding: &Finding, commands: &Commands, options: &Options<'_>) -> FindingView {
        let rule = view::rule(&finding.rule);
        let text = |of: fn(&ucks_oracle::rule::Rule) -> &String| rule.map(|r| of(r).clone()).unwrap_or_default();
        let values = crate::script::values(finding);
        let cell = [&finding.store_type, &finding.state, &finding.member];
        FindingView {
            code: finding.code.clone(),
            group: view::group(&finding.rule).0.to_owned(),
            name: view::name(finding),
            asks: text(|r| &r.requirement),
            sentence: plain(&finding.sentence),
            cell: cell.into_iter().flatten().map(|t| plain(t)).collect::<Vec<_>>().join(" · "),
            expected: plain(&wording::expected(&finding.expected)),
            got: plain(&wording::observed(&finding.got)),
            expected_value: values.expected.map(|v| plain(&v)),
            got_value: values.got.map(|v| plain(&v)),
            steps: view::by_step(finding)
                .into_iter()
                .map(|(line, exchanges)| StepView {
                    line: plain(line),
                    exchanges: exchanges.into_iter().map(|(e, times)| exchange(finding, e, times)).collect(),
                })
                .collect(),
            means: text(|r| &r.impact),
            sources: sources(&text(|r| &r.source)),
            fix: text(|r| &r.fix),
            effort: format!(
                "{}, first after {}; shrunk from {} to {} in {}",
                counted(finding.count, "time"),
                counted(finding.found_after, "request"),
                counted(finding.steps_before, "step"),
                finding.steps.len(),
                counted(finding.shrink_requests, "request"),
            ),
            deviation: finding.deviation.as_deref().map(plain),
            explain: view::explain_command(&finding.rule),
            replay: view::replay_command(finding, options.replay_dir),
            script_command: view::script_command(finding, options.replay_dir),
            script: commands.script.clone(),
            curl: commands.curl.clone(),
        }
    }
}

fn exchange(finding: &Finding, exchange: &Exchange, times: usize) -> ExchangeView {
    let divergent = crate::script::divergent(finding).is_some_and(|last| std::ptr::eq(last, exchange));
    let body = |text: &str| cut(&view::masked(finding, text), BODY);
    let is_act = view::act(finding).is_some_and(|act| std::ptr::eq(act, exchange));
    let open = divergent || is_act;
    let asked = finding.member.as_deref().filter(|_| is_act);
    let answered = if divergent { marks::of_answer(finding, exchange) } else { None };
    ExchangeView {
        operation: if times > 1 {
            format!("{}, the last of {times}", plain(&exchange.operation))
        } else {
            plain(&exchange.operation)
        },
        line: plain(&format!("{} {}", exchange.method, exchange.path)),
        headers: headers(&exchange.headers, open),
        request: marked(&marks::laid_out(&body(&exchange.body)), asked),
        status: if exchange.status == 0 { "no answer".to_owned() } else { format!("HTTP {}", exchange.status) },
        answer_headers: headers(&exchange.answer_headers, open),
        answer: marked(&marks::laid_out(&body(&exchange.answer)), answered.as_deref()),
        divergent,
        open,
    }
}

/// Header fields, one per line. Exchanges on the way show only those of the protocol.
fn headers(fields: &[(String, String)], all: bool) -> String {
    let protocol = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.starts_with("content-") || name.starts_with("x-amz")
    };
    let shown = view::shown_headers(fields).filter(|(name, _)| all || protocol(name));
    shown.map(|(n, v)| format!("{}: {}", plain(n), plain(v))).collect::<Vec<_>>().join("\n")
}
