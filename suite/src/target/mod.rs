//! What is tested: one async method from a wire request to a wire answer.

#[cfg(feature = "http")]
pub mod http;
pub mod in_process;
#[cfg(feature = "harness")]
pub mod service;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use ucks_oracle::wire::{Answer, Request};

/// The future of a call.
pub type Called<'a> = Pin<Box<dyn Future<Output = Result<Answer, Lost>> + Send + 'a>>;

/// A service that may implement UpdateCustomKeyStore.
pub trait Target: Send + Sync {
    /// Sends one request and reads its answer whole, within the target's own bounds on time and size.
    fn call<'a>(&'a self, request: &'a Request) -> Called<'a>;
}

/// A target that can be shared between lanes.
pub type SharedTarget = Arc<dyn Target>;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// Nothing listens there.
    #[error("no connection to the target: {0}")]
    Unreachable(String),
    /// No answer within the bound.
    #[error("no answer within {0} seconds")]
    TimedOut(u64),
    /// The connection broke before the answer was whole.
    #[error("the connection broke before the answer was whole: {0}")]
    Broken(String),
    /// The answer is larger than the bound.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The bytes are no HTTP answer.
    #[error("what came is no HTTP answer: {0}")]
    NotHttp(String),
}

impl Lost {
    /// Whether the request may have reached the target.
    pub fn may_have_arrived(&self) -> bool {
        !matches!(self, Lost::Unreachable(_))
    }
}
