//! Which character parts the fields.

/// The candidates; of equals the first is taken.
const DELIMITERS: [u8; 4] = [b'\t', b';', b'|', b','];

/// Records that are looked at.
const SAMPLE: usize = 200;

/// The delimiter, and the text without the line `sep=;` by which Excel is told of it.
pub(super) fn delimiter_of(text: &str) -> (u8, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Some([delimiter]) = first.trim_end().strip_prefix("sep=").map(str::as_bytes) {
        return (*delimiter, rest);
    }
    let mut best = (b',', Fit::default());
    for delimiter in DELIMITERS {
        let fit = Fit::of(text, delimiter);
        if fit > best.1 {
            best = (delimiter, fit);
        }
    }
    (best.0, text)
}

/// How well a delimiter fits; the fields are compared in their order.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    /// Records in a thousand that have the most common number of fields, if that is more than one.
    regular: usize,
    /// Fields in a thousand that are numbers.
    numeric: usize,
    /// The most common number of fields.
    fields: usize,
}

impl Fit {
    fn of(text: &str, delimiter: u8) -> Self {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let mut record = csv::ByteRecord::new();
        let mut counts = Vec::new();
        let (mut numbers, mut all) = (0usize, 0usize);
        while counts.len() < SAMPLE && reader.read_byte_record(&mut record).unwrap_or(false) {
            counts.push(record.len());
            all += record.len();
            numbers += record.iter().filter(|field| is_number(field)).count();
        }
        counts.sort_unstable();
        let runs = counts.chunk_by(|left, right| left == right);
        let common = runs.filter(|run| run.first() > Some(&1)).max_by_key(|run| run.len());
        let Some((fields, records)) = common.and_then(|run| Some((*run.first()?, run.len()))) else {
            return Self::default();
        };
        Self { regular: records * 1000 / counts.len(), numeric: numbers * 1000 / all.max(1), fields }
    }
}

fn is_number(field: &[u8]) -> bool {
    let field = field.trim_ascii();
    let digits = field.strip_prefix(b"-").unwrap_or(field);
    digits.first().is_some_and(u8::is_ascii_digit)
        && digits.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
}
