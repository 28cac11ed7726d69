//! DescribeCustomKeyStores by name and page by page (O-07, O-08).

use super::{DESCRIBE, Executor, PAGE, StepResult, plain};
use crate::target::TransportError;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use ucks_oracle::answer::{Outcome, Page, page};
use ucks_oracle::model::Divergence;
use ucks_oracle::rule::RuleId;
use ucks_oracle::rules::ids;
use ucks_oracle::wire::Request;

/// A listing does not show a store that exists.
pub(crate) const A_STORE_MISSING: &str = "a store missing";
/// A listing shows a store on two pages.
pub(crate) const A_STORE_TWICE: &str = "a store twice";
/// Most pages that are turned.
const PAGES: usize = 256;

impl Executor<'_> {
    /// Looks a store up by its name.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub(super) async fn find(&mut self, id: &str, result: &mut StepResult) -> Result<(), TransportError> {
        let name = self.belief.account().store(id).and_then(|s| s.name.known().cloned());
        let Some(name) = name.filter(|_| !self.belief.is_tainted(id)) else { return Ok(()) };
        let deadline = self.context.now().saturating_add(self.context.settle);
        let mut pause = Duration::from_millis(2);
        loop {
            let found = self.listed(&json!({ "CustomKeyStoreName": name }), result).await?;
            let got = match found {
                Ok(page) if page.stores.len() == 1 && page.stores[0].id == id => {
                    result.exercised.push((plain(ids::O_07), None));
                    return Ok(());
                }
                Ok(page) => match page.stores.len() {
                    0 => "success without a store".to_owned(),
                    1 => "another store".to_owned(),
                    _ => "others as well".to_owned(),
                },
                Err(what) => what,
            };
            if self.context.now() >= deadline {
                result.divergences.push(self.departs(ids::O_07, "the store of that name alone", &got));
                return Ok(());
            }
            self.context.target.pause(pause).await;
            pause = (pause * 2).min(Duration::from_millis(200));
        }
    }

    /// Turns the pages of all stores: each of the sequence's own must be there once.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub(super) async fn list(&mut self, limit: u32, result: &mut StepResult) -> Result<(), TransportError> {
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let mut marker: Option<String> = None;
        for _ in 0..PAGES {
            let body = match &marker {
                None => json!({ "Limit": limit }),
                Some(marker) => json!({ "Limit": limit, "Marker": marker }),
            };
            let page = match self.listed(&body, result).await? {
                Ok(page) => page,
                Err(got) => {
                    result.divergences.push(self.departs(ids::O_08, "a page of stores", &got));
                    return Ok(());
                }
            };
            if page.stores.len() > limit as usize {
                result.divergences.push(self.departs(ids::O_08, "at most Limit stores", "more"));
                return Ok(());
            }
            for store in &page.stores {
                *seen.entry(store.id.clone()).or_default() += 1;
            }
            let odd = match (&page.next, page.truncated) {
                (None, true) => Some("Truncated without NextMarker"),
                (Some(next), true) if Some(next) == marker.as_ref() => Some("the same NextMarker again"),
                _ => None,
            };
            if let Some(got) = odd {
                result.divergences.push(self.departs(ids::O_08, "a marker for the rest", got));
                return Ok(());
            }
            if page.next.is_none() {
                let wrong = self.stores().into_iter().find(|id| seen.get(id) != Some(&1));
                match wrong {
                    // One page alone decides nothing about markers.
                    None if marker.is_some() => result.exercised.push((plain(ids::O_08), None)),
                    None => {}
                    Some(id) => {
                        let got = if seen.contains_key(&id) { A_STORE_TWICE } else { A_STORE_MISSING };
                        result.divergences.push(self.departs(ids::O_08, "each store once", got));
                    }
                }
                return Ok(());
            }
            marker = page.next;
        }
        // More stores than anybody should have to page through: nothing is said.
        Ok(())
    }

    /// One page, or what came instead.
    async fn listed(
        &mut self,
        body: &serde_json::Value,
        result: &mut StepResult,
    ) -> Result<Result<Page, String>, TransportError> {
        let request = Request::operation(DESCRIBE, body.to_string().into_bytes());
        let answer = self.send(&request).await?;
        let outcome = Outcome::read(&answer);
        self.leaks(&request, &answer, &outcome, result);
        Ok(match outcome {
            Outcome::Success => page(&answer, PAGE).map_err(|odd| odd.to_string()),
            other => Err(other.label()),
        })
    }

    fn departs(&self, rule: RuleId, expected: &str, got: &str) -> Divergence {
        Divergence { operation: DESCRIBE, ..self.simple(rule, expected, got) }
    }
}
