//! The keys that a profile may have: a misspelt one would change what is judged without a word.

use toml::de::{DeTable, DeValue};

use crate::spelling::nearest;

/// Every table with its keys. Rows of an array of tables have the name of the array.
const KEYS: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "revision",
            "target",
            "region",
            "account",
            "suite",
            "emulator",
            "limits",
            "identities",
            "lacks",
            "clusters",
            "vpc_services",
            "proxies",
        ],
    ),
    (
        "suite",
        &["settle_ms", "transition_ms", "timeout_ms", "may_be_changed", "check_signatures", "credentials", "reset"],
    ),
    ("suite.credentials", &["profile", "env"]),
    ("emulator", &["connect_ms", "disconnect_ms", "lag_ms", "internal_error_every", "check_signatures"]),
    ("limits", &["stores", "requests_per_second"]),
    ("identities", &["access_key_id", "secret_access_key", "allowed"]),
    ("lacks", &["state", "store_type", "reason"]),
    ("clusters", &["id", "family", "role", "after_create", "trust_anchor", "password", "connect_ms", "disconnect_ms"]),
    ("vpc_services", &["name", "owner", "dns_name", "role", "after_create"]),
    (
        "proxies",
        &[
            "endpoint",
            "path",
            "role",
            "credentials",
            "connect_role",
            "connect_credentials",
            "connect_ms",
            "disconnect_ms",
            "error_message",
        ],
    ),
    ("proxies.credentials", &["access_key_id", "secret"]),
    ("proxies.connect_credentials", &["access_key_id", "secret"]),
];

/// Checks that the text has no other keys. Text that is not TOML is left to the parser.
pub(super) fn check(text: &str) -> Result<(), String> {
    match DeTable::parse(text) {
        Ok(table) => check_table(text, "", table.get_ref()),
        Err(_) => Ok(()),
    }
}

fn check_table(text: &str, path: &str, table: &DeTable<'_>) -> Result<(), String> {
    let Some((_, known)) = KEYS.iter().find(|(name, _)| *name == path) else { return Ok(()) };
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        if !known.contains(&name) {
            let line = text.get(..key.span().start).unwrap_or_default().matches('\n').count() + 1;
            return Err(format!("line {line}: {}", unknown(path, name, known)));
        }
        let inner = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        check_value(text, &inner, value.get_ref())?;
    }
    Ok(())
}

fn check_value(text: &str, path: &str, value: &DeValue<'_>) -> Result<(), String> {
    match value {
        DeValue::Table(table) => check_table(text, path, table),
        DeValue::Array(items) => items.iter().try_for_each(|item| check_value(text, path, item.get_ref())),
        _ => Ok(()),
    }
}

fn unknown(path: &str, name: &str, known: &[&str]) -> String {
    let place = if path.is_empty() { String::new() } else { format!(" in `{path}`") };
    if let Some(near) = nearest(name, known.iter().copied()) {
        return format!("unknown key `{name}`{place}; did you mean `{near}`?");
    }
    match KEYS.iter().find(|(_, keys)| keys.contains(&name)) {
        Some(("", _)) => format!("unknown key `{name}`{place}; it belongs at the top of the file, before any table"),
        Some((table, _)) => format!("unknown key `{name}`{place}; it belongs in `{table}`"),
        None => format!("unknown key `{name}`{place}; the keys are `{}`", known.join("`, `")),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("\nrevison = \"2026-04-27\"", "line 2: unknown key `revison`; did you mean `revision`?")]
    #[case("[suit]\nsettle_ms = 1", "line 1: unknown key `suit`; did you mean `suite`?")]
    #[case(
        "[suite]\ncheck_signature = true",
        "line 2: unknown key `check_signature` in `suite`; did you mean `check_signatures`?"
    )]
    #[case("[suite]\nstores = 3", "it belongs in `limits`")]
    #[case("[[clusters]]\nid = \"c\"\nfamilly = \"a\"", "did you mean `family`?")]
    #[case("[[proxies]]\ncredentials = [{ acess_key_id = \"a\" }]", "did you mean `access_key_id`?")]
    #[case("[emulator]\nwhatever = 1", "the keys are `connect_ms`")]
    fn misspelt_keys_are_named(#[case] text: &str, #[case] said: &str) {
        let error = check(text).unwrap_err();
        assert!(error.contains(said), "{error}");
    }

    #[cfg(feature = "cli")]
    #[test]
    fn the_emulators_own_file_has_known_keys_alone() {
        assert_eq!(check(ucks_emulator::DEFAULT_ENVIRONMENT), Ok(()));
    }
}
