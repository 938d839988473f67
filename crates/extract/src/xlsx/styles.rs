//! Number formats of cells (ECMA-376 part 1, 18.8).

use std::collections::HashMap;

use crate::ReadError;
use crate::package::number::{FormatKind, built_in};
use crate::package::{Events, Token};

/// Excel takes no longer format than this, in bytes here.
const LONGEST_CODE: usize = 255;

/// Excel has no more styles of cells than this.
const MOST_STYLES: usize = 65_536;

/// A number format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) code: String,
    pub(super) kind: FormatKind,
}

/// The format of each style; styles without one are `General`.
#[derive(Debug, Default)]
pub(super) struct Styles(Vec<Option<Format>>);

impl Styles {
    pub(super) fn parse(xml: &str) -> Result<Self, ReadError> {
        let mut events = Events::new(xml);
        let mut codes: HashMap<u32, String> = HashMap::new();
        let mut formats = Vec::new();
        let mut of_cells = false;
        while let Some(token) = events.next()? {
            let Token::Open(tag) = token else { continue };
            let id = || tag.attribute("numFmtId").and_then(|id| id.parse::<u32>().ok());
            match tag.name() {
                "numFmt" => {
                    let code = tag.attribute("formatCode").filter(|code| code.len() <= LONGEST_CODE);
                    codes.extend(id().zip(code));
                }
                "cellXfs" => of_cells = true,
                "cellStyles" | "dxfs" | "cellStyleXfs" => of_cells = false,
                "xf" if of_cells && formats.len() < MOST_STYLES => formats.push(id().and_then(|id| format(id, &codes))),
                _ => {}
            }
        }
        Ok(Self(formats))
    }

    /// The format of a style.
    pub(super) fn get(&self, style: usize) -> Option<&Format> {
        self.0.get(style)?.as_ref()
    }
}

fn format(id: u32, codes: &HashMap<u32, String>) -> Option<Format> {
    let code = codes.get(&id).map(String::as_str).or_else(|| built_in(id))?;
    let named = !code.is_empty() && !code.eq_ignore_ascii_case("general");
    named.then(|| Format { code: code.to_owned(), kind: FormatKind::of(code) })
}
