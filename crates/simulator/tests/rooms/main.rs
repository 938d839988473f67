//! Rooms of drawn startups: what the truth says stands in the files.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test fails loudly, its readers too.

mod books;
mod defects;
mod words;

use std::sync::OnceLock;

use simulator::defect::Defect;
use simulator::room::{Room, Wish};
use simulator::startup::{Industry, Locale};

/// The rooms that the tests read: each industry twice, in two locales, without defects and with all of them.
fn rooms() -> impl Iterator<Item = &'static Room> {
    static ROOMS: OnceLock<Vec<Room>> = OnceLock::new();
    let make = || {
        let numbered = (700..).zip(Industry::ALL.into_iter().cycle().take(20));
        let make = |(seed, industry): (u64, Industry)| {
            let at = usize::try_from(seed - 700).expect("few");
            let defects = if at % 2 == 0 { Vec::new() } else { Defect::ALL.to_vec() };
            room(seed, industry, Locale::ALL[(at + at / 10) % 4], defects)
        };
        numbered.map(make).collect()
    };
    ROOMS.get_or_init(make).iter()
}

fn room(seed: u64, industry: Industry, locale: Locale, defects: Vec<Defect>) -> Room {
    Room::make(&Wish { seed, industry, locale, defects }).expect("the room is made")
}
