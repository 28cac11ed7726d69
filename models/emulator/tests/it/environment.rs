//! The default world is complete.

use std::collections::{HashMap, HashSet};

use ucks_emulator::{DEFAULT_ENVIRONMENT, Environment};

fn rows(table: &str) -> Vec<toml::Table> {
    let environment: toml::Table = DEFAULT_ENVIRONMENT.parse().expect("TOML");
    let rows = environment[table].as_array().expect("an array of tables").clone();
    rows.into_iter().map(|row| row.as_table().expect("a table").clone()).collect()
}

fn text<'a>(row: &'a toml::Table, key: &str) -> &'a str {
    row.get(key).and_then(toml::Value::as_str).unwrap_or("")
}

#[test]
fn it_parses() {
    Environment::parse(DEFAULT_ENVIRONMENT).expect("the default world");
    assert!(Environment::default_environment().revision().is_none());
}

#[test]
fn clusters() {
    let mut families: HashMap<String, Vec<String>> = HashMap::new();
    for row in rows("clusters") {
        families.entry(text(&row, "family").into()).or_default().push(text(&row, "role").into());
    }
    let whole = |roles: &&Vec<String>| {
        roles.contains(&"primary".into()) && roles.iter().filter(|role| *role == "related").count() == 2
    };
    assert!(families.values().filter(whole).count() >= 12);
    let faulty = ["inactive", "too-few-hsms", "few-subnets", "wrong-network", "absent", "other-account"];
    let with_faulty = families.values().filter(|roles| faulty.iter().all(|role| roles.contains(&(*role).into())));
    assert!(with_faulty.count() >= 2);
    assert!(rows("clusters").iter().any(|row| row.contains_key("password") && row.contains_key("connect_ms")));
    assert!(rows("clusters").iter().any(|row| row.contains_key("password") && !row.contains_key("connect_ms")));
}

#[test]
fn services() {
    let rows = rows("vpc_services");
    let good: HashSet<&str> =
        rows.iter().filter(|row| text(row, "role") == "good").map(|row| text(row, "dns_name")).collect();
    assert!(good.len() >= 12);
    let roles: HashSet<&str> = rows.iter().map(|row| text(row, "role")).collect();
    assert_eq!(roles.len(), 9);
    assert!(rows.iter().any(|row| text(row, "owner") != "111122223333"));
}

#[test]
fn proxies() {
    let roles: HashSet<String> = rows("proxies").iter().map(|row| text(row, "role").to_owned()).collect();
    assert_eq!(roles.len(), 25);
    let rows = rows("proxies");
    assert!(rows.iter().any(|row| row.contains_key("connect_role")));
    assert!(rows.iter().any(|row| row.contains_key("credentials")));
    assert!(rows.iter().any(|row| row.contains_key("connect_credentials")));
}

#[test]
fn faulty_worlds_are_refused() {
    for (text, expected) in [
        ("x", "not valid"),
        ("revision = \"2020-02-02\"", "`2020-02-02`"),
        ("[emulator]\nconect_ms = 1", "unknown field"),
        ("[[clusters]]\nid = \"a\"\nfamily = \"a\"\nrole = \"best\"", "unknown variant"),
        ("[[proxies]]\nendpoint = \"http://a\"\nrole = \"healthy\"", "`http://a`"),
        (
            "[[identities]]\naccess_key_id = \"a\"\nsecret_access_key = \"b\"\n[[identities]]\naccess_key_id = \
                \"a\"\nsecret_access_key = \"c\"",
            "two rows for `a`",
        ),
    ] {
        let error = Environment::parse(text).expect_err(text).to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_world_may_name_its_revision() {
    assert_eq!(Environment::parse("revision = \"2022-11-29\"").unwrap().revision(), Some("2022-11-29"));
    assert_eq!(Environment::parse(DEFAULT_ENVIRONMENT).unwrap().revision(), None);
}
