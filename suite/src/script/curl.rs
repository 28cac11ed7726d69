//! The request that shows a finding, as one line of shell.

use ucks_oracle::group::Group;

use super::body::quoted;
use super::{divergent, is_signing};
use crate::raw;
use crate::record::{Exchange, Finding};

/// Longer lines are of no use at a prompt: the script does it.
const LONGEST: usize = 1_500;

/// Returns a curl command that sends the finding's last request again to `endpoint`, to a store that still exists.
///
/// Returns nothing for bodies that are not text or too long for a line, and for requests about signatures.
pub(crate) fn curl(finding: &Finding, endpoint: &str) -> Option<String> {
    let exchange: &Exchange = divergent(finding)?;
    let body = String::from_utf8(raw::bytes(&exchange.body)).ok()?;
    if body.contains(char::is_control) || Group::of_id(&finding.rule).is_some_and(Group::needs_signatures) {
        return None;
    }
    let url = format!("{}{}", endpoint.trim_end_matches('/'), exchange.path);
    let mut line =
        format!("curl -sS -i -X {} --aws-sigv4 aws:amz:us-east-1:kms --user test:test", quoted(&exchange.method));
    for (name, value) in exchange.headers.iter().filter(|(name, _)| !is_signing(name)) {
        line += &format!(" -H {}", quoted(&format!("{name}: {value}")));
    }
    line += &format!(" --data-raw {} {}", quoted(&body), quoted(&url));
    (line.len() <= LONGEST).then_some(line)
}
