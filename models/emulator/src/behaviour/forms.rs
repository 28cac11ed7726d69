//! The form of the answers to an update (W-02 to W-06, W-24), as data.

use crate::errors::Code;
use crate::readings::{ErrorTypeHeader, Readings};

/// Where the body of an error has its code and text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorBody {
    Json,
    /// The object is a member `Error` of another.
    Nested,
    Xml,
    Empty,
}

/// The form of answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Forms {
    pub(crate) success_status: u16,
    pub(crate) success_body: &'static str,
    /// Statuses other than the code's own; `None` is every code.
    pub(crate) statuses: Vec<(Option<Code>, u16)>,
    pub(crate) error_body: ErrorBody,
    /// The member of the error's body that holds the code.
    pub(crate) code_member: Option<&'static str>,
    /// True if the code ends in `Exception`.
    pub(crate) suffix: bool,
    pub(crate) header: ErrorTypeHeader,
    pub(crate) content_type: &'static str,
    pub(crate) request_id: bool,
    /// True if constraint texts repeat sensitive values.
    pub(crate) quotes_secrets: bool,
    /// True if what is refused after the look-up is answered with success.
    pub(crate) refusals_succeed: bool,
    /// True if the text of a proxy's error is repeated to the caller.
    pub(crate) repeats_proxy: bool,
    /// The text of a wrong state, where it is not the usual one.
    pub(crate) state_text: Option<&'static str>,
}

impl Forms {
    pub(crate) fn conforming(readings: &Readings) -> Forms {
        Forms {
            success_status: 200,
            success_body: if readings.empty_success { "" } else { "{}" },
            statuses: Vec::new(),
            error_body: ErrorBody::Json,
            code_member: Some("__type"),
            suffix: true,
            header: readings.errortype,
            content_type: "application/x-amz-json-1.1",
            request_id: true,
            quotes_secrets: false,
            refusals_succeed: false,
            repeats_proxy: false,
            state_text: None,
        }
    }

    pub(crate) fn status(&self, code: Code) -> u16 {
        let other = self.statuses.iter().rev().find(|(of, _)| of.is_none_or(|of| of == code));
        other.map_or(code.status(), |(_, status)| *status)
    }
}
