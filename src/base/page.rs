//! Pages of lists: an opaque cursor says where the next page starts, so that a page stays true while rows are added.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Error, FieldError, Result};

/// Which page is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct PageRequest {
    /// Rows on the page, 1 to 200; 50 unless said.
    pub limit: Option<u16>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl PageRequest {
    /// Rows on the page.
    pub fn limit(&self) -> Result<usize> {
        match self.limit.unwrap_or(50) {
            limit @ 1..=200 => Ok(usize::from(limit)),
            _ => Err(invalid("limit", "A page has 1 to 200 rows.")),
        }
    }

    /// Where the page starts; `None` for the first one.
    pub fn after<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        decode(cursor).map(Some).ok_or_else(|| invalid("cursor", "This page is gone. Start again at the first page."))
    }
}

fn invalid(field: &str, message: &str) -> Error {
    Error::invalid(vec![FieldError { field: field.to_owned(), message: message.to_owned() }])
}

fn decode<T: DeserializeOwned>(cursor: &str) -> Option<T> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(cursor).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page starts; absent on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Cuts `rows`, of which there are at most `limit + 1`, to a page; `key` says where a row stands.
    pub fn cut<K: Serialize>(mut rows: Vec<T>, limit: usize, key: impl Fn(&T) -> K) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).and_then(|row| encode(&key(row)));
        Self { items: rows, next_cursor }
    }

    /// The same page with other rows.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(each).collect(), next_cursor: self.next_cursor }
    }
}

fn encode(key: &impl Serialize) -> Option<String> {
    use base64::Engine as _;
    let json = serde_json::to_vec(key).ok()?;
    Some(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_to_the_next_page() {
        let page = Page::cut(vec![1, 2, 3], 2, |row| *row);
        assert_eq!(page.items, [1, 2]);
        let request = PageRequest { limit: None, cursor: page.next_cursor };
        assert_eq!(request.after::<i32>().unwrap(), Some(2));
        assert!(Page::cut(vec![1, 2], 2, |row| *row).next_cursor.is_none());
    }

    #[test]
    fn nonsense_is_refused() {
        let request = |limit, cursor: Option<&str>| PageRequest { limit, cursor: cursor.map(str::to_owned) };
        assert!(request(Some(0), None).limit().is_err());
        assert!(request(Some(201), None).limit().is_err());
        assert!(request(None, Some("///")).after::<i32>().is_err());
    }
}
