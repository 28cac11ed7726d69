//! The lines of a ledger.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::deviations::Date;

/// The version of the file's form.
pub(super) const FORMAT: u32 = 1;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) format: u32,
    pub(super) target: String,
    pub(super) started: String,
}

impl Header {
    pub(super) fn new(target: &str) -> Header {
        Header { format: FORMAT, target: without_user(target), started: now() }
    }
}

/// The time that the system's clock shows, as RFC 3339 writes it, in UTC.
pub fn now() -> String {
    date(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()))
}

/// Any other line. Its first member is its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum LedgerEntry {
    Intent {
        intent: String,
    },
    Created {
        created: String,
        #[serde(default)]
        name: String,
    },
    Withdrawn {
        withdrawn: String,
    },
    Deleted {
        deleted: String,
    },
}

/// The line of a header or an entry, with its end.
pub(super) fn line(of: &impl Serialize) -> String {
    #[expect(clippy::expect_used, reason = "structures of strings and numbers always have a JSON form")]
    let mut line = serde_json::to_string(of).expect("a JSON form");
    line.push('\n');
    line
}

/// A target's URL without user and password, which the guard refuses but a library's user may pass.
fn without_user(target: &str) -> String {
    let Some((scheme, rest)) = target.split_once("://") else { return target.to_owned() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.rsplit_once('@') {
        Some((user, _)) => format!("{scheme}://{}", &rest[user.len() + 1..]),
        None => target.to_owned(),
    }
}

/// Seconds since 1970 as RFC 3339 writes them, in UTC.
fn date(seconds: u64) -> String {
    let (day, second) = (Date::of_day(seconds / 86_400), seconds % 86_400);
    format!("{day}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, "1970-01-01T00:00:00Z")]
    #[case(951_782_399, "2000-02-28T23:59:59Z")]
    #[case(951_782_400, "2000-02-29T00:00:00Z")]
    #[case(1_767_225_599, "2025-12-31T23:59:59Z")]
    #[case(4_107_542_400, "2100-03-01T00:00:00Z")]
    fn dates_are_written_as_rfc_3339_does(#[case] seconds: u64, #[case] written: &str) {
        assert_eq!(date(seconds), written);
    }

    #[rstest]
    #[case("http://127.0.0.1:4566/", "http://127.0.0.1:4566/")]
    #[case("http://user:secret@host:1/a@b", "http://host:1/a@b")]
    #[case("https://a@b@host", "https://host")]
    #[case("http://host/a@b", "http://host/a@b")]
    #[case("embedded", "embedded")]
    fn a_password_is_never_written(#[case] target: &str, #[case] written: &str) {
        assert_eq!(without_user(target), written);
    }
}
