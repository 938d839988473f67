//! Shows what is read of a file: `cargo run -p extract --example show FILE [PART]`. For whoever works on a reader; not
//! confined, so for files that one trusts.

use std::error::Error;
use std::fs::File;
use std::io::Read as _;

use extract::{Limits, Sink, Source, read, sniff};

struct Quiet;

impl Sink for Quiet {
    fn progress(&mut self, _: u32, _: u32) {}

    fn thumbnail(&mut self, _: u32, _: Vec<u8>) {}
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let path = words.next().ok_or("name a file")?;
    let only: Option<u32> = words.next().map(|part| part.parse()).transpose()?;
    let mut head = Vec::new();
    File::open(&path)?.take(8192).read_to_end(&mut head)?;
    let kind = sniff(&path, &head).map_err(|refusal| format!("{refusal:?}"))?;
    let document = read(&Source { kind, file: &File::open(&path)?, password: None }, &Limits::default(), &mut Quiet)?;
    println!("{}", document.reading.sentence(document.kind));
    for part in document.parts.iter().filter(|part| only.is_none_or(|only| only == part.number)) {
        println!("\n== {} {}\n{}", part.number, part.name.as_deref().unwrap_or_default(), part.text);
        for (number, table) in part.tables.iter().enumerate() {
            println!("-- table {number}: {} rows, {} columns", table.rows, table.columns);
            for row in 0..table.rows {
                let cells = table.cells.iter().filter(|cell| cell.at.row == row);
                let shown: Vec<String> =
                    cells.map(|cell| format!("{}={}", cell.at, part.quote(cell.span).replace('\n', " "))).collect();
                println!("{}", shown.join(" | "));
            }
        }
    }
    Ok(())
}
