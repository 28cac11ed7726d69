//! Patience: the time that a run gives a target before it takes what it sees as final.

use std::time::Duration;

use super::context::RunContext;

/// The time that an attempt gives the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Patience {
    /// For what is seen for the first time: the whole settle time for Describe, and whole pauses between the
    /// repetitions of an update, except where whole pauses have not helped one of its kind.
    #[default]
    Learned,
    /// For what was seen before: a few times the longest lag of Describe in this run, and the shortest pauses.
    Least,
    /// For what is reported: the whole settle time and whole pauses.
    Whole,
}

/// The unit of the pauses between repetitions of an update, as an AWS SDK begins with.
const PAUSE: Duration = Duration::from_millis(50);
/// The same where a whole pause need not be waited for.
const SHORT_PAUSE: Duration = Duration::from_millis(1);

impl Patience {
    /// The longest time to wait until Describe agrees with what is believed.
    pub fn settle(self, context: &RunContext) -> Duration {
        match self {
            Patience::Least => context.hurried_settle(),
            Patience::Learned | Patience::Whole => context.settle,
        }
    }

    /// The pause before an update that was answered with KMSInternalException is sent again, after its attempt of that
    /// number. `kind` is the key of the divergence if it is answered so each time.
    pub fn pause(self, context: &RunContext, kind: &str, attempt: usize) -> Duration {
        let unit = match self {
            Patience::Whole => PAUSE,
            Patience::Learned if !context.stays(kind) => PAUSE,
            Patience::Learned | Patience::Least => SHORT_PAUSE,
        };
        unit * (1 << attempt)
    }

    /// Remembers a kind of update that was answered with KMSInternalException each time, with whole pauses between.
    pub fn stayed(self, context: &RunContext, kind: String) {
        if self != Patience::Least {
            context.stayed(kind);
        }
    }
}

#[cfg(all(test, feature = "fuzz"))]
mod tests {
    use ucks_oracle::revision::Revision;

    use super::*;
    use crate::fuzzing::simulated_clock::{SimulatedClock, context, emulated, model};

    /// A fault that has passed after a whole pause is not a finding, whatever other updates were answered before.
    #[test]
    fn pauses_are_short_only_for_kinds_that_whole_pauses_did_not_help() {
        let context = context(emulated(Revision::LATEST, None, &SimulatedClock::default()), model(Revision::LATEST));
        let milliseconds = |patience: Patience, kind| patience.pause(&context, kind, 1).as_millis();
        let pauses = |kind| [Patience::Learned, Patience::Least, Patience::Whole].map(|p| milliseconds(p, kind));
        Patience::Least.stayed(&context, "one".to_owned());
        assert_eq!(pauses("one"), [100, 2, 100]);
        Patience::Learned.stayed(&context, "one".to_owned());
        assert_eq!(pauses("one"), [2, 2, 100]);
        assert_eq!(pauses("another"), [100, 2, 100]);
    }
}
