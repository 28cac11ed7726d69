//! Targets in their users' world: HTTPS with a CA of its own, keys that are named, a reset before the run.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Response;

use crate::faulty_server::{Reply, service};
use crate::program::hostile::emulator;
use crate::program::ucks::{Ended, Folder};

const FEW: [&str; 6] = ["--only", "S-01,A-01", "--sequences", "0", "--seed", "1"];

/// A running `ucks emulator`, with the folder as its home.
struct Served {
    child: Child,
    url: String,
    files: PathBuf,
}

impl Served {
    fn start(folder: &Folder, more: &[&str]) -> Served {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ucks"));
        command.args(["emulator", "--port", "0"]).args(more).current_dir(folder.path("")).env("HOME", folder.path(""));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.strip_prefix("listening on ").unwrap().split([',', '\n']).next().unwrap().to_owned();
        let port = url.rsplit(':').next().unwrap();
        Served { child, files: folder.path(&format!(".aws/emulator/{port}")), url }
    }

    fn file(&self, name: &str) -> String {
        self.files.join(name).display().to_string()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `ucks` with a home of its own choice, and without any AWS variable but these.
fn ucks(folder: &Folder, home: &str, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ucks"));
    for (name, _) in std::env::vars_os().filter(|(n, _)| n.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    command.env("HOME", folder.path(home)).envs(variables.iter().copied()).args(arguments);
    folder.run(&mut command)
}

#[test]
fn an_emulator_with_files_of_its_own_needs_no_flag() {
    let folder = Folder::new();
    let served = Served::start(&folder, &["--tls"]);
    let ended = ucks(&folder, "", &[], &[&["run", &served.url], &FEW[..]].concat());
    ended.so(0, "PASS");
    let first = ended.complained.lines().next().unwrap_or_default();
    assert!(
        first.starts_with("ucks: found the files of an emulator in ") && first.ends_with("signing with its keys"),
        "{first}"
    );
    let keys = std::fs::read_to_string(served.file("emulator_credentials")).unwrap();
    let secret = keys.lines().find_map(|l| l.strip_prefix("aws_secret_access_key = ")).unwrap();
    assert!(!format!("{}{}", ended.said, ended.complained).contains(secret));
}

#[test]
fn what_is_missing_gets_one_clear_sentence() {
    let folder = Folder::new();
    let served = Served::start(&folder, &["--tls"]);
    let run = |variables: &[(&str, &str)], more: &[&str]| {
        ucks(&folder, "elsewhere", variables, &[&["run", &served.url], more, &FEW[..]].concat())
    };
    let (ca, keys) = (served.file("ca.pem"), served.file("emulator_credentials"));
    let untrusted = "the target's certificate is not trusted: it is self-signed, or signed by an unknown CA; pass \
        its CA with --ca-bundle FILE";
    run(&[], &[]).so(3, untrusted);
    run(&[], &["-q"]).so(3, untrusted);
    run(&[], &["--ca-bundle", &ca]).so(3, "the target takes none of the keys that sign the requests: it answers");
    run(&[], &["--ca-bundle", &keys]).so(2, "holds no certificate");
    run(&[], &["--ca-bundle", "none.pem"]).so(2, "cannot read the CA bundle `none.pem`");
    let shared = ("AWS_SHARED_CREDENTIALS_FILE", keys.as_str());
    run(&[shared], &["--ca-bundle", &ca, "--aws-profile", "default"]).so(0, "PASS");
    run(&[shared], &["--insecure", "--aws-profile", "default"]).so(0, "PASS");
    run(&[shared, ("AWS_CA_BUNDLE", &ca)], &["--aws-env"]).so(0, "PASS");
    run(&[shared, ("AWS_CA_BUNDLE", &ca)], &[]).so(3, "takes none of the keys");
    run(&[shared], &["--aws-profile", "other"]).so(2, "there is no AWS profile `other` in");
    let profile = folder.write("profile.toml", "[suite]\ncredentials = { profile = \"default\" }\n");
    run(&[shared], &["--ca-bundle", &ca, "--profile", &profile]).so(0, "PASS");
    let other_region = ["--ca-bundle", &ca, "--aws-profile", "default", "--region", "eu-west-1"];
    assert_ne!(run(&[shared], &other_region).code, Some(0), "the emulator is in us-east-1");
    let plain = served.url.replace("https://", "http://");
    assert_ne!(ucks(&folder, "elsewhere", &[], &["run", &plain]).code, Some(0));
}

#[test]
fn certificates_are_verified_at_public_addresses() {
    let folder = Folder::new();
    let profile = folder.write("profile.toml", "account = \"111122223333\"\n[suite]\nmay_be_changed = true\n");
    let run = ["run", "https://192.0.2.1", "--profile", &profile, "--insecure"];
    folder.ucks(&run).so(2, "--insecure is for loopback and private addresses only");
}

/// A reset deletes the state of others: never at a public address, whatever the profile permits.
#[test]
fn a_public_target_is_never_reset() {
    let folder = Folder::new();
    let text = "account = \"111122223333\"\n[suite]\nmay_be_changed = true\nreset = \"POST /reset\"\n";
    let profile = folder.write("profile.toml", text);
    folder.ucks(&["run", "http://192.0.2.1", "--profile", &profile]).so(2, "would destroy what is at a public address");
}

#[test]
fn the_files_of_the_emulator_are_for_its_user_alone_and_go_with_it() {
    let folder = Folder::new();
    let mut served = Served::start(&folder, &["--tls"]);
    #[cfg(unix)]
    for name in ["ca.pem", "emulator_credentials", "config"] {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(served.file(name)).unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "{name}");
    }
    #[cfg(unix)]
    {
        Command::new("kill").args(["-INT", &served.child.id().to_string()]).status().unwrap();
        served.child.wait().unwrap();
        assert!(!served.files.exists());
    }
}

#[test]
fn the_emulator_is_judged_without_a_profile() {
    let folder = Folder::new();
    let served = Served::start(&folder, &[]);
    folder.ucks(&["run", &served.url, "--seed", "1", "--sequences", "20"]).so(0, "PASS");
}

#[test]
fn the_target_is_reset_before_anything_else() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (into, emulator) = (seen.clone(), emulator());
    let url = service(move |request, _| {
        into.lock().unwrap().push(format!("{} {}", request.method(), request.uri()));
        match request.uri().path() {
            "/reset" => Reply::Answer(Response::new(Bytes::new())),
            "/none" => Reply::Answer(Response::builder().status(404).body(Bytes::new()).unwrap()),
            _ => Reply::Answer(emulator.handle(request)),
        }
    });
    let folder = Folder::new();
    let run = |reset: &str| {
        let profile = folder.write("profile.toml", &format!("[suite]\nreset = \"{reset}\"\n"));
        folder.ucks(&[&["run", &url, "--profile", &profile], &["--only", "S-01", "--sequences", "0"][..]].concat())
    };
    run("POST /none").so(2, "`POST /none` of the profile is answered with 404");
    assert_eq!(*seen.lock().unwrap(), ["POST /none"]);
    seen.lock().unwrap().clear();
    run("POST /reset");
    assert_eq!(seen.lock().unwrap()[0], "POST /reset");
    assert!(seen.lock().unwrap().len() > 3);
    run("RESET").so(2, "`reset` in `suite` is a method and a path");
}
