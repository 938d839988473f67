//! Rooms of drawn startups: what the truth says stands in the files.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test fails loudly, its readers too.

mod books;

use simulator::defect::Defect;
use simulator::room::{Room, Wish};
use simulator::startup::{Industry, Locale};

/// The rooms that the tests read: each industry and each locale more than once, with and without defects.
fn rooms() -> impl Iterator<Item = Room> {
    let industries = Industry::ALL.into_iter().cycle().take(20);
    industries.enumerate().map(|(at, industry)| {
        let defects = if at % 2 == 0 { Vec::new() } else { Defect::ALL.to_vec() };
        // Three is prime to four, so that an industry meets two locales and a locale all industries but a few.
        let locale = Locale::ALL[(at * 3 + at / 10) % 4];
        room(700 + u64::try_from(at).expect("few"), industry, locale, defects)
    })
}

fn room(seed: u64, industry: Industry, locale: Locale, defects: Vec<Defect>) -> Room {
    Room::make(&Wish { seed, industry, locale, defects }).expect("the room is made")
}
