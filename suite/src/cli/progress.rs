//! Progress on standard error: a bar on a terminal, else a line every ten seconds.

use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::console::errln;
use crate::replay::Key;
use crate::run::Progress;

/// The time between two lines.
const BETWEEN: Duration = Duration::from_secs(10);

/// The time between two looks at whether a line is to be printed.
const LOOK: Duration = Duration::from_millis(500);

/// A bar, or lines.
pub(super) enum Bar {
    /// On a terminal.
    Terminal(Mutex<ProgressBar>),
    /// Into a file or a pipe.
    Lines(Arc<Mutex<Lines>>),
}

/// The state of a phase that is reported by lines.
pub(super) struct Lines {
    phase: String,
    steps: Option<u64>,
    done: u64,
    requests: u64,
    begun: Instant,
    printed: Instant,
}

impl Bar {
    pub(super) fn new() -> Bar {
        if std::io::stderr().is_terminal() {
            return Bar::Terminal(Mutex::new(ProgressBar::hidden()));
        }
        let now = Instant::now();
        let phase = String::new();
        let lines = Lines { phase, steps: None, done: 0, requests: 0, begun: now, printed: now };
        let lines = Arc::new(Mutex::new(lines));
        // A step can take minutes, so the steps cannot print the lines themselves.
        let weak = Arc::downgrade(&lines);
        std::thread::spawn(move || {
            while let Some(lines) = weak.upgrade() {
                let line = lines.lock().unwrap_or_else(PoisonError::into_inner).line(Instant::now());
                drop(lines);
                if let Some(line) = line {
                    errln!("ucks: {line}");
                }
                std::thread::sleep(LOOK);
            }
        });
        Bar::Lines(lines)
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
    fn line(&mut self, now: Instant) -> Option<String> {
        if self.phase.is_empty() || now.saturating_duration_since(self.printed) < BETWEEN {
            return None;
        }
        self.printed = now;
        let (phase, done, requests) = (&self.phase, self.done, self.requests);
        let Some(steps) = self.steps.filter(|s| *s >= done && done > 0) else {
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
            *lines = Lines { phase: name.to_owned(), steps, done: 0, begun: now, ..*lines };
        });
    }

    fn more(&self, steps: u64) {
        self.with(|bar| bar.inc_length(steps));
        self.with_lines(|lines| lines.steps = lines.steps.map(|all| all + steps));
    }

    fn step(&self, requests: u64) {
        self.with(|bar| {
            bar.inc(1);
            bar.set_message(format!("{requests} requests"));
        });
        self.with_lines(|lines| (lines.done, lines.requests) = (lines.done + 1, requests));
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
        self.with_lines(|lines| lines.phase.clear());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_every_ten_seconds_says_how_far_it_is() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let phase = "cases".to_owned();
        let mut lines = Lines { phase, steps: Some(40), done: 2, requests: 10, begun, printed: begun };
        assert_eq!(lines.line(at(9)), None);
        assert_eq!(lines.line(at(10)).as_deref(), Some("cases: 2 of 40, 10 requests, about 190 s left"));
        assert_eq!(lines.line(at(19)), None);
        // No step was done since: that is worth a line as well.
        assert_eq!(lines.line(at(20)).as_deref(), Some("cases: 2 of 40, 10 requests, about 380 s left"));
        lines.steps = None;
        assert_eq!(lines.line(at(30)).as_deref(), Some("cases: 2 done, 10 requests"));
        lines.phase.clear();
        assert_eq!(lines.line(at(60)), None, "the run is over");
    }
}
