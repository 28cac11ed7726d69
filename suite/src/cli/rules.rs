//! `ucks list`, `ucks explain`, `ucks schema`.

use super::console::{out, outln};
use crate::plan::cases::cases;
use crate::plan::{Goal, Reach};
use crate::profile::Profile;
use crate::record::Record;
use crate::render;
use crate::replay::Replay;
use crate::report::{REPLAY_DIR, plain};
use crate::run::matches;
use crate::selection::{check, hint};
use crate::spelling::suggestion;
use anyhow::bail;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::{Check, Force, Rule};
use ucks_oracle::rules;

/// Which rules.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Ids, group letters or globs; all rules when left out.
    ids: Vec<String>,
    /// The dated contract.
    #[arg(long, value_name = "DATE", default_value_t = Revision::LATEST)]
    revision: Revision,
}

/// What to explain.
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// A rule's id (`G-14`), or the code of a finding (`G-14-0f3a1`), or a finding's replay file.
    rule: String,
    /// Where replay files of findings are.
    #[arg(long, value_name = "DIR", default_value = REPLAY_DIR)]
    findings: PathBuf,
}

/// Which schema.
#[derive(Debug, clap::Args)]
pub(super) struct SchemaArgs {
    /// `record` or `replay`.
    #[arg(default_value = "record", value_parser = ["record", "replay"])]
    what: String,
}

pub(super) fn list(args: &ListArgs) -> anyhow::Result<u8> {
    out!("{}", listing(&args.ids, args.revision)?);
    Ok(0)
}

/// What `ucks list` prints.
///
/// # Errors
/// Where no rule of the revision matches.
pub fn listing(ids: &[String], revision: Revision) -> anyhow::Result<String> {
    check(ids.iter().map(String::as_str), Some(revision))?;
    let covered = covered(revision)?;
    let mut text = String::new();
    let mut shown = 0;
    for rule in rules::at(revision) {
        if !ids.is_empty() && !ids.iter().any(|p| matches(p, rule.id.0)) {
            continue;
        }
        shown += 1;
        writeln!(
            text,
            "{:5} {:7} {:18} {:12} {}",
            rule.id,
            rule.force_at(revision).to_string(),
            rule.basis,
            coverage(rule, &covered),
            rule.requirement
        )?;
    }
    writeln!(text, "{shown} rules of revision {revision}, rule book {}", rules::RULE_BOOK)?;
    Ok(text)
}

fn covered(revision: Revision) -> anyhow::Result<BTreeSet<&'static str>> {
    let profile = Profile::parse(ucks_emulator::DEFAULT_ENVIRONMENT)?;
    let mut model = Model::new(revision);
    model.environment = profile.environment.clone();
    let plan = cases(&model, &Reach { room: profile.stores, ..Reach::all() });
    Ok(plan
        .goals
        .iter()
        .filter_map(|g| match g {
            Goal::Rule { exercise, .. } => Some(exercise.rule.0),
            _ => None,
        })
        .collect())
}

fn coverage(rule: &Rule, covered: &BTreeSet<&'static str>) -> &'static str {
    match rule.check {
        Check::Untested(_) => "not yet",
        _ if rule.force == Force::Suite => "a duty",
        Check::Request(_) if covered.contains(rule.id.0) => "planned",
        Check::Request(_) if rule.id.group() == "D" => "with profile",
        Check::Request(_) => "on occasion",
        Check::Race => "planned",
        Check::Form(_) | Check::Effect | Check::Companion | Check::Order | Check::Run => "every answer",
    }
}

pub(super) fn explain(args: &ExplainArgs) -> anyhow::Result<u8> {
    let name = args.rule.trim();
    let text = match rules::find(&name.to_ascii_uppercase()) {
        Some(rule) => explanation(rule.id.0)?,
        None => finding(name, &args.findings)?,
    };
    out!("{text}");
    Ok(0)
}

/// What a replay file says of its finding, and then of the finding's rule.
fn finding(name: &str, folder: &Path) -> anyhow::Result<String> {
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
    let replay = super::replay::read(&path)?;
    let key = &replay.finding;
    let mut text = String::new();
    writeln!(text, "{}  {}", key.code(), plain(&key.sentence()))?;
    writeln!(text)?;
    let cell = [&key.store_type, &key.state, &key.member].into_iter().flatten().map(String::as_str);
    writeln!(text, "operation {}", [key.operation.as_str()].into_iter().chain(cell).collect::<Vec<_>>().join(", "))?;
    writeln!(text, "expected  {}", plain(&key.expected))?;
    writeln!(text, "actual    {}", plain(&key.got))?;
    writeln!(text, "target    {}, revision {}", plain(&replay.target), replay.revision)?;
    for (at, op) in replay.operations.iter().enumerate() {
        writeln!(text, "{:9} {}. {}", if at == 0 { "sequence" } else { "" }, at + 1, plain(&render::line(op)))?;
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

/// What `ucks explain` prints of a rule.
///
/// # Errors
/// Where there is no such rule.
pub fn explanation(id: &str) -> anyhow::Result<String> {
    let Some(rule) = rules::find(id) else {
        bail!("there is no rule `{id}`{} (`ucks list` shows all rules)", hint(id));
    };
    let mut text = String::new();
    writeln!(text, "{}  {}", rule.id, rule.requirement)?;
    writeln!(text)?;
    let group = rules::GROUPS.iter().find(|(g, _)| *g == rule.id.group()).map_or("", |(_, what)| what);
    writeln!(text, "group     {} — {group}", rule.id.group())?;
    writeln!(
        text,
        "force     {}",
        match rule.force {
            Force::Must => "must: a departure fails the run",
            Force::Should => "should: a departure is a warning; it fails the run with --strict",
            Force::Open => "open: no text decides; whatever comes is recorded, and never fails",
            Force::Suite => "suite: a duty of the suite itself",
        }
    )?;
    if let Some(since) = rule.open_since {
        writeln!(text, "          open since {since}")?;
    }
    writeln!(text, "basis     {}", rule.basis)?;
    writeln!(text, "source    {}", rule.source)?;
    writeln!(text, "since     {} — {}", rule.since, rule.since.what())?;
    if let Check::Untested(why) = rule.check {
        writeln!(text, "judged    not yet: {why}")?;
    }
    writeln!(text)?;
    writeln!(text, "why       where a service departs, {}", rule.impact)?;
    writeln!(text, "to mend   {}", rule.fix)?;
    Ok(text)
}

pub(super) fn schema(args: &SchemaArgs) -> anyhow::Result<u8> {
    outln!("{}", published(&args.what)?);
    Ok(0)
}

/// The schema of replay files, or else of the record.
///
/// # Errors
/// Where the schema does not go into JSON.
pub fn published(what: &str) -> anyhow::Result<String> {
    let schema = if what == "replay" { schemars::schema_for!(Replay) } else { schemars::schema_for!(Record) };
    Ok(serde_json::to_string_pretty(&schema)?)
}
