//! The caller's secrets, looked for in everything that is written.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rstest::rstest;
use ucks_emulator::{Config, Emulator, Environment};
use ucks_suite::certify::bundle::archive;

use crate::certify::sealed::world;

/// An environment with secrets that are nowhere else.
fn distinctive() -> (String, Vec<String>) {
    let mut secrets = Vec::new();
    let mut text = format!("target = \"embedded\"\n# The safe is opened by SafeWord0815.\n{}", world());
    secrets.push("SafeWord0815".to_owned());
    let mut swap = |text: String, key: &str, length: usize| {
        let mut out = String::new();
        let mut rest = text.as_str();
        let mark = format!("{key} = \"");
        while let Some(at) = rest.find(&mark) {
            let (head, tail) = rest.split_at(at + mark.len());
            // `id = "` also ends `access_key_id = "`, and comments contain `secret = `.
            let whole = head[..at].ends_with([' ', '\n', '{']);
            let end = tail.find('"').unwrap();
            out.push_str(head);
            if whole {
                let known = format!("{key}:{}", &tail[..end]);
                let number = known.bytes().fold(7_u64, |n, b| n.wrapping_mul(31).wrapping_add(u64::from(b)));
                let secret: String = format!("Hush{number:020}{:A<64}", "").chars().take(length).collect();
                out.push_str(&secret);
                if !secrets.contains(&secret) {
                    secrets.push(secret);
                }
            } else {
                out.push_str(&tail[..end]);
            }
            rest = &tail[end..];
        }
        out.push_str(rest);
        out
    };
    text = swap(text, "password", 30);
    text = swap(text, "secret", 50);
    text = swap(text, "secret_access_key", 40);
    assert!(secrets.len() > 6, "{secrets:?}");
    (text, secrets)
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

/// A folder in which the program runs, and all of its output.
struct Session {
    folder: PathBuf,
    said: Vec<(String, String)>,
}

impl Session {
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ucks"));
        command.args(args).current_dir(&self.folder).env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1");
        command
    }

    fn run(&mut self, args: &[&str], code: i32) {
        let output = self.command(args).output().unwrap();
        let text = [String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)].concat();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {text}");
        self.said.push((args.join(" "), text));
    }

    /// Kills a run as soon as its ledger holds a store, so that the ledger stays.
    fn kill(&mut self, args: &[&str]) {
        let mut child = self.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let has_ledger = || {
            files(&self.folder.join(".ucks")).iter().any(|f| std::fs::read_to_string(f).unwrap().contains("created"))
        };
        for _ in 0..1_000 {
            if has_ledger() {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(has_ledger(), "no ledger was left");
    }
}

/// Serves the emulator of that world on a port of its own, as long as the tests run.
fn served(world: &str) -> String {
    let emulator = Emulator::new(Config { environment: Environment::parse(world).unwrap(), ..Config::default() });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0))).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        runtime.block_on(ucks_emulator::serve(listener, emulator, std::future::pending())).unwrap();
    });
    format!("http://{address}")
}

/// Of findings that show fixtures, and of answers that repeat what they were given.
#[rstest]
#[case::in_answers(&["secret-in-error-text"], 35)]
#[ignore = "makes many runs, with every word logged: `.ci/run night`"]
#[case::of_fixtures(&["password-not-stored", "proxy-asked-with-old-secret", "secret-in-error-text"], 50)]
fn no_secret_is_written_anywhere(#[case] defects: &[&str], #[case] least: usize) {
    let folder = std::env::temp_dir().join(format!("ucks-secrets-{}-{}", std::process::id(), defects.len()));
    std::fs::create_dir_all(&folder).unwrap();
    let (world, secrets) = distinctive();
    // The profile itself is outside of the folder that is searched.
    let place = std::env::temp_dir().join(format!("ucks-profile-{}-{}.toml", std::process::id(), defects.len()));
    std::fs::write(&place, &world).unwrap();
    let profile = place.to_str().unwrap();
    let mut session = Session { folder: folder.clone(), said: Vec::new() };
    let reports = ["json", "junit", "markdown", "github", "html", "terminal"];
    for defect in defects {
        let target = format!("embedded:{defect}");
        let dir = format!("findings-{defect}");
        let written = reports.map(|f| format!("--report={f}=reports-{defect}/{f}"));
        std::fs::create_dir_all(folder.join(format!("reports-{defect}"))).unwrap();
        let written: Vec<&str> = written.iter().map(String::as_str).collect();
        // A list is merged with what the file holds: each defect has a list of its own.
        let _ = std::fs::remove_file(folder.join("deviations.toml"));
        let run = ["run", &target, "--profile", profile, "--findings", &dir, "--verbose", "--strict"];
        session.run(&[&run[..], &written[..], &["--write-deviations", "deviations.toml"]].concat(), 1);
        let findings: Vec<PathBuf> = files(&folder.join(&dir));
        let replay = findings.iter().find(|f| f.extension().is_some_and(|e| e == "json")).unwrap().clone();
        session.run(&["replay", replay.to_str().unwrap(), "--profile", profile], 1);
        session.run(&["certify", profile, "-o", "refused.tar.gz", "--target", &target], 1);
    }
    // The deviations of the last one are declared now.
    let certify = ["certify", profile, "-o", "declared.tar.gz", "--target", "embedded:secret-in-error-text"];
    session.run(&[&certify[..], &["--deviations", "deviations.toml"]].concat(), 0);
    session.run(&["keygen", "key"], 0);
    session.run(&["certify", profile, "-o", "bundle.tar.gz", "--level", "full", "--key", "key"], 0);
    session.run(&["verify", "bundle.tar.gz"], 0);
    session.run(&["probe", "embedded"], 0);
    session.kill(&["run", &served(&world), "--profile", profile]);
    let mut looked = 0;
    let mut look = |name: String, text: &str| {
        looked += 1;
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{name} holds {secret}");
        }
    };
    for (command, text) in &session.said {
        look(format!("what `{command}` prints"), text);
    }
    for path in files(&folder) {
        let bytes = std::fs::read(&path).unwrap();
        look(path.display().to_string(), &String::from_utf8_lossy(&bytes));
        if path.extension().is_some_and(|e| e == "gz") {
            for (name, content) in archive::read(&bytes).unwrap() {
                look(format!("{name} in {}", path.display()), &String::from_utf8_lossy(&content));
            }
        }
    }
    assert!(looked > least, "{looked} texts were looked through");
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::remove_file(&place).unwrap();
}
