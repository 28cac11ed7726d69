//! Requests a second, for each operation (D-05).

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// A token bucket for each operation, as deep as a second's requests.
#[derive(Debug, Default)]
pub(crate) struct Throttle(HashMap<&'static str, (f64, Instant)>);

impl Throttle {
    /// Returns true if the operation may run now, at `rate` requests a second (0: any number).
    pub(crate) fn admits(&mut self, operation: &'static str, rate: u32, now: Instant) -> bool {
        if rate == 0 {
            return true;
        }
        let rate = f64::from(rate);
        let (tokens, since) = self.0.entry(operation).or_insert((rate, now));
        let gained = now.saturating_duration_since(*since).min(Duration::from_secs(1)).as_secs_f64() * rate;
        *tokens = (*tokens + gained).min(rate);
        *since = now;
        let admitted = *tokens >= 1.0;
        if admitted {
            *tokens -= 1.0;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_refills() {
        let mut throttle = Throttle::default();
        let start = Instant::now();
        let admitted = (0..10).filter(|_| throttle.admits("Op", 5, start)).count();
        assert_eq!(admitted, 5);
        assert!(throttle.admits("Other", 5, start));
        assert!(throttle.admits("Op", 5, start + Duration::from_millis(250)));
        assert!(!throttle.admits("Op", 5, start + Duration::from_millis(250)));
    }
}
