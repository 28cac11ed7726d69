//! Rules, besides a defect's own, that the defect breaks as well.

/// Rules, or whole groups, under which a finding is right beside the defect's own, with the reason.
pub const ACCEPTED: &[(&[&str], &[&str], &str)] = &[
    (&["code-without-suffix"], &["E", "U", "S", "T"], "no code is the expected one, under any rule"),
    (&["refusals-answer-success"], &["T", "G", "U", "C", "H", "V", "X"], "every refusal after the look-up is missing"),
    (&["constraints-after-update"], &["S", "P-02"], "constraints are checked too late for all that comes before"),
    (
        &["kinds-only-checked-while-disconnected", "kinds-only-checked-alone"],
        &["T"],
        "each member of the other type shows it",
    ),
    (
        &["address-only-checked-with-both", "address-not-checked-for-endpoint-alone", "address-errors-exchanged"],
        &["U-07", "P-01"],
        "the endpoint of a VPC store is not compared either",
    ),
    (&["deleted-store-keeps-all"], &["U-04"], "the name stays in use too"),
    (&["to-public-needs-service"], &["W-09"], "null is the same as left out, in this switch too"),
    (&["cluster-checked-only-with-password", "old-cluster-checked"], &["H"], "every fault of a cluster is overlooked"),
    (
        &["service-not-looked-up", "service-errors-exchanged", "dns-name-not-compared"],
        &["V"],
        "every fault of a service is concerned",
    ),
    (
        &[
            "proxy-not-asked",
            "proxy-not-asked-while-disconnected",
            "proxy-not-asked-while-connected",
            "vpc-proxy-not-asked-while-connected",
            "proxy-asked-with-old-credential",
            "proxy-asked-with-old-secret",
            "proxy-asked-at-old-endpoint",
            "proxy-asked-at-old-path",
        ],
        &["X"],
        "which proxy was asked shows in its answer alone",
    ),
    (&["password-not-checked-at-connect"], &["O-03"], "a store that was created with a wrong password connects too"),
    (&["connect-uses-old-path", "connect-uses-old-endpoint"], &["O-03"], "the end of a Connect shows it"),
    (
        &["update-lost-at-connect", "password-not-stored", "cluster-resets-password"],
        &["H-06"],
        "a password shows only when the store connects",
    ),
    (&["latest-store-changed"], &["A-03"], "the store that is changed is another one"),
    (
        &["latest-store-changed-for-password"],
        &["A-03", "H-06", "O-03"],
        "the password of another store is changed, which shows when one of them connects",
    ),
    (
        &["old-endpoint-stays-taken", "old-service-stays-taken", "old-address-stays-taken"],
        &["O-01", "V-05"],
        "what stays in use is missing for stores that need it later",
    ),
    (
        &["gate-xks-service-disconnected", "gate-xks-owner-disconnected"],
        &["G-10"],
        "a switch gives all of its members, and one code answers",
    ),
    (
        &["id-empty", "id-one-too-long", "id-no-maximum"],
        &["P-02"],
        "no store has such an id, so that it shows only by precedence",
    ),
    (
        &[
            "endpoint-no-pattern",
            "access-key-no-pattern",
            "access-key-case-ignored",
            "secret-no-pattern",
            "cluster-no-pattern",
        ],
        &["S-17"],
        "a value with more around a match breaks both",
    ),
    (&["owner-newline"], &["S-09"], "a newline makes it too long as well"),
    (&["secret-shortest-refused"], &["S-10"], "both halves of a fixture's credential are of the shortest length"),
    (&["null-is-wrong-type"], &["S-01"], "an explicit null of the identifier is a missing one"),
    (&["validation-is-500"], &["W-15"], "an answer of 500 breaks both"),
    (
        &["racing-updates-lose-members", "half-done-when-hung-up"],
        &["R"],
        "what is read before a pause and written after it breaks every rule on races",
    ),
];

/// The other rules that the defect breaks.
pub fn accepted_rules(name: &str) -> &'static [&'static str] {
    ACCEPTED.iter().find(|(names, ..)| names.contains(&name)).map_or(&[], |(_, rules, _)| rules)
}
