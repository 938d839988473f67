//! One moment of the database, held open: what `pg_dump` writes and what the manifest of a backup says are the same rows.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Integer, Text, Uuid as SqlUuid};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use uuid::Uuid;

use super::{Connection, connect, promises};
use crate::base::{Error, Result};

/// Nobody talks on this connection while the dump is written, which may take hours.
const BEGIN: &str = "SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0; \
                     BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const TABLES: &str = "SELECT c.relname::text AS word FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                      WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relpersistence = 'p' ORDER BY 1";
const END: &str = "SELECT seq, link FROM audit_seals ORDER BY seq DESC LIMIT 1";

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = Integer)]
    number: i32,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Seal {
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = Binary)]
    link: Vec<u8>,
}

/// A moment of the database. It ends when it is dropped.
pub struct Snapshot {
    /// Its name, for `pg_dump --snapshot`.
    pub name: String,
    /// Major version of the server.
    pub postgres: u32,
    /// Migrations that were applied, in order.
    pub schema: Vec<String>,
    /// Those of them that promise that programs which do not know them may run.
    pub promised: Vec<String>,
    /// Rows of each table.
    pub rows: BTreeMap<String, u64>,
    /// Last place of the audit chain and its link, in base64.
    pub audit: Option<(i64, String)>,
    /// Documents, whose files belong to it.
    pub documents: Vec<Uuid>,
    _connection: Connection,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Snapshot {
    /// Takes one. A database that was never migrated has none.
    pub async fn take(url: &str) -> Result<Self> {
        let mut connection = connect(url).await?;
        connection.batch_execute(BEGIN).await?;
        let conn = &mut connection;
        let name = one::<Word>(conn, "SELECT pg_export_snapshot()::text AS word").await?.word;
        let version = one::<Number>(conn, "SELECT current_setting('server_version_num')::int AS number").await?.number;
        let schema = "SELECT version::text AS word FROM __diesel_schema_migrations ORDER BY 1";
        let schema: Vec<Word> = diesel::sql_query(schema).load(conn).await?;
        let kept = promises::kept(conn).await?;
        let seal: Vec<Seal> = diesel::sql_query(END).load(conn).await?;
        let documents: Vec<Id> = diesel::sql_query("SELECT id FROM documents ORDER BY id").load(conn).await?;
        Ok(Self {
            name,
            postgres: u32::try_from(version / 10_000).unwrap_or_default(),
            promised: schema.iter().map(|row| row.word.clone()).filter(|version| kept.contains(version)).collect(),
            schema: schema.into_iter().map(|row| row.word).collect(),
            rows: count_rows(conn).await?,
            audit: seal.into_iter().next().map(|seal| (seal.seq, BASE64.encode(seal.link))),
            documents: documents.into_iter().map(|row| row.id).collect(),
            _connection: connection,
        })
    }
}

/// Rows of each table that a dump holds.
pub async fn count_rows(conn: &mut Connection) -> Result<BTreeMap<String, u64>> {
    let tables: Vec<Word> = diesel::sql_query(TABLES).load(conn).await?;
    let mut rows = BTreeMap::new();
    for Word { word: table } in tables {
        let count = format!("SELECT count(*) AS count FROM public.\"{}\"", table.replace('"', "\"\""));
        let Count { count } = one(conn, &count).await?;
        rows.insert(table, u64::try_from(count).unwrap_or_default());
    }
    Ok(rows)
}

async fn one<T>(conn: &mut Connection, query: &str) -> Result<T>
where
    T: diesel::deserialize::QueryableByName<diesel::pg::Pg> + Send + 'static,
{
    let rows: Vec<T> = diesel::sql_query(query).load(conn).await?;
    rows.into_iter().next().ok_or_else(|| Error::internal("the database gave no row"))
}

/// Makes the role of backups in a cluster that is older than it. As the superuser, who may; again does no harm.
pub async fn make_role(super_url: &str) -> Result<()> {
    let role = super::super::postgres::Role::Backup.name();
    let database = super::super::postgres::DATABASE;
    let statements = format!(
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} LOGIN; END IF; \
         END $$; GRANT pg_read_all_data TO {role}; GRANT CONNECT ON DATABASE {database} TO {role}"
    );
    Ok(connect(super_url).await?.batch_execute(&statements).await?)
}
