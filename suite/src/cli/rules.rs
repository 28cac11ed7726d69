//! `ucks list`, `ucks explain`, `ucks schema`.

use crate::plan::cases::cases;
use crate::plan::{Goal, Reach};
use crate::profile::Profile;
use crate::record::Record;
use crate::replay::Replay;
use crate::run::matches;
use anyhow::bail;
use std::collections::BTreeSet;
use std::fmt::Write;
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
    /// A rule's id (`G-14`), or the code of a finding (`G-14-0f3a1`).
    rule: String,
}

/// Which schema.
#[derive(Debug, clap::Args)]
pub(super) struct SchemaArgs {
    /// `record` or `replay`.
    #[arg(default_value = "record", value_parser = ["record", "replay"])]
    what: String,
}

pub(super) fn list(args: &ListArgs) -> anyhow::Result<u8> {
    print!("{}", listing(&args.ids, args.revision)?);
    Ok(0)
}

/// What `ucks list` prints.
///
/// # Errors
/// Where no rule of the revision matches.
pub fn listing(ids: &[String], revision: Revision) -> anyhow::Result<String> {
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
    if shown == 0 {
        bail!("no rule of revision {revision} matches; `ucks list` shows all");
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
    print!("{}", explanation(&args.rule)?);
    Ok(0)
}

/// What `ucks explain` prints of a rule, or of the rule of a finding's code.
///
/// # Errors
/// Where there is no such rule.
pub fn explanation(name: &str) -> anyhow::Result<String> {
    let id = name.splitn(3, '-').take(2).collect::<Vec<_>>().join("-");
    let Some(rule) = rules::find(&id) else {
        bail!("there is no rule `{name}`; `ucks list` shows all");
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
    println!("{}", published(&args.what)?);
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
