//! [`words`](crate::words) as tantivy wants them: one position a word, all its forms on it.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::words::{Word, Words, words};

/// Gives passages' words to tantivy.
#[derive(Clone, Default)]
pub(crate) struct Analyzer;

impl Tokenizer for Analyzer {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        Stream { words: words(text), second: None, next: 0, token: Token::default() }
    }
}

/// See [`Analyzer`].
pub(crate) struct Stream<'a> {
    words: Words<'a>,
    /// The other form of the word that was just given.
    second: Option<String>,
    next: usize,
    token: Token,
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        if let Some(form) = self.second.take() {
            self.token.text = form;
            return true;
        }
        let Some(word) = self.words.next() else { return false };
        self.second = word.forms().nth(1).map(str::to_owned);
        let Word { from, to, form, .. } = word;
        self.token = Token { offset_from: from, offset_to: to, position: self.next, text: form, position_length: 1 };
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_share_a_position() {
        let mut analyzer = Analyzer;
        let mut stream = analyzer.token_stream("Die Umsatzerlöse stiegen");
        let mut said = Vec::new();
        while stream.advance() {
            said.push((stream.token().position, stream.token().text.clone()));
        }
        let expected = [(0, "die"), (1, "umsatzerlose"), (1, "umsatzerloese"), (2, "stiegen")];
        assert_eq!(said, expected.map(|(position, form)| (position, form.to_owned())));
    }
}
