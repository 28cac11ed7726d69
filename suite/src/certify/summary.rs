//! The summary: one page with the statement of the certificate.

use ucks_oracle::group::Group;

use super::bundle::manifest::Manifest;
use crate::record::{Record, Verdict};
use crate::report::counted;

/// Most declared deviations that the page names one by one.
const NAMED: usize = 20;

/// The page, in Markdown.
pub(super) fn summary(manifest: &Manifest, record: &Record) -> String {
    let count = |verdict: Verdict| record.rules.iter().filter(|r| r.verdict == verdict).count();
    let judged = record.rules.iter().filter(|r| r.judged > 0).count();
    let mut page = match manifest.shard {
        Some(shard) => format!(
            "# Shard {shard} for a certificate of UpdateCustomKeyStore\n\nA part of a run, which certifies nothing \
             alone: `ucks certify --merge` makes a certificate of all {} shards.\n\n",
            shard.of()
        ),
        None => format!("# Certificate of UpdateCustomKeyStore, level {}\n\n", manifest.level),
    };
    let challenge = if manifest.challenge.self_issued {
        format!("self-issued: `{}`. No reviewer chose it.", plain(&manifest.challenge.text))
    } else {
        format!("`{}`", plain(&manifest.challenge.text))
    };
    let signer = manifest.signer.as_ref().map_or_else(|| "nobody".to_owned(), |s| format!("`{s}`"));
    let shards = manifest.shards.map(|of| ("Shards", format!("{of}, each with a transcript of its own")));
    let rows = [
        ("Target", format!("`{}`", plain(&manifest.target))),
        ("Day", plain(&manifest.date)),
        ("Contract", format!("revision {}, policy {}", plain(&manifest.revision), plain(&manifest.policy))),
        ("Suite", format!("{}, rule book {}", plain(&manifest.suite), plain(&manifest.rule_book))),
        ("Challenge", challenge),
        ("Signed by", signer),
        ("Behaviour", format!("`{}` before and after", manifest.behaviour.after.get(..16).unwrap_or("unknown"))),
        (
            "Rules",
            format!(
                "{judged} of {} judged: {} kept, {} observed, {}",
                record.rules.len(),
                count(Verdict::Pass),
                count(Verdict::Observed),
                counted(count(Verdict::Deviation), "declared deviation")
            ),
        ),
        ("Cells", format!("{} reached", record.cells.len())),
        ("Requests", record.requests.to_string()),
    ];
    page += "| | |\n|---|---|\n";
    for (name, value) in rows.into_iter().chain(shards) {
        page += &format!("| {name} | {value} |\n");
    }
    page += "\n## By group\n\n| group | judged | kept | observed | declared |\n|---|---|---|---|---|\n";
    for group in Group::ALL {
        let rows: Vec<_> = record.rules.iter().filter(|r| r.group == group.letter()).collect();
        if rows.is_empty() {
            continue;
        }
        let count = |verdict| rows.iter().filter(|r| r.verdict == verdict).count();
        page += &format!(
            "| {group} {} | {} of {} | {} | {} | {} |\n",
            group.title(),
            rows.iter().filter(|r| r.judged > 0).count(),
            rows.len(),
            count(Verdict::Pass),
            count(Verdict::Observed),
            count(Verdict::Deviation)
        );
    }
    let declared: Vec<_> = record.findings.iter().filter(|f| f.deviation.is_some()).collect();
    if !declared.is_empty() {
        page += "\n## Declared deviations\n\n";
        for finding in declared.iter().take(NAMED) {
            let reason = plain(finding.deviation.as_deref().unwrap_or_default());
            page += &format!("- {} ({}): {} — {reason}\n", finding.rule, finding.code, plain(&finding.sentence));
        }
        if declared.len() > NAMED {
            page += &format!("- and {} more, in the report\n", declared.len() - NAMED);
        }
    }
    page += "\n## Not part of this certificate\n\n";
    for left_out in &manifest.left_out {
        page += &format!("- {}: {}\n", plain(&left_out.what), plain(&left_out.reason));
    }
    if manifest.left_out.is_empty() {
        page += "Nothing is left out.\n";
    }
    page += "\nA certificate covers the answers in its transcript. It cannot prove how the service answers at other \
             times, and the owner of the key can sign anything. `ucks verify` judges every answer again.\n";
    page
}

/// Text from outside on one line, without the characters that mean something in Markdown.
fn plain(text: &str) -> String {
    let short: String = text.chars().take(300).collect();
    short.replace(['`', '|', '<', '>'], "'").replace(char::is_control, " ")
}
