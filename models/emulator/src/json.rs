//! A strict reader of JSON (RFC 8259) that keeps what a typed reader would hide: the order of
//! members, members given twice, and how exactly a body is malformed.
//!
//! Depth is bounded, so that no body can exhaust the stack. A lone surrogate is malformed or kept
//! (W-21): see [`halves`].

use crate::halves;

/// A JSON value. Numbers are kept as they were written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum JsonValue {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<JsonValue>),
    Object(Vec<(String, JsonValue)>),
}

/// The body is not a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// The deviations from the standard that are let through. A strict reader has `false` everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Leniency {
    /// A byte-order mark before the text (W-23).
    pub(crate) byte_order_mark: bool,
    /// Anything after the first value (W-18).
    pub(crate) trailing_bytes: bool,
    /// A comma before a closing bracket (W-07).
    pub(crate) trailing_comma: bool,
    /// `//` and `/* */` comments as white space (W-18).
    pub(crate) comments: bool,
    /// `NaN` and `Infinity` as numbers (W-18).
    pub(crate) not_a_number: bool,
    /// The text may end inside an object (W-07).
    pub(crate) cut_off: bool,
    /// Invalid UTF-8 becomes U+FFFD (W-22).
    pub(crate) invalid_utf8: bool,
    /// A lone surrogate is kept (W-21).
    pub(crate) halves: bool,
    /// `\u` escapes are kept as they are written (W-12).
    pub(crate) raw_escapes: bool,
    /// Escaped pairs of surrogates are refused (W-12). An edit alone is stricter than the standard.
    pub(crate) no_pairs: bool,
}

/// Values nested deeper than this are refused.
const DEPTH: usize = 256;

/// Parses a whole body.
pub(crate) fn parse(bytes: &[u8], leniency: Leniency) -> Result<JsonValue, Malformed> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => std::borrow::Cow::Borrowed(text),
        Err(_) if leniency.invalid_utf8 => String::from_utf8_lossy(bytes),
        Err(_) => return Err(Malformed),
    };
    let mut rest: &str = &text;
    if let Some(after) = rest.strip_prefix('\u{feff}') {
        if !leniency.byte_order_mark {
            return Err(Malformed);
        }
        rest = after;
    }
    let mut reader = Reader { text: rest, at: 0, leniency };
    let value = reader.value(DEPTH)?;
    reader.space();
    if reader.at < reader.text.len() && !leniency.trailing_bytes {
        return Err(Malformed);
    }
    Ok(value)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    leniency: Leniency,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn space(&mut self) {
        loop {
            while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.at += 1;
            }
            let rest = &self.text[self.at..];
            let end = match (self.leniency.comments, rest.get(..2)) {
                (true, Some("//")) => rest.find('\n').unwrap_or(rest.len()),
                (true, Some("/*")) => rest.find("*/").map_or(rest.len(), |end| end + 2),
                _ => return,
            };
            self.at += end;
        }
    }

    fn value(&mut self, depth: usize) -> Result<JsonValue, Malformed> {
        if depth == 0 {
            return Err(Malformed);
        }
        self.space();
        match self.peek().ok_or(Malformed)? {
            b'{' => self.object(depth - 1),
            b'[' => self.list(depth - 1),
            b'"' => self.string().map(JsonValue::Text),
            b't' => self.word("true", JsonValue::Bool(true)),
            b'f' => self.word("false", JsonValue::Bool(false)),
            b'n' => self.word("null", JsonValue::Null),
            b'N' if self.leniency.not_a_number => self.word("NaN", JsonValue::Number("NaN".into())),
            b'I' if self.leniency.not_a_number => self.word("Infinity", JsonValue::Number("NaN".into())),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: JsonValue) -> Result<JsonValue, Malformed> {
        if !self.text[self.at..].starts_with(word) {
            return Err(Malformed);
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<JsonValue, Malformed> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Ok(JsonValue::Number(self.text[start..self.at].to_owned()))
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(Malformed) } else { Ok(()) }
    }

    fn list(&mut self, depth: usize) -> Result<JsonValue, Malformed> {
        self.at += 1;
        let mut values = Vec::new();
        self.space();
        if self.eat(b']') {
            return Ok(JsonValue::List(values));
        }
        loop {
            values.push(self.value(depth)?);
            self.space();
            if self.eat(b']') {
                return Ok(JsonValue::List(values));
            }
            if !self.eat(b',') {
                return Err(Malformed);
            }
            self.space();
            if self.leniency.trailing_comma && self.eat(b']') {
                return Ok(JsonValue::List(values));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<JsonValue, Malformed> {
        self.at += 1;
        let mut members = Vec::new();
        self.space();
        if self.eat(b'}') {
            return Ok(JsonValue::Object(members));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return self.cut_off(members);
            }
            let name = self.string()?;
            self.space();
            if !self.eat(b':') {
                return self.cut_off(members);
            }
            members.push((name, self.value(depth)?));
            self.space();
            if self.eat(b'}') {
                return Ok(JsonValue::Object(members));
            }
            if !self.eat(b',') {
                return self.cut_off(members);
            }
            self.space();
            if self.leniency.trailing_comma && self.eat(b'}') {
                return Ok(JsonValue::Object(members));
            }
        }
    }

    fn cut_off(&self, members: Vec<(String, JsonValue)>) -> Result<JsonValue, Malformed> {
        if self.leniency.cut_off && self.at >= self.text.len() {
            return Ok(JsonValue::Object(members));
        }
        Err(Malformed)
    }

    fn string(&mut self) -> Result<String, Malformed> {
        self.at += 1;
        let mut value = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.bytes().position(|byte| byte == b'"' || byte == b'\\' || byte < 0x20).ok_or(Malformed)?;
            value.push_str(&halves::literal(&rest[..plain]));
            self.at += plain;
            if self.eat(b'"') {
                return Ok(value);
            }
            if !self.eat(b'\\') {
                return Err(Malformed);
            }
            let escape = self.peek().ok_or(Malformed)?;
            self.at += 1;
            match escape {
                b'"' | b'\\' | b'/' => value.push(char::from(escape)),
                b'b' => value.push('\u{8}'),
                b'f' => value.push('\u{c}'),
                b'n' => value.push('\n'),
                b'r' => value.push('\r'),
                b't' => value.push('\t'),
                b'u' if self.leniency.raw_escapes => value.push_str("\\u"),
                b'u' => self.escaped(&mut value)?,
                _ => return Err(Malformed),
            }
        }
    }

    fn escaped(&mut self, value: &mut String) -> Result<(), Malformed> {
        let first = self.hex()?;
        let behind = self.at;
        let letter = match first {
            0xd800..0xdc00 if !self.leniency.no_pairs && self.eat(b'\\') && self.eat(b'u') => match self.hex()? {
                second @ 0xdc00..0xe000 => char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)),
                _ => None,
            },
            0xd800..0xe000 => None,
            whole => char::from_u32(whole),
        };
        if let Some(letter) = letter {
            value.push_str(&halves::literal(letter.encode_utf8(&mut [0; 4])));
            return Ok(());
        }
        if !self.leniency.halves {
            return Err(Malformed);
        }
        // The next escape is a character of its own.
        self.at = behind;
        value.extend(halves::kept(first));
        Ok(())
    }

    fn hex(&mut self) -> Result<u32, Malformed> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Malformed)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Malformed);
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| Malformed)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn strict(text: &str) -> Result<JsonValue, Malformed> {
        parse(text.as_bytes(), Leniency::default())
    }

    #[rstest]
    #[case("")]
    #[case("{")]
    #[case("{}x")]
    #[case("{\"a\":1,}")]
    #[case("[1,]")]
    #[case("{a:1}")]
    #[case("01")]
    #[case("1.")]
    #[case("-")]
    #[case("NaN")]
    #[case("Infinity")]
    #[case("{} // end")]
    #[case("\"\\ud800\"")]
    #[case("\"\\udc00\\ud800\"")]
    #[case("\"\\ud800x\"")]
    #[case("\"\\x\"")]
    #[case("\"\\u12é\"")]
    #[case("\"a\nb\"")]
    #[case("\u{feff}{}")]
    fn refused(#[case] text: &str) {
        assert_eq!(strict(text), Err(Malformed));
    }

    #[test]
    fn read() {
        let value = strict(" {\"a\" : \"\\ud83d\\ude00\\u0041\\n\", \"a\":[1e3,true,null]} ");
        let Ok(JsonValue::Object(members)) = value else { panic!() };
        assert_eq!(members[0].1, JsonValue::Text("😀A\n".into()));
        assert_eq!(
            members[1].1,
            JsonValue::List(vec![JsonValue::Number("1e3".into()), JsonValue::Bool(true), JsonValue::Null])
        );
    }

    #[rstest]
    #[case(r#""\"\\\/\b\f\n\r\t""#, JsonValue::Text("\"\\/\u{8}\u{c}\n\r\t".into()))]
    #[case(r#""\u00e9\ud83d\ude00\udbff\udfff""#, JsonValue::Text("é😀\u{10f7ff}\u{10ffff}".into()))]
    #[case("false", JsonValue::Bool(false))]
    #[case("\t\r\n-0.5e+07 ", JsonValue::Number("-0.5e+07".into()))]
    #[case("12E-3", JsonValue::Number("12E-3".into()))]
    #[case("[1,2]", JsonValue::List(vec![JsonValue::Number("1".into()), JsonValue::Number("2".into())]))]
    fn values(#[case] text: &str, #[case] value: JsonValue) {
        assert_eq!(strict(text), Ok(value));
    }

    #[rstest]
    #[case(Leniency { comments: true, ..Leniency::default() }, "/* a */[ /**/ ]// end\n ")]
    #[case(Leniency { trailing_comma: true, ..Leniency::default() }, "[[],]")]
    #[case(Leniency { trailing_comma: true, ..Leniency::default() }, "{\"a\":{},}")]
    #[case(Leniency { not_a_number: true, ..Leniency::default() }, "[NaN,Infinity]")]
    #[case(Leniency { byte_order_mark: true, ..Leniency::default() }, "\u{feff}[]")]
    #[case(Leniency { trailing_bytes: true, ..Leniency::default() }, "[] x")]
    #[case(Leniency { cut_off: true, ..Leniency::default() }, "{\"a\":[]")]
    #[case(Leniency { halves: true, ..Leniency::default() }, "\"\\ud800\\n\"")]
    #[case(Leniency { halves: true, ..Leniency::default() }, "\"\\udc00\\ud800\"")]
    #[case(Leniency { raw_escapes: true, ..Leniency::default() }, "\"\\ud800\"")]
    fn lenient(#[case] leniency: Leniency, #[case] text: &str) {
        assert!(parse(text.as_bytes(), leniency).is_ok());
        assert_eq!(strict(text), Err(Malformed));
    }

    #[test]
    fn halves_are_kept_beside_whole_characters() {
        let leniency = Leniency { halves: true, ..Leniency::default() };
        let Ok(JsonValue::Text(text)) = parse(br#""\ud800\ud83d\ude00\udc00\u0041""#, leniency) else { panic!() };
        assert_eq!((halves::length(&text), halves::written(text)), (4, r"\ud800😀\udc00A".to_owned()));
        assert_eq!(parse(br#""\ud800\u00""#, leniency), Err(Malformed));
    }

    #[test]
    fn what_is_not_cut_off_is_refused() {
        let leniency = Leniency { cut_off: true, ..Leniency::default() };
        for text in ["{1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}"] {
            assert_eq!(parse(text.as_bytes(), leniency), Err(Malformed));
        }
    }

    #[test]
    fn depth_is_bounded() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            assert_eq!(strict(&open.repeat(1_000_000)), Err(Malformed));
            let nested = |depth| strict(&format!("{}1{}", open.repeat(depth), close.repeat(depth)));
            assert!(nested(DEPTH - 1).is_ok());
            assert_eq!(nested(DEPTH), Err(Malformed));
        }
    }

    #[test]
    fn invalid_utf8() {
        assert_eq!(parse(b"{\"a\":\"\xff\"}", Leniency::default()), Err(Malformed));
    }
}
