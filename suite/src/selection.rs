//! Selections of rules: ids, group letters and globs, as command lines and files name them.

use ucks_oracle::group::Group;
use ucks_oracle::revision::Revision;
use ucks_oracle::rules;

use crate::spelling::nearest;

/// A name that selects no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownRule {
    /// No revision has a rule or group of this name.
    #[error("`{name}` is not a rule, a group or a glob of rules{hint} (`ucks list` shows all rules)")]
    Unknown {
        /// The name.
        name: String,
        /// The nearest known name, or the groups.
        hint: String,
    },
    /// The rule exists, but not at the revision that applies.
    #[error("`{name}` selects no rule of revision {revision}; `ucks list --revision {revision}` shows all rules")]
    OtherRevision {
        /// The name.
        name: String,
        /// The revision.
        revision: Revision,
    },
}

/// Returns true if `pattern` selects `rule`: its id, its group's letter, or a glob over ids.
pub fn selects(pattern: &str, rule: &str) -> bool {
    glob(pattern, rule) || rule.split('-').next().is_some_and(|group| group.eq_ignore_ascii_case(pattern))
}

/// Checks that each pattern selects a rule, and one of `revision` where that is given.
///
/// # Errors
/// [`UnknownRule`] for the first pattern that selects none.
pub fn check<'a>(patterns: impl IntoIterator<Item = &'a str>, revision: Option<Revision>) -> Result<(), UnknownRule> {
    for name in patterns {
        if !rules::all().iter().any(|r| selects(name, r.id.0)) {
            return Err(UnknownRule::Unknown { name: name.to_owned(), hint: hint(name) });
        }
        if let Some(revision) = revision
            && !rules::at(revision).any(|r| selects(name, r.id.0))
        {
            return Err(UnknownRule::OtherRevision { name: name.to_owned(), revision });
        }
    }
    Ok(())
}

/// Returns a hint for an unknown name: the nearest rule, or the groups if the name looks like one.
pub(crate) fn hint(name: &str) -> String {
    let like_a_rule = name.bytes().any(|b| b.is_ascii_digit());
    match nearest(name, rules::all().iter().map(|r| r.id.0)).filter(|_| like_a_rule) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => {
            let groups: Vec<&str> = Group::ALL.iter().map(|group| group.letter()).collect();
            format!("; the groups are {}", groups.join(", "))
        }
    }
}

/// Returns true if `text` matches `pattern`, without case; `*` matches any characters, `?` one.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.to_ascii_uppercase().chars().collect(), text.to_ascii_uppercase().chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("G-1*", "G-14", true)]
    #[case("G-1*", "G-21", false)]
    #[case("g-14", "G-14", true)]
    #[case("?-0?", "U-01", true)]
    #[case("*", "A-01", true)]
    #[case("*-01", "A-01", true)]
    #[case("*-01", "A-02", false)]
    #[case("G", "G-14", true)]
    #[case("g", "G-14", true)]
    #[case("", "G-14", false)]
    #[case("G-", "G-14", false)]
    fn patterns(#[case] pattern: &str, #[case] rule: &str, #[case] selected: bool) {
        assert_eq!(selects(pattern, rule), selected);
    }

    #[rstest]
    #[case("G14", "did you mean `G-14`?")]
    #[case("W-001", "did you mean `W-01`?")]
    #[case("Q", "the groups are ")]
    #[case("", "the groups are ")]
    #[case("ZZ-*", "the groups are ")]
    fn unknown_names_get_a_hint(#[case] name: &str, #[case] said: &str) {
        let error = check([name], None).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }

    #[test]
    fn a_rule_of_a_later_revision_is_not_one_of_the_first() {
        let first = Revision::ALL[0];
        let later = rules::all().iter().find(|r| r.since > first).unwrap().id.0;
        assert!(check([later], None).is_ok());
        assert!(check([later], Some(first)).unwrap_err().to_string().contains("selects no rule of revision"));
    }
}
