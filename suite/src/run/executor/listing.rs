//! DescribeCustomKeyStores by name and page by page (O-07, O-08).

use std::time::Duration;

use serde_json::json;
use ucks_oracle::account::Store;
use ucks_oracle::answer::{DescribedStore, Outcome, Page, page};
use ucks_oracle::expectation::{ExpectedListing, Observation, ObservedListing};
use ucks_oracle::model::Divergence;
use ucks_oracle::rule::RuleId;
use ucks_oracle::rules::ids;
use ucks_oracle::wire::Request;

use super::{DESCRIBE, Executor, PAGE, StepResult, plain};
use crate::op::Symbol;
use crate::run::context::RunContext;
use crate::run::finding::key;
use crate::run::patience::Patience;
use crate::target::TransportError;

/// Most pages that are turned.
const PAGES: usize = 256;

/// The sequence's own stores as all pages show them.
#[derive(Default)]
struct Listing {
    own: Vec<DescribedStore>,
    pages: usize,
}

/// Repetitions of a Describe that may only lag behind, up to the settle time.
struct Waiting {
    deadline: Duration,
    pause: Duration,
}

impl Waiting {
    fn new(context: &RunContext, patience: Patience) -> Waiting {
        let deadline = context.now().saturating_add(patience.settle(context));
        Waiting { deadline, pause: Duration::from_millis(2) }
    }

    /// Pauses before the next repetition; `false` where the settle time is over, or where the run knows of all that is
    /// wrong.
    async fn again(&mut self, context: &RunContext, wrong: &[Divergence]) -> bool {
        if context.now() >= self.deadline || wrong.iter().all(|found| context.is_known(&key(found).text())) {
            return false;
        }
        context.target.pause(self.pause).await;
        self.pause = (self.pause * 2).min(Duration::from_millis(200));
        true
    }
}

impl Executor<'_> {
    /// Looks a store up by its name: it must be the only one, and have its present values.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub(super) async fn find(&mut self, id: &str, result: &mut StepResult) -> Result<(), TransportError> {
        let name = self.belief.account().store(id).and_then(|s| s.name.known().cloned());
        let Some(name) = name.filter(|_| !self.belief.is_tainted(id)) else { return Ok(()) };
        let expected = ExpectedListing::NamedStoreAlone;
        let body = json!({ "CustomKeyStoreName": name });
        let mut waiting = Waiting::new(self.context, self.patience);
        loop {
            let wrong = match self.listed(&body, result).await? {
                Ok(page) if page.stores.len() == 1 && page.stores[0].id == id => {
                    self.other_values(ids::O_07, id, &page.stores[0])
                }
                Ok(page) => {
                    let got = match page.stores.len() {
                        0 => ObservedListing::NoStore,
                        1 => ObservedListing::AnotherStore,
                        _ => ObservedListing::OthersAsWell,
                    };
                    vec![self.divergence(ids::O_07, expected, got)]
                }
                Err(got) => vec![self.divergence(ids::O_07, expected, got)],
            };
            if wrong.is_empty() {
                // A service that finds none, or another one, is seen at once.
                self.touch(result, (plain(ids::O_07), None), || true);
                return Ok(());
            }
            if !waiting.again(self.context, &wrong).await {
                result.divergences.extend(wrong);
                return Ok(());
            }
        }
    }

    /// Looks for a store by the name that it was created with and does not have any more, because it was renamed or
    /// deleted. Which error a name of no store gets is not judged here.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub(super) async fn find_former(
        &mut self,
        symbol: Symbol,
        id: &str,
        result: &mut StepResult,
    ) -> Result<(), TransportError> {
        let Some(name) = self.binder.first_name(symbol).map(str::to_owned) else { return Ok(()) };
        // A store whose name is open may have this one.
        let may_have = |store: &Store| store.name.known().is_none_or(|known| *known == name);
        let taken = self.belief.accounts().iter().any(|account| account.stores().any(may_have));
        if taken || self.belief.is_tainted(id) {
            return Ok(());
        }
        let body = json!({ "CustomKeyStoreName": name });
        let mut waiting = Waiting::new(self.context, self.patience);
        loop {
            let Ok(page) = self.listed(&body, result).await? else { return Ok(()) };
            let Some(found) = page.stores.first() else { return Ok(()) };
            let own = found.id == id;
            let got = if own { ObservedListing::FormerName } else { ObservedListing::AnotherStore };
            let wrong = [self.divergence(ids::O_07, ExpectedListing::NoStoreOfTheName, got)];
            if !waiting.again(self.context, &wrong).await {
                result.divergences.extend(wrong);
                return Ok(());
            }
        }
    }

    /// The fields in which a listing shows the store otherwise than Describe by its id does, each as a divergence.
    fn other_values(&self, rule: RuleId, id: &str, shown: &DescribedStore) -> Vec<Divergence> {
        let fields = self.context.model.differing(&self.belief, id, shown).into_iter();
        let kind = self.belief.account().store(id).map(Store::store_type);
        fields
            .map(|field| Divergence {
                member: Some(field.described_name()),
                store_type: kind,
                ..self.divergence(rule, ExpectedListing::PresentValues, ObservedListing::OtherValue)
            })
            .collect()
    }

    /// Turns the pages of all stores: each of the sequence's own must be there once, with its present values, and none
    /// that was deleted.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub(super) async fn list(&mut self, limit: u32, result: &mut StepResult) -> Result<(), TransportError> {
        let mut waiting = Waiting::new(self.context, self.patience);
        loop {
            let listing = match self.pages(limit, result).await? {
                Ok(Some(listing)) => listing,
                Ok(None) => return Ok(()),
                Err(divergence) => {
                    result.divergences.push(divergence);
                    return Ok(());
                }
            };
            let wrong = self.uneven(&listing);
            if wrong.is_empty() {
                // One page alone decides nothing about markers; a page that lacks one of the sequence's stores is seen.
                let own = !self.stores().is_empty();
                if listing.pages > 1 {
                    self.touch(result, (plain(ids::O_08), None), || own);
                }
                return Ok(());
            }
            if !waiting.again(self.context, &wrong).await {
                result.divergences.extend(wrong);
                return Ok(());
            }
        }
    }

    /// The stores on all pages; `None` where there are more pages than anybody should have to turn.
    async fn pages(
        &mut self,
        limit: u32,
        result: &mut StepResult,
    ) -> Result<Result<Option<Listing>, Divergence>, TransportError> {
        let mut listing = Listing::default();
        let mut marker: Option<String> = None;
        for _ in 0..PAGES {
            let body = match &marker {
                None => json!({ "Limit": limit }),
                Some(marker) => json!({ "Limit": limit, "Marker": marker }),
            };
            let page = match self.listed(&body, result).await? {
                Ok(page) => page,
                Err(got) => return Ok(Err(self.divergence(ids::O_08, ExpectedListing::Page, got))),
            };
            if page.stores.len() > limit as usize {
                let got = ObservedListing::MoreThanLimit;
                return Ok(Err(self.divergence(ids::O_08, ExpectedListing::AtMostLimit, got)));
            }
            let odd = match (&page.next, page.truncated) {
                (None, true) => Some(ObservedListing::TruncatedWithoutMarker),
                (Some(next), true) if Some(next) == marker.as_ref() => Some(ObservedListing::SameMarkerAgain),
                _ => None,
            };
            if let Some(got) = odd {
                return Ok(Err(self.divergence(ids::O_08, ExpectedListing::NextMarker, got)));
            }
            listing.pages += 1;
            let own: Vec<String> = self.binder.ids().map(|(_, id)| id.to_owned()).collect();
            listing.own.extend(page.stores.into_iter().filter(|store| own.contains(&store.id)));
            if page.next.is_none() {
                return Ok(Ok(Some(listing)));
            }
            marker = page.next;
        }
        Ok(Ok(None))
    }

    /// Everything that is wrong with the sequence's own stores on the pages.
    fn uneven(&self, listing: &Listing) -> Vec<Divergence> {
        let mut wrong = Vec::new();
        let each_once = |got| self.divergence(ids::O_08, ExpectedListing::EachStoreOnce, got);
        for id in self.stores() {
            let shown: Vec<&DescribedStore> = listing.own.iter().filter(|store| store.id == id).collect();
            match shown.as_slice() {
                [] => wrong.push(each_once(ObservedListing::StoreMissing)),
                [store] => wrong.extend(self.other_values(ids::O_08, &id, store)),
                _ => wrong.push(each_once(ObservedListing::StoreTwice)),
            }
        }
        let gone = |store: &&DescribedStore| {
            let exists = self.belief.accounts().iter().any(|account| account.store(&store.id).is_some());
            !exists && !self.belief.is_tainted(&store.id)
        };
        if listing.own.iter().any(|store| gone(&store)) {
            wrong.push(each_once(ObservedListing::DeletedStore));
        }
        wrong.dedup();
        wrong
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
