//! The result of one operation of a sequence.

use ucks_oracle::code::Code;
use ucks_oracle::expectation::Observation;
use ucks_oracle::judge::Exercise;
use ucks_oracle::members::Member;
use ucks_oracle::model::Divergence;
use ucks_oracle::rule::RuleId;

use super::CellOf;
use crate::bind::IllFormed;
use crate::record::Exchange;

/// The result of one operation.
#[derive(Debug, Default)]
pub struct StepResult {
    /// Divergences, in the order they showed.
    pub divergences: Vec<Divergence>,
    /// Sides of rules that the answers touched, with the cell.
    pub exercised: Vec<(Exercise, CellOf)>,
    /// The sides that they decided, where the run did not have them yet: a service that breaks just this side would
    /// certainly have been found.
    pub decided: Vec<(Exercise, CellOf)>,
    /// Answers to open questions.
    pub readings: Vec<(RuleId, &'static str)>,
    /// The rules whose faults the request has, as far as is known.
    pub faults: Vec<RuleId>,
    /// The declared errors that were returned.
    pub codes: Vec<Code>,
    /// Which error won over which.
    pub order: Option<(Vec<RuleId>, RuleId)>,
    /// The rule whose error was certainly returned, those violated as well whose error it was not, and the store.
    pub precedence: Option<(CellOf, RuleId, Vec<RuleId>)>,
    /// The answer, for the table of cells.
    pub answered: Option<(CellOf, Vec<Member>, Observation)>,
    /// Why it was not sent.
    pub skipped: Option<IllFormed>,
    /// True if a companion operation was refused, so that what follows cannot be judged.
    pub blocked: Option<String>,
    /// True if the target does not have that operation at all.
    pub lacking: bool,
    /// The answer, if it was no verdict on the operation.
    pub no_verdict: Option<Observation>,
    /// The exchanges that show the divergences again in the same place, with requests between that work; empty where
    /// the attempts before showed them already.
    pub in_place: Option<Vec<Exchange>>,
    /// The status of throttled answers, where it is wrong. It needs no replay, which may not be throttled.
    pub throttling: Option<Divergence>,
}

impl StepResult {
    /// Adds what became of the same operation afterwards.
    pub(super) fn add(&mut self, next: StepResult) {
        self.divergences.extend(next.divergences);
        self.exercised.extend(next.exercised);
        self.decided.extend(next.decided);
        self.readings.extend(next.readings);
        self.codes.extend(next.codes);
        let StepResult { faults, order, precedence, answered, skipped, blocked, lacking, no_verdict, in_place, .. } =
            next;
        *self = StepResult {
            faults,
            order,
            precedence,
            answered,
            skipped,
            blocked,
            lacking,
            no_verdict,
            in_place,
            ..std::mem::take(self)
        };
    }
}
