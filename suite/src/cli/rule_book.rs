//! The rule book as a page of Markdown, made from the oracle's tables: `ucks list --format markdown`.

use std::fmt::{Result, Write};

use ucks_oracle::group::Group;
use ucks_oracle::members::{Member, MemberRow};
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::{BASIS_MARKS, BASIS_QUALIFIERS, Force, JudgedOn, Rule};
use ucks_oracle::rules;

use super::rules::{Covered, Occasion, coverage, covered, selected};

/// Returns the page with the rules that `ids` select. Without ids it has all rules, and also the revisions and the
/// constraints of the members.
///
/// # Errors
/// If an id selects no rule of the revision.
pub fn page(ids: &[String], revision: Revision) -> anyhow::Result<String> {
    let rows = selected(ids, revision)?;
    let covered = covered(revision)?;
    let mut text = String::new();
    head(&mut text, rows.len(), revision)?;
    if ids.is_empty() {
        revisions(&mut text)?;
        members(&mut text, revision)?;
    }
    for one in Group::ALL {
        let rows: Vec<&Rule> = rows.iter().copied().filter(|rule| rule.id.group() == *one).collect();
        if !rows.is_empty() {
            group(&mut text, *one, &rows, revision, &covered)?;
        }
    }
    Ok(text)
}

fn head(text: &mut String, count: usize, revision: Revision) -> Result {
    writeln!(text, "# The rule book of UpdateCustomKeyStore\n")?;
    writeln!(
        text,
        "Rule book {}, revision {revision} of the contract, {count} rules. This page is the output of\n\
         `ucks list --format markdown`. `ucks explain ID` adds the impact of a deviation and the fix.\n",
        rules::RULE_BOOK
    )?;
    writeln!(text, "**Force**: the consequence of a deviation.\n\n| force | meaning |\n|---|---|")?;
    for force in Force::ALL {
        writeln!(text, "| {force} | {} |", force.meaning())?;
    }
    writeln!(
        text,
        "\nA must rule may have a part that only should hold, such as the code of an error: a deviation from that part \
         is a\nwarning. Where the sources disagree or are silent, all answers that they admit are accepted."
    )?;
    writeln!(
        text,
        "\n**Basis**: the source of the statement.\n\n\
         | mark | meaning |\n|---|---|"
    )?;
    for (mark, meaning) in BASIS_MARKS.into_iter().chain(BASIS_QUALIFIERS) {
        writeln!(text, "| {mark} | {meaning} |")?;
    }
    writeln!(text, "\n**Judged**: when a run judges the rule.\n\n| judged | meaning |\n|---|---|")?;
    for coverage in Occasion::ALL {
        writeln!(text, "| {} | {} |", coverage.name(), coverage.meaning())?;
    }
    Ok(())
}

fn revisions(text: &mut String) -> Result {
    writeln!(text, "\n## Revisions of the contract\n\n| revision | change |\n|---|---|")?;
    for revision in Revision::ALL {
        writeln!(text, "| {revision} | {} |", escaped(revision.what()))?;
    }
    Ok(())
}

fn members(text: &mut String, revision: Revision) -> Result {
    writeln!(
        text,
        "\n## Members\n\nLengths count Unicode characters. A pattern holds for the whole value.\n\n\
         | member | length | pattern or values | sensitive | since |\n|---|---|---|---|---|"
    )?;
    for member in Member::ALL.iter().filter(|member| member.known(revision)) {
        let row = member.row(revision);
        let form = match row.pattern {
            Some(pattern) => code(pattern),
            None => row.values.iter().map(|value| code(value)).collect::<Vec<_>>().join(", "),
        };
        let sensitive = if member.sensitive() { "yes" } else { "" };
        writeln!(text, "| {member} | {} | {form} | {sensitive} | {} |", length(&row), member.since())?;
    }
    Ok(())
}

fn length(row: &MemberRow) -> String {
    match (row.min, row.max) {
        (0, None) => String::new(),
        (min, None) => format!("{min} or more"),
        (min, Some(max)) if min == max => min.to_string(),
        (min, Some(max)) => format!("{min}–{max}"),
    }
}

fn group(text: &mut String, group: Group, rows: &[&Rule], revision: Revision, covered: &Covered) -> Result {
    writeln!(text, "\n## {group} – {}\n", group.title())?;
    writeln!(text, "| id | requirement | force | basis | since | judged | source |\n|---|---|---|---|---|---|---|")?;
    for rule in rows {
        let judged = match rule.check {
            JudgedOn::Untested(why) => format!("{}: {}", Occasion::NotYet.name(), escaped(why)),
            _ => coverage(rule, revision, covered).name().to_owned(),
        };
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {judged} | {} |",
            rule.id,
            escaped(&rule.requirement),
            rule.force_at(revision),
            escaped(rule.basis.notation()),
            rule.since,
            escaped(&rule.source)
        )?;
    }
    Ok(())
}

/// A piece of code in a cell of a table. A bar would end the cell even there.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', r"\|"))
}

/// Text in a cell of a table, as it is: patterns have characters that Markdown takes for marks. Pieces between
/// backticks stay code.
fn escaped(text: &str) -> String {
    let mut inside = false;
    let mut written = String::new();
    for c in text.chars() {
        inside ^= c == '`';
        // A bar ends a cell of the table even inside a piece of code.
        if c == '|' || (!inside && r"\*_[]<>".contains(c)) {
            written.push('\\');
        }
        written.push(c);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_markdown_are_shown_as_they_are() {
        assert_eq!(escaped("a|b *c* `d_e|f` <g>"), r"a\|b \*c\* `d_e\|f` \<g\>");
        assert_eq!(code("(a|b)"), r"`(a\|b)`");
    }

    #[test]
    fn a_selection_has_its_rows_and_no_tables_of_members() {
        let page = page(&["G-1*".to_owned()], Revision::LATEST).unwrap();
        assert!(page.contains("| G-14 | ") && page.contains("## G – "), "{page}");
        assert!(!page.contains("## W – ") && !page.contains("## Members"), "{page}");
    }

    #[test]
    fn every_row_has_as_many_cells_as_its_head() {
        for line in page(&[], Revision::LATEST)
            .unwrap()
            .lines()
            .filter(|line| line.starts_with("| W-") || line.starts_with("| S-"))
        {
            let bars = line.match_indices('|').filter(|(at, _)| *at == 0 || line.as_bytes()[at - 1] != b'\\').count();
            assert_eq!(bars, 8, "{line}");
        }
    }
}
