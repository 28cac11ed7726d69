//! Progress on the terminal.

use crate::replay::Key;
use crate::run::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

/// A bar on standard error, hidden where that is no terminal.
pub(super) struct Bar {
    bar: Mutex<ProgressBar>,
}

impl Bar {
    pub(super) fn new() -> Bar {
        Bar { bar: Mutex::new(ProgressBar::hidden()) }
    }

    fn with(&self, act: impl FnOnce(&mut ProgressBar)) {
        act(&mut self.bar.lock().unwrap_or_else(PoisonError::into_inner));
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
            let form =
                if steps.is_some() { "{prefix} {bar:30} {pos}/{len} {msg}" } else { "{spinner} {prefix} {pos} {msg}" };
            if let Ok(style) = ProgressStyle::with_template(form) {
                new.set_style(style);
            }
            new.set_prefix(name.to_owned());
            new.enable_steady_tick(Duration::from_millis(120));
            *bar = new;
        });
    }

    fn step(&self, requests: u64) {
        self.with(|bar| {
            bar.inc(1);
            bar.set_message(format!("{requests} requests"));
        });
    }

    fn found(&self, key: &Key) {
        self.with(|bar| {
            if !bar.is_hidden() {
                bar.suspend(|| eprintln!("  {} {}", key.code(), key.sentence()));
            }
        });
    }

    fn done(&self) {
        self.with(|bar| bar.finish_and_clear());
    }
}
