//! `ucks probe`.

use std::path::PathBuf;
use std::sync::Arc;

use ucks_oracle::account::ConnectionState;
use ucks_oracle::model::Model;

use super::access::Access;
use super::console::{errln, out};
use super::json::{self, Format, ProbeResult};
use super::target::{Wishes, ready};
use crate::run::context::{NoTracking, RunContext};
use crate::run::probe::{Probed, probe};

/// The arguments of `ucks probe`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The target.
    target: String,
    /// Where to write the profile [default: standard output].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The form of the output; `json` holds the profile too.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    access: Access,
}

pub(super) fn main(args: Args) -> anyhow::Result<u8> {
    super::runtime()?.block_on(async {
        let ready = ready(&args.target, Wishes { access: Some(&args.access), ..Wishes::default() }).await?;
        let mut model = Model::new(ready.revision);
        model.environment = ready.profile.environment.clone();
        let context = RunContext::new(
            ready.target.clone(),
            model,
            ready.profile.settle,
            ready.profile.transition,
            0.0,
            Arc::new(NoTracking),
        );
        let probed = match probe(&context, ready.profile.stores, false).await {
            Ok(probed) => probed,
            Err(lost) => {
                errln!("ucks: {lost}");
                return Ok(super::COULD_NOT_TEST);
            }
        };
        let json = args.format.is_json();
        for note in probed.notes.iter().filter(|_| !json) {
            errln!("{} {}: {}", if note.usable { "note" } else { "lacks" }, note.subject, note.note);
        }
        if let Some(why) = &probed.hopeless {
            errln!("ucks: {why}");
            if !probed.updates && !json {
                return Ok(super::COULD_NOT_TEST);
            }
        }
        let open: String = probed
            .notes
            .iter()
            .filter(|n| !n.usable)
            .map(|n| comment(&format!("Not found out: {}: {}", n.subject, n.note,)))
            .collect();
        let types = probed.reach.types.iter().map(|t| t.name()).collect::<Vec<_>>().join(" and ");
        let types = if types.is_empty() { "none so far" } else { &types };
        let states = probed.reach.seen.iter().map(|s| s.name()).collect::<Vec<_>>().join(", ");
        let states = if states.is_empty() { "none" } else { &states };
        let lacks: String = ConnectionState::ALL
            .iter()
            .filter(|state| !probed.reach.types.is_empty() && !probed.reach.seen.contains(state))
            .map(|state| lack(state.name()))
            .collect();
        let text = format!(
            "# A first profile of {}: what the probe saw, and what only you can know.\n\
             # Stores that can be created: {types}. States seen: {states}.\n{open}\
             target = {target}\nrevision = \"{}\"\nregion = \"us-east-1\"\n# account = \"111122223333\"\n\n\
             [suite]\n# How long reads may lag behind writes, and how long a transition may take.\n\
             settle_ms = 500\ntransition_ms = 5000\n\
             # Whether group D is judged: requests without a valid signature.\n\
             check_signatures = false\n\n[limits]\nstores = {}\nrequests_per_second = 0\n\n\
             # Clusters, VPC endpoint services and proxies that the target knows, each with its role: without\n\
             # them the groups H, V and X are not judged. `ucks emulator --print-environment` shows the whole form.\n\
             # [[clusters]]\n# id = \"cluster-…\"\n# family = \"a\"\n# role = \"primary\"\n{lacks}",
            one_line(&args.target),
            ready.revision,
            ready.profile.stores,
            target = toml::Value::String(args.target.clone()),
        );
        if let Some(path) = &args.output {
            super::outputs::write(path, &text)?;
        } else if !json {
            out!("{text}");
        }
        if json {
            json::print(&result(&args.target, &ready.revision.to_string(), &probed, text))?;
        }
        Ok(if probed.hopeless.is_none() || probed.updates { 0 } else { super::COULD_NOT_TEST })
    })
}

/// The result for programs.
fn result(target: &str, revision: &str, probed: &Probed, profile: String) -> ProbeResult {
    let reach = &probed.reach;
    ProbeResult {
        format: json::FORMAT,
        target: target.to_owned(),
        revision: revision.to_owned(),
        hopeless: probed.hopeless.clone(),
        types: reach.types.iter().map(|t| t.name().to_owned()).collect(),
        connects: reach.connect.iter().map(|t| t.name().to_owned()).collect(),
        disconnects: reach.disconnect,
        deletes: reach.delete,
        describes: reach.describe,
        states: reach.seen.iter().map(|s| s.name().to_owned()).collect(),
        room: reach.room,
        notes: probed.notes.clone(),
        profile,
    }
}

/// A row for a state that the probe did not see, which a certificate of level core may leave out.
fn lack(state: &str) -> String {
    format!("\n[[lacks]]\nstate = \"{state}\"\nreason = \"the probe saw no store in this state\"\n")
}

/// A line of a comment.
fn comment(text: &str) -> String {
    format!("# {}\n", one_line(text))
}

/// The text with blanks in place of control characters, such as the end of a line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
