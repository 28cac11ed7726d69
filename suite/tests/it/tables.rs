//! The oracle's table of members, written by hand from the rule book, against the emulator's, extracted from AWS's
//! published model: lengths, patterns, enums, required members and declared errors, at all twelve revisions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regex::{Regex, RegexBuilder};
use rstest::rstest;
use serde_json::Value;
use ucks_oracle::code::Code;
use ucks_oracle::members::Member;
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::UPDATE;

/// The statements of one revision's extract about UpdateCustomKeyStore.
struct Extract {
    shapes: Value,
    input: Value,
    errors: BTreeMap<String, u64>,
}

impl Extract {
    fn of(revision: Revision) -> Extract {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/emulator/shapes");
        let text = std::fs::read_to_string(folder.join(format!("{}.json", revision.date()))).unwrap();
        let whole: Value = serde_json::from_str(&text).unwrap();
        let operation = &whole["operations"][UPDATE];
        let shapes = whole["shapes"].clone();
        let input = shapes[operation["input"].as_str().unwrap()].clone();
        let errors = operation["errors"].as_object().unwrap().iter();
        Extract {
            shapes,
            input,
            errors: errors.map(|(code, status)| (code.clone(), status.as_u64().unwrap())).collect(),
        }
    }

    fn members(structure: &Value) -> BTreeSet<&str> {
        structure["members"].as_object().unwrap().keys().map(String::as_str).collect()
    }

    fn required(structure: &Value) -> BTreeSet<&str> {
        structure["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect()
    }

    fn credential(&self) -> Option<&Value> {
        let shape = self.input["members"][Member::XksProxyAuthenticationCredential.name()].as_str()?;
        Some(&self.shapes[shape])
    }

    fn shape(&self, member: Member) -> &Value {
        let within = |structure: &Value| structure["members"][member.name()].as_str().map(str::to_owned);
        let name = within(&self.input).or_else(|| self.credential().and_then(within));
        &self.shapes[name.unwrap_or_else(|| panic!("the extract lacks {member}"))]
    }
}

fn known(revision: Revision) -> Vec<Member> {
    Member::ALL.iter().copied().filter(|m| m.known(revision)).collect()
}

/// The published pattern as one that the whole value has to match; `\d` is an ASCII digit.
fn whole(pattern: &str) -> Regex {
    RegexBuilder::new(&format!(r"\A(?:{pattern})\z")).unicode(false).build().unwrap()
}

/// Values around the edges of every pattern: those that fit, and all that differ from one of them in one place.
fn probes() -> BTreeSet<String> {
    let fit = [
        "cluster-abcdefg2345",
        "cluster-ABCDEFGH23456777",
        "https://ab",
        "https://a-b.example.com",
        "/kms/xks/v1",
        "/kms/xks/v10",
        "///kms/xks/v1",
        "/a/b_c-d/kms/xks/v2",
        "com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c",
        "com.amazonaws.vpce.us-gov-east-1.vpce-svc-0a1b2c",
        "eu.amazonaws.vpce.eusc-de-east-1.vpce-svc-0a1b2c",
        "111122223333",
        "ABCDEFGHIJKLMNOPQRST",
        "abcdefghijklmnopqrstuvwxyz/+=ABCDEFGHIJKLMN0189",
        "PUBLIC_ENDPOINT",
        "VPC_ENDPOINT_SERVICE",
    ];
    let others = ["a", "Z", "0", "1", "2", "8", "9", "-", "_", "/", ".", "+", "=", ":", " ", "\n", "é", "٣", ""];
    let mut all: BTreeSet<String> = fit.iter().map(|&f| f.to_owned()).collect();
    for value in fit {
        for at in 0..=value.len() {
            for other in others {
                all.insert(format!("{}{other}{}", &value[..at], &value[at..]));
                if at < value.len() {
                    all.insert(format!("{}{other}{}", &value[..at], &value[at + 1..]));
                }
            }
        }
    }
    all
}

#[rstest]
fn both_know_the_same_members(#[values(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)] at: usize) {
    let revision = Revision::ALL[at];
    let extract = Extract::of(revision);
    let known = known(revision);
    let top: BTreeSet<&str> = Member::TOP.iter().filter(|m| known.contains(m)).map(|m| m.name()).collect();
    assert_eq!(Extract::members(&extract.input), top, "{revision}");
    assert_eq!(Extract::required(&extract.input), BTreeSet::from([Member::CustomKeyStoreId.name()]), "{revision}");
    let inside = BTreeSet::from([Member::AccessKeyId.name(), Member::RawSecretAccessKey.name()]);
    match extract.credential() {
        Some(credential) => {
            assert_eq!(Extract::members(credential), inside, "{revision}");
            assert_eq!(Extract::required(credential), inside, "{revision}");
        }
        None => assert!(!Member::XksProxyAuthenticationCredential.known(revision), "{revision}"),
    }
}

#[rstest]
fn both_have_the_same_constraints(#[values(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)] at: usize) {
    let revision = Revision::ALL[at];
    let extract = Extract::of(revision);
    let probes = probes();
    for member in known(revision) {
        let row = member.row(revision);
        let shape = extract.shape(member);
        let length = |key: &str| shape[key].as_u64().map(|n| n as usize);
        assert_eq!(length("min").unwrap_or(0), row.min, "{revision}: least length of {member}");
        assert_eq!(length("max"), row.max, "{revision}: greatest length of {member}");
        let values: Vec<&str> = shape["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert_eq!(values, row.values, "{revision}: values of {member}");
        let pattern = shape["pattern"].as_str();
        assert_eq!(pattern.is_some(), row.pattern.is_some(), "{revision}: whether {member} has a pattern");
        let Some(pattern) = pattern else { continue };
        assert_eq!(pattern.starts_with('^') && pattern.ends_with('$'), row.anchored, "{revision}: anchors of {member}");
        let (published, mut fitted) = (whole(pattern), 0);
        for value in &probes {
            let fits = published.is_match(value);
            fitted += usize::from(fits);
            assert_eq!(
                member.constraint_violations(revision, value).form.is_none(),
                fits,
                "{revision}: {member} = {value:?}"
            );
        }
        assert!(fitted > 20 && fitted < probes.len() / 2, "{revision}: {fitted} probes fit {member}");
    }
}

/// The password, the two parts of the credential and nothing else is marked; the credential is hidden by its parts.
#[rstest]
fn both_hide_the_same_members(#[values(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)] at: usize) {
    let revision = Revision::ALL[at];
    let extract = Extract::of(revision);
    for member in known(revision).into_iter().filter(|m| *m != Member::XksProxyAuthenticationCredential) {
        let marked = extract.shape(member)["sensitive"].as_bool().unwrap_or(false);
        assert_eq!(marked, member.sensitive(), "{revision}: {member}");
    }
}

#[rstest]
fn both_declare_the_same_errors(#[values(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)] at: usize) {
    let revision = Revision::ALL[at];
    let published = Extract::of(revision).errors;
    let declared: BTreeMap<String, u64> = Code::ALL
        .iter()
        .filter(|c| c.declared(revision))
        .map(|c| (c.name().to_owned(), if *c == Code::KMSInternalException { 500 } else { 400 }))
        .collect();
    assert_eq!(published, declared, "{revision}");
}

#[test]
fn there_are_twelve_revisions_and_as_many_extracts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/emulator/shapes");
    let files = std::fs::read_dir(folder).unwrap().flatten().map(|f| f.file_name().into_string().unwrap());
    let dates: BTreeSet<String> = files.filter_map(|f| f.strip_suffix(".json").map(str::to_owned)).collect();
    assert_eq!(dates, Revision::ALL.iter().map(|r| r.date().to_owned()).collect());
    assert_eq!(dates.len(), 12);
}
