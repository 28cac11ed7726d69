//! Days of the calendar, as far as an expiry needs them.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

/// A day, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// The year.
    pub year: i32,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day, 1 to 31.
    pub day: u8,
}

/// Not a day written `YYYY-MM-DD`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a day: write it as `YYYY-MM-DD`")]
pub struct NoDate(pub String);

impl Date {
    /// The day that the system's clock shows.
    pub fn today() -> Date {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        Date::of_day(seconds / 86_400)
    }

    /// The day `days` days after 1970-01-01.
    pub fn of_day(days: u64) -> Date {
        // Count from 0000-03-01: then a leap day is the last one of its year.
        let days = days + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        Date { year: i32::try_from(year).unwrap_or(i32::MAX), month: month as u8, day: day as u8 }
    }
}

fn days_in(year: i32, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = NoDate;

    fn from_str(text: &str) -> Result<Date, NoDate> {
        let read = || {
            let digits =
                text.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() });
            if text.len() != 10 || !digits {
                return None;
            }
            let date =
                Date { year: text[..4].parse().ok()?, month: text[5..7].parse().ok()?, day: text[8..].parse().ok()? };
            let exists = (1..=12).contains(&date.month) && (1..=days_in(date.year, date.month)).contains(&date.day);
            exists.then_some(date)
        };
        read().ok_or_else(|| NoDate(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, "1970-01-01")]
    #[case(58, "1970-02-28")]
    #[case(59, "1970-03-01")]
    #[case(789, "1972-02-29")]
    #[case(11_016, "2000-02-29")]
    #[case(20_819, "2027-01-01")]
    fn known_days(#[case] days: u64, #[case] text: &str) {
        assert_eq!(Date::of_day(days).to_string(), text);
        assert_eq!(text.parse(), Ok(Date::of_day(days)));
    }

    #[rstest]
    #[case("2027-02-29")]
    #[case("2027-13-01")]
    #[case("2027-1-01")]
    #[case("27-01-01")]
    #[case("2027-01-01x")]
    fn no_days(#[case] text: &str) {
        assert!(text.parse::<Date>().is_err());
    }
}
