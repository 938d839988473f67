//! Figures for docs/benchmarks.md: the sealed index beside the same one in plain memory.
//!
//! `cargo test -p index --profile perf -- --ignored --nocapture measure`

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tantivy::directory::RamDirectory;
use uuid::Uuid;

use crate::{Index, Passage, Query, Source};

const PASSAGES: usize = 50_000;
const A_DOCUMENT: usize = 50;
const DEALS: usize = 200;

/// Numbers that only look like chance (splitmix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A word of a vocabulary of 60,000 whose frequencies fall with the rank (Zipf).
    fn word(&mut self) -> String {
        let part = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        letters(60_000_f64.powf(part) as u64)
    }
}

fn letters(mut number: u64) -> String {
    let mut word = String::from("w");
    while number > 0 {
        word.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
    }
    word
}

fn texts() -> Vec<String> {
    let mut chance = Chance(7);
    let text = |chance: &mut Chance| {
        let words = 60 + chance.next() % 121;
        (0..words).map(|_| chance.word() + " ").collect()
    };
    (0..PASSAGES).map(|_| text(&mut chance)).collect()
}

fn deal(number: usize) -> Uuid {
    Uuid::from_u128(1_000 + (number % DEALS) as u128)
}

fn fill(index: &Index, texts: &[String]) {
    let mut writer = index.write().unwrap();
    for (number, document) in texts.chunks(A_DOCUMENT).enumerate() {
        let source = Source { id: Uuid::now_v7(), deal: deal(number), kind: "pdf" };
        let passages = document.iter().map(|text| Passage { part: 1, offset: 0, name: None, text });
        writer.replace(&source, passages).unwrap();
        if number % 100 == 99 {
            writer.commit(number as u64).unwrap();
        }
    }
    writer.commit(1 << 20).unwrap();
    writer.finish().unwrap();
}

fn queries() -> Vec<(&'static str, String)> {
    let mut chance = Chance(11);
    let mut queries = Vec::new();
    let mut rank = |from: u64, to: u64| letters(from + chance.next() % (to - from));
    for _ in 0..40 {
        queries.push(("head word", format!("{} ", rank(5, 60))));
        queries.push(("rare word", format!("{} ", rank(5_000, 60_000))));
        queries.push(("two words", format!("{} {} ", rank(5, 60), rank(300, 3_000))));
        queries.push(("phrase", format!("\"{} {}\"", rank(2, 20), rank(2, 20))));
        let unfinished = rank(300, 3_000);
        queries.push(("unfinished word", unfinished[..3].to_owned()));
        queries.push(("two head words", format!("{} {} ", rank(2, 30), rank(2, 30))));
    }
    queries
}

/// Processor time of this thread: other work on the machine does not count.
fn processor() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// p50 and p99 in microseconds.
fn percentiles(mut times: Vec<Duration>) -> (u128, u128) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_micros();
    (at(50), at(99))
}

fn ask(name: &str, index: &Index, deals: &[Uuid]) {
    let queries = queries();
    let mut all = Vec::new();
    let mut by_shape: Vec<(&str, Vec<Duration>, usize)> = Vec::new();
    for round in 0..4 {
        for (shape, text) in &queries {
            let started = processor();
            let found = index.search(&Query { text, deals, kind: None, limit: 10, offset: 0 }).unwrap();
            let took = processor() - started;
            if round == 0 {
                continue;
            }
            all.push(took);
            match by_shape.iter_mut().find(|known| known.0 == *shape) {
                Some(known) => {
                    known.1.push(took);
                    known.2 += found.total;
                }
                None => by_shape.push((shape, vec![took], found.total)),
            }
        }
    }
    println!("{name}: all {:?} µs of the processor (p50, p99)", percentiles(all));
    for (shape, times, total) in by_shape {
        let mean = total / times.len();
        println!("{name}: {shape} {:?} µs, {mean} hits", percentiles(times));
    }
}

fn resident() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap_or_default().replace('\t', " ");
    format!("{}, {}", line("VmRSS"), line("VmHWM"))
}

fn size(folder: &Path) -> u64 {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}

#[test]
#[ignore = "a measurement"]
fn measure() {
    let texts = texts();
    let bytes: usize = texts.iter().map(String::len).sum();
    println!("{PASSAGES} passages, {bytes} bytes of text; {}", resident());
    let folder = tempfile::tempdir_in(std::env::var_os("INDEX_MEASURE_FOLDER").unwrap_or("/tmp".into())).unwrap();
    let open = || Index::open(folder.path(), &[1; 32]).unwrap().index;
    let index = open();
    let started = Instant::now();
    fill(&index, &texts);
    println!("sealed: filled in {:?}; {}", started.elapsed(), resident());
    println!(
        "sealed: {} bytes on disk, {} segments",
        size(&folder.path().join("current")),
        index.searcher().segment_readers().len()
    );
    drop(index);
    let started = Instant::now();
    let index = open();
    println!("sealed: opened in {:?}; {}", started.elapsed(), resident());
    let started = Instant::now();
    let source = Source { id: Uuid::now_v7(), deal: deal(1), kind: "pdf" };
    let mut writer = index.write().unwrap();
    writer.replace(&source, [Passage { part: 1, offset: 0, name: None, text: &texts[0] }]).unwrap();
    writer.commit(1 << 21).unwrap();
    println!("sealed: one small document committed after {:?}", started.elapsed());
    writer.finish().unwrap();
    println!("sealed: writer ended after {:?}; {}", started.elapsed(), resident());
    let plain = Index::begin(RamDirectory::create()).unwrap();
    let started = Instant::now();
    fill(&plain, &texts);
    println!("plain: filled in {:?}", started.elapsed());
    let everything: Vec<Uuid> = (0..DEALS).map(deal).collect();
    let few: Vec<Uuid> = (0..5).map(deal).collect();
    for round in 0..2 {
        ask(&format!("round {round}, sealed, all deals"), &index, &everything);
        ask(&format!("round {round}, plain, all deals"), &plain, &everything);
    }
    ask("sealed, five deals", &index, &few);
    ask("plain, five deals", &plain, &few);
}
