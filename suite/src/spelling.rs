//! Suggestions for misspelt names.

/// Returns the known name that is most like `word`, if one is like it at all.
///
/// Case, hyphens and underscores do not count, so that `g14` is as good as `G-14`.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = bare(word);
    let most = word.chars().count().div_ceil(3);
    let distance = |name: &&'a str| strsim::osa_distance(&word, &bare(name));
    let best = known.into_iter().filter(|name| !name.is_empty()).min_by_key(distance)?;
    (!word.is_empty() && distance(&best) <= most).then_some(best)
}

/// Returns `, did you mean …?`, or nothing where no known name is like `word`.
pub(crate) fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// Returns a message of serde about an unknown name with the nearest of the names that it lists.
///
/// Messages of another form are returned as they are.
pub(crate) fn explained(message: &str) -> String {
    let Some((head, list)) = message.split_once(", expected") else { return message.to_owned() };
    let Some(word) = head.strip_prefix("unknown ").and_then(|rest| rest.split('`').nth(1)) else {
        return message.to_owned();
    };
    format!("{message}{}", suggestion(word, list.split('`').skip(1).step_by(2)))
}

fn bare(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const KNOWN: [&str; 6] = ["revision", "suite", "check_signatures", "G-14", "G-15", "W"];

    #[rstest]
    #[case("revison", Some("revision"))]
    #[case("suit", Some("suite"))]
    #[case("check_signature", Some("check_signatures"))]
    #[case("checkSignatures", Some("check_signatures"))]
    #[case("G14", Some("G-14"))]
    #[case("g-15", Some("G-15"))]
    #[case("something else", None)]
    #[case("", None)]
    fn the_nearest_name(#[case] word: &str, #[case] name: Option<&str>) {
        assert_eq!(nearest(word, KNOWN), name);
    }

    #[test]
    fn messages_of_serde_get_a_suggestion() {
        let message = "unknown field `reson`, expected one of `rule`, `reason`, `link`";
        assert!(explained(message).ends_with("did you mean `reason`?"), "{}", explained(message));
        assert_eq!(explained("missing field `reason`"), "missing field `reason`");
    }
}
