//! A small lexer of Rust: the identifiers and marks of a file with their lines, without its comments
//! and literals. Just enough to read paths and to find where a function begins and ends.

/// An identifier, `::`, or a single mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its text.
    pub text: String,
    /// Its line, counted from 1.
    pub line: usize,
}

/// Reads a file's text.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut reader = Reader { chars: source.chars().collect(), at: 0, line: 1 };
    let mut found = Vec::new();
    while let Some(c) = reader.peek(0) {
        let line = reader.line;
        if let Some(text) = reader.token(c) {
            found.push(Token { text, line });
        }
    }
    found
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    line: usize,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn advance(&mut self, by: usize) {
        for _ in 0..by {
            if self.peek(0) == Some('\n') {
                self.line += 1;
            }
            self.at += 1;
        }
    }

    fn starts(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(n, c)| self.peek(n) == Some(c))
    }

    /// The next token, or `None` when what was skipped is a space, a comment or a literal.
    fn token(&mut self, c: char) -> Option<String> {
        if self.starts("//") {
            while self.peek(0).is_some_and(|c| c != '\n') {
                self.advance(1);
            }
            None
        } else if self.starts("/*") {
            self.block_comment();
            None
        } else if c == '"' {
            self.string();
            None
        } else if c == '\'' {
            self.quote();
            None
        } else if c.is_alphanumeric() || c == '_' {
            self.word()
        } else {
            let text = if self.starts("::") { "::".to_owned() } else { c.to_string() };
            self.advance(text.chars().count());
            (!c.is_whitespace()).then_some(text)
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.peek(0).is_some() {
            if self.starts("/*") {
                depth += 1;
                self.advance(2);
            } else if self.starts("*/") {
                depth -= 1;
                self.advance(2);
                if depth == 0 {
                    return;
                }
            } else {
                self.advance(1);
            }
        }
    }

    fn string(&mut self) {
        self.advance(1);
        while let Some(c) = self.peek(0) {
            self.advance(if c == '\\' { 2 } else { 1 });
            if c == '"' {
                return;
            }
        }
    }

    /// A character (`'x'`, `'\n'`) or a lifetime (`'a`).
    fn quote(&mut self) {
        if self.peek(1) == Some('\\') {
            self.advance(3);
            while self.peek(0).is_some_and(|c| c != '\'') {
                self.advance(1);
            }
            self.advance(1);
        } else if self.peek(2) == Some('\'') {
            self.advance(3);
        } else {
            self.advance(1);
        }
    }

    /// An identifier or a number, or `None` for the prefix of a string (`b"…"`, `r#"…"#`), skipped whole.
    fn word(&mut self) -> Option<String> {
        let mut text = String::new();
        while let Some(c) = self.peek(0).filter(|c| c.is_alphanumeric() || *c == '_') {
            text.push(c);
            self.advance(1);
        }
        let hashes = self.chars[self.at..].iter().take_while(|c| **c == '#').count();
        let raw = matches!(text.as_str(), "r" | "br" | "cr") && self.peek(hashes) == Some('"');
        if raw {
            self.raw_string(hashes);
        } else if matches!(text.as_str(), "b" | "c") && self.peek(0) == Some('"') {
            self.string();
        } else {
            return Some(text);
        }
        None
    }

    fn raw_string(&mut self, hashes: usize) {
        let end = format!("\"{}", "#".repeat(hashes));
        self.advance(hashes + 1);
        while self.peek(0).is_some() && !self.starts(&end) {
            self.advance(1);
        }
        self.advance(end.len());
    }
}
