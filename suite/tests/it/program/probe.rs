//! `ucks probe`.

use ucks_suite::profile::Profile;

use crate::faulty_server::Misbehaviour::CloseAtOnce;
use crate::faulty_server::{Reply, faulty_server, service};
use crate::program::hostile::emulator;
use crate::program::ucks::Folder;

/// A target that accepts only its own clusters and proxies creates no store without a profile, and still gets a first
/// one.
#[test]
fn a_strict_target_gets_a_first_profile_too() {
    let emulator = emulator();
    let url = service(move |request, _| Reply::Answer(emulator.handle(request)));
    let folder = Folder::new();
    let ended = folder.ucks(&["probe", &url, "--output", "profile.toml"]);
    ended.so(0, "no custom key store can be created");
    let text = folder.read("profile.toml");
    for line in [
        "# Stores that can be created: none so far. States seen: none.",
        "# Not found out: CreateCustomKeyStore EXTERNAL_KEY_STORE: CreateCustomKeyStore of EXTERNAL_KEY_STORE \
            answers XksProxyUriUnreachableException",
        "# Not found out: CreateCustomKeyStore AWS_CLOUDHSM: CreateCustomKeyStore of AWS_CLOUDHSM answers \
            CloudHsmClusterNotFoundException",
    ] {
        assert!(text.contains(line), "{text}");
    }
    assert!(Profile::parse(&text).unwrap().revision.is_some(), "{text}");
}

#[test]
fn a_target_of_its_own_word_gets_one_as_well() {
    let folder = Folder::new();
    let ended = folder.ucks(&["probe", "embedded"]);
    ended.so(0, "# Stores that can be created: AWS_CLOUDHSM and EXTERNAL_KEY_STORE. States seen:");
    let profile = Profile::parse(&ended.said).unwrap();
    assert!(!ended.said.contains("Not found out"), "{}", ended.said);
    assert_eq!(profile.target.as_deref(), Some("embedded"));
    assert!(profile.lacks.iter().any(|l| l.state == "FAILED"), "{}", ended.said);
}

/// The blocks of the documents are pasted below what the probe writes.
#[test]
fn pasted_blocks_never_give_a_key_twice() {
    let first = Folder::new().ucks(&["probe", "embedded"]).said;
    let document = include_str!("../../../../docs/certification.md");
    let blocks: Vec<&str> = document.split("```toml\n").skip(1).map(|b| b.split("```").next().unwrap()).collect();
    assert!(!blocks.is_empty());
    for block in blocks {
        let pasted = format!("{first}\n{block}");
        assert!(Profile::parse(&pasted).is_ok(), "{:?}: {pasted}", Profile::parse(&pasted).err());
    }
}

#[test]
fn without_an_answer_there_is_no_profile() {
    let (address, _ends) = faulty_server(CloseAtOnce);
    let ended = Folder::new().ucks(&["probe", &format!("http://{address}")]);
    ended.so(3, "the connection broke");
    assert_eq!(ended.said, "");
}
