//! The names of people in memory, so that lists show and sort by them while the database holds ciphertext.

use std::sync::Arc;

use vault::Vault;

use super::model::{Person, User};
use super::store;
use crate::base::{Result, UserId};
use crate::infra::cache::Catalogue;
use crate::infra::db::Db;

/// Names by id. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Directory(Arc<Catalogue<User>>);

impl Directory {
    /// How a person is called; somebody who is not known yet has no name.
    pub fn person(&self, id: UserId) -> Person {
        Person { id, name: self.0.get(id).map(|user| user.name.clone()).unwrap_or_default() }
    }

    /// One person.
    pub fn user(&self, id: UserId) -> Option<Arc<User>> {
        self.0.get(id)
    }

    /// Everybody by name.
    pub fn all_by_name(&self) -> Vec<Arc<User>> {
        let mut all = self.0.all();
        all.sort_by_cached_key(|user| (user.name.to_lowercase(), user.id));
        all
    }

    pub(super) fn put(&self, user: User) {
        self.0.put([user]);
    }

    /// Reads everybody again.
    pub async fn load(&self, db: &Db, vault: &Vault) -> Result<()> {
        let mut conn = db.read().await?;
        self.0.put(store::users(&mut conn, vault).await?);
        Ok(())
    }

    /// Reads one person again.
    pub async fn refresh(&self, db: &Db, vault: &Vault, id: UserId) -> Result<()> {
        let mut conn = db.read().await?;
        self.0.put(store::find_user(&mut conn, vault, id).await?);
        Ok(())
    }
}
