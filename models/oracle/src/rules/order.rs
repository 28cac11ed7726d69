//! P: which error, when several apply.
//!
//! The rule book has parts of P-02 and P-03 as must. None of them needs a row of its own:
//!
//! - *dispatch and parsing before everything* (P-02): where the target names another operation, or the body cannot be
//!   read, the request has no other violation that an error could name. Success breaks W-14 or W-07, and another code
//!   breaks P-01. What is left to P-02 is the order of what can be read.
//! - *existence before type and state* (P-03): without a store there is neither, so that a code of theirs names no
//!   violation of the request: E-01 or P-01. What is left to P-03 is existence before uniqueness and environment.

use crate::rule::{Force, JudgedOn, Rule};

pub(super) fn rules() -> Vec<Rule> {
    use Force::{Must, Should, Suite};
    let rules = vec![
        Rule::new(
            "P-01",
            Must,
            "INFER",
            "The error returned belongs to a fault that the request really has; a request without fault succeeds",
        )
        .impact_and_fix("the user gets a reason that is not true", "answer only with errors whose cause is there")
        .broad(),
        Rule::new(
            "P-02",
            Should,
            "ANALOG",
            "Dispatch and parsing come first, then wrong types, then constraints, then what needs the account's state",
        )
        .impact_and_fix(
            "a malformed request is distinguished from a well-formed one only in some states",
            "check the request alone before looking at any store",
        ),
        Rule::new("P-03", Should, "INFER", "Existence comes before type and state, uniqueness and environment")
            .impact_and_fix(
                "the user of a missing store gets other errors first",
                "look the store up before anything that depends on it",
            ),
        Rule::new("P-04", Should, "INFER", "Type, then state, then uniqueness, then environment").impact_and_fix(
            "the user gets the error of a late check first",
            "check type, state, uniqueness and environment in this order",
        ),
        Rule::new(
            "P-05",
            Should,
            "INFER",
            "A target decides alike each time: the same request in the same state gives the same error",
        )
        .impact_and_fix("the same mistake gives different errors", "check in one fixed order"),
        Rule::new("P-06", Suite, "INFER", "An open rule neither hides nor demands")
            .impact_and_fix("none for users of the service", "nothing to fix in the service"),
    ];
    rules
        .into_iter()
        .map(|r| {
            let check = if r.id.0 == "P-06" { JudgedOn::Run } else { JudgedOn::Order };
            r.judged(check).source("no order is documented; inferred from what can be known when")
        })
        .collect()
}
