//! `ucks replay`.

use super::target::{Wishes, ready};
use crate::replay::{FORMAT, Replay};
use crate::run::context::{NoTracking, RunContext};
use crate::run::executor::Executor;
use crate::run::finding::key;
use crate::run::probe::probe;
use crate::{bind, names::Names, render};
use anyhow::{Context, bail};
use std::path::PathBuf;
use std::sync::Arc;
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;

/// What to replay, against what.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The replay file of a finding.
    file: PathBuf,
    /// The target [default: the one that the finding was found in].
    target: Option<String>,
    /// The profile [default: the one that the finding was found with].
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Print only the verdict.
    #[arg(long, short)]
    quiet: bool,
}

enum Verdict {
    Fixed,
    StillFails(String),
    CouldNotTest(String),
}

pub(super) fn main(args: Args) -> anyhow::Result<u8> {
    let text = std::fs::read_to_string(&args.file).with_context(|| format!("cannot read `{}`", args.file.display()))?;
    let replay: Replay =
        serde_json::from_str(&text).with_context(|| format!("`{}` is no replay file", args.file.display()))?;
    if replay.format != FORMAT {
        bail!("`{}` has form {}, and this program reads form {FORMAT}", args.file.display(), replay.format);
    }
    let verdict = super::runtime()?.block_on(go(&args, &replay))?;
    Ok(match verdict {
        Verdict::Fixed => {
            println!("FIXED — {}: the sequence is answered as the contract says", replay.finding.code());
            0
        }
        Verdict::StillFails(what) => {
            println!("STILL FAILS — {}: {what}", replay.finding.code());
            1
        }
        Verdict::CouldNotTest(why) => {
            println!("COULD NOT TEST — {}: {why}", replay.finding.code());
            super::COULD_NOT_TEST
        }
    })
}

async fn go(args: &Args, replay: &Replay) -> anyhow::Result<Verdict> {
    let revision: Revision = replay.revision.parse()?;
    let named = replay.profile.as_ref().map(PathBuf::from).filter(|p| p.exists());
    let profile = args.profile.clone().or(named);
    let notation = args.target.clone().unwrap_or_else(|| replay.target.clone());
    let ready =
        ready(&notation, Wishes { profile: profile.as_deref(), revision: Some(revision), ..Wishes::default() }).await?;
    let mut model = Model::new(revision);
    model.policy = super::run::policy(&replay.policy);
    model.environment = ready.profile.environment_at(revision);
    let context = |model: Model| {
        RunContext::new(
            ready.target.clone(),
            model,
            ready.profile.settle,
            ready.profile.transition,
            ready.profile.rate,
            Arc::new(NoTracking),
        )
    };
    let mut effect_checks_enabled = true;
    if replay.finding.rule != ucks_oracle::rules::ids::O_02.0 {
        let first = context(model.clone());
        match probe(&first, ready.profile.stores, ready.profile.checks_signatures).await {
            Err(lost) => return Ok(Verdict::CouldNotTest(lost.to_string())),
            Ok(probed) => {
                if let Some(why) = probed.hopeless {
                    return Ok(Verdict::CouldNotTest(why));
                }
                model.blind = Arc::new(probed.blind);
            }
        }
        effect_checks_enabled = first.effect_checks_enabled();
    }
    let context = context(model);
    if !effect_checks_enabled {
        context.disable_effect_checks();
    }
    let Some(leases) =
        bind::Pool::new(&ready.profile.environment, usize::MAX).lease(&bind::Needs::of(&replay.operations))
    else {
        return Ok(Verdict::CouldNotTest("the profile has too few fixtures for the sequence".to_owned()));
    };
    let mut executor = Executor::new(&context, Names::new(context.nonce, 0, 0), leases);
    let mut verdict = Verdict::Fixed;
    for op in &replay.operations {
        let result = match executor.run(op).await {
            Ok(result) => result,
            // What brings the target down did so again.
            Err(lost) if replay.finding.rule == ucks_oracle::rules::ids::W_15.0 && lost.may_have_arrived() => {
                return Ok(Verdict::StillFails(format!("the target was lost: {lost}")));
            }
            Err(lost) => return Ok(Verdict::CouldNotTest(lost.to_string())),
        };
        let answer = result.answered.as_ref().map(|(_, _, label)| label.clone());
        if !args.quiet {
            println!("  {}{}", render::line(op), answer.map_or(String::new(), |a| format!(" → {a}")));
        }
        if let Some(why) = result.skipped {
            verdict = Verdict::CouldNotTest(why.to_string());
            break;
        }
        let found: Vec<_> = result.divergences.iter().map(key).collect();
        if let Some(same) = found.iter().find(|k| **k == replay.finding) {
            verdict = Verdict::StillFails(same.sentence());
            break;
        }
        if let Some(alike) = found.iter().find(|k| k.rule == replay.finding.rule) {
            verdict = Verdict::StillFails(format!("the same rule, otherwise: {}", alike.sentence()));
            break;
        }
        if let Some(why) = result.blocked {
            verdict = Verdict::CouldNotTest(why);
            break;
        }
        if let Some(why) = result.no_verdict {
            verdict = Verdict::CouldNotTest(format!("the answer says nothing about the operation: {why}"));
            break;
        }
    }
    let cleaned = executor.clean_up().await;
    if let (Verdict::Fixed, Ok(result)) = (&verdict, &cleaned)
        && let Some(same) = result.divergences.iter().map(key).find(|k| *k == replay.finding)
    {
        return Ok(Verdict::StillFails(same.sentence()));
    }
    Ok(verdict)
}
