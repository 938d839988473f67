//! Rust text as the rules want it: without comments and strings, and its `crate::` paths in full.

/// Rust text in which comments, strings and characters are blanked; lines stay where they were.
#[derive(Default)]
pub struct Code {
    text: String,
}

/// A path from the crate's root, such as `["domain", "deals", "Deal"]`, and its line.
#[derive(Debug, PartialEq, Eq)]
pub struct CratePath {
    /// Counted from 1.
    pub line: usize,
    /// The names after `crate::`.
    pub names: Vec<String>,
}

impl Code {
    /// Blanks comments and strings.
    pub fn of(text: &str) -> Self {
        Self { text: Blanker::new(text).run() }
    }

    /// Lines with their numbers, counted from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| (at + 1, line))
    }

    /// Lines before the tests at the end of the file.
    pub fn lines_before_tests(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines().take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every path that starts at the crate's root, with `use` groups taken apart.
    pub fn crate_paths(&self) -> Vec<CratePath> {
        let mut paths = Vec::new();
        for start in ["crate::", "vcconnect::"] {
            for (at, _) in self.text.match_indices(start) {
                let before = self.text.get(..at).unwrap_or_default();
                if before.ends_with(is_word) || before.ends_with("::") || before.ends_with('$') {
                    continue;
                }
                let line = before.matches('\n').count() + 1;
                let rest = self.text.get(at + start.len()..).unwrap_or_default();
                let mut reader = PathReader { rest, paths: Vec::new() };
                reader.read(&[]);
                paths.extend(reader.paths.into_iter().map(|names| CratePath { line, names }));
            }
        }
        paths
    }
}

/// Whether a text holds a word, not as part of a longer one.
pub fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + word.len()..).unwrap_or_default();
        !before.ends_with(is_word) && !after.starts_with(is_word)
    })
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

struct PathReader<'a> {
    rest: &'a str,
    paths: Vec<Vec<String>>,
}

impl PathReader<'_> {
    fn read(&mut self, prefix: &[String]) {
        let mut names = prefix.to_vec();
        loop {
            self.rest = self.rest.trim_start();
            if let Some(inside) = self.rest.strip_prefix('{') {
                self.rest = inside;
                self.read_group(&names);
                return;
            }
            let end = self.rest.find(|letter| !is_word(letter)).unwrap_or(self.rest.len());
            let (name, rest) = self.rest.split_at(end);
            if name.is_empty() {
                break;
            }
            names.push(name.to_owned());
            self.rest = rest;
            match rest.strip_prefix("::") {
                Some(rest) => self.rest = rest,
                None => break,
            }
        }
        self.paths.push(names);
    }

    fn read_group(&mut self, prefix: &[String]) {
        loop {
            self.rest = self.rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == ',');
            match self.rest.chars().next() {
                None => return,
                Some('}') => {
                    self.rest = self.rest.get(1..).unwrap_or_default();
                    return;
                }
                Some(_) => {
                    self.read(prefix);
                    // A rename or a glob: on to the next name.
                    let end = self.rest.find([',', '}']).unwrap_or(self.rest.len());
                    self.rest = self.rest.get(end..).unwrap_or_default();
                }
            }
        }
    }
}

struct Blanker {
    letters: Vec<char>,
    at: usize,
    out: String,
}

impl Blanker {
    fn new(text: &str) -> Self {
        Self { letters: text.chars().collect(), at: 0, out: String::with_capacity(text.len()) }
    }

    fn run(mut self) -> String {
        while let Some(letter) = self.peek(0) {
            match letter {
                '/' if self.peek(1) == Some('/') => {
                    self.blank_until(|this| this.peek(0) == Some('\n'));
                }
                '/' if self.peek(1) == Some('*') => self.block_comment(),
                '"' => self.string(),
                'r' if !self.in_word() => self.raw_string(),
                '\'' => self.character(),
                _ => self.keep(),
            }
        }
        self.out
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.at + ahead).copied()
    }

    /// Whether the letter here continues a name: `for"`, not the start of `r"…"`. The `b` of `br"…"`
    /// does not count.
    fn in_word(&self) -> bool {
        let mut before = self.out.chars().rev();
        match before.next() {
            Some('b' | 'c') => before.next().is_some_and(is_word),
            Some(letter) => is_word(letter),
            None => false,
        }
    }

    fn keep(&mut self) {
        if let Some(letter) = self.peek(0) {
            self.out.push(letter);
        }
        self.at += 1;
    }

    fn blank(&mut self) {
        if let Some(letter) = self.peek(0) {
            self.out.push(if letter == '\n' { '\n' } else { ' ' });
        }
        self.at += 1;
    }

    fn blank_until(&mut self, end: impl Fn(&Self) -> bool) {
        while self.peek(0).is_some() && !end(self) {
            self.blank();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while let Some(letter) = self.peek(0) {
            match (letter, self.peek(1)) {
                ('/', Some('*')) => depth += 1,
                ('*', Some('/')) => depth -= 1,
                _ => {
                    self.blank();
                    continue;
                }
            }
            self.blank();
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.keep();
        while let Some(letter) = self.peek(0) {
            match letter {
                '"' => return self.keep(),
                '\\' => {
                    self.blank();
                    self.blank();
                }
                _ => self.blank(),
            }
        }
    }

    fn raw_string(&mut self) {
        let hashes = (1..).take_while(|ahead| self.peek(*ahead) == Some('#')).count();
        if self.peek(hashes + 1) != Some('"') {
            return self.keep();
        }
        for _ in 0..hashes + 2 {
            self.keep();
        }
        self.blank_until(|this| this.peek(0) == Some('"') && (1..=hashes).all(|ahead| this.peek(ahead) == Some('#')));
        for _ in 0..=hashes {
            self.keep();
        }
    }

    /// A character, or a lifetime.
    fn character(&mut self) {
        self.keep();
        if self.peek(0) == Some('\\') {
            self.blank();
            self.blank();
            self.blank_until(|this| this.peek(0) == Some('\''));
            self.keep();
        } else if self.peek(1) == Some('\'') {
            self.blank();
            self.keep();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        Code::of(text)
            .crate_paths()
            .into_iter()
            .map(|path| format!("{}:{}", path.line, path.names.join("::")))
            .collect()
    }

    #[test]
    fn comments_and_strings_are_not_code() {
        let text = "let a = \"diesel\\\"\"; // diesel\n/* diesel /* x */ diesel */ let b = r#\"diesel\"#;\nlet c = '\"'; fn f<'a>() { let d = b'\\''; real }";
        let code = Code::of(text);
        assert!(!code.text().contains("diesel"), "{}", code.text());
        assert!(code.text().contains("real"));
        assert_eq!(code.text().lines().count(), 3);
    }

    #[test]
    fn groups_are_taken_apart() {
        assert_eq!(
            paths("use crate::{\n    base::{ids::DealId, Ctx},\n    infra::db as d, http::*,\n};"),
            ["1:base::ids::DealId", "1:base::Ctx", "1:infra::db", "1:http"]
        );
        assert_eq!(
            paths("fn f() -> crate::domain::deals::Deal { vcconnect::run() }"),
            ["1:domain::deals::Deal", "1:run"]
        );
        assert!(paths("$crate::domain::x; my_crate::http::y;").is_empty());
    }

    #[test]
    fn words_are_whole() {
        assert!(has_word("use diesel::prelude", "diesel"));
        assert!(!has_word("use diesel_async::X", "diesel"));
    }
}
