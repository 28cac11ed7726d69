//! One finding: what is wrong, how to see it, what it means, how to fix it.

use ucks_oracle::wire::UPDATE;

use super::super::text::{cut, plain};
use super::super::view;
use super::page::{Ink, TerminalPage, TextColumn};
use crate::record::{Exchange, Finding, Unstable};
use crate::wording;

/// Where the text of a finding begins.
const INDENT: usize = 4;
/// The largest part of a value in the report, in characters.
const VALUE: usize = 160;
/// The largest number of a body's lines in the report.
const LINES: usize = 3;

/// The full form.
pub(super) fn full(page: &mut TerminalPage, finding: &Finding, ink: Ink, replay_dir: &str) {
    let name = view::name(finding);
    page.item_in(Ink::Strong, 2, &[(ink, mark(ink)), (ink, &name), (Ink::Plain, "  ")], &plain(&finding.sentence));
    page.gap();
    steps(page, finding);
    page.gap();
    expected_against_got(page, finding);
    page.gap();
    if let Some(rule) = view::rule(&finding.rule) {
        for (label, text) in [("impact", &rule.impact), ("fix", &rule.fix), ("reference", &rule.source)] {
            page.item(INDENT, &[(Ink::Dim, &format!("{label:11}"))], text);
        }
    }
    let commands = [
        ("explain", view::explain_command(&finding.rule)),
        ("reproduce", view::replay_command(finding, replay_dir)),
        ("with curl", view::script_command(finding, replay_dir)),
    ];
    let margin = " ".repeat(INDENT);
    for (label, command) in commands {
        page.unbroken(&[(Ink::Plain, &margin), (Ink::Dim, &format!("{label:11}")), (Ink::Command, &command)]);
    }
}

/// One line, wrapped where it must.
pub(super) fn compact(page: &mut TerminalPage, finding: &Finding, ink: Ink) {
    let name = view::name(finding);
    page.item(2, &[(ink, mark(ink)), (ink, &name), (Ink::Plain, "  ")], &plain(&finding.sentence));
}

/// Prints the exchanges of a divergence that did not show again: the last update, and how to try once more.
pub(super) fn unstable(page: &mut TerminalPage, one: &Unstable, replay_dir: &str) {
    let room = (page.width - INDENT - 2) * LINES - 10;
    if let Some(last) = one.exchanges.iter().rfind(|e| e.operation == UPDATE).or(one.exchanges.last()) {
        let hide = |text: &str| cut(&plain(&view::unstable_masked(one, text)), room);
        page.item_in(Ink::Dim, INDENT, &[(Ink::Dim, "> ")], &hide(&last.body));
        let answer = format!("{} {}", status(last), hide(&last.answer));
        page.item_in(Ink::Dim, INDENT, &[(Ink::Dim, "< ")], &answer);
    }
    if let Some(replay) = &one.replay {
        let command = format!("ucks replay {replay_dir}/unstable-{}.json", replay.finding.code());
        let margin = " ".repeat(INDENT);
        page.unbroken(&[(Ink::Plain, &margin), (Ink::Dim, "replay     "), (Ink::Command, &command)]);
    }
}

fn mark(ink: Ink) -> &'static str {
    match ink {
        Ink::Bad => "✗ ",
        Ink::Warn => "! ",
        _ => "- ",
    }
}

fn steps(page: &mut TerminalPage, finding: &Finding) {
    let steps = view::by_step(finding);
    let digits = steps.len().to_string().len();
    let last = steps.len().saturating_sub(1);
    for (at, (line, exchanges)) in steps.iter().enumerate() {
        let number = format!("{:>digits$}  ", at + 1);
        let answered = exchanges.first().map_or(String::new(), |(e, _)| format!(" → {}", status(e)));
        let divergent = at == last;
        let ink = if divergent { Ink::Strong } else { Ink::Plain };
        let text = plain(line) + if divergent { "" } else { &answered };
        page.item_in(ink, INDENT, &[(Ink::Dim, &number)], &text);
    }
    if let Some(exchange) = view::act(finding) {
        let inner = INDENT + digits + 2;
        let room = (page.width - inner - 2) * LINES - 10;
        let sent = cut(&plain(&view::masked(finding, &exchange.body)), room);
        page.item_in(Ink::Dim, inner, &[(Ink::Dim, "> ")], &sent);
        page.item_in(Ink::Dim, inner, &[(Ink::Dim, "< ")], &view::answered(finding, exchange, room));
    }
}

/// The status of an answer, with its code where there is one.
fn status(exchange: &Exchange) -> String {
    match (exchange.status, crate::script::code_of(&exchange.answer)) {
        (0, _) => "no answer".to_owned(),
        (status, Some(code)) => format!("{status} {}", cut(&plain(&code), 60)),
        (status, None) => status.to_string(),
    }
}

fn expected_against_got(page: &mut TerminalPage, finding: &Finding) {
    let mut expected = vec![plain(&wording::expected(&finding.expected))];
    let mut got = vec![plain(&wording::observed(&finding.got))];
    if view::is_effect(finding) {
        let field = finding.member.as_deref().unwrap_or_default();
        expected[0] = format!("{field}: {}", expected[0]);
        got[0] = format!("{field}: {}", got[0]);
        let values = crate::script::values(finding);
        expected.extend(values.expected.as_deref().map(|v| cut(&plain(v), VALUE)));
        got.extend(values.got.as_deref().map(|v| cut(&plain(v), VALUE)));
    }
    let left = TextColumn { title: "expected", ink: Ink::Good, lines: expected };
    let right = TextColumn { title: "actual", ink: Ink::Bad, lines: got };
    page.columns(INDENT, left, right);
}
