//! The rows that the suite judges wrongly today, with what it says instead of the deserved verdict.
//!
//! Each of them has to be wrong still: a row that is judged well now fails until it is taken off this list.

pub(crate) const WRONG_TODAY: &[(&str, &str)] = &[
    ("rate: 503 ThrottlingException", STATUS_OF_THROTTLING),
    ("rate: 429 ThrottlingException", STATUS_OF_THROTTLING),
    ("rate: 429 with nothing", STATUS_OF_THROTTLING),
];

const STATUS_OF_THROTTLING: &str = "nothing about the status";
