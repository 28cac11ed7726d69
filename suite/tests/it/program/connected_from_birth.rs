//! A service in another language, over real HTTP, whose stores are CONNECTED as soon as they are created.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ucks_suite::record::{Record, Verdict};

use crate::program::ucks::Folder;

/// The service, which ends with its standard input.
struct Service {
    child: Child,
    url: String,
}

impl Service {
    /// Starts it; `None` where this machine has no Python.
    fn start() -> Option<Service> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/services/python/connected_from_birth.py");
        let mut python = Command::new("python3");
        let mut child = python.arg(file).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take()?).read_line(&mut line).ok()?;
        let url = line.trim().strip_prefix("listening on ")?.to_owned();
        Some(Service { child, url })
    }

    /// Returns the answer of Describe.
    fn described(&self) -> String {
        let host = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).unwrap();
        let head = format!("POST / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: 2\r\n");
        let target = "x-amz-target: TrentService.DescribeCustomKeyStores\r\n\r\n{}";
        stream.write_all(format!("{head}{target}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn stores_that_are_connected_from_birth_are_reported_once() {
    let Some(service) = Service::start() else {
        eprintln!("skipped: `python3` is not installed");
        return;
    };
    let folder = Folder::new();
    // With a cluster, so that both types of stores are created.
    let profile =
        "[[clusters]]\nid = \"cluster-234567abcde\"\nfamily = \"a\"\nrole = \"primary\"\ntrust_anchor = \"A\"\n";
    let profile = folder.write("profile.toml", profile);
    let report = ["--report", "json=record.json"];
    let run = ["run", &service.url, "--profile", &profile, "--seed", "1", "--sequences", "0"];
    let ended = folder.ucks(&[&run[..], &report].concat());
    let text = format!("{}{}", ended.said, ended.complained);
    assert_eq!(ended.code, Some(1), "{text}");
    let record: Record = serde_json::from_str(&folder.read("record.json")).unwrap();
    let found: Vec<&str> = record.findings.iter().flat_map(|finding| finding.rules()).collect();
    assert_eq!(found, ["O-01", "O-01"], "{text}");
    assert!(record.findings.iter().all(|f| f.got.code() == "CONNECTED"), "{text}");
    assert!(record.unstable.is_empty(), "{text}");
    // The gates are judged in both states.
    let gates: Vec<_> = record.rules.iter().filter(|r| r.group == "G" && r.verdict == Verdict::Pass).collect();
    for state in ["CONNECTED", "DISCONNECTED"] {
        let touched = gates.iter().flat_map(|r| &r.touched).any(|place| place.state.as_deref() == Some(state));
        assert!(touched, "{state}: {text}");
    }
    assert!(service.described().contains("\"CustomKeyStores\": []"), "{}", service.described());
    assert!(!text.contains("could not be removed"), "{text}");
}
