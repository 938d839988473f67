//! What those who manage people see of how others get in, and end. The console is one of them.

use serde_json::json;

use super::model::{Access, Overseen, Session, User};
use super::service::Accounts;
use super::store::{self, factors, sessions};
use crate::base::{Ctx, Error, Page, PageRequest, Permission, Result, SessionId, UserId};
use crate::domain::audit::{Action, Object, Record};
use crate::infra::db::{Connection, Transact as _};

impl Accounts {
    /// Colleagues by name, out of memory. Addresses and how they get in are for those who manage people.
    pub async fn users(&self, cx: &Ctx, page: &PageRequest) -> Result<(Page<Overseen>, usize)> {
        cx.require(Permission::UsersRead)?;
        let (limit, after) = (page.limit()?, page.after::<UserId>()?);
        let all = self.directory().all_by_name();
        let start = after.and_then(|id| all.iter().position(|user| user.id == id)).map_or(0, |place| place + 1);
        let rows: Vec<User> = all.iter().skip(start).take(limit + 1).map(|user| User::clone(user)).collect();
        let page = Page::cut(rows, limit, |user| user.id);
        if !cx.allows(Permission::UsersManage) {
            return Ok((page.map(|user| Overseen { user, access: None }), all.len()));
        }
        let mut conn = self.db.read().await?;
        let items = self.with_access(&mut conn, cx, page.items).await?;
        Ok((Page { items, next_cursor: page.next_cursor }, all.len()))
    }

    /// Everybody by name, out of the database: for a program that keeps no names in memory.
    pub async fn everybody(&self, cx: &Ctx) -> Result<Vec<Overseen>> {
        cx.require(Permission::UsersManage)?;
        let mut conn = self.db.read().await?;
        let mut all = store::users(&mut conn, &self.vault).await?;
        all.sort_by_cached_key(|user| (user.name.to_lowercase(), user.id));
        self.with_access(&mut conn, cx, all).await
    }

    async fn with_access(&self, conn: &mut Connection, cx: &Ctx, users: Vec<User>) -> Result<Vec<Overseen>> {
        let holders = factors::holders(conn).await?;
        let live = sessions::live_counts(conn, cx.now, self.idle_since(cx.now)).await?;
        let access = |id: &UserId| Access {
            second_factor: holders.contains(id),
            sessions: live.get(id).copied().unwrap_or_default(),
        };
        Ok(users.into_iter().map(|user| Overseen { access: Some(access(&user.id)), user }).collect())
    }

    /// A person's sessions, newest first.
    pub async fn sessions_of(&self, cx: &Ctx, id: UserId) -> Result<Vec<Session>> {
        cx.require(Permission::UsersManage)?;
        let mut conn = self.db.read().await?;
        store::find_user(&mut conn, &self.vault, id).await?.ok_or_else(|| Error::not_found("person"))?;
        sessions::sessions_of(&mut conn, &self.vault, id, cx.now, self.idle_since(cx.now)).await
    }

    /// Ends one session of a person.
    pub async fn end_session_of(&self, cx: &Ctx, id: UserId, session: SessionId) -> Result<()> {
        cx.require(Permission::UsersManage)?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            if !sessions::delete_session(conn, id, session).await? {
                return Err(Error::not_found("session"));
            }
            let record = Record::done(Action::SessionEnded, Object::of("session", session.0));
            self.audit.record(conn, cx, record.with(json!({ "user": id }))).await
        })
        .await
    }

    /// Ends every session of a person, and gives how many there were.
    pub async fn end_sessions_of(&self, cx: &Ctx, id: UserId) -> Result<usize> {
        cx.require(Permission::UsersManage)?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            store::find_user(conn, &self.vault, id).await?.ok_or_else(|| Error::not_found("person"))?;
            let ended = sessions::delete_sessions_of(conn, id).await?;
            let record = Record::done(Action::SessionsEnded, Object::of("user", id.0));
            self.audit.record(conn, cx, record.with(json!({ "sessions_ended": ended }))).await?;
            Ok(ended)
        })
        .await
    }
}
