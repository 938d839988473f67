//! Catalogues: decrypted headers of rows, kept in memory so that lists sort and filter by name while the database
//! holds nothing but ciphertext.
//!
//! Invariant: an older version of a row never replaces a newer one, in whatever order news of them arrive.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};

/// Something that a catalogue can hold.
pub trait Entry {
    /// Names it.
    type Key: Copy + Eq + Hash;
    /// Its name.
    fn key(&self) -> Self::Key;
    /// Grows with each change.
    fn version(&self) -> i64;
}

/// Decrypted rows by id.
pub struct Catalogue<E: Entry>(RwLock<HashMap<E::Key, Arc<E>>>);

impl<E: Entry> Default for Catalogue<E> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<E: Entry> std::fmt::Debug for Catalogue<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Catalogue({} rows)", self.0.read().unwrap_or_else(PoisonError::into_inner).len())
    }
}

impl<E: Entry> Catalogue<E> {
    /// Takes rows in.
    pub fn put(&self, rows: impl IntoIterator<Item = E>) {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for row in rows {
            let newer = held.get(&row.key()).is_none_or(|known| known.version() <= row.version());
            if newer {
                held.insert(row.key(), Arc::new(row));
            }
        }
    }

    /// One row.
    pub fn get(&self, key: E::Key) -> Option<Arc<E>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }

    /// The rows with these keys that are known.
    pub fn pick(&self, keys: impl IntoIterator<Item = E::Key>) -> Vec<Arc<E>> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        keys.into_iter().filter_map(|key| held.get(&key).cloned()).collect()
    }

    /// All rows, in no order.
    pub fn all(&self) -> Vec<Arc<E>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row(u8, i64);

    impl Entry for Row {
        type Key = u8;
        fn key(&self) -> u8 {
            self.0
        }
        fn version(&self) -> i64 {
            self.1
        }
    }

    #[test]
    fn late_news_of_an_old_version_change_nothing() {
        let catalogue = Catalogue::default();
        catalogue.put([Row(1, 2)]);
        catalogue.put([Row(1, 1), Row(2, 1)]);
        assert_eq!(catalogue.get(1).unwrap().1, 2);
        assert_eq!(catalogue.pick([1, 2, 3]).len(), 2);
    }
}
