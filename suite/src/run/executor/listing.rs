//! DescribeCustomKeyStores by name and page by page (O-07, O-08).

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use ucks_oracle::answer::{Outcome, Page, page};
use ucks_oracle::expectation::{ExpectedListing, Observation, ObservedListing};
use ucks_oracle::model::Divergence;
use ucks_oracle::rule::RuleId;
use ucks_oracle::rules::ids;
use ucks_oracle::wire::Request;

use super::{DESCRIBE, Executor, PAGE, StepResult, plain};
use crate::target::TransportError;

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
                    // A service that finds none, or another one, is seen at once.
                    self.touch(result, (plain(ids::O_07), None), || true);
                    return Ok(());
                }
                Ok(page) => match page.stores.len() {
                    0 => ObservedListing::NoStore,
                    1 => ObservedListing::AnotherStore,
                    _ => ObservedListing::OthersAsWell,
                }
                .into(),
                Err(what) => what,
            };
            if self.context.now() >= deadline {
                result.divergences.push(self.divergence(ids::O_07, ExpectedListing::NamedStoreAlone, got));
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
                    result.divergences.push(self.divergence(ids::O_08, ExpectedListing::Page, got));
                    return Ok(());
                }
            };
            if page.stores.len() > limit as usize {
                result.divergences.push(self.divergence(
                    ids::O_08,
                    ExpectedListing::AtMostLimit,
                    ObservedListing::MoreThanLimit,
                ));
                return Ok(());
            }
            for store in &page.stores {
                *seen.entry(store.id.clone()).or_default() += 1;
            }
            let odd = match (&page.next, page.truncated) {
                (None, true) => Some(ObservedListing::TruncatedWithoutMarker),
                (Some(next), true) if Some(next) == marker.as_ref() => Some(ObservedListing::SameMarkerAgain),
                _ => None,
            };
            if let Some(got) = odd {
                result.divergences.push(self.divergence(ids::O_08, ExpectedListing::NextMarker, got));
                return Ok(());
            }
            if page.next.is_none() {
                let wrong = self.stores().into_iter().find(|id| seen.get(id) != Some(&1));
                match wrong {
                    // One page alone decides nothing about markers.
                    None if marker.is_some() => {
                        // A page that lacks one of the sequence's stores is seen.
                        let own = !self.stores().is_empty();
                        self.touch(result, (plain(ids::O_08), None), || own);
                    }
                    None => {}
                    Some(id) => {
                        let twice = seen.contains_key(&id);
                        let got = if twice { ObservedListing::StoreTwice } else { ObservedListing::StoreMissing };
                        result.divergences.push(self.divergence(ids::O_08, ExpectedListing::EachStoreOnce, got));
                    }
                }
                return Ok(());
            }
            marker = page.next;
        }
        // More stores than anybody should have to page through: no verdict.
        Ok(())
    }

    /// Returns one page, or the answer in its place.
    async fn listed(
        &mut self,
        body: &serde_json::Value,
        result: &mut StepResult,
    ) -> Result<Result<Page, Observation>, TransportError> {
        let request = Request::operation(DESCRIBE, body.to_string().into_bytes());
        let answer = self.send(&request).await?;
        let outcome = Outcome::read(&answer);
        self.leaks(&request, &answer, &outcome, result);
        Ok(match outcome {
            Outcome::Success => page(&answer, PAGE).map_err(|odd| ObservedListing::Unreadable(odd).into()),
            other => Err((&other).into()),
        })
    }

    fn divergence(&self, rule: RuleId, expected: ExpectedListing, got: impl Into<Observation>) -> Divergence {
        Divergence { operation: DESCRIBE, ..self.simple(rule, expected, got) }
    }
}
