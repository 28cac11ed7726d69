//! Reports. Each is a view of the [`Record`], and contains nothing that is not in it or in the
//! oracle's table of rules.
//!
//! | format | for |
//! |---|---|
//! | [`terminal`] | a person at a prompt |
//! | [`json`] | programs; the record itself |
//! | `junit` | CI servers: one case a rule |
//! | `markdown` | a job summary |
//! | [`github`] | annotations of a GitHub workflow |
//! | `html` | one file that opens from disk |
//!
//! ```
//! use ucks_suite::record::Record;
//! use ucks_suite::report::{Format, Options, render};
//!
//! /// Prints the report of a run that `ucks run --report json=record.json` recorded.
//! fn print(json: &str) -> Result<(), Box<dyn std::error::Error>> {
//!     let record: Record = serde_json::from_str(json)?;
//!     println!("{}", render(Format::Terminal, &record, &Options::default())?);
//!     Ok(())
//! }
//! assert!(print("{}").is_err(), "an object without members is not a record");
//! ```

pub mod github;
#[cfg(feature = "cli")]
pub mod html;
pub mod json;
#[cfg(feature = "cli")]
pub mod junit;
pub mod markdown;
#[cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "only the program writes files in which secrets are disguised")
)]
pub(crate) mod secrets;
pub mod terminal;
mod text;
mod view;

use std::fmt;
use std::str::FromStr;

#[cfg(feature = "cli")]
pub(crate) use self::text::plain;
pub(crate) use self::text::{counted, cut};
pub use self::view::{Summary, replay_command, replay_path, script_command, script_path, summary_line};
use crate::record::Record;

/// The default folder for replay files and scripts.
pub const REPLAY_DIR: &str = ".ucks/findings";
/// Where scripts look for a target whose address is not known.
pub const ENDPOINT: &str = "http://127.0.0.1:4566";

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Text for a person.
    Terminal,
    /// The record.
    Json,
    /// JUnit XML.
    Junit,
    /// Markdown for a job summary.
    Markdown,
    /// GitHub workflow commands.
    Github,
    /// One HTML file.
    Html,
}

impl Format {
    /// All of them.
    pub const ALL: &'static [Format] =
        &[Format::Terminal, Format::Json, Format::Junit, Format::Markdown, Format::Github, Format::Html];

    /// The name at the prompt.
    pub fn name(self) -> &'static str {
        match self {
            Format::Terminal => "terminal",
            Format::Json => "json",
            Format::Junit => "junit",
            Format::Markdown => "markdown",
            Format::Github => "github",
            Format::Html => "html",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No report has that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a report format{near} The formats are `terminal`, `json`, `junit`, `markdown`, `github`, \
    `html`", near = near(.0))]
pub struct UnknownFormat(pub String);

fn near(name: &str) -> String {
    match crate::spelling::suggestion(name, Format::ALL.iter().map(|f| f.name())) {
        near if near.is_empty() => ".".to_owned(),
        near => near,
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Format, UnknownFormat> {
        Format::ALL
            .iter()
            .copied()
            .find(|f| f.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

/// The settings of a report.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Where replay files and scripts lie, as printed in commands.
    pub replay_dir: &'a str,
    /// The endpoint of scripts that are called without one.
    pub endpoint: &'a str,
    /// The style of the terminal report.
    pub style: terminal::Style,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options { replay_dir: REPLAY_DIR, endpoint: ENDPOINT, style: terminal::Style::default() }
    }
}

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The record does not go into JSON.
    #[error("the record cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// JUnit's writer refused.
    #[cfg(feature = "cli")]
    #[error("the JUnit report cannot be written: {0}")]
    Junit(#[from] quick_junit::SerializeError),
    /// The template failed.
    #[cfg(feature = "cli")]
    #[error("the HTML report cannot be written: {0}")]
    Html(#[from] minijinja::Error),
    /// The format is not in this build.
    #[error("the `{0}` report needs the feature `cli`")]
    NotBuilt(Format),
}

/// Renders the last line of the report for the terminal alone, without a line break.
#[cfg(feature = "cli")]
pub(crate) fn closing_line(record: &Record, style: terminal::Style) -> String {
    terminal::closing_line(&secrets::masked(record), style).trim_end().to_owned()
}

/// Renders `record`, without the passwords and secrets that its requests hold.
///
/// # Errors
/// [`RenderError`] where a writer refuses, or the format is not in this build.
pub fn render(format: Format, record: &Record, options: &Options<'_>) -> Result<String, RenderError> {
    let shown = secrets::masked(record);
    match format {
        Format::Terminal => Ok(terminal::render(&shown, options.style, options.replay_dir)),
        Format::Json => json::render(&shown),
        Format::Markdown => Ok(markdown::render(&shown, options.replay_dir)),
        Format::Github => Ok(github::render(&shown, options.replay_dir)),
        #[cfg(feature = "cli")]
        Format::Junit => junit::render(&shown, options.replay_dir),
        #[cfg(feature = "cli")]
        Format::Html => html::render(&shown, &html::commands(record, options.endpoint), options),
        #[cfg(not(feature = "cli"))]
        Format::Junit | Format::Html => Err(RenderError::NotBuilt(format)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_read_by_their_names() {
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(*format));
        }
        assert_eq!("JUnit".parse(), Ok(Format::Junit));
        assert_eq!("pdf".parse::<Format>(), Err(UnknownFormat("pdf".into())));
    }
}
