//! R: races.

use crate::revision::Revision;
use crate::rule::{Force, JudgedOn, Rule};

pub(super) fn rules() -> Vec<Rule> {
    use Force::{Must, Open, Should};
    let rules = vec![
        Rule::new("R-01", Must, "DOC", "Of several racing updates to one name, address or service at most one wins")
            .impact_and_fix("two stores end up with one name", "check and write under one lock"),
        Rule::new(
            "R-02",
            Must,
            "INFER",
            "Of racing updates to different members every acknowledged one is in effect in the end",
        )
        .impact_and_fix("an acknowledged update is lost", "read, change and write under one lock"),
        Rule::new(
            "R-03",
            Should,
            "INFER",
            "A history of concurrent requests has some serial order that the model admits",
        )
        .impact_and_fix("concurrent users see a state that no order explains", "serialise writes"),
        Rule::new("R-04", Open, "NONE", "Which values an in-flight Connect uses")
            // Until then nothing changes while a Connect is under way (G-51).
            .since(Revision::ExternalKeyStores)
            .impact_and_fix("services differ", "nothing to fix"),
    ];
    rules
        .into_iter()
        .map(|r| r.judged(JudgedOn::Race).source("API reference, eventual consistency; inferred"))
        .collect()
}
