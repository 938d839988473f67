//! Writes the room of a drawn startup. `cargo xtask simulate` calls it with a seed, an industry, a locale, the names of
//! defects between commas (or `none`, or `all`), and a folder.

use std::env;
use std::error::Error;
use std::path::Path;

use simulator::defect::Defect;
use simulator::room::{Room, Wish};
use simulator::startup::{Industry, Locale};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [seed, industry, locale, defects, folder] = words.as_slice() else {
        return Err("Name a seed, an industry, a locale, defects and a folder.".into());
    };
    let wish = Wish {
        seed: seed.parse()?,
        industry: one(industry, &Industry::ALL, Industry::name)?,
        locale: one(locale, &Locale::ALL, Locale::name)?,
        defects: named(defects)?,
    };
    let room = Room::make(&wish)?;
    room.write(Path::new(folder))?;
    let (figures, contradictions) = (room.truth().len(), room.contradictions().len());
    println!(
        "{}: {} files, {figures} figures, {contradictions} lines of contradictions",
        room.startup.legal_name(),
        room.files.len()
    );
    Ok(())
}

/// What a name stands for.
fn one<T: Copy>(name: &str, all: &[T], of: impl Fn(T) -> &'static str) -> Result<T, String> {
    let found = all.iter().copied().find(|one| of(*one) == name);
    let known: Vec<&str> = all.iter().map(|one| of(*one)).collect();
    found.ok_or_else(|| format!("{name} is not known. Known are: {}.", known.join(", ")))
}

fn named(names: &str) -> Result<Vec<Defect>, String> {
    match names {
        "none" => Ok(Vec::new()),
        "all" => Ok(Defect::ALL.to_vec()),
        names => names.split(',').map(|name| one(name.trim(), &Defect::ALL, Defect::name)).collect(),
    }
}
