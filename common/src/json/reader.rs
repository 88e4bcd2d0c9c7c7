//! The signs of JSON: space, numbers, strings.

use super::Malformed;

type Result<T> = core::result::Result<T, Malformed>;

/// The text, and how far it is read.
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte that isn't space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        let space = rest.iter().take_while(|byte| b" \n\r\t".contains(byte));
        self.at += space.count();
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn expect(&mut self, wanted: u8) -> Result<()> {
        if self.peek() == Some(wanted) {
            self.at += 1;
            Ok(())
        } else {
            Err(Malformed)
        }
    }

    /// Whether the next thing is `word`; then it is taken.
    pub(super) fn word(&mut self, word: &str) -> bool {
        self.peek();
        let is = self.text[self.at..].starts_with(word);
        if is {
            self.at += word.len();
        }
        is
    }

    /// Whether another element comes before `close`; takes the comma between elements.
    pub(super) fn more(&mut self, first: &mut bool, close: u8) -> Result<bool> {
        if self.peek() == Some(close) {
            return Ok(false);
        }
        if !core::mem::take(first) {
            self.expect(b',')?;
        }
        Ok(true)
    }

    pub(super) fn number(&mut self) -> Result<i64> {
        self.peek();
        let rest = &self.text[self.at..];
        let end = rest
            .find(|c: char| !(c.is_ascii_digit() || "-+.eE".contains(c)))
            .unwrap_or(rest.len());
        self.at += end;
        rest[..end].parse().map_err(|_| Malformed)
    }

    pub(super) fn string(&mut self) -> Result<String> {
        self.expect(b'"')?;
        let mut read = String::new();
        loop {
            let rest = &self.text[self.at..];
            let end = rest
                .bytes()
                .position(|byte| byte == b'"' || byte == b'\\' || byte < b' ')
                .ok_or(Malformed)?;
            read.push_str(&rest[..end]);
            self.at += end + 1;
            match rest.as_bytes()[end] {
                b'"' => return Ok(read),
                b'\\' => read.push(self.escape()?),
                _ => return Err(Malformed),
            }
        }
    }

    fn escape(&mut self) -> Result<char> {
        let kind = *self.text.as_bytes().get(self.at).ok_or(Malformed)?;
        self.at += 1;
        Ok(match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.unit()?;
                let low = if (0xd800..0xdc00).contains(&unit) && self.word("\\u") {
                    Some(self.unit()?)
                } else {
                    None
                };
                let mut units = char::decode_utf16(core::iter::once(unit).chain(low));
                match (units.next(), units.next()) {
                    (Some(Ok(read)), None) => read,
                    _ => return Err(Malformed),
                }
            }
            _ => return Err(Malformed),
        })
    }

    fn unit(&mut self) -> Result<u16> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Malformed)?;
        self.at += 4;
        u16::from_str_radix(digits, 16).map_err(|_| Malformed)
    }

    /// A value of any kind, as it stands in the text.
    pub(super) fn value(&mut self) -> Result<&'t str> {
        self.peek();
        let start = self.at;
        self.skip()?;
        Ok(self.text[start..self.at].trim_end())
    }

    /// Skips a value of any kind.
    pub(super) fn skip(&mut self) -> Result<()> {
        let close = match self.peek().ok_or(Malformed)? {
            b'"' => return self.string().map(drop),
            b'[' => b']',
            b'{' => b'}',
            _ => {
                let rest = &self.text[self.at..];
                let end = rest.find([',', ']', '}']).unwrap_or(rest.len());
                self.at += end;
                return Ok(());
            }
        };
        self.at += 1;
        let mut first = true;
        while self.more(&mut first, close)? {
            if close == b'}' {
                self.string()?;
                self.expect(b':')?;
            }
            self.skip()?;
        }
        self.expect(close)
    }
}
