//! Words: those that the data of a section knows, and the lists that the checks need.

use std::collections::BTreeSet;

/// Words that state a number, of the languages that documents come in. `one` is none: it is a pronoun more often.
const NUMBERS: &str = "
    zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands
    million millions billion billions trillion dozen dozens couple half halves halved halving double doubles doubled
    doubling triple triples tripled tripling quadruple quadrupled twice thrice percent percentage pct bps minus
    tenth tenths thirds fifths mn bn mio mrd zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig
    dreißig hundert tausend millionen milliarde milliarden prozent hälfte doppelt verdoppelt verdoppelte deux trois
    quatre cinq huit neuf dix onze douze vingt trente cent cents mille milliard milliards moitié
";

const NUMBER_PHRASES: &str = "
    per cent | pour cent | quarter of | quarters of | third of | quarter to | fold increase
";

/// Words that pass a judgement or give advice. A report shows what documents say; what to do is for people.
const JUDGEMENTS: &str = "
    should invest | recommend | recommends | recommended | recommendation | should be approved | must invest |
    strong buy | buy rating | worth investing | good investment | great investment | attractive investment |
    attractive valuation | compelling | undervalued | overvalued | excellent | outstanding team | outstanding growth | impressive |
    exceptional team | exceptional growth | best-in-class | world-class | world class | no risk | risk-free | no red flags | proceed with |
    we believe | we think | i believe | i think | i am | as an ai | language model | investors should |
    the fund should | the investor should | deserves | promising | no-brainer | guaranteed returns | score of | rating of |
    ignore previous | previous instructions | system prompt
";

const NEGATIONS: &str = "
    not no never without none neither nor cannot nothing nobody hardly nicht kein keine keinen keiner keinem keines
    ohne nie niemals pas sans jamais aucun aucune
";

/// Words that say that something has not happened yet.
const AHEAD: &str = "
    forecast forecasts forecasted expected expects expect expecting plan plans planned planning budget budgets
    budgeted target targets targeted targeting projected projection projections projects will would aims aim intends
    intend anticipates anticipated outlook future geplant planung prognose erwartet ziel prévu prévision objectif
    soll wird
";

/// Words that carry no content of their own, and words for documents and for what they do.
const STOPS: &str = "
    a about above according across additionally after all also although among an and any are as at based be because
    been before being below between both but by can company could data describes did does document documents during
    each either every first for from further furthermore gives had has have having however if in including indicates
    into is it its itself lists made mentions more most moreover must names notes of on one only or other our over
    per reports same says second section separately several shall should shows since some stand shown given found
    noted named listed told written provided mentioned described stands stated statement states stood such than that
    the their them then there these they third this those through to together under until upon was were what when
    where whereas which while who whose with within yet calculated recomputed reported actual figure figures amounts
    comes totals
";

/// What the data of a section knows.
#[derive(Debug, Clone, Default)]
pub struct Known {
    words: BTreeSet<String>,
    stems: BTreeSet<String>,
    /// All words, each after a space, for names of several words.
    run: String,
}

impl Known {
    /// What these texts know.
    pub fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut known = Self::default();
        for text in texts {
            for word in words(text) {
                let word = word.to_lowercase();
                known.run.push(' ');
                known.run.push_str(&word);
                known.stems.insert(stem(&word));
                known.words.insert(word);
            }
            known.run.push_str(" |");
        }
        known.run.push(' ');
        known
    }

    /// True if a word stands in the data, or another form of it.
    pub fn has(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        self.words.contains(&word) || self.stems.contains(&stem(&word))
    }

    /// True if these words stand in the data one after the other.
    pub fn has_run(&self, words: &[&str]) -> bool {
        self.run.contains(&format!(" {} ", words.join(" ").to_lowercase()))
    }
}

/// The words of a text: letters and digits, with apostrophes inside, without an `'s` at the end.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let apart = |c: char| !c.is_alphanumeric() && c != '\'' && c != '’';
    text.split(apart).map(bare).filter(|word| !word.is_empty())
}

fn bare(word: &str) -> &str {
    let word = word.trim_matches(['\'', '’']);
    word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)
}

/// A word without its ending; of a lower-case word.
pub fn stem(word: &str) -> String {
    let least = |stem: &&str| stem.chars().count() >= 3;
    for (ending, instead) in [("ies", "y"), ("ied", "y"), ("ing", ""), ("ers", ""), ("ed", ""), ("er", ""), ("es", "")]
    {
        if let Some(stem) = word.strip_suffix(ending).filter(least) {
            return format!("{}{instead}", stem.trim_end_matches('e'));
        }
    }
    let end = word.strip_suffix("ly").or_else(|| word.strip_suffix('s').filter(|stem| !stem.ends_with('s')));
    end.filter(least).unwrap_or(word).trim_end_matches('e').to_owned()
}

/// True for a word without content of its own; lower case.
pub fn is_stop(word: &str) -> bool {
    lists(STOPS, word)
}

/// True if a text states a number in words; lower case.
pub fn counts(text: &str) -> bool {
    const CHINESE: &str = "〇一二三四五六七八九十百千万億兆两亿半倍";
    let fold = |word: &str| {
        let stem = word.strip_suffix("fold");
        stem.is_some_and(|stem| lists(NUMBERS, stem) || ["mani", "many"].contains(&stem))
    };
    words(text).any(|word| lists(NUMBERS, word) || fold(word))
        || has_phrase(text, NUMBER_PHRASES)
        || text.chars().any(|c| CHINESE.contains(c))
}

/// True if a text passes a judgement; lower case.
pub fn judges(text: &str) -> bool {
    has_phrase(text, JUDGEMENTS)
}

/// True if a text denies something; lower case.
pub fn denies(text: &str) -> bool {
    words(text).any(|word| lists(NEGATIONS, word) || word.ends_with("n't") || word.ends_with("n’t"))
}

/// True if a text speaks of what is to come; lower case.
pub fn looks_ahead(text: &str) -> bool {
    words(text).any(|word| lists(AHEAD, word))
}

/// True if a text holds one of the phrases as whole words; lower case.
fn has_phrase(text: &str, phrases: &str) -> bool {
    phrases.split('|').map(str::trim).any(|phrase| crate::words::has(text, phrase))
}

/// True if a word is in a list.
fn lists(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|own| own == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for forms in
            [&["warehouse", "warehouses"][..], &["price", "priced", "pricing", "prices"], &["company", "companies"]]
        {
            let stems: BTreeSet<String> = forms.iter().map(|word| stem(word)).collect();
            assert_eq!(stems.len(), 1, "{stems:?}");
        }
        assert_ne!(stem("bus"), stem("bu"));
    }

    #[test]
    fn numbers_in_words_are_found() {
        for text in [
            "about two customers",
            "half of it",
            "a quarter of sales",
            "tenfold growth",
            "per cent",
            "twenty-one",
            "三",
        ] {
            assert!(counts(text), "{text}");
        }
        for text in
            ["one of the first quarterly reports", "often", "a tent", "the quarter", "someone", "centre", "intent"]
        {
            assert!(!counts(text), "{text}");
        }
    }

    #[test]
    fn names_are_known_in_one_run() {
        let known = Known::of(["Alpha Bank’s deck", "Beta Ltd"]);
        assert!(known.has("alpha") && known.has("Decks") && known.has_run(&["Alpha", "Bank"]));
        assert!(!known.has_run(&["Beta", "Bank"]) && !known.has_run(&["deck", "beta"]) && !known.has("Gamma"));
    }
}
