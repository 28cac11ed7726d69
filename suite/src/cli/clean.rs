//! `ucks clean`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use ucks_oracle::answer::{DescribedStore, Outcome, page};
use ucks_oracle::wire::Request;

use super::access::Access;
use super::console::outln;
use super::target::{Wishes, ready};
use crate::ledger::{self, Ledger, Remaining};
use crate::report::{counted, plain};
use crate::run::executor::{describe, describe_any};
use crate::target::SharedTarget;
use crate::wording;

/// Which ledger.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The ledgers that runs left behind [default: all in `.ucks` that no running process writes].
    ledgers: Vec<PathBuf>,
    /// The profile that the run was given.
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    #[command(flatten)]
    access: Access,
}

/// Attempts at a store, with pauses that grow: some 20 seconds in all.
const ATTEMPTS: u32 = 20;
/// Equal answers in a row after which a store is given up.
const REFUSALS: u32 = 5;

pub(super) fn main(args: &Args) -> anyhow::Result<u8> {
    let found: Vec<PathBuf> = ledger::leftovers(None).into_iter().map(|l| l.path).collect();
    let paths = if args.ledgers.is_empty() { &found } else { &args.ledgers };
    if paths.is_empty() {
        outln!("nothing to remove: no ledger in `.ucks` names a store");
        return Ok(0);
    }
    let runtime = super::runtime()?;
    let mut left = 0;
    for path in paths {
        let (url, ledger) = Ledger::open(path)?;
        left += runtime
            .block_on(clean(&url, &ledger, args.profile.as_deref(), &args.access))
            .with_context(|| format!("the stores of `{}` were not removed", path.display()))?;
    }
    match left {
        0 => outln!("all stores are removed"),
        n => outln!("{} {} left", counted(n as u64, "store"), if n == 1 { "is" } else { "are" }),
    }
    Ok(u8::from(left > 0))
}

/// Removes the stores of a ledger: how many are left.
async fn clean(url: &str, ledger: &Ledger, profile: Option<&Path>, access: &Access) -> anyhow::Result<usize> {
    let ready = ready(url, Wishes { profile, access: Some(access), ..Wishes::default() }).await?;
    let answer = ready.target.call(&describe_any()).await.context("the target of the ledger does not answer")?;
    let all = page(&answer, 10_000).map(|p| p.stores).unwrap_or_default();
    for remaining in ledger.remaining() {
        let id = match &remaining {
            Remaining::Id(id) => Some(id.clone()),
            Remaining::Name(name) => all.iter().find(|s| s.name.as_deref() == Some(name)).map(|s| s.id.clone()),
        };
        match (id, remaining) {
            (None, Remaining::Name(name)) => ledger.withdrawn(&name)?,
            (Some(id), remaining) => match remove(&ready.target, &id).await? {
                None => {
                    ledger.deleted(&id)?;
                    if let Remaining::Name(name) = remaining {
                        ledger.withdrawn(&name)?;
                    }
                    outln!("removed {}", plain(&id));
                }
                Some(why) => outln!("cannot remove {}{}: {}", plain(&id), named(&all, &id), plain(&why)),
            },
            (None, Remaining::Id(_)) => {}
        }
    }
    Ok(ledger.finish()?.len())
}

fn named(all: &[DescribedStore], id: &str) -> String {
    let name = all.iter().find(|s| s.id == id).and_then(|s| s.name.as_deref());
    name.map_or_else(String::new, |name| format!(" ({})", plain(name)))
}

/// Disconnects and deletes a store: why it is still there, or nothing.
async fn remove(target: &SharedTarget, id: &str) -> anyhow::Result<Option<String>> {
    let body = serde_json::json!({ "CustomKeyStoreId": id }).to_string().into_bytes();
    let mut why = "it stayed on its way to another state".to_owned();
    let mut refused = 0;
    for attempt in 0..ATTEMPTS {
        let Some(store) = look(target, id).await? else { return Ok(None) };
        let state = store.state.as_deref();
        let operation = match state {
            Some("DISCONNECTED") | None => Some("DeleteCustomKeyStore"),
            Some("CONNECTED" | "FAILED") => Some("DisconnectCustomKeyStore"),
            _ => None,
        };
        if let Some(operation) = operation {
            let answer = target.call(&Request::operation(operation, body.clone())).await?;
            let label = wording::outcome(&Outcome::read(&answer));
            let now = format!("it is {}, and {operation} answers {label}", state.unwrap_or("in no known state"));
            refused = if now == why { refused + 1 } else { 0 };
            why = now;
            if refused == REFUSALS {
                break;
            }
        }
        tokio::time::sleep(Duration::from_millis(20 << attempt.min(6))).await;
    }
    Ok(Some(why))
}

async fn look(target: &SharedTarget, id: &str) -> anyhow::Result<Option<DescribedStore>> {
    let answer = target.call(&describe(id)).await?;
    if Outcome::read(&answer) != Outcome::Success {
        return Ok(None);
    }
    Ok(page(&answer, 1_000).map(|p| p.stores.into_iter().find(|s| s.id == id)).unwrap_or_default())
}
