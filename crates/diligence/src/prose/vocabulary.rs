//! Words: those that a text knows, and the lists that the checks need.

use std::collections::BTreeSet;

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
    not no never without none neither nor cannot nothing nobody hardly rarely seldom barely lack lacks lacked lacking
    lost lose loses losing fail fails failed failing ceased ceases cease deny denies denied former formerly unable
    unlikely false untrue nicht kein keine keinen keiner keinem keines
    ohne nie niemals pas sans jamais aucun aucune
";

/// Words that say that something has not happened yet.
const AHEAD: &str = "
    forecast forecasts forecasted expected expects expect expecting plan plans planned planning budget budgets
    budgeted target targets targeted targeting projected projection projections projects will would aims aim intends
    intend anticipates anticipated outlook future geplant planung prognose erwartet ziel prévu prévision objectif
    soll wird
";

/// Words that carry no content of their own, and words for documents and for what they do. A sentence may use them
/// whatever it rests on, so none of them says how much, how often, when, or that something must be.
const STOPS: &str = "
    a about above according accordingly across additionally alongside also although among amount amounted amounting
    amounts an and are as at based be because been being below besides between both but by called came come comes
    company comprise comprises consist consists count counts data describe described describes did do does document
    documented documents during equal equals figure figures find finds found for from further furthermore gave give given
    gives had has have having hold holds however in include includes including indicate indicates into is it its itself
    likewise list listed lists make makes meanwhile mention mentioned mentions moreover name named names nor note noted
    notes of on or our over overall per provide provided provides put puts report reported reports said say says
    section set show shown shows similarly specifically stand standing stands state stated statement states stood
    such tell tells than that the their them there these they this those through thus to together told total totals
    under up us was we were what when where whereas which while who whose with within written
";

/// Words of time that a figure's own date may contradict.
const TIMES: &str = "
    today now nowadays currently current recent recently last latest lately next previous previously yesterday tomorrow
    already still soon later earlier
";

/// What some texts know.
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

    /// True if a word stands there, or another form of it.
    pub fn has(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        self.words.contains(&word) || self.stems.contains(&stem(&word))
    }

    /// True if these words stand there one after the other.
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
    for (ending, instead) in [("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", "")] {
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
    words(text).any(is_ahead)
}

/// True for a word of what is to come; lower case.
pub fn is_ahead(word: &str) -> bool {
    lists(AHEAD, word)
}

/// True if a text says when in words that hold no date; lower case.
pub fn says_when(text: &str) -> bool {
    words(text).any(|word| lists(TIMES, word))
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
        assert_ne!(stem("customs"), stem("customers"), "who does something is not what is done");
    }

    #[test]
    fn names_are_known_in_one_run() {
        let known = Known::of(["Alpha Bank’s deck", "Beta Ltd"]);
        assert!(known.has("alpha") && known.has("Decks") && known.has_run(&["Alpha", "Bank"]));
        assert!(!known.has_run(&["Beta", "Bank"]) && !known.has_run(&["deck", "beta"]) && !known.has("Gamma"));
    }
}
