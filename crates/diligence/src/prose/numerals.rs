//! Numbers in words, by the pieces that they are put together from, so that `fiftythree`, `dreiundfünfzig` and
//! `twentieths` need no entries of their own.

use super::vocabulary::words;

/// Pieces that state a number.
const PIECES: &str = "
    zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion dozen crore
    lakh score fifth eighth ninth twelfth twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth
    twenties thirties forties fifties sixties seventies eighties nineties
    zwei drei vier fünf sechs sieben acht neun zehn elf zwölf sechzehn siebzehn zwanzig dreißig sechzig siebzig hundert
    tausend deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante
    cinquante soixante cent mille milliard milliarde
";

/// Pieces that make no number by themselves.
const JOINTS: &str = "one und ein eins and et";

/// Endings of numbers.
const ENDINGS: &str = "th ths s fold en zig zigste zigstel te ten tel teln tels stel steln ste sten aine aines";

/// Endings of ordinals and parts in French, where numbers lose an `e` before them.
const FRENCH: [&str; 4] = ["ième", "ièmes", "aine", "aines"];

/// Beginnings of words that state a number whatever follows.
const STEMS: [&str; 17] = [
    "doubl",
    "redoubl",
    "tripl",
    "trebl",
    "quadrupl",
    "quintupl",
    "sextupl",
    "decupl",
    "halve",
    "halving",
    "percent",
    "verdoppel",
    "verdreifach",
    "vervierfach",
    "halbier",
    "prozent",
    "multipli",
];

/// Words that state a number and are not put together.
const WORDS: &str = "
    half halves couple twice thrice pct bps minus thirds mn bn mio mrd doppelt viertel drittel hälfte halb halbe halben
    halber halbes tiers quart quarts moitié demi demie pair pairs
";

/// Words before `of`, after `a` or `one`, that make a part of something.
const PARTS: [&str; 3] = ["first", "second", "third"];

const CHINESE: &str = "〇一二三四五六七八九十百千万億兆两亿半倍";

/// True if a text states a number in words; lower case. `one` alone is none: it is a pronoun more often.
pub fn counts(text: &str) -> bool {
    let own: Vec<&str> = words(text).collect();
    own.iter().any(|word| states_number(word))
        || own.windows(2).any(is_share)
        || text.chars().any(|c| CHINESE.contains(c))
}

/// True for `third of`, `one third`, `quarter of`, `per cent`, `fold increase`.
fn is_share(pair: &[&str]) -> bool {
    match pair {
        ["quarter" | "quarters" | "third", "of"] | ["quarter", "to"] | ["per" | "pour", "cent"] => true,
        ["fold", "increase"] | ["one", "quarter"] => true,
        ["one", part] | [part, "of"] => PARTS.contains(part) && *part != "first",
        _ => false,
    }
}

fn states_number(word: &str) -> bool {
    let many = word.strip_suffix("fold").is_some_and(|stem| ["mani", "many", "multi"].contains(&stem));
    let french = FRENCH
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .any(|stem| lists(PIECES, stem) || lists(PIECES, &format!("{stem}e")) || ["cinqu", "neuv"].contains(&stem));
    many || french || lists(WORDS, word) || STEMS.iter().any(|stem| word.starts_with(stem)) || is_put_together(word)
}

/// True if a word is nothing but pieces of numbers, one of which states a number by itself.
fn is_put_together(word: &str) -> bool {
    // Longest number words have some forty letters; what is longer is cut by the length of a sentence.
    let mut ends: Vec<(usize, bool)> = vec![(0, false)];
    let mut seen: Vec<(usize, bool)> = Vec::new();
    while let Some((at, real)) = ends.pop() {
        let rest = word.get(at..).unwrap_or_default();
        if real && (rest.is_empty() || lists(ENDINGS, rest)) {
            return true;
        }
        let next = |list: &'static str, real: bool| {
            let fits = list.split_ascii_whitespace().filter(|piece| rest.starts_with(piece));
            fits.map(move |piece| (at + piece.len(), real))
        };
        // "vierzigtausend"
        let tens = (real && rest.starts_with("zig")).then_some((at + 3, real));
        for end in next(PIECES, true).chain(next(JOINTS, real)).chain(tens) {
            if !seen.contains(&end) {
                seen.push(end);
                ends.push(end);
            }
        }
    }
    false
}

fn lists(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|own| own == word)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "a fifth of it",
            "the twentieth",
            "a hundredth",
            "it trebled",
            "it quadrupled",
            "a crore",
            "two lakhs",
            "a score",
            "ein viertel",
            "das drittel",
            "die hälfte",
            "un tiers",
            "le quart",
            "fiftythree",
            "dreiundfünfzig",
            "a third of",
            "one third",
            "a second of",
            "redoubled",
            "quintupled",
            "a fourth",
            "vingtième",
            "onehundred",
            "forty",
            "thirteen",
            "sechzehn",
            "hundreds",
            "seventeenth",
            "vierzigtausend",
            "neuvième",
            "douzaine",
        ] {
            assert!(counts(text), "{text}");
        }
        for text in [
            "one of the first quarterly reports",
            "often",
            "a tent",
            "the quarter",
            "someone",
            "centre",
            "intent",
            "a second office",
            "the third party",
            "and",
            "tense",
            "both",
            "for",
            "fore",
            "fort",
            "foreign",
            "forest",
            "forth",
            "forte",
            "tender",
            "platform for operators",
            "acting",
            "undone",
            "android",
        ] {
            assert!(!counts(text), "{text}");
        }
    }
}
