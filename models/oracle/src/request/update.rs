//! A whole update request: its head, and its body as it is read.

use super::{Body, Rejection};
use crate::members::MemberSet;
use crate::revision::Revision;
use crate::wire::{CONTENT_TYPE, Request, TARGET_PREFIX, UPDATE};

/// The form of the request's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dispatch {
    /// `POST /` with the operation's target and content type.
    Update,
    /// The same, but the content type has a parameter (W-25).
    Parameter,
    /// The target header is missing, unprefixed or names no operation (W-14).
    NoSuchTarget,
    /// Another method, path or content type (W-20).
    OddHead,
}

impl Dispatch {
    /// Reads the head of a request.
    pub fn of(wire: &Request) -> Dispatch {
        let operation = wire.header("x-amz-target").and_then(|t| t.strip_prefix(TARGET_PREFIX));
        let content_type = wire.header("content-type").unwrap_or_default();
        let bare = content_type == CONTENT_TYPE;
        let rest = content_type.strip_prefix(CONTENT_TYPE);
        let parameter = !bare && rest.is_some_and(|rest| rest.trim_start().starts_with(';'));
        if wire.method != "POST" || wire.path != "/" || !(bare || parameter) {
            Dispatch::OddHead
        } else if operation != Some(UPDATE) {
            Dispatch::NoSuchTarget
        } else if parameter {
            Dispatch::Parameter
        } else {
            Dispatch::Update
        }
    }
}

/// An update request as the oracle sees it.
#[derive(Clone, Debug)]
pub struct Update<'a> {
    /// The form of the head.
    pub dispatch: Dispatch,
    /// The content of the body.
    pub body: Result<Body<'a>, Rejection>,
    /// The request itself.
    pub wire: &'a Request,
}

impl<'a> Update<'a> {
    /// Reads a request as an UpdateCustomKeyStore request.
    pub fn read(wire: &'a Request, revision: Revision) -> Update<'a> {
        let dispatch = Dispatch::of(wire);
        Update { dispatch, body: Body::parse(&wire.body, revision), wire }
    }

    /// Another reading of the request, where the rule book leaves it open: of two members with one name the first may
    /// count (W-13), a byte-order mark may be skipped (W-23).
    pub fn other_reading(&self, revision: Revision) -> Option<Box<Update<'a>>> {
        let (dispatch, wire) = (self.dispatch, self.wire);
        let other = match &self.body {
            Ok(body) if !body.repeated.is_empty() => Body::parse_first(&wire.body, revision).map(|mut first| {
                first.repeated = MemberSet::EMPTY;
                first
            }),
            Err(Rejection::ByteOrderMark) => {
                Body::parse(wire.body.strip_prefix("\u{feff}".as_bytes()).unwrap_or_default(), revision)
            }
            _ => return None,
        };
        Some(Box::new(Update { dispatch, body: Ok(other.ok()?), wire }))
    }
}
