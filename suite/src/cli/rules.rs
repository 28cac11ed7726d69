//! `ucks list`, `ucks explain`, `ucks schema`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::bail;
use ucks_oracle::decide::never_alone;
use ucks_oracle::group::ProfileNeeds;
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::{Force, JudgedOn, Rule, RuleId};
use ucks_oracle::rules;

use super::console::{out, outln};
use super::json::{
    self, CompareResult, ExplainedFinding, ExplainedRule, Explanation, Format, ListedRule, ProbeResult, ReplayResults,
    RuleList, VerifyResult,
};
use super::rule_book::page;
use crate::plan::cases::cases;
use crate::plan::decided::decided_rules;
use crate::plan::scenarios::scenarios;
use crate::plan::{Abilities, Goal, Sequence};
use crate::profile::Profile;
use crate::record::Record;
use crate::render;
use crate::replay::Replay;
use crate::report::{REPLAY_DIR, plain};
use crate::run::matches;
use crate::selection::{check, hint};
use crate::spelling::suggestion;
use crate::target::stdio::{StdioAnswer, StdioRequest};
use crate::vectors::form::{Suite, Vector};
use crate::wording;

/// The rules to list.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Ids, group letters or globs; all rules when left out.
    ids: Vec<String>,
    /// The dated contract.
    #[arg(long, value_name = "DATE", default_value_t = Revision::LATEST)]
    revision: Revision,
    /// text: one line per rule; markdown: the rule book as a page, with sources and explanations;
    /// json: for programs.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "markdown", "json"])]
    format: String,
}

/// The rule or finding to explain.
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// A rule's id (`G-14`), or the code of a finding (`G-14-0f3a1`), or a finding's replay file.
    rule: String,
    /// The folder of the replay files of findings.
    #[arg(long, value_name = "DIR", default_value = REPLAY_DIR)]
    findings: PathBuf,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The names of all schemas.
const SCHEMAS: [&str; 12] = [
    "record",
    "replay",
    "vector",
    "vectors",
    "stdio-request",
    "stdio-answer",
    "list-result",
    "explain-result",
    "probe-result",
    "replay-result",
    "compare-result",
    "verify-result",
];

/// The schema to print.
#[derive(Debug, clap::Args)]
pub(super) struct SchemaArgs {
    /// `record`, `replay`, `vector` (one file of `ucks vectors`), `vectors` (its index), `stdio-request` and
    /// `stdio-answer` (lines of `stdio:` targets), or the command whose `--format json` it describes, with `-result`.
    #[arg(default_value = "record", value_parser = SCHEMAS)]
    what: String,
}

pub(super) fn list(args: &ListArgs) -> anyhow::Result<u8> {
    let text = match args.format.as_str() {
        "markdown" => page(&args.ids, args.revision)?,
        "json" => serde_json::to_string_pretty(&rule_list(&args.ids, args.revision)?)? + "\n",
        _ => listing(&args.ids, args.revision)?,
    };
    out!("{text}");
    Ok(0)
}

/// Returns the text of `ucks list`.
///
/// # Errors
/// If an id selects no rule of the revision.
pub fn listing(ids: &[String], revision: Revision) -> anyhow::Result<String> {
    let covered = covered(revision)?;
    let mut text = String::new();
    let rows = selected(ids, revision)?;
    for rule in &rows {
        writeln!(
            text,
            "{:5} {:7} {:18} {:12} {}",
            rule.id,
            rule.force_at(revision).to_string(),
            rule.basis,
            coverage(rule, revision, &covered).name(),
            rule.requirement
        )?;
    }
    writeln!(text, "{} rules of revision {revision}, rule book {}", rows.len(), rules::RULE_BOOK)?;
    Ok(text)
}

/// Returns the result of `ucks list` for programs.
///
/// # Errors
/// If an id selects no rule of the revision.
pub(super) fn rule_list(ids: &[String], revision: Revision) -> anyhow::Result<RuleList> {
    let covered = covered(revision)?;
    let listed = |rule: &&Rule| ListedRule {
        id: rule.id.to_string(),
        group: rule.id.group().to_string(),
        force: rule.force_at(revision).to_string(),
        basis: rule.basis.to_string(),
        judged: coverage(rule, revision, &covered).name().to_owned(),
        requirement: rule.requirement.clone(),
    };
    let rules = selected(ids, revision)?.iter().map(listed).collect();
    let (revision, rule_book) = (revision.date().to_owned(), rules::RULE_BOOK.to_owned());
    Ok(RuleList { format: json::FORMAT, revision, rule_book, rules })
}

/// Returns the rules of the revision that the ids select; all of them if there are no ids.
pub(super) fn selected(ids: &[String], revision: Revision) -> anyhow::Result<Vec<&'static Rule>> {
    check(ids.iter().map(String::as_str), Some(revision))?;
    Ok(rules::at(revision).filter(|rule| ids.is_empty() || ids.iter().any(|p| matches(p, rule.id.0))).collect())
}

/// The rules about requests that the default plan reaches.
pub(super) struct Covered {
    /// Those that it has a case for.
    touched: BTreeSet<&'static str>,
    /// Those that a request of it decides.
    decided: BTreeSet<RuleId>,
}

/// Finds out which rules the default plan reaches.
pub(super) fn covered(revision: Revision) -> anyhow::Result<Covered> {
    let profile = Profile::parse(ucks_emulator::DEFAULT_ENVIRONMENT)?;
    let mut model = Model::new(revision);
    model.environment = profile.environment.clone();
    let reach = Abilities { room: profile.stores, ..Abilities::all() };
    let plan = cases(&model, &reach);
    let touched = plan.goals.iter().filter_map(|g| match g {
        Goal::Rule { exercise, .. } => Some(exercise.rule.0),
        _ => None,
    });
    let touched = touched.collect();
    let sequences: Vec<Sequence> = plan.sequences.iter().cloned().chain(scenarios(&model, &reach)).collect();
    Ok(Covered { touched, decided: decided_rules(&model, &sequences, profile.stores) })
}

/// When a run judges a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    Planned,
    Touched,
    EveryAnswer,
    WithProfile,
    Occasional,
    Ucks,
    NotYet,
}

impl Occasion {
    pub(super) const ALL: [Occasion; 7] = [
        Occasion::Planned,
        Occasion::Touched,
        Occasion::EveryAnswer,
        Occasion::WithProfile,
        Occasion::Occasional,
        Occasion::Ucks,
        Occasion::NotYet,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Occasion::Planned => "planned",
            Occasion::Touched => "touched",
            Occasion::EveryAnswer => "every answer",
            Occasion::WithProfile => "with profile",
            Occasion::Occasional => "occasional",
            Occasion::Ucks => "ucks",
            Occasion::NotYet => "not yet",
        }
    }

    pub(super) fn meaning(self) -> &'static str {
        match self {
            Occasion::Planned => {
                "the default plan has a case for it, if the target and the profile have what the case needs"
            }
            Occasion::Touched => {
                "as planned, but no case decides it: a service that breaks just this rule may answer each case as \
                    it should"
            }
            Occasion::EveryAnswer => "judged on the answers and effects of all cases that concern it",
            Occasion::WithProfile => "needs settings that only a profile has",
            Occasion::Occasional => "has no case of its own; judged where a sequence comes upon it",
            Occasion::Ucks => "holds for ucks itself",
            Occasion::NotYet => "no test can judge it yet; `ucks explain` gives the reason",
        }
    }
}

pub(super) fn coverage(rule: &Rule, revision: Revision, covered: &Covered) -> Occasion {
    let open = rule.force_at(revision) == Force::Open;
    match rule.check {
        JudgedOn::Untested(_) => Occasion::NotYet,
        _ if rule.force == Force::Suite => Occasion::Ucks,
        JudgedOn::Request(_) if covered.touched.contains(rule.id.0) => {
            if open || covered.decided.contains(&rule.id) {
                Occasion::Planned
            } else {
                Occasion::Touched
            }
        }
        JudgedOn::Request(_) if rule.id.group().traits().needs == Some(ProfileNeeds::Signatures) => {
            Occasion::WithProfile
        }
        JudgedOn::Request(_) => Occasion::Occasional,
        JudgedOn::Race if never_alone(rule.id).is_some() => Occasion::Touched,
        JudgedOn::Race => Occasion::Planned,
        JudgedOn::Form(_) | JudgedOn::Effect | JudgedOn::Companion | JudgedOn::Order | JudgedOn::Run => {
            Occasion::EveryAnswer
        }
    }
}

pub(super) fn explain(args: &ExplainArgs) -> anyhow::Result<u8> {
    let name = args.rule.trim();
    let text = match rules::find(&name.to_ascii_uppercase()) {
        Some(rule) if args.format.is_json() => {
            json::print(&Explanation { format: json::FORMAT, finding: None, rule: Some(explained(rule)) })?;
            return Ok(0);
        }
        Some(rule) => explanation(rule.id.0)?,
        None => {
            let path = replay_file(name, &args.findings)?;
            let replay = super::replay::read(&path)?;
            if args.format.is_json() {
                json::print(&explained_finding(&replay, &path))?;
                return Ok(0);
            }
            finding(&replay, &path)?
        }
    };
    out!("{text}");
    Ok(0)
}

/// Returns the explanation of a rule for programs.
fn explained(rule: &Rule) -> ExplainedRule {
    let group = rule.id.group().title();
    let not_judged = if let JudgedOn::Untested(why) = rule.check { Some(why.to_owned()) } else { None };
    ExplainedRule {
        id: rule.id.to_string(),
        group: rule.id.group().to_string(),
        group_name: group.to_owned(),
        force: rule.force.to_string(),
        open_since: rule.open_since.map(|since| since.date().to_owned()),
        basis: rule.basis.to_string(),
        source: rule.source.to_owned(),
        since: rule.since.date().to_owned(),
        not_judged,
        requirement: rule.requirement.clone(),
        impact: rule.impact.to_string(),
        fix: rule.fix.to_string(),
    }
}

/// Returns the explanation of a finding for programs.
fn explained_finding(replay: &Replay, path: &Path) -> Explanation {
    let key = &replay.finding;
    let finding = ExplainedFinding {
        code: key.code(),
        sentence: key.sentence(),
        operation: key.operation.clone(),
        store_type: key.store_type.clone(),
        state: key.state.clone(),
        member: key.member.clone(),
        expected: plain(&wording::expected(&key.expected)),
        actual: plain(&wording::observed(&key.got)),
        target: replay.target.clone(),
        revision: replay.revision.clone(),
        steps: render::lines(&replay.operations),
        replay: path.display().to_string(),
    };
    Explanation { format: json::FORMAT, finding: Some(finding), rule: rules::find(&key.rule).map(explained) }
}

/// The replay file of a finding's code, or of this name.
fn replay_file(name: &str, folder: &Path) -> anyhow::Result<PathBuf> {
    let path = if name.ends_with(".json") { PathBuf::from(name) } else { folder.join(format!("{name}.json")) };
    let is_code = name.splitn(3, '-').count() == 3 && !name.contains(['/', '\\']);
    if !path.is_file() && !name.ends_with(".json") {
        if !is_code {
            bail!("there is no rule `{name}`{} (`ucks list` shows all rules)", hint(name));
        }
        let codes = codes(folder);
        let near = suggestion(name, codes.iter().map(String::as_str));
        bail!(
            "there is no finding `{name}` in `{}`{near} Run `ucks run` there, or name the folder with --findings",
            folder.display(),
            near = if near.is_empty() { "." } else { near.as_str() }
        );
    }
    Ok(path)
}

/// Explains the finding of a replay file, and then its rule.
fn finding(replay: &Replay, path: &Path) -> anyhow::Result<String> {
    let key = &replay.finding;
    let mut text = String::new();
    writeln!(text, "{}  {}", key.code(), plain(&key.sentence()))?;
    writeln!(text)?;
    let cell = [&key.store_type, &key.state, &key.member].into_iter().flatten().map(String::as_str);
    writeln!(text, "operation {}", [key.operation.as_str()].into_iter().chain(cell).collect::<Vec<_>>().join(", "))?;
    writeln!(text, "expected  {}", plain(&wording::expected(&key.expected)))?;
    writeln!(text, "actual    {}", plain(&wording::observed(&key.got)))?;
    writeln!(text, "target    {}, revision {}", plain(&replay.target), replay.revision)?;
    for (at, line) in render::lines(&replay.operations).iter().enumerate() {
        writeln!(text, "{:9} {}. {}", if at == 0 { "sequence" } else { "" }, at + 1, plain(line))?;
    }
    writeln!(text, "reproduce ucks replay {}", path.display())?;
    writeln!(text)?;
    text += &explanation(&key.rule)?;
    Ok(text)
}

/// The codes of the findings in a folder.
fn codes(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let names = entries.flatten().take(10_000).map(|e| e.file_name().to_string_lossy().into_owned());
    names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned)).collect()
}

/// Returns the text of `ucks explain` for a rule.
///
/// # Errors
/// If there is no such rule.
pub fn explanation(id: &str) -> anyhow::Result<String> {
    let Some(rule) = rules::find(id) else {
        bail!("there is no rule `{id}`{} (`ucks list` shows all rules)", hint(id));
    };
    let mut text = String::new();
    writeln!(text, "{}  {}", rule.id, rule.requirement)?;
    writeln!(text)?;
    writeln!(text, "group     {} — {}", rule.id.group(), rule.id.group().title())?;
    writeln!(text, "force     {}: {}", rule.force, rule.force.meaning())?;
    if let Some(since) = rule.open_since {
        writeln!(text, "          open since {since}: {}", Force::Open.meaning())?;
    }
    writeln!(text, "basis     {}", rule.basis)?;
    for (mark, meaning) in rule.basis.marks().map(|m| (m.word(), m.meaning())).chain(rule.basis.qualifiers()) {
        writeln!(text, "          {mark}: {meaning}")?;
    }
    writeln!(text, "source    {}", rule.source)?;
    writeln!(text, "since     {} — {}", rule.since, rule.since.what())?;
    if let JudgedOn::Untested(why) = rule.check {
        writeln!(text, "judged    not yet: {why}")?;
    }
    if let Some(why) = never_alone(rule.id) {
        writeln!(text, "decided   never: {why}")?;
    }
    writeln!(text)?;
    writeln!(text, "impact    {}", rule.impact)?;
    writeln!(text, "fix       {}", rule.fix)?;
    Ok(text)
}

pub(super) fn schema(args: &SchemaArgs) -> anyhow::Result<u8> {
    outln!("{}", published(&args.what)?);
    Ok(0)
}

/// Returns the JSON schema of replay files (`replay`), of vectors (`vector`, `vectors`), of the lines of `stdio:`
/// targets, or else of the record.
///
/// # Errors
/// If the schema cannot be written as JSON.
pub fn published(what: &str) -> anyhow::Result<String> {
    let schema = match what {
        "replay" => schemars::schema_for!(Replay),
        "vector" => schemars::schema_for!(Vector),
        "vectors" => schemars::schema_for!(Suite),
        "stdio-request" => schemars::schema_for!(StdioRequest),
        "stdio-answer" => schemars::schema_for!(StdioAnswer),
        "list-result" => schemars::schema_for!(RuleList),
        "explain-result" => schemars::schema_for!(Explanation),
        "probe-result" => schemars::schema_for!(ProbeResult),
        "replay-result" => schemars::schema_for!(ReplayResults),
        "compare-result" => schemars::schema_for!(CompareResult),
        "verify-result" => schemars::schema_for!(VerifyResult),
        _ => schemars::schema_for!(Record),
    };
    Ok(serde_json::to_string_pretty(&schema)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn races_that_nothing_decides_are_listed_as_touched() {
        let covered = Covered { touched: BTreeSet::new(), decided: BTreeSet::new() };
        let listed = |id| coverage(rules::find(id).unwrap(), Revision::LATEST, &covered);
        assert_eq!(
            [listed("R-01"), listed("R-02"), listed("R-03")],
            [Occasion::Planned, Occasion::Touched, Occasion::Touched]
        );
    }
}
