//! The rows that the suite judges wrongly today, with what it says instead of the deserved verdict.
//!
//! Each of them has to be wrong still: a row that is judged well now fails until it is taken off this list.

pub(crate) const WRONG_TODAY: &[(&str, &str)] = &[
    ("crash: CustomKeyStoreNotFoundException becomes InternalFailure", MISSING),
    ("crash: CustomKeyStoreNotFoundException becomes an HTML page", MISSING),
    ("documented: Gin on an unknown id", MISSING),
    ("documented: API Gateway on an unknown id", MISSING),
    ("documented: nginx on an unknown id", MISSING),
    ("rate: 503 ThrottlingException", STATUS_OF_THROTTLING),
    ("rate: 429 ThrottlingException", STATUS_OF_THROTTLING),
    ("rate: 429 with nothing", STATUS_OF_THROTTLING),
    ("passing: 2 % KMSInternalException on every operation", "accuses companions, as unstable, of errors that pass"),
    ("passing: every tenth Describe is a KMSInternalException", "gives up what it was judging: fewer rules are judged"),
    ("companion: stores are CONNECTED from birth", "G-01 and others fail for what O-01 says of Create"),
    ("http: closes after each answer without saying so", "the target was lost"),
];

const MISSING: &str = "the target does not implement the operation";
const STATUS_OF_THROTTLING: &str = "nothing about the status";
