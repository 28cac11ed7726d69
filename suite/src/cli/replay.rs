//! `ucks replay`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;

use super::access::Access;
use super::console::outln;
use super::json::{self, Format, ReplayResult, ReplayResults, ReplayVerdict, ReplayedStep};
use super::run::ErrorPolicy;
use super::target::{Wishes, is_notation, ready};
use crate::replay::FormatVersion;
use crate::replay::{FORMAT, Replay};
use crate::report::plain;
use crate::run::context::{NoTracking, RunContext};
use crate::run::executor::Executor;
use crate::run::finding::key;
use crate::run::probe::probe;
use crate::wording;
use crate::{bind, names::Names, render};

/// The arguments of `ucks replay`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The replay files of findings; the last argument may be the target [default: the one of the finding].
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The profile [default: the one that the finding was found with].
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t, conflicts_with = "quiet")]
    format: Format,
    /// Print only the verdict.
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    access: Access,
}

enum ReplayOutcome {
    Fixed,
    StillFails(String),
    CouldNotTest(String),
}

pub(super) fn main(mut args: Args) -> anyhow::Result<u8> {
    let last = args.files.last().and_then(|f| f.to_str()).filter(|f| is_notation(f)).map(str::to_owned);
    if last.is_some() {
        args.files.pop();
    }
    if args.files.is_empty() {
        bail!("no replay file is given, only a target");
    }
    // All files are read before any is run: a misspelt name must not lose the results of others.
    let replays = args.files.iter().map(|path| read(path)).collect::<anyhow::Result<Vec<_>>>()?;
    let runtime = super::runtime()?;
    let (mut fixed, mut failing, mut untested) = (0, 0, 0);
    let mut results = Vec::new();
    for (file, replay) in args.files.iter().zip(&replays) {
        let code = replay.finding.code();
        let mut steps = Vec::new();
        let verdict = runtime.block_on(go(&args, last.as_deref(), replay, &mut steps))?;
        if args.format.is_json() {
            results.push(result(file, code.clone(), &verdict, steps));
        }
        let text = !args.format.is_json();
        match verdict {
            ReplayOutcome::Fixed => {
                fixed += 1;
                if text {
                    outln!("FIXED — {code}: the service answers the sequence as the contract requires");
                }
            }
            ReplayOutcome::StillFails(what) => {
                failing += 1;
                if text {
                    outln!("STILL FAILS — {code}: {}", plain(&what));
                }
            }
            ReplayOutcome::CouldNotTest(why) => {
                untested += 1;
                if text {
                    outln!("COULD NOT TEST — {code}: {}", plain(&why));
                }
            }
        }
    }
    if args.format.is_json() {
        json::print(&ReplayResults { format: json::FORMAT, results })?;
    } else if replays.len() > 1 {
        outln!("{} findings: {fixed} fixed, {failing} still failing, {untested} could not be tested", replays.len());
    }
    Ok(match (failing, untested) {
        (0, 0) => 0,
        (0, _) => super::COULD_NOT_TEST,
        _ => 1,
    })
}

/// Reads a replay file.
pub(super) fn read(path: &Path) -> anyhow::Result<Replay> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let what = || format!("`{}` is not a replay file", path.display());
    let form: FormatVersion = serde_json::from_str(&text).with_context(what)?;
    if form.format != FORMAT {
        bail!(
            "`{}` has format {}, and this program reads format {FORMAT}: run `ucks run` again, which writes a new one",
            path.display(),
            form.format
        );
    }
    serde_json::from_str(&text).with_context(what)
}

/// The result of one file, for programs.
fn result(file: &Path, code: String, verdict: &ReplayOutcome, steps: Vec<ReplayedStep>) -> ReplayResult {
    let (verdict, detail) = match verdict {
        ReplayOutcome::Fixed => (ReplayVerdict::Fixed, None),
        ReplayOutcome::StillFails(what) => (ReplayVerdict::StillFails, Some(what.clone())),
        ReplayOutcome::CouldNotTest(why) => (ReplayVerdict::CouldNotTest, Some(why.clone())),
    };
    ReplayResult { file: file.display().to_string(), code, verdict, detail, steps }
}

async fn go(
    args: &Args,
    target: Option<&str>,
    replay: &Replay,
    steps: &mut Vec<ReplayedStep>,
) -> anyhow::Result<ReplayOutcome> {
    let revision: Revision = replay.revision.parse()?;
    let profile = args.profile.clone().or_else(|| replay.profile.as_ref().map(PathBuf::from));
    if let Some(missing) = profile.as_ref().filter(|p| args.profile.is_none() && !p.exists()) {
        // Without its profile the sequence would be judged by less than the finding was.
        bail!(
            "the profile `{}` that the finding was found with is not here; name it with --profile",
            missing.display()
        );
    }
    let notation = target.unwrap_or(&replay.target).to_owned();
    let ready = ready(
        &notation,
        Wishes {
            profile: profile.as_deref(),
            revision: Some(revision),
            access: Some(&args.access),
            ..Wishes::default()
        },
    )
    .await?;
    let mut model = Model::new(revision);
    let policy: ErrorPolicy =
        replay.policy.parse().map_err(anyhow::Error::msg).context("the policy of the replay file")?;
    model.policy = policy.load().context("the policy of the replay file")?;
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
            Err(lost) => return Ok(ReplayOutcome::CouldNotTest(lost.to_string())),
            Ok(probed) => {
                if let Some(why) = probed.hopeless {
                    return Ok(ReplayOutcome::CouldNotTest(why));
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
        return Ok(ReplayOutcome::CouldNotTest("the profile has too few fixtures for the sequence".to_owned()));
    };
    let mut executor = Executor::new(&context, Names::new(context.nonce, 0, 0), leases);
    let mut verdict = ReplayOutcome::Fixed;
    for (op, line) in replay.operations.iter().zip(render::lines(&replay.operations)) {
        let result = match executor.run(op).await {
            Ok(result) => result,
            // The request that brings the target down did so again.
            Err(lost) if replay.finding.rule == ucks_oracle::rules::ids::W_15.0 && lost.may_have_arrived() => {
                return Ok(ReplayOutcome::StillFails(format!("the target was lost: {lost}")));
            }
            Err(lost) => return Ok(ReplayOutcome::CouldNotTest(lost.to_string())),
        };
        let answer = result.answered.as_ref().map(|(_, _, answer)| plain(&wording::observed(answer)));
        steps.push(ReplayedStep { step: line.clone(), answer: answer.clone() });
        if !args.quiet && !args.format.is_json() {
            outln!("  {line}{}", answer.map_or(String::new(), |a| format!(" → {a}")));
        }
        if let Some(why) = result.skipped {
            verdict = ReplayOutcome::CouldNotTest(why.to_string());
            break;
        }
        let found: Vec<_> = result.divergences.iter().map(key).collect();
        if let Some(same) = found.iter().find(|k| **k == replay.finding) {
            verdict = ReplayOutcome::StillFails(same.sentence());
            break;
        }
        if let Some(alike) = found.iter().find(|k| k.rule == replay.finding.rule) {
            verdict = ReplayOutcome::StillFails(format!("the same rule, otherwise: {}", alike.sentence()));
            break;
        }
        if let Some(why) = result.blocked {
            verdict = ReplayOutcome::CouldNotTest(why);
            break;
        }
        if let Some(why) = result.no_verdict {
            verdict = ReplayOutcome::CouldNotTest(format!(
                "the answer is not a verdict on the operation: {}",
                wording::observed(&why)
            ));
            break;
        }
    }
    let cleaned = executor.clean_up().await;
    if let (ReplayOutcome::Fixed, Ok(result)) = (&verdict, &cleaned)
        && let Some(same) = result.divergences.iter().map(key).find(|k| *k == replay.finding)
    {
        return Ok(ReplayOutcome::StillFails(same.sentence()));
    }
    Ok(verdict)
}
