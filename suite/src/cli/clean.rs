//! `ucks clean`.

use super::target::{Wishes, ready};
use crate::ledger::{Ledger, Remaining};
use crate::run::executor::{describe, describe_any};
use crate::target::SharedTarget;
use anyhow::Context;
use std::path::PathBuf;
use std::time::Duration;
use ucks_oracle::answer::{DescribedStore, Outcome, page};
use ucks_oracle::wire::Request;

/// Which ledger.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The ledger that a run left behind.
    ledger: PathBuf,
    /// The profile that the run was given.
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
}

pub(super) fn main(args: &Args) -> anyhow::Result<u8> {
    let (url, ledger) = Ledger::open(&args.ledger)?;
    super::runtime()?.block_on(async {
        let ready = ready(&url, Wishes { profile: args.profile.as_deref(), ..Wishes::default() }).await?;
        let answer = ready.target.call(&describe_any()).await.context("the target of the ledger does not answer")?;
        let all = page(&answer, 10_000).map(|p| p.stores).unwrap_or_default();
        for remaining in ledger.remaining() {
            let id = match &remaining {
                Remaining::Id(id) => Some(id.clone()),
                Remaining::Name(name) => all.iter().find(|s| s.name.as_deref() == Some(name)).map(|s| s.id.clone()),
            };
            match (id, remaining) {
                (None, Remaining::Name(name)) => ledger.withdrawn(&name)?,
                (Some(id), _) => {
                    if remove(&ready.target, &id).await? {
                        ledger.deleted(&id)?;
                        println!("removed {id}");
                    } else {
                        println!("cannot remove {id}");
                    }
                }
                (None, Remaining::Id(_)) => {}
            }
        }
        let left = ledger.finish()?;
        println!("{} stores are left", left.len());
        Ok(u8::from(!left.is_empty()))
    })
}

/// Disconnects and deletes a store; `true` when it is gone.
async fn remove(target: &SharedTarget, id: &str) -> anyhow::Result<bool> {
    let body = serde_json::json!({ "CustomKeyStoreId": id }).to_string().into_bytes();
    for attempt in 0..20 {
        let Some(store) = look(target, id).await? else { return Ok(true) };
        match store.state.as_deref() {
            Some("DISCONNECTED") | None => {
                target.call(&Request::operation("DeleteCustomKeyStore", body.clone())).await?;
            }
            Some("CONNECTED" | "FAILED") => {
                target.call(&Request::operation("DisconnectCustomKeyStore", body.clone())).await?;
            }
            _ => {}
        }
        tokio::time::sleep(Duration::from_millis(20 << attempt.min(6))).await;
    }
    Ok(false)
}

async fn look(target: &SharedTarget, id: &str) -> anyhow::Result<Option<DescribedStore>> {
    let answer = target.call(&describe(id)).await?;
    if Outcome::read(&answer) != Outcome::Success {
        return Ok(None);
    }
    Ok(page(&answer, 1_000).map(|p| p.stores.into_iter().find(|s| s.id == id)).unwrap_or_default())
}
