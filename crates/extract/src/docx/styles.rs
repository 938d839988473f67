//! What the styles of a document say of its paragraphs (ECMA-376 part 1, 17.7).

use std::collections::HashMap;

use crate::ReadError;
use crate::package::{Element, parse};

/// A style may follow another; longer chains are circles.
const LONGEST_CHAIN: usize = 20;

/// The styles by their id.
#[derive(Debug, Default)]
pub(super) struct Styles(HashMap<String, Style>);

#[derive(Debug, Default)]
struct Style {
    follows: Option<String>,
    level: Option<u8>,
    listed: Option<bool>,
    hidden: Option<bool>,
}

impl Styles {
    pub(super) fn parse(xml: &str) -> Result<Self, ReadError> {
        let root = parse(xml)?;
        let styles = root.all("style").filter_map(|style| Some((style.attribute("styleId")?, Style::of(style))));
        Ok(Self(styles.collect()))
    }

    /// The level of heading that a style makes, from 1.
    pub(super) fn level(&self, id: &str) -> Option<u8> {
        self.first(id, |style| style.level).filter(|level| (1..=9).contains(level))
    }

    /// True if a style makes items of a list.
    pub(super) fn is_listed(&self, id: &str) -> bool {
        self.first(id, |style| style.listed).unwrap_or(false)
    }

    /// True if a style hides its text.
    pub(super) fn is_hidden(&self, id: &str) -> bool {
        self.first(id, |style| style.hidden).unwrap_or(false)
    }

    fn first<T>(&self, id: &str, said: impl Fn(&Style) -> Option<T>) -> Option<T> {
        let mut style = self.0.get(id);
        for _ in 0..LONGEST_CHAIN {
            if let Some(found) = said(style?) {
                return Some(found);
            }
            style = self.0.get(style?.follows.as_deref()?);
        }
        None
    }
}

impl Style {
    fn of(style: &Element<'_>) -> Self {
        let value = |name: &str| style.child(name).and_then(|element| element.attribute("val"));
        let paragraph = style.child("pPr");
        Self {
            follows: value("basedOn"),
            level: paragraph.and_then(outline_level).or_else(|| level_of_name(&value("name").unwrap_or_default())),
            listed: paragraph.and_then(is_listed),
            hidden: style.child("rPr").and_then(|run| switch(run, "vanish")),
        }
    }
}

/// The outline level of a paragraph's properties, from 1; 10 is running text.
pub(super) fn outline_level(properties: &Element<'_>) -> Option<u8> {
    properties.child("outlineLvl")?.number::<u8>("val")?.checked_add(1)
}

/// Whether a paragraph's properties make it an item of a list; number 0 takes it out of one.
pub(super) fn is_listed(properties: &Element<'_>) -> Option<bool> {
    let numbering = properties.child("numPr")?;
    let number = numbering.child("numId").and_then(|number| number.attribute("val"));
    Some(number.as_deref() != Some("0"))
}

/// A property that is either on or off; without a value it is on.
pub(super) fn switch(properties: &Element<'_>, name: &str) -> Option<bool> {
    let value = properties.child(name)?.attribute("val");
    Some(!matches!(value.as_deref(), Some("0" | "false" | "off")))
}

fn level_of_name(name: &str) -> Option<u8> {
    let name = name.to_ascii_lowercase();
    if name == "title" {
        return Some(1);
    }
    name.strip_prefix("heading ")?.parse().ok().filter(|level| (1..=9).contains(level))
}
