//! One update after the other in one state (P-05).

use ucks_oracle::answer::Outcome;
use ucks_oracle::model::Belief;
use ucks_oracle::rules::ids;
use ucks_oracle::wire::Request;

use super::{Executor, StepResult, plain};
use crate::op::REPEATS;
use crate::target::TransportError;

impl Executor<'_> {
    /// Sends an update so often, or until it is not refused any more, or answers otherwise than at first.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub(super) async fn repeat(
        &mut self,
        request: &Request,
        times: u8,
        result: &mut StepResult,
    ) -> Result<(), TransportError> {
        let mut first: Option<(Belief, Outcome)> = None;
        for nth in 0..times.clamp(2, REPEATS) {
            let before = first.is_none().then(|| self.belief.clone());
            let mut once = StepResult::default();
            let outcome = self.update(request, false, nth > 0, &mut once).await?;
            result.add(once);
            let Some(outcome) = outcome else { break };
            let Some((at_first, answer)) = &first else {
                first = before.map(|belief| (belief, outcome));
                continue;
            };
            if !self.context.model.must_be_alike(at_first, answer, &self.belief, &outcome) {
                break;
            }
            let store = self.named(request).and_then(|id| self.belief.account().store(&id).cloned());
            let divergence = self.context.model.alike(answer, &outcome, store.as_ref());
            if result.faults.len() > 1 {
                // The counter-service answers with the error of another violation this time.
                let model = &self.context.model;
                let found = || model.assess(self.belief.account(), request).admitted(&model.policy);
                self.touch(result, (plain(ids::P_05), None), || found().iter().any(|o| o.code() != answer.code()));
            }
            if divergence.is_some() {
                result.divergences.extend(divergence);
                break;
            }
        }
        Ok(())
    }
}
