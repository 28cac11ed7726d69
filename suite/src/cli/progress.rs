//! Progress on standard error: a bar on a terminal, else a line every ten seconds.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::console::errln;
use crate::replay::Key;
use crate::run::Progress;

/// The time between two lines.
const BETWEEN: Duration = Duration::from_secs(10);

/// A bar, or lines.
pub(super) enum Bar {
    /// On a terminal.
    Terminal(Mutex<ProgressBar>),
    /// Into a file or a pipe.
    Lines(Mutex<Lines>),
}

/// The state of a phase that is reported by lines.
pub(super) struct Lines {
    phase: String,
    steps: Option<u64>,
    done: u64,
    begun: Instant,
    printed: Instant,
}

impl Bar {
    pub(super) fn new() -> Bar {
        if std::io::stderr().is_terminal() {
            return Bar::Terminal(Mutex::new(ProgressBar::hidden()));
        }
        let now = Instant::now();
        Bar::Lines(Mutex::new(Lines { phase: String::new(), steps: None, done: 0, begun: now, printed: now }))
    }

    fn with(&self, act: impl FnOnce(&mut ProgressBar)) {
        if let Bar::Terminal(bar) = self {
            act(&mut bar.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn with_lines(&self, act: impl FnOnce(&mut Lines)) {
        if let Bar::Lines(lines) = self {
            act(&mut lines.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

impl Lines {
    /// The line that is to be printed now, if one is.
    fn line(&mut self, requests: u64, now: Instant) -> Option<String> {
        self.done += 1;
        if now.saturating_duration_since(self.printed) < BETWEEN {
            return None;
        }
        self.printed = now;
        let (phase, done) = (&self.phase, self.done);
        let Some(steps) = self.steps.filter(|s| *s >= done) else {
            return Some(format!("{phase}: {done} done, {requests} requests"));
        };
        let spent = now.saturating_duration_since(self.begun).as_secs_f64();
        let left = (spent / done as f64 * (steps - done) as f64).ceil();
        Some(format!("{phase}: {done} of {steps}, {requests} requests, about {left} s left"))
    }
}

impl Progress for Bar {
    fn phase(&self, name: &str, steps: Option<u64>) {
        self.with(|bar| {
            bar.finish_and_clear();
            let new = match steps {
                Some(n) => ProgressBar::new(n),
                None => ProgressBar::new_spinner(),
            };
            let form = match steps {
                Some(_) => "{prefix} {bar:20} {pos}/{len} {eta} left {wide_msg}",
                None => "{spinner} {prefix} {pos} {wide_msg}",
            };
            if let Ok(style) = ProgressStyle::with_template(form) {
                new.set_style(style);
            }
            new.set_prefix(name.to_owned());
            new.enable_steady_tick(Duration::from_millis(120));
            *bar = new;
        });
        self.with_lines(|lines| {
            let now = Instant::now();
            *lines = Lines { phase: name.to_owned(), steps, done: 0, begun: now, printed: lines.printed };
        });
    }

    fn step(&self, requests: u64) {
        self.with(|bar| {
            bar.inc(1);
            bar.set_message(format!("{requests} requests"));
        });
        self.with_lines(|lines| {
            if let Some(line) = lines.line(requests, Instant::now()) {
                errln!("ucks: {line}");
            }
        });
    }

    fn found(&self, key: &Key) {
        self.with(|bar| {
            if !bar.is_hidden() {
                bar.suspend(|| errln!("  {} {}", key.code(), crate::report::plain(&key.sentence())));
            }
        });
    }

    fn done(&self) {
        self.with(|bar| bar.finish_and_clear());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_every_ten_seconds_says_how_far_it_is() {
        let begun = Instant::now();
        let mut lines = Lines { phase: "cases".to_owned(), steps: Some(40), done: 0, begun, printed: begun };
        assert_eq!(lines.line(5, begun + Duration::from_secs(9)), None);
        assert_eq!(
            lines.line(10, begun + Duration::from_secs(10)).as_deref(),
            Some("cases: 2 of 40, 10 requests, about 190 s left")
        );
        assert_eq!(lines.line(15, begun + Duration::from_secs(19)), None);
        lines.steps = None;
        assert_eq!(lines.line(20, begun + Duration::from_secs(20)).as_deref(), Some("cases: 4 done, 20 requests"));
    }
}
