//! The formats, each by its meaning.

use std::collections::BTreeMap;

use ucks_oracle::expectation::Observation;
use ucks_suite::causes::diagnose;
use ucks_suite::record::{Finding, Record, RunOutcome, ShardPart, Tally, Verdict};
use ucks_suite::report::terminal::{self, Style};
use ucks_suite::report::{self, Format, Options, REPLAY_DIR};

use crate::reports::sample;

fn rendered(format: Format, record: &Record) -> String {
    report::render(format, record, &Options::default()).unwrap()
}

fn terminal(record: &Record, width: usize, verbose: bool) -> String {
    terminal::render(record, Style { color: false, width, verbose }, REPLAY_DIR)
}

#[test]
fn the_last_line_is_the_verdict() {
    let mut record = sample::record();
    for (outcome, word) in
        [(RunOutcome::Passed, "PASS"), (RunOutcome::Failed, "FAIL"), (RunOutcome::CouldNotTest, "COULD NOT TEST")]
    {
        record.outcome = outcome;
        let text = terminal(&record, 100, false);
        assert!(text.starts_with(&format!("{word}  {}\nucks ", record.target)), "{text}");
        let last = text.lines().last().unwrap();
        assert!(last.starts_with(&format!("{word} — {}: ", record.target)), "{last}");
        let judged =
            record.rules.iter().filter(|r| !matches!(r.verdict, Verdict::Blocked | Verdict::NotCovered)).count();
        assert!(
            last.contains(&format!("{judged} of {} rules judged, 4 failed, 1 warning", record.rules.len())),
            "{last}"
        );
        let decided = record.rules.iter().filter(|r| !r.decided.is_empty()).count();
        assert!(last.ends_with(&format!("in 2345 requests, 8.4 s, seed 7; {decided} decided")), "{last}");
    }
}

#[test]
fn a_finding_says_all_that_a_user_needs() {
    let record = Record { findings: vec![sample::gate()], ..sample::record() };
    let text = terminal(&record, 100, false);
    let rule = ucks_oracle::rules::find(&record.findings[0].rule).unwrap();
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let finding = &record.findings[0];
    for wanted in [
        finding.sentence.as_str(),
        "1 create a, EXTERNAL_KEY_STORE",
        "3 update a: XksProxyUriEndpoint",
        "expected actual",
        &ucks_suite::wording::expected(&finding.expected),
        &rule.impact,
        &rule.source,
        &rule.fix,
        "ucks explain G-14",
        "ucks replay .ucks/findings/3f9a1c.json",
        "bash .ucks/findings/3f9a1c.sh",
    ] {
        assert!(flat.contains(wanted), "`{wanted}` is not in\n{text}");
    }
}

#[test]
fn an_effect_shows_both_values() {
    let record = Record { findings: vec![sample::effect()], ..sample::record() };
    let text = terminal(&record, 100, false);
    let line = text.lines().find(|l| l.contains(sample::OLD_PATH)).unwrap();
    assert!(line.contains(sample::NEW_PATH), "{text}");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [40, 60, 80, 100, 160, 200] {
        for line in terminal(&sample::record(), width, true).lines() {
            let command = ["ucks ", "bash ", "FAIL"].iter().any(|w| line.contains(w));
            assert!(command || line.chars().count() <= width, "{} > {width}: {line}", line.chars().count());
        }
    }
}

#[test]
fn colours_only_when_asked_for() {
    let record = sample::record();
    assert!(!terminal(&record, 100, false).contains('\u{1b}'));
    let coloured = terminal::render(&record, Style { color: true, width: 100, verbose: false }, REPLAY_DIR);
    let mut bare = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        bare += before;
        rest = after.split_once('m').unwrap().1;
    }
    bare += rest;
    let trimmed: Vec<&str> = bare.lines().map(str::trim_end).collect();
    assert_eq!(trimmed.join("\n") + "\n", terminal(&record, 100, false));
}

#[test]
fn a_short_report_shows_a_few_findings_in_full_and_each_rule_once() {
    let many = (0..20).map(|n| Finding { code: format!("g{n:05}"), ..sample::gate() });
    let record = Record { findings: many.chain([sample::effect()]).collect(), ..sample::record() };
    let short = terminal(&record, 100, false);
    assert_eq!(short.matches("ucks explain G-14").count(), 1);
    assert_eq!(short.matches("ucks explain A-01").count(), 1);
    assert!(short.contains("and 18 more of G-14"), "{short}");
    assert!(short.find("A-01") < short.find("G-14"), "lost data weighs more than a gate: {short}");
    assert_eq!(terminal(&record, 100, true).matches("ucks explain G-14").count(), 20);
}

/// A service with everything wrong still has a report that fits on a few screens.
#[test]
fn a_first_report_is_short() {
    let rules: Vec<String> = sample::record().rules.iter().map(|r| r.id.clone()).collect();
    let many = rules.iter().flat_map(|rule| {
        (0..5).map(move |n| Finding { code: format!("{rule}-{n}"), rule: rule.clone(), ..sample::gate() })
    });
    let record = Record { findings: many.collect(), ..sample::record() };
    let lines = terminal(&record, 100, false).lines().count();
    assert!(lines < 300, "{lines} lines");
}

#[test]
fn gaps_are_grouped_by_their_reason() {
    let text = terminal(&sample::record(), 200, false);
    assert_eq!(text.matches("no fixtures: a profile names").count(), 1);
    assert!(text.contains("blocked R-01 to R-04: DisconnectCustomKeyStore does not work"), "{text}");
}

#[test]
fn nothing_that_a_target_says_moves_a_cursor() {
    for format in [Format::Terminal, Format::Markdown, Format::Github, Format::Junit, Format::Html] {
        let text = rendered(format, &sample::record());
        assert!(!text.contains('\u{1b}'), "{format}");
    }
}

#[test]
fn no_report_holds_a_secret() {
    let mut record = sample::record();
    for finding in &mut record.findings {
        finding.exchanges = vec![
            sample::create(0),
            sample::exchange(0, "UpdateCustomKeyStore", "{}", 400, &format!("no {} here", sample::SECRET)),
        ];
        finding.exchanges.swap(0, 1);
        finding.exchanges.push(sample::create(0));
    }
    for format in [Format::Terminal, Format::Json, Format::Markdown, Format::Github, Format::Junit, Format::Html] {
        assert!(!rendered(format, &record).contains(sample::SECRET), "{format}");
    }
}

/// A target can send a secret back as the code of an error, which names causes, notes and counts.
#[test]
fn no_report_holds_a_secret_that_is_an_error_code() {
    let echoed = Finding {
        got: Observation::UnknownError { status: 400, code: sample::SECRET.to_owned() },
        exchanges: vec![sample::create(0)],
        ..sample::gate()
    };
    let mut record = Record { findings: vec![echoed], ..sample::record() };
    record.causes = diagnose(&record);
    let [cause] = &record.causes[..] else { panic!("{:?}", record.causes) };
    assert!(cause.name.contains(sample::SECRET) && cause.sentence.contains(sample::SECRET), "{cause:?}");
    let text = format!("it answered {}", sample::SECRET);
    let counts = BTreeMap::from([(text.clone(), 2)]);
    let tally = Tally {
        lost: Some(text.clone()),
        hopeless: Some(text.clone()),
        blocked: counts.clone(),
        no_verdict: counts,
        ..Tally::default()
    };
    record.shard = Some(Box::new(ShardPart { notes: vec![text.clone()], tally, ..ShardPart::default() }));
    for format in [Format::Terminal, Format::Json, Format::Markdown, Format::Github, Format::Junit, Format::Html] {
        assert!(!rendered(format, &record).contains(sample::SECRET), "{format}");
    }
    let read: Record = serde_json::from_str(&rendered(Format::Json, &record)).unwrap();
    let shard = read.shard.unwrap();
    assert_eq!(shard.notes, ["it answered •••"]);
    assert_eq!(shard.tally.blocked, BTreeMap::from([("it answered •••".to_owned(), 2)]));
}

#[test]
fn json_is_the_record_without_its_secrets() {
    let mut record = sample::record();
    let read: Record = serde_json::from_str(&rendered(Format::Json, &record)).unwrap();
    let mut marked = 0;
    let unstable = record.unstable.iter_mut().flat_map(|u| &mut u.exchanges);
    for exchange in record.findings.iter_mut().flat_map(|f| &mut f.exchanges).chain(unstable) {
        exchange.secrets_hidden = exchange.body.contains(sample::SECRET);
        marked += usize::from(exchange.secrets_hidden);
    }
    assert!(marked > 0);
    let masked = serde_json::to_string(&record).unwrap().replace(sample::SECRET, "•••");
    let masked: serde_json::Value = serde_json::from_str(&masked).unwrap();
    assert!(serde_json::to_value(&read).unwrap() == masked, "something else than secrets differs");
}

#[test]
fn markdown_rows_have_as_many_cells_as_their_heads() {
    let text = rendered(Format::Markdown, &sample::record());
    let bars = |line: &str| line.replace("\\|", "").matches('|').count();
    let mut wanted = 0;
    for line in text.lines() {
        if !line.starts_with('|') {
            wanted = 0;
        } else if wanted == 0 {
            wanted = bars(line);
        } else {
            assert_eq!(bars(line), wanted, "{line}");
        }
    }
    assert!(!text.contains("<script>") && !text.contains("<h1>"));
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
}

#[test]
fn github_has_one_line_a_finding_and_one_for_the_run() {
    let record = sample::record();
    let text = rendered(Format::Github, &record);
    assert!(
        text.lines().all(|l| l.starts_with("::error ") || l.starts_with("::warning ") || l.starts_with("::notice ")),
        "{text}"
    );
    assert_eq!(text.lines().filter(|l| l.starts_with("::error title=ucks::FAIL")).count(), 1);
    assert_eq!(text.matches("::error title=G-14 3f9a1c::").count(), 1);
    assert_eq!(text.lines().filter(|l| l.starts_with("::warning")).count(), 2);
    assert!(text.contains("100%25 of it"));
}

/// GitHub shows ten annotations of a step, and drops the others without a word.
#[test]
fn github_has_at_most_ten_annotations_the_verdict_first() {
    let many = (0..40).map(|n| Finding { code: format!("g{n:05}"), ..sample::gate() });
    let record = Record { findings: many.collect(), ..sample::record() };
    let text = rendered(Format::Github, &record);
    assert_eq!(text.lines().count(), 10, "{text}");
    assert!(text.starts_with("::error title=ucks::FAIL — http://127.0.0.1:4566: "), "{text}");
    assert!(text.lines().next().unwrap().contains("more are in the other reports and in .ucks/findings"), "{text}");
}

#[test]
fn junit_has_the_time_of_the_run() {
    let record = Record { started: Some("2026-11-28T02:30:00Z".into()), ..sample::record() };
    let text = rendered(Format::Junit, &record);
    let read = quick_junit::Report::deserialize_from_str(&text).unwrap();
    assert_eq!(text.matches(" timestamp=\"2026-11-28T02:30:00").count(), read.test_suites.len() + 1, "{text}");
}

#[test]
fn junit_parses_back_with_one_case_a_rule() {
    let record = sample::record();
    let text = rendered(Format::Junit, &record);
    let read = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let cases: Vec<_> = read.test_suites.iter().flat_map(|s| &s.test_cases).collect();
    assert_eq!(cases.len(), record.rules.len());
    for row in &record.rules {
        let case = cases.iter().find(|c| c.name.as_str().starts_with(&format!("{} ", row.id))).unwrap();
        assert!(case.classname.as_ref().unwrap().as_str().starts_with("ucks."));
        let status = format!("{:?}", case.status);
        let kind = status.split_whitespace().next().unwrap();
        match row.verdict {
            Verdict::Fail => assert_eq!(kind, "NonSuccess", "{}", row.id),
            Verdict::Blocked | Verdict::NotCovered => {
                assert_eq!(kind, "Skipped", "{}", row.id);
                assert!(status.contains(row.reason.as_deref().unwrap()));
            }
            _ => assert_eq!(kind, "Success", "{}", row.id),
        }
    }
    let warned = cases.iter().find(|c| c.name.as_str().starts_with("W-06")).unwrap();
    assert!(warned.system_out.as_ref().unwrap().as_str().contains("warning"));
}

/// Findings are below their causes, each once; those without a cause are below their group.
#[test]
fn html_has_findings_by_cause() {
    let mut record = sample::record();
    record.causes = diagnose(&record);
    assert!(!record.causes.is_empty());
    let text = rendered(Format::Html, &record);
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("no `{what}`"));
    let explained: Vec<&str> = record.causes.iter().flat_map(|c| &c.findings).map(String::as_str).collect();
    for finding in &record.findings {
        let id = format!("id=\"f-{}\"", finding.code);
        assert_eq!(text.matches(&id).count(), 1, "{id}");
    }
    for (number, cause) in (1..).zip(&record.causes) {
        let fails = |code: &&String| record.findings.iter().any(|f| f.code == **code && f.fails);
        let Some(first) = cause.findings.iter().find(fails) else { continue };
        let heading = format!("<h3 id=\"cause-{number}\">{number}. ");
        assert!(
            at(&format!("href=\"#cause-{number}\"")) < at(&heading) && at(&heading) < at(&format!("id=\"f-{first}\""))
        );
    }
    let alone = record.findings.iter().find(|f| f.fails && !explained.contains(&f.code.as_str()));
    if let Some(alone) = alone {
        assert!(at("<h3>") < at(&format!("id=\"f-{}\"", alone.code)));
    }
}

#[test]
fn html_stands_alone_and_escapes() {
    let mut record = sample::record();
    record.findings[1].deviation = Some("known <since> May".into());
    let text = rendered(Format::Html, &record);
    for resource in ["src=\"http", "url(", "@import", "src=\"//", "<link rel=\"stylesheet\""] {
        assert!(!text.contains(resource), "{resource}");
    }
    assert!(!text.contains("http://") && !text.contains("https://a"), "an address stands unescaped");
    let hosts = [
        "https://docs.aws.amazon.com/",
        "https://www.rfc-editor.org/",
        "https://smithy.io/",
        "https://github.com/aws/",
    ];
    for (at, _) in text.match_indices("href=\"http") {
        assert!(hosts.iter().any(|host| text[at + 6..].starts_with(host)), "{}", &text[at..at + 80]);
    }
    assert!(
        text.contains("href=\"https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateCustomKeyStore.html\"")
    );
    assert!(text.contains("curl -sS -i -X") && text.contains("use dark theme") && text.contains("<dt>INFER</dt>"));
    assert!(!text.contains("<script>alert(1)") && !text.contains("<h1>boom"));
    assert!(text.contains("known &lt;since&gt; May"));
    for id in ["findings", "groups", "rules", "cells", "pairs", "gaps", "declared", "readings", "count", "search"] {
        assert!(text.contains(&format!("id=\"{id}\"")), "{id}");
    }
    assert_eq!(text.matches("<tr role=\"row\" data-group=").count(), record.rules.len());
    assert_eq!(text.matches("<details class=\"finding").count(), record.findings.len());
    assert!(text.contains("<mark>&quot;UriPath&quot;:") || record.findings[1].deviation.is_some());
}
