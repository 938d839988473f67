//! A deck as a PDF by Typst.

use serde_json::{Value, json};
use typst::foundations::Datetime;

use super::Theme;
use super::tree::{Block, Chart, Deck, Shape, Slide};
use crate::render::{RenderError, typeset};
use crate::room::RoomError;
use crate::room::text::Text;
use rust_decimal::Decimal;

/// The bytes of the PDF.
pub(super) fn write(deck: &Deck, theme: Theme) -> Result<Vec<u8>, RoomError> {
    let made = Datetime::from_ymd_hms(2026, 1, 15, 9, 0, 0);
    let made = made.ok_or_else(|| RenderError::Typeset("date".to_owned()))?;
    let figures = json!({
        "title": deck.title,
        "foot": deck.foot,
        "ink": theme.ink,
        "accent": theme.accent,
        "soft": theme.soft,
        "band": theme.band,
        "framed": theme.framed,
        "middle": theme.middle,
        "slides": deck.slides.iter().map(slide).collect::<Vec<_>>(),
    });
    Ok(typeset::pdf(include_str!("deck.typ"), &figures, made)?)
}

fn slide(slide: &Slide) -> Value {
    json!({
        "cover": slide.cover,
        "title": slide.title.words,
        "note": slide.note.words,
        "beside": slide.beside,
        "hidden": slide.hidden,
        "blocks": slide.blocks.iter().map(block).collect::<Vec<_>>(),
    })
}

fn words(texts: &[Text]) -> Vec<&str> {
    texts.iter().map(|text| text.words.as_str()).collect()
}

fn block(block: &Block) -> Value {
    match block {
        Block::Words(text) => json!({ "kind": "words", "words": text.words }),
        Block::Points(points) => json!({ "kind": "points", "points": words(points) }),
        Block::Cards(cards) => {
            let cards = cards
                .iter()
                .map(|card| json!({ "value": card.value.words, "label": card.label.words, "note": card.note.words }));
            json!({ "kind": "cards", "cards": cards.collect::<Vec<_>>() })
        }
        Block::Table(table) => {
            let rows: Vec<Vec<&str>> = table.rows.iter().map(|row| words(row)).collect();
            json!({ "kind": "table", "head": words(&table.head), "rows": rows })
        }
        Block::Chart(chart) => drawn(chart),
    }
}

/// A chart with the height of each point as a part of the highest.
fn drawn(chart: &Chart) -> Value {
    let most = chart.values.iter().copied().max().unwrap_or_default().max(Decimal::ONE);
    let parts: Vec<String> =
        chart.values.iter().map(|value| (value.max(&Decimal::ZERO) / most).round_dp(4).to_string()).collect();
    let shape = match chart.shape {
        Shape::Columns => "columns",
        Shape::Bars => "bars",
        Shape::Line => "line",
    };
    json!({
        "kind": "chart",
        "shape": shape,
        "title": chart.title,
        "categories": chart.categories,
        "labels": words(&chart.labels),
        "parts": parts,
    })
}
