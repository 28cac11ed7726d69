//! The rows that the suite judges wrongly today, with what it says instead of the deserved verdict.
//!
//! Each of them has to be wrong still: a row that is judged well now fails until it is taken off this list.

pub(crate) const WRONG_TODAY: &[(&str, &str)] = &[
    ("crash: CustomKeyStoreNotFoundException becomes InternalFailure", MISSING),
    ("crash: CustomKeyStoreNotFoundException becomes an HTML page", MISSING),
    ("documented: Gin on an unknown id", MISSING),
    ("documented: API Gateway on an unknown id", MISSING),
    ("documented: nginx on an unknown id", MISSING),
    ("head: a parameter of the request's content type is refused", "nothing: there is no W-25 yet"),
    ("surrogate: refused with a message that echoes it", "W-04: the error's text cannot be read"),
    ("surrogate: stored, and shown as an escape", "O-06: Describe cannot be read"),
    ("empty service name: a gated member while CONNECTED", EMPTY_SERVICE),
    ("empty service name: an unknown id is reported first", EMPTY_SERVICE),
    ("empty service name: as if left out where the store is PUBLIC after the request", EMPTY_SERVICE),
    ("empty service name: as if left out everywhere", EMPTY_SERVICE),
    ("describe: a proxy configuration of nulls", "A-01 repeats for Update what O-02 says of Describe"),
    ("http: 413 with nothing before the body is read, above 100 KiB", HEAD_OF_413),
    ("http: 413 before the body is read, above 1 MiB", HEAD_OF_413),
    ("http: 413 before the body is read, above 2 MiB", HEAD_OF_413),
    ("rate: 503 ThrottlingException", STATUS_OF_THROTTLING),
    ("rate: 429 ThrottlingException", STATUS_OF_THROTTLING),
    ("rate: 429 with nothing", STATUS_OF_THROTTLING),
    ("passing: 2 % KMSInternalException on every operation", "accuses companions, as unstable, of errors that pass"),
    ("passing: every tenth Describe is a KMSInternalException", "gives up what it was judging: fewer rules are judged"),
    ("companion: stores are CONNECTED from birth", "G-01 and others fail for what O-01 says of Create"),
    ("http: closes after each answer without saying so", "the target was lost"),
];

const MISSING: &str = "the target does not implement the operation";
const EMPTY_SERVICE: &str = "S-08 and P-02";
const HEAD_OF_413: &str = "W-06 and W-24 about an answer that need not be KMS's own";
const STATUS_OF_THROTTLING: &str = "nothing about the status";
