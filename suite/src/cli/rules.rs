//! `ucks list`, `ucks explain`, `ucks schema`.

use crate::plan::cases::cases;
use crate::plan::{Goal, Reach};
use crate::profile::Profile;
use crate::record::Record;
use crate::replay::Replay;
use crate::run::matches;
use anyhow::bail;
use std::collections::BTreeSet;
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
    let covered = covered(args.revision)?;
    let mut shown = 0;
    for rule in rules::at(args.revision) {
        if !args.ids.is_empty() && !args.ids.iter().any(|p| matches(p, rule.id.0)) {
            continue;
        }
        shown += 1;
        println!("{:5} {:7} {:18} {:12} {}", rule.id, rule.force.to_string(), rule.basis, coverage(rule, &covered), rule.asks);
    }
    if shown == 0 {
        bail!("no rule of revision {} matches; `ucks list` shows all", args.revision);
    }
    println!("{shown} rules of revision {}, rule book {}", args.revision, rules::RULE_BOOK);
    Ok(0)
}

fn covered(revision: Revision) -> anyhow::Result<BTreeSet<&'static str>> {
    let profile = Profile::parse(ucks_emulator::DEFAULT_WORLD)?;
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
        Check::Form(_) | Check::Effect | Check::Companion | Check::Order | Check::Run => "every answer",
    }
}

pub(super) fn explain(args: &ExplainArgs) -> anyhow::Result<u8> {
    let id = args.rule.splitn(3, '-').take(2).collect::<Vec<_>>().join("-");
    let Some(rule) = rules::find(&id) else {
        bail!("there is no rule `{}`; `ucks list` shows all", args.rule);
    };
    println!("{}  {}", rule.id, rule.asks);
    println!();
    let group = rules::GROUPS.iter().find(|(g, _)| *g == rule.id.group()).map_or("", |(_, what)| what);
    println!("group     {} — {group}", rule.id.group());
    println!("force     {}", match rule.force {
        Force::Must => "must: a departure fails the run",
        Force::Should => "should: a departure is a warning; it fails the run with --strict",
        Force::Open => "open: no text decides; whatever comes is recorded, and never fails",
        Force::Suite => "suite: a duty of the suite itself",
    });
    println!("basis     {}", rule.basis);
    println!("source    {}", rule.source);
    println!("since     {} — {}", rule.since, rule.since.what());
    if let Check::Untested(why) = rule.check {
        println!("judged    not yet: {why}");
    }
    println!();
    println!("why       where a service departs, {}", rule.means);
    println!("to mend   {}", rule.mend);
    Ok(0)
}

pub(super) fn schema(args: &SchemaArgs) -> anyhow::Result<u8> {
    let schema = if args.what == "replay" { schemars::schema_for!(Replay) } else { schemars::schema_for!(Record) };
    println!("{}", serde_json::to_string_pretty(&schema)?);
    Ok(0)
}
