//! The documents: each command in them is one that the program takes, and what they state of the project is so.

use std::path::{Path, PathBuf};

use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Defect, Emulator, Environment};
use ucks_suite::cli::definition;

use crate::faulty_server::{Reply, service};
use crate::program::ucks::Folder;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Every document for users.
fn documents() -> Vec<String> {
    let folder = std::fs::read_dir(root().join("docs")).unwrap();
    let pages = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pages = pages.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}"));
    let others = ["README.md", "CONTRIBUTING.md", "models/emulator/README.md", "fuzz/README.md"];
    pages.chain(others.map(str::to_owned)).collect()
}

/// The lines of the blocks of one language; a line that ends with a backslash goes on in the next one.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut inside = false;
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match line.trim_start().strip_prefix("```") {
            Some(opened) => inside = opened.split(',').next() == Some(language),
            None if inside => match lines.last_mut().filter(|last| last.ends_with('\\')) {
                Some(last) => *last = format!("{}{}", last.trim_end_matches('\\'), line.trim()),
                None => lines.push(line.trim_start_matches("$ ").to_owned()),
            },
            None => {}
        }
    }
    lines
}

/// The words of a command, without its comment. Quotes keep words together, as in a shell.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match quote {
            Some(q) if q == c => quote = None,
            Some(_) => words.last_mut().unwrap().push(c),
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c == ' ' => words.push(String::new()),
            None if c == '#' && words.last().unwrap().is_empty() => break,
            None => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The command lines of the program in a document: those of shell blocks, and those between backticks.
fn commands(text: &str) -> Vec<Vec<String>> {
    let prose = text.split("```").step_by(2).flat_map(|part| part.split('`').skip(1).step_by(2)).map(str::to_owned);
    let lines = ["sh", "console", "yaml", ""].into_iter().flat_map(|language| blocks(text, language)).chain(prose);
    let start = |words: &[String]| words.iter().position(|word| word == "ucks").filter(|at| *at <= 1);
    lines
        .map(|line| words(&line.replace('\n', " ")))
        .filter(|words| words.len() > 1)
        .filter_map(|mut words| {
            let at = start(&words)?;
            words.drain(..at);
            let end = words.iter().position(|word| [">", "|", "2>/dev/null"].contains(&word.as_str()));
            words.truncate(end.unwrap_or(words.len()));
            for variable in words.iter_mut().filter(|word| word.starts_with('$')) {
                *variable = "1".to_owned();
            }
            Some(words)
        })
        .collect()
}

#[test]
fn every_command_in_the_documents_is_one_that_the_program_takes() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for document in documents() {
        for command in commands(&read(&document)) {
            if command.iter().any(|word| word.contains('…')) || definition().get_name() == command.join(" ") {
                continue;
            }
            count += 1;
            // A command in a sentence may leave its arguments out.
            let missing = clap::error::ErrorKind::MissingRequiredArgument;
            if let Err(error) = definition().try_get_matches_from(&command)
                && error.kind() != missing
                && error.exit_code() != 0
            {
                wrong.push(format!("{document}: `{}`: {error}", command.join(" ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 60, "only {count} commands were found");
}

#[test]
fn the_readme_states_the_rust_version_and_the_commands_of_ci() {
    let readme = read("README.md");
    assert!(readme.contains(&format!("Rust {} or later", env!("CARGO_PKG_RUST_VERSION"))));
    let ci = read(".ci/run");
    for command in ["cargo run --locked -- run", "cargo test --workspace --locked"] {
        assert!(blocks(&readme, "sh").iter().any(|line| line == command), "not in README.md: {command}");
        assert!(ci.contains(command), "not in .ci/run: {command}");
    }
}

/// The project is self-contained: a link leads to a file that is in it.
#[test]
fn links_between_documents_stay_in_the_project() {
    let project = root().canonicalize().unwrap();
    for document in documents() {
        let text = read(&document);
        let folder = root().join(&document).parent().unwrap().to_owned();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap();
            if !path.is_empty() && !path.contains("://") {
                let file = folder.join(path).canonicalize();
                assert!(file.is_ok_and(|file| file.starts_with(&project)), "{document}: {link}");
            }
        }
    }
}

#[test]
fn words_of_a_command_line() {
    let line = "  ucks certify p.toml --challenge \"a b\" 'c'  # a note";
    assert_eq!(words(line), ["ucks", "certify", "p.toml", "--challenge", "a b", "c"]);
    assert_eq!(blocks("```sh\nucks a \\\n  b\n```\n```rust\nx\n```", "sh"), ["ucks a b"]);
}

/// The commands of docs/certification.md in one folder, from the first to the last, on a service that conforms and on
/// one that deviates: that one is refused until its deviations are declared.
#[test]
fn the_way_to_a_certificate_works_line_by_line() {
    certificate_page(Some("no-request-id"), (1, "REFUSED"));
}

#[test]
#[ignore = "makes ten runs: `.ci/run night`"]
fn a_conforming_service_goes_the_same_way() {
    certificate_page(None, (0, "CERTIFIED"));
}

/// The commands of docs/certification.md in one folder, from the first to the last, on a service that conforms and on
/// one that deviates: that one is refused until its deviations are declared.
fn certificate_page(defect: Option<&str>, undeclared: (i32, &str)) {
    let defect = defect.map(|name| name.parse::<Defect>().unwrap());
    let environment = Environment::parse(DEFAULT_ENVIRONMENT).unwrap().open();
    let emulator = Emulator::new(Config { environment, defect, ..Config::default() });
    let url = service(move |request, _| Reply::Answer(emulator.handle(request)));
    let folder = Folder::new();
    let mut verdicts = Vec::new();
    for line in blocks(&read("docs/certification.md"), "sh") {
        let line = line.replace("http://127.0.0.1:4566", &url);
        let command = words(&line);
        assert_eq!(command[0], "ucks", "{line}");
        let arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
        let ended = folder.ucks(&arguments);
        let all = format!("{line}\n{}{}", ended.said, ended.complained);
        match (arguments[0], arguments.contains(&"--deviations")) {
            // A shard is judged with the others, when they are merged.
            ("certify", false) if arguments.contains(&"--shard") => drop(ended.so(0, "SHARD")),
            ("certify", false) => {
                ended.so(undeclared.0, undeclared.1);
                assert!(!ended.said.contains("\nmissing"), "{all}");
                assert_eq!(folder.path("bundle.tar.gz").exists(), undeclared.0 == 0, "{all}");
            }
            ("certify", true) => drop(ended.so(0, "CERTIFIED")),
            ("verify", _) => drop(ended.so(0, "ACCEPTED")),
            // With --strict a service that warns fails too.
            ("run", _) => assert_eq!(ended.code, Some(undeclared.0), "{all}"),
            _ => assert_eq!(ended.code, Some(0), "{all}"),
        }
        verdicts.push(arguments[0].to_owned());
    }
    let alone = ["keygen", "probe", "certify", "run", "certify", "verify"];
    let in_shards = ["certify", "certify", "certify", "verify"];
    assert_eq!(verdicts, [&alone[..], &in_shards, &["verify"]].concat());
    assert_eq!(folder.read("deviations.toml").matches("[[deviation]]").count(), usize::from(defect.is_some()));
}
