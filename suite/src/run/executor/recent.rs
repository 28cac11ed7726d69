//! The latest exchanges of an attempt, kept as they were: that costs less than to write them down.

use ucks_oracle::environment::Environment;
use ucks_oracle::wire::{Answer, Request};

use crate::record::Exchange;
use crate::run::log::{ENOUGH, Log};
use crate::target::TransportError;

/// Exchanges, each with the number of its step.
#[derive(Default)]
pub(super) struct Recent {
    step: usize,
    exchanges: Vec<(usize, Request, Result<Answer, TransportError>)>,
}

impl Recent {
    /// The next operation begins.
    pub(super) fn step(&mut self) {
        self.step += 1;
    }

    /// Keeps an exchange. Of its bodies it keeps as much as a log writes.
    pub(super) fn keep(&mut self, request: &Request, answer: &Result<Answer, TransportError>) {
        let beginning = |body: &[u8]| body.get(..ENOUGH).unwrap_or(body).to_vec();
        let request = Request {
            method: request.method.clone(),
            path: request.path.clone(),
            headers: request.headers.clone(),
            body: beginning(&request.body),
            ..*request
        };
        let answer = answer.as_ref().map_err(Clone::clone);
        let answer = answer.map(|a| Answer { status: a.status, headers: a.headers.clone(), body: beginning(&a.body) });
        self.exchanges.push((self.step, request, answer));
    }

    /// Writes the exchanges down.
    pub(super) fn written(&self, environment: &Environment) -> Vec<Exchange> {
        let mut log = Log::new(environment);
        for (step, request, answer) in &self.exchanges {
            log.at_step(*step);
            log.exchange(request, answer);
        }
        log.exchanges
    }
}
