//! Declared deviations against a record.

use ucks_oracle::answer::BodyForm;
use ucks_oracle::expectation::Observation;
use ucks_suite::deviations::{Date, Deviations, merged};
use ucks_suite::record::{Place, Record, RuleRow, RunOutcome, Verdict};

use crate::reports::sample;

const TODAY: Date = Date { year: 2027, month: 1, day: 15 };

fn applied(text: &str) -> (Record, Vec<String>) {
    let mut record = sample::record();
    let problems = Deviations::parse(text).unwrap().apply(&mut record, TODAY);
    (record, problems)
}

fn entry(rule: &str, more: &str) -> String {
    format!("[[deviation]]\nrule = \"{rule}\"\nreason = \"known\"\n{more}\n")
}

fn verdict(record: &Record, id: &str) -> Verdict {
    record.rules.iter().find(|r| r.id == id).unwrap().verdict
}

const ALL: [&str; 4] = ["G-1*", "A-01", "W-03", "W-15"];

#[test]
fn a_run_whose_failures_are_all_declared_passes() {
    let (record, problems) = applied(&ALL.map(|r| entry(r, "")).concat());
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(record.outcome, RunOutcome::Passed);
    assert_eq!(verdict(&record, "G-14"), Verdict::Deviation);
    assert_eq!(verdict(&record, "W-06"), Verdict::Warning);
    assert_eq!(record.findings[0].deviation.as_deref(), Some("known"));
}

#[test]
fn an_entry_less_fails() {
    let (record, problems) = applied(&ALL[1..].iter().map(|r| entry(r, "")).collect::<String>());
    assert!(problems.is_empty());
    assert_eq!((record.outcome, verdict(&record, "G-14")), (RunOutcome::Failed, Verdict::Fail));
}

#[test]
fn member_and_cell_narrow_an_entry() {
    let cell = "member = \"XksProxyUriEndpoint\"\nstore_type = \"EXTERNAL_KEY_STORE\"\nstate = \"CONNECTED\"";
    assert_eq!(verdict(&applied(&entry("G-14", cell)).0, "G-14"), Verdict::Deviation);
    let (record, problems) = applied(&entry("G-14", "member = \"XksProxyUriPath\""));
    assert_eq!(verdict(&record, "G-14"), Verdict::Fail);
    assert!(problems[0].contains("was not observed"));
}

#[test]
fn stale_and_expired_entries_fail_and_say_why() {
    for (extra, says) in
        [(entry("G-17", ""), "was not observed"), (entry("W-06", "expires = \"2027-01-14\""), "expired on 2027-01-14")]
    {
        let (record, problems) = applied(&(ALL.map(|r| entry(r, "")).concat() + &extra));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains(says), "{problems:?}");
        assert_eq!(record.outcome, RunOutcome::Failed);
        assert!(record.notes.contains(&problems[0]));
    }
}

#[test]
fn the_day_of_expiry_still_counts() {
    let (_, problems) = applied(&entry("W-06", "expires = \"2027-01-15\""));
    assert!(problems.is_empty());
}

#[test]
fn what_was_not_judged_is_not_stale() {
    let text = ALL.map(|r| entry(r, "")).concat() + &entry("H-01", "") + &entry("G-17", "state = \"FAILED\"");
    let mut record = sample::record();
    row(&mut record, "G-17").touched =
        vec![Place { member: None, store_type: None, state: Some("CONNECTED".to_owned()) }];
    let problems = Deviations::parse(&text).unwrap().apply(&mut record, TODAY);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(record.outcome, RunOutcome::Passed);
    assert_eq!(record.notes.len(), 2);
    assert!(record.notes.iter().all(|n| n.contains("was not checked")), "{:?}", record.notes);
}

#[test]
fn a_first_file_makes_the_run_pass() {
    let text = Deviations::from_record(&sample::record());
    let (record, problems) = applied(&text);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(record.outcome, RunOutcome::Passed);
    assert_eq!(Deviations::parse(&text).unwrap().entries.len(), 4);
}

#[test]
fn an_entry_hides_no_other_answer_operation_or_cell() {
    let finding = sample::record().findings.iter().find(|f| f.rule == "W-15").unwrap().clone();
    let precise = |answer: &str| {
        let answer = serde_json::to_string(answer).unwrap();
        let more = format!("operation = \"{}\"\nanswer = {answer}", finding.operation);
        verdict(&applied(&entry("W-15", &more)).0, "W-15")
    };
    assert_eq!(precise(&finding.got.code()), Verdict::Deviation);
    assert_eq!(precise("500:empty-body"), Verdict::Fail);
    assert_eq!(verdict(&applied(&entry("W-15", "operation = \"DeleteCustomKeyStore\"")).0, "W-15"), Verdict::Fail);
}

#[test]
fn what_only_random_sequences_showed_is_never_stale() {
    let text = entry("U-02", "found_by = \"random\"");
    assert!(said(&text, |_| {}).unwrap().contains("random sequences showed it, and those of this run did not"));
    let not_by_cases = |r: &mut Record| row(r, "U-02").judged_by_cases = 0;
    assert!(said(&entry("U-02", ""), not_by_cases).unwrap().contains("deterministic cases of this run did not judge"));
}

#[test]
fn a_list_that_is_written_again_keeps_what_people_wrote() {
    let mut record = sample::record();
    let former = "# our own words\n[[deviation]] # a gate\nrule = \"G-14\"\nreason = \"states come in May\"\nlink \
        = \"https://a.example\"\n\n[[deviation]]\nrule = \"U-02\"\nreason = \"old\"\n";
    let text = merged(Some(former), &record, TODAY).unwrap();
    for kept in
        ["# our own words", "[[deviation]] # a gate", "states come in May", "https://a.example", "reason = \"old\""]
    {
        assert!(text.contains(kept), "`{kept}` is not in {text}");
    }
    assert!(
        text.contains(
            "[[deviation]]\n# not observed on 2027-01-15: remove the entry if the service was fixed\nrule = \"U-02\""
        ),
        "{text}"
    );
    assert_eq!(text.matches("rule = \"G-14\"").count(), 1, "{text}");
    assert!(text.contains("rule = \"W-15\"") && text.contains("rule = \"A-01\""), "{text}");
    // Once more: nothing is added twice.
    assert_eq!(merged(Some(&text), &record, TODAY).unwrap(), text);
    // An entry that is observed again loses its mark.
    record.findings[0].rule = "U-02".to_owned();
    assert!(!merged(Some(&text), &record, TODAY).unwrap().contains(
        "[[deviation]]\n# not observed on 2027-01-15: remove the entry if the service was fixed\nrule = \"U-02\""
    ));
}

#[test]
fn crashes_of_other_kinds_get_entries_of_their_own() {
    let mut record = sample::record();
    let crash = record.findings.iter().find(|f| f.rule == "W-15").unwrap().clone();
    record.findings = [(BodyForm::Empty, "CONNECTED"), (BodyForm::Empty, "FAILED"), (BodyForm::Html, "CONNECTED")]
        .map(|(body, state)| (Observation::ServerError { status: 500, body }, state))
        .map(|(got, state)| ucks_suite::record::Finding { got, state: Some(state.into()), ..crash.clone() })
        .into();
    let list = Deviations::parse(&Deviations::from_record(&record)).unwrap();
    let answers: Vec<_> = list.entries.iter().map(|e| (e.answer.as_deref().unwrap(), e.state.as_deref())).collect();
    assert_eq!(answers, [("500:empty-body", None), ("500:html-body", Some("CONNECTED"))]);
}

#[test]
fn a_run_that_could_not_test_does_not_pass() {
    let mut record = Record { could_not_test: true, ..sample::record() };
    let problems = Deviations::parse(&(ALL.map(|r| entry(r, "")).concat() + &entry("U-02", ""))).unwrap();
    let problems = problems.apply(&mut record, TODAY);
    assert_eq!(record.outcome, RunOutcome::CouldNotTest);
    assert!(problems.is_empty(), "a run that ended early says of no entry that it is stale: {problems:?}");
}

/// The sample after `change`, with an entry for a rule that was kept: why it fails the run, or was not checked.
fn said(text: &str, change: impl FnOnce(&mut Record)) -> Result<String, String> {
    let mut record = sample::record();
    change(&mut record);
    let all = ALL.map(|r| entry(r, "")).concat();
    let mut problems = Deviations::parse(&(all + text)).unwrap().apply(&mut record, TODAY);
    match (problems.pop(), record.notes.pop()) {
        (Some(problem), _) => Err(problem),
        (None, Some(note)) => Ok(note),
        (None, None) => panic!("nothing was said"),
    }
}

fn row<'a>(record: &'a mut Record, id: &str) -> &'a mut RuleRow {
    record.rules.iter_mut().find(|r| r.id == id).unwrap()
}

#[test]
fn an_entry_is_stale_only_where_its_rule_was_decided() {
    let place = |member: &str, state: &str| Place {
        member: Some(member.to_owned()),
        store_type: Some("EXTERNAL_KEY_STORE".to_owned()),
        state: Some(state.to_owned()),
    };
    let text = entry("U-02", "member = \"NewCustomKeyStoreName\"\nstate = \"CONNECTED\"");
    let at = |place: Place| said(&text, |r| row(r, "U-02").touched = vec![place]);
    assert!(at(place("NewCustomKeyStoreName", "CONNECTED")).unwrap_err().contains("was not observed"));
    assert!(at(place("NewCustomKeyStoreName", "DISCONNECTED")).unwrap().contains("did not reach that cell"));
    assert!(at(place("XksProxyUriPath", "CONNECTED")).unwrap().contains("did not reach that cell"));
    let anywhere = Place { member: None, store_type: None, state: None };
    assert!(at(anywhere).unwrap_err().contains("was not observed"));
}

#[test]
fn a_glob_is_stale_although_some_of_its_rules_are_out_of_reach() {
    let out_of_reach = |r: &mut Record| {
        row(r, "U-03").verdict = Verdict::NotCovered;
        row(r, "U-03").judged = 0;
        row(r, "U-03").judged_by_cases = 0;
    };
    assert!(said(&entry("U-*", ""), out_of_reach).unwrap_err().contains("was not observed"));
    let blocked = |r: &mut Record| row(r, "U-03").verdict = Verdict::Blocked;
    assert!(said(&entry("U-*", ""), blocked).unwrap().contains("could not judge U-03"));
}

#[test]
fn what_was_not_asked_or_came_once_is_not_stale() {
    let only = |r: &mut Record| r.rules.retain(|r| r.group != "U");
    assert!(said(&entry("U-02", ""), only).unwrap().contains("not asked to judge it"));
    let early = |r: &mut Record| {
        r.revision = "2018-11-26".to_owned();
        r.rules.retain(|r| r.group != "X");
    };
    assert!(said(&entry("X-01", ""), early).unwrap().contains("revision 2018-11-26 has no such rule"));
    let unstable = |r: &mut Record| r.unstable[0].rule = "U-02".to_owned();
    assert!(said(&entry("U-02", ""), unstable).unwrap().contains("observed once"));
}
