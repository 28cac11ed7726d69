//! A list of deviations, brought up to date with a run: what people wrote stays, what is new is added.

use super::{DeclaredDeviation, Deviations, DeviationsError};
use crate::deviations::Date;
use crate::record::Record;

/// The beginning of the comment on an entry that was not observed. Each run that writes the list replaces it.
const MARK: &str = "# not observed on ";
/// The header of an entry.
const HEADER: &str = "[[deviation]]";

/// Returns the text of a list that tolerates what fails in `record`.
///
/// The text of `former`, the list so far, is kept with its comments. An entry that covers no finding of this run gets a
/// comment with the date and the reason, and findings that no entry covers get entries of their own.
///
/// # Errors
/// [`DeviationsError`] where `former` is not a list of deviations.
pub fn merged(former: Option<&str>, record: &Record, today: Date) -> Result<String, DeviationsError> {
    let Some(former) = former.filter(|text| !text.trim().is_empty()) else {
        return Ok(Deviations::from_record(record));
    };
    let list = Deviations::parse(former)?;
    let mut out = match marked(former, &list, record, today) {
        Some(text) => text,
        // The entries have another form, such as one inline array: their comments cannot be kept.
        None => rewritten(&list, record, today),
    };
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out += &super::entries_for(record, &list);
    Ok(out)
}

/// The former text with a mark below the header of each entry that was not observed.
fn marked(former: &str, list: &Deviations, record: &Record, today: Date) -> Option<String> {
    let headers = former.lines().filter(|line| is_header(line)).count();
    if headers != list.entries.len() {
        return None;
    }
    let mut entries = list.entries.iter();
    let mut out = String::with_capacity(former.len());
    for line in former.lines().filter(|line| !line.starts_with(MARK)) {
        out.push_str(line);
        out.push('\n');
        if is_header(line) {
            out.extend(entries.next().and_then(|entry| mark(entry, record, today)));
        }
    }
    Some(out)
}

fn is_header(line: &str) -> bool {
    line.split('#').next().is_some_and(|line| line.split_whitespace().collect::<String>() == HEADER)
}

fn rewritten(list: &Deviations, record: &Record, today: Date) -> String {
    let entry = |entry: &DeclaredDeviation| {
        format!("\n{HEADER}\n{}{}", mark(entry, record, today).unwrap_or_default(), entry.toml())
    };
    list.entries.iter().map(entry).collect()
}

fn mark(entry: &DeclaredDeviation, record: &Record, today: Date) -> Option<String> {
    if record.findings.iter().any(|f| entry.covers(f)) {
        return None;
    }
    let why = match entry.why_unchecked(record) {
        Some(why) => why.replace(char::is_control, " "),
        None => "remove the entry if the service was fixed".to_owned(),
    };
    Some(format!("{MARK}{today}: {why}\n"))
}
