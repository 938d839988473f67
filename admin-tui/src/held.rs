//! What was told, and how old it is: the states of a screen follow from it. A list keeps its cursor on the row where it
//! was, whatever is told anew, so that nobody acts upon a neighbour.

use chrono::{DateTime, TimeDelta, Utc};

use crate::msg::{Failure, Ticket, Via};

/// An answer is waited for this long; then it may be asked again.
const PATIENCE: TimeDelta = TimeDelta::seconds(45);

/// Something that is asked again and again.
#[derive(Debug, Clone, PartialEq)]
pub struct Held<T> {
    /// What was told last.
    pub value: Option<T>,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// Which way it came.
    pub via: Via,
    /// Why it was not told anew.
    pub trouble: Option<Failure>,
    /// What is on its way.
    pub asked: Option<(Ticket, DateTime<Utc>)>,
    /// When it was asked last.
    pub tried: Option<DateTime<Utc>>,
}

impl<T> Default for Held<T> {
    fn default() -> Self {
        Self { value: None, at: None, via: Via::Socket, trouble: None, asked: None, tried: None }
    }
}

impl<T> Held<T> {
    /// Whether it may be asked: nothing is on its way, or it has been for too long.
    pub fn is_free(&self, now: DateTime<Utc>) -> bool {
        self.asked.is_none_or(|(_, since)| now - since > PATIENCE)
    }

    /// Whether so much time has passed since it was asked last.
    pub fn is_due(&self, now: DateTime<Utc>, after: TimeDelta) -> bool {
        self.is_free(now) && self.tried.is_none_or(|tried| now - tried >= after || now < tried)
    }

    /// It was asked.
    pub fn ask(&mut self, ticket: Ticket, now: DateTime<Utc>) {
        self.asked = Some((ticket, now));
        self.tried = Some(now);
    }

    /// Whether an answer with this ticket is for this.
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        self.asked.is_some_and(|(asked, _)| asked == ticket)
    }

    /// It was told.
    pub fn put(&mut self, value: T, via: Via, now: DateTime<Utc>) {
        *self = Self { value: Some(value), at: Some(now), via, trouble: None, asked: None, tried: self.tried };
    }

    /// It was not told. What was told before stays.
    pub fn fail(&mut self, why: Failure) {
        self.asked = None;
        self.trouble = Some(why);
    }
}

/// Where somebody is in a list, and what they look for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cursor {
    /// Among the rows that fit, from 0.
    pub at: usize,
    /// What rows must contain.
    pub find: String,
}

impl Cursor {
    /// Moves by so many of `rows` rows, and stops at the ends.
    pub fn step(&mut self, by: isize, rows: usize) {
        self.at = self.at.saturating_add_signed(by).min(rows.saturating_sub(1));
    }
}

/// Something that stands in a list.
pub trait Row {
    /// Names it among its kind.
    fn name(&self) -> String;
    /// What a search looks at.
    fn words(&self) -> String;
}

/// A list that is asked again and again.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T> {
    /// The rows, as told.
    pub held: Held<Vec<T>>,
    /// Where somebody is in it.
    pub cursor: Cursor,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { held: Held::default(), cursor: Cursor::default() }
    }
}

impl<T: Row> Listed<T> {
    /// Every row.
    pub fn all(&self) -> &[T] {
        self.held.value.as_deref().unwrap_or_default()
    }

    /// The rows that fit the search.
    pub fn fitting(&self) -> Box<dyn Iterator<Item = &T> + '_> {
        if self.cursor.find.is_empty() {
            return Box::new(self.all().iter());
        }
        let find = self.cursor.find.to_lowercase();
        Box::new(self.all().iter().filter(move |row| row.words().to_lowercase().contains(&find)))
    }

    /// How many fit.
    pub fn count(&self) -> usize {
        if self.cursor.find.is_empty() { self.all().len() } else { self.fitting().count() }
    }

    /// The row under the cursor.
    pub fn chosen(&self) -> Option<&T> {
        self.fitting().nth(self.cursor.at)
    }

    /// Takes a list that was told anew. The cursor stays on its row; if that is gone, at its height.
    pub fn put(&mut self, rows: Vec<T>, via: Via, now: DateTime<Utc>) {
        let chosen = self.chosen().map(Row::name);
        self.held.put(rows, via, now);
        let there = chosen.and_then(|name| self.fitting().position(|row| row.name() == name));
        self.cursor.at = there.unwrap_or(self.cursor.at).min(self.count().saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Row for &str {
        fn name(&self) -> String {
            (*self).to_owned()
        }

        fn words(&self) -> String {
            (*self).to_owned()
        }
    }

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    #[test]
    fn the_cursor_stays_on_its_row() {
        let mut list = Listed::default();
        list.put(vec!["anna", "ben", "cleo"], Via::Socket, now());
        list.cursor.at = 1;
        list.put(vec!["aaron", "anna", "ben", "cleo"], Via::Socket, now());
        assert_eq!(list.chosen(), Some(&"ben"));
        list.put(vec!["aaron"], Via::Socket, now());
        assert_eq!(list.chosen(), Some(&"aaron"), "its row is gone, and so are those below");
        list.put(Vec::new(), Via::Socket, now());
        assert_eq!(list.chosen(), None);
    }

    #[test]
    fn a_search_counts_what_fits() {
        let mut list = Listed::default();
        list.put(vec!["Anna", "Ben", "Hanna"], Via::Socket, now());
        list.cursor.find = "ANN".to_owned();
        assert_eq!(list.count(), 2);
        list.cursor.at = 1;
        assert_eq!(list.chosen(), Some(&"Hanna"));
    }

    #[test]
    fn what_never_comes_is_asked_again() {
        let mut held: Held<()> = Held::default();
        assert!(held.is_due(now(), TimeDelta::seconds(2)));
        held.ask(Ticket(1), now());
        assert!(!held.is_due(now() + TimeDelta::seconds(3), TimeDelta::seconds(2)), "it is on its way");
        assert!(held.is_due(now() + TimeDelta::minutes(1), TimeDelta::seconds(2)));
        held.fail(Failure::Silent);
        assert!(held.is_due(now() + TimeDelta::seconds(2), TimeDelta::seconds(2)));
    }
}
