//! Markdown for a job summary.

use super::text::{counted, cut, plain};
use super::view;
use crate::record::{Exchange, Finding, Record};
use crate::wording;

/// Findings with a block of their own: a job summary has a limit of 1 MiB.
const BLOCKS: usize = 200;
/// The largest part of a body in a block, in characters.
const BODY: usize = 1000;

/// Renders `record`; commands name files below `replay_dir`.
pub fn render(record: &Record, replay_dir: &str) -> String {
    let mut out = format!(
        "# {} – UpdateCustomKeyStore\n\n**{}**\n\n",
        view::outcome_word(record.outcome),
        escaped(&view::numbers(record))
    );
    out += &format!(
        "{} · revision {} · suite {} · rule book {}\n",
        code(&record.target),
        record.revision,
        record.suite,
        record.rule_book
    );
    if !record.notes.is_empty() {
        out.push('\n');
        record.notes.iter().for_each(|note| out += &format!("- {}\n", escaped(note)));
    }
    out += &causes(record);
    let failures: Vec<&Finding> = view::failures(record).collect();
    let warnings: Vec<&Finding> = view::warnings(record).collect();
    out += &findings("Findings", &failures, replay_dir);
    out += &findings("Warnings", &warnings, replay_dir);
    out += &unstable(record);
    out += &declared(record);
    out += &gaps(record);
    out += &groups(record);
    out
}

fn causes(record: &Record) -> String {
    if record.causes.is_empty() {
        return String::new();
    }
    let mut out = "\n## Causes\n\n| cause | findings | look at first | fix |\n|---|---|---|---|\n".to_owned();
    for cause in &record.causes {
        let (sentence, fix, findings) = (escaped(&cause.sentence), escaped(&cause.fix), cause.findings.len());
        out += &format!("| {sentence} | {findings} | {} | {fix} |\n", code(&cause.first));
    }
    out + &view::without_cause(record).map_or(String::new(), |rest| format!("\n{}.\n", escaped(&rest)))
}

fn findings(title: &str, findings: &[&Finding], replay_dir: &str) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let mut out = format!("\n## {title}\n\n| rule | finding | expected | actual |\n|---|---|---|---|\n");
    for f in findings {
        out += &format!(
            "| {} | {} | {} | {} |\n",
            f.rule,
            escaped(&f.sentence),
            code(&wording::expected(&f.expected)),
            code(&wording::observed(&f.got))
        );
    }
    out.push('\n');
    findings.iter().take(BLOCKS).for_each(|f| out += &block(f, replay_dir));
    if findings.len() > BLOCKS {
        out += &format!("\n{} more have no block of their own here.\n", counted(findings.len() - BLOCKS, "finding"));
    }
    out
}

fn block(finding: &Finding, replay_dir: &str) -> String {
    let mut out = format!(
        "<details><summary><b>{}</b> {}</summary>\n\n",
        html(&view::name(finding)),
        html(&plain(&finding.sentence))
    );
    for (at, step) in finding.steps.iter().enumerate() {
        out += &format!("{}. {}\n", at + 1, escaped(step));
    }
    if let Some(exchange) = view::act(finding) {
        out += &format!("\n<pre>{}</pre>\n", html(&transcript(finding, exchange)));
    }
    out += &format!(
        "\n- expected: {}\n- actual: {}\n",
        code(&wording::expected(&finding.expected)),
        code(&wording::observed(&finding.got))
    );
    if let Some(rule) = view::rule(&finding.rule) {
        out += &format!(
            "- impact: {}\n- reference: {}\n- fix: {}\n",
            escaped(&rule.impact),
            escaped(&rule.source),
            escaped(&rule.fix)
        );
    }
    let commands = [
        view::explain_command(&finding.rule),
        view::replay_command(finding, replay_dir),
        view::script_command(finding, replay_dir),
    ];
    out += &format!("\n<pre>{}</pre>\n\n</details>\n", html(&commands.join("\n")));
    out
}

/// A request with its answer as text, every line with a mark of its direction.
fn transcript(finding: &Finding, exchange: &Exchange) -> String {
    format!(
        "> {} {} {}\n> {}\n< {}",
        plain(&exchange.method),
        plain(&exchange.path),
        plain(&exchange.operation),
        cut(&plain(&view::masked(finding, &exchange.body)), BODY),
        view::answered(finding, exchange, BODY)
    )
}

fn unstable(record: &Record) -> String {
    if record.unstable.is_empty() {
        return String::new();
    }
    let rows: String = record.unstable.iter().map(|u| format!("- {} {}\n", u.rule, escaped(&u.sentence))).collect();
    format!("\n## Unstable\n\nSeen once, and not again when replayed.\n\n{rows}")
}

fn declared(record: &Record) -> String {
    let rows: String = view::declared(record)
        .map(|f| {
            format!(
                "| {} | {} | {} |\n",
                f.rule,
                escaped(&f.sentence),
                escaped(f.deviation.as_deref().unwrap_or_default())
            )
        })
        .collect();
    if rows.is_empty() {
        return rows;
    }
    format!("\n## Declared deviations\n\n| rule | finding | reason |\n|---|---|---|\n{rows}")
}

fn gaps(record: &Record) -> String {
    let gaps = view::gaps(record);
    if gaps.is_empty() {
        return String::new();
    }
    let mut out = "\n## Could not be judged\n\n| rules | verdict | why |\n|---|---|---|\n".to_owned();
    for (verdict, reason, rows) in gaps {
        out +=
            &format!("| {} | {} | {} |\n", view::ranges(record, &rows), view::verdict_name(verdict), escaped(reason));
    }
    out
}

fn groups(record: &Record) -> String {
    let mut out = "\n## Groups\n\n| group | judged | failed | warnings |\n|---|---|---|---|\n".to_owned();
    for g in view::groups(record) {
        let (letter, title, judged, rules) = (g.letter, g.title, g.judged, g.rules);
        out += &format!("| {letter} {title} | {judged} of {rules} | {} | {} |\n", g.failed, g.warned);
    }
    out
}

/// Text between tags.
fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// A code span that holds anything, in tables too.
fn code(text: &str) -> String {
    let safe = html(&plain(text)).replace('|', "&#124;").replace('\\', "&#92;");
    format!(
        "<code>{}</code>",
        safe.replace('`', "&#96;").replace('*', "&#42;").replace('_', "&#95;").replace('[', "&#91;")
    )
}

/// Text that Markdown shows as it is, in tables too.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in html(&plain(text)).chars() {
        if "\\`*_[]|#~!$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup() {
        assert_eq!(escaped("a|b `c` <d> _e_"), "a\\|b \\`c\\` &lt;d&gt; \\_e\\_");
        assert!(!code("a|b\\").contains(['|', '\\']));
    }
}
