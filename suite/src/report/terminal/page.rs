//! Lines of a width, in colours or without.

use anstyle::{AnsiColor, Style as Ansi};

use super::super::text::{wrap, wrap_hanging};
use super::Style;

/// The kind of a piece of text, which decides its style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// As it is.
    Plain,
    /// To be seen first.
    Strong,
    /// To be seen last.
    Dim,
    /// A failure.
    Bad,
    /// A warning.
    Warn,
    /// A pass, or what was expected.
    Good,
    /// To be typed.
    Command,
}

impl Ink {
    fn ansi(self) -> Ansi {
        match self {
            Ink::Plain => Ansi::new(),
            Ink::Strong => Ansi::new().bold(),
            Ink::Dim => Ansi::new().dimmed(),
            Ink::Bad => AnsiColor::Red.on_default().bold(),
            Ink::Warn => AnsiColor::Yellow.on_default().bold(),
            Ink::Good => AnsiColor::Green.on_default().bold(),
            Ink::Command => AnsiColor::Cyan.on_default(),
        }
    }
}

/// A piece of a line.
pub(super) type LinePiece<'a> = (Ink, &'a str);

/// A page under construction.
pub(super) struct TerminalPage {
    out: String,
    color: bool,
    /// Columns.
    pub(super) width: usize,
}

impl TerminalPage {
    pub(super) fn new(style: Style) -> TerminalPage {
        TerminalPage { out: String::new(), color: style.color, width: style.width.max(40) }
    }

    /// The text, with no blank at the end of any line.
    pub(super) fn finish(self) -> String {
        let lines: Vec<&str> = self.out.lines().map(str::trim_end).collect();
        lines.join("\n") + "\n"
    }

    /// A blank line, unless there is one.
    pub(super) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// Prints pieces one after another, without breaking lines.
    pub(super) fn unbroken(&mut self, pieces: &[LinePiece<'_>]) {
        for (ink, text) in pieces {
            self.put(*ink, text);
        }
        self.out.push('\n');
    }

    /// `lead` and then `text`, wrapped below its own beginning where the lead is short.
    pub(super) fn item(&mut self, indent: usize, lead: &[LinePiece<'_>], text: &str) {
        self.item_in(Ink::Plain, indent, lead, text);
    }

    /// The same in an ink.
    pub(super) fn item_in(&mut self, ink: Ink, indent: usize, lead: &[LinePiece<'_>], text: &str) {
        let length: usize = lead.iter().map(|(_, t)| t.chars().count()).sum();
        let hanging = if length <= self.width / 3 { indent + length } else { indent + 4 };
        if indent + length + 8 > self.width {
            return self.long_item(indent, lead, text);
        }
        self.out.push_str(&" ".repeat(indent));
        for (ink, piece) in lead {
            self.put(*ink, piece);
        }
        for (at, line) in wrap_hanging(text, self.width - indent - length, self.width - hanging).iter().enumerate() {
            if at > 0 {
                self.out.push_str(&" ".repeat(hanging));
            }
            self.put(ink, line);
            self.out.push('\n');
        }
    }

    /// A lead that is itself too long for a line.
    fn long_item(&mut self, indent: usize, lead: &[LinePiece<'_>], text: &str) {
        let all: String = lead.iter().map(|(_, t)| *t).chain([text]).collect();
        for (at, line) in wrap(&all, self.width - indent - 2).iter().enumerate() {
            let by = if at == 0 { indent } else { indent + 2 };
            self.out.push_str(&" ".repeat(by));
            self.put(Ink::Plain, line);
            self.out.push('\n');
        }
    }

    /// A title over a rule, with a remark at its end.
    pub(super) fn heading(&mut self, ink: Ink, title: &str, remark: &str) {
        self.gap();
        let taken = title.chars().count() + remark.chars().count() + 4;
        if taken > self.width {
            self.item_in(ink, 0, &[], title);
            return self.item_in(Ink::Dim, 2, &[], remark);
        }
        let dashes = "─".repeat((self.width - taken).max(2));
        self.unbroken(&[(ink, title), (Ink::Dim, " "), (Ink::Dim, &dashes), (Ink::Dim, " "), (Ink::Dim, remark)]);
    }

    /// Two columns side by side, or one below the other where there is no room.
    pub(super) fn columns(&mut self, indent: usize, left: TextColumn<'_>, right: TextColumn<'_>) {
        let half = (self.width - indent - 3) / 2;
        if half < 24 {
            for column in [left, right] {
                let label = format!("{:10}", column.title);
                for (at, line) in column.lines.iter().enumerate() {
                    let lead = if at == 0 { label.clone() } else { " ".repeat(10) };
                    self.item_in(column.ink, indent, &[(Ink::Dim, &lead)], line);
                }
            }
            return;
        }
        let wrapped = |c: &TextColumn<'_>| c.lines.iter().flat_map(|l| wrap(l, half)).collect::<Vec<_>>();
        let (lefts, rights) = (wrapped(&left), wrapped(&right));
        let most = lefts.iter().map(|l| l.chars().count()).max().unwrap_or(0).max(left.title.len());
        let column = most.max(24).min(half);
        let pad = |text: &str| " ".repeat(column.saturating_sub(text.chars().count()) + 3);
        let margin = " ".repeat(indent);
        self.unbroken(&[
            (Ink::Plain, &margin),
            (Ink::Dim, left.title),
            (Ink::Plain, &pad(left.title)),
            (Ink::Dim, right.title),
        ]);
        for at in 0..lefts.len().max(rights.len()) {
            let l = lefts.get(at).map_or("", String::as_str);
            let r = rights.get(at).map_or("", String::as_str);
            self.unbroken(&[(Ink::Plain, &margin), (left.ink, l), (Ink::Plain, &pad(l)), (right.ink, r)]);
        }
    }

    fn put(&mut self, ink: Ink, text: &str) {
        let ansi = ink.ansi();
        if self.color && ink != Ink::Plain && !text.trim().is_empty() {
            self.out.push_str(&format!("{ansi}{text}{ansi:#}"));
        } else {
            self.out.push_str(text);
        }
    }
}

/// One of two columns.
pub(super) struct TextColumn<'a> {
    pub(super) title: &'a str,
    pub(super) ink: Ink,
    pub(super) lines: Vec<String>,
}
