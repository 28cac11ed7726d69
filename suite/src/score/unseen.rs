//! Defects that no run can find, and why.

/// Names with reasons.
pub const UNSEEN: &[(&str, &str)] = &[
    (
        "racing-names-both-win",
        "R-01 needs two requests at once; the suite sends one at a time to one store so far.",
    ),
    (
        "racing-updates-lose-members",
        "R-02 needs two requests at once; the suite sends one at a time to one store so far.",
    ),
];

/// Why no run can find the defect, where none can.
pub fn why(name: &str) -> Option<&'static str> {
    UNSEEN.iter().find(|(n, _)| *n == name).map(|(_, why)| *why)
}
