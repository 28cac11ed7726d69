//! The dictionary of the fuzz targets, from the members table.

use std::collections::BTreeSet;

use ucks_oracle::members::Member;
use ucks_oracle::wire::{CONTENT_TYPE, TARGET_PREFIX, UPDATE};

use super::values;
use crate::op::Symbol;
use crate::raw;

/// Texts that break incomplete parsers.
const FORMS: &[&str] = &[
    "null",
    "true",
    "{}",
    "[]",
    "{\"",
    "\":",
    "\",\"",
    "\\u0000",
    "\\ud800",
    "\\udc00",
    "\\ud83d\\ude00",
    "\\u00e9",
    "\\\"",
    "\u{feff}",
    "é",
    "😀",
    "\r\n",
    ",}",
    "NaN",
    "/*",
    "//",
    "1e999",
    "-0",
    "[[[[[[[[",
    "]]]]]]]]",
    "{\"a\":{\"a\":",
];

/// The operations and headers of whole requests.
const HEADS: &[&str] = &[
    "POST / HTTP/1.1",
    "GET ",
    "PUT ",
    "x-amz-target: ",
    "content-type: ",
    "authorization: AWS4-HMAC-SHA256 ",
    "x-amz-date: ",
    "x-amzn-errortype: ",
    "\n\n",
    "CreateCustomKeyStore",
    "DescribeCustomKeyStores",
    "ConnectCustomKeyStore",
    "DisconnectCustomKeyStore",
    "DeleteCustomKeyStore",
    "ucks-readings: 7\n",
    "ucks-signatures: 1\n",
    "ucks-revision: 2018-11-26\n",
    "ucks-to: ",
    "\"__type\":\"",
    "\"CustomKeyStores\":[",
    "\"XksProxyConfiguration\":{",
    "\"Truncated\":true,\"NextMarker\":\"",
];

/// The dictionary, in libFuzzer's form: one quoted entry a line.
pub fn dictionary() -> String {
    let mut entries: BTreeSet<String> = BTreeSet::new();
    for member in Member::ALL {
        entries.insert(format!("\"{}\"", member.name()));
        entries.insert(format!("\"{}\"", member.name().to_ascii_lowercase()));
        let row = values::row(*member);
        for value in values::valid(*member).iter().chain(row.values) {
            entries.insert((*value).to_owned());
        }
        // A character at each edge of the length.
        if let Some(value) = values::valid(*member).first() {
            for length in [row.min.saturating_sub(1), row.min, row.max.unwrap_or(0), row.max.map_or(0, |m| m + 1)] {
                if (1..=65).contains(&length) {
                    entries.insert(values::resized(value, length, 'a'));
                }
            }
        }
    }
    entries.extend((0..3).map(|n| raw::id(Symbol(n))));
    entries.extend(FORMS.iter().chain(HEADS).map(|s| (*s).to_owned()));
    entries.extend([CONTENT_TYPE.to_owned(), format!("{TARGET_PREFIX}{UPDATE}")]);
    let lines: Vec<String> = entries.iter().map(|e| format!("{}\n", quoted(e))).collect();
    format!("# Written by `ucks corpus dictionary` from the members table.\n{}", lines.concat())
}

fn quoted(entry: &str) -> String {
    let byte = |b: u8| match b {
        b'"' | b'\\' => format!("\\{}", char::from(b)),
        0x20..=0x7e => char::from(b).to_string(),
        _ => format!("\\x{b:02X}"),
    };
    format!("\"{}\"", entry.bytes().map(byte).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_quoted_as_libfuzzer_reads_them() {
        assert_eq!(quoted("\"a\\é\n"), r#""\"a\\\xC3\xA9\x0A""#);
    }

    #[test]
    fn the_committed_dictionary_is_that_of_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/ucks.dict");
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            dictionary(),
            "run `ucks corpus dictionary -o fuzz/ucks.dict`"
        );
    }
}
