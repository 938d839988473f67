//! What a migrated database says about its own tables.

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::psql;
use crate::stack::Database;
use crate::workshop::Workshop;

/// One table as it is in the database.
#[derive(Debug, Deserialize)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    pub primary_key: Vec<String>,
    pub references: Vec<Reference>,
}

/// One column, with Postgres's own short name of its type (`_text` is an array of text).
#[derive(Debug, Deserialize)]
pub struct Column {
    pub name: String,
    pub kind: String,
    pub nullable: bool,
}

/// A foreign key on one column.
#[derive(Debug, Deserialize)]
pub struct Reference {
    pub column: String,
    pub table: String,
}

const QUERY: &str = r"
select coalesce(json_agg(t order by t.name), '[]')
from (
    select
        c.relname as name,
        (
            select json_agg(
                json_build_object('name', a.attname, 'kind', y.typname, 'nullable', not a.attnotnull)
                order by a.attnum
            )
            from pg_attribute a join pg_type y on y.oid = a.atttypid
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        ) as columns,
        (
            select coalesce(json_agg(a.attname order by k.place), '[]')
            from pg_constraint p
            cross join unnest(p.conkey) with ordinality as k (number, place)
            join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
            where p.conrelid = c.oid and p.contype = 'p'
        ) as primary_key,
        (
            select coalesce(
                json_agg(json_build_object('column', a.attname, 'table', o.relname) order by a.attnum, o.relname),
                '[]'
            )
            from pg_constraint f
            join pg_class o on o.oid = f.confrelid
            join pg_attribute a on a.attrelid = c.oid and a.attnum = f.conkey[1]
            where f.conrelid = c.oid and f.contype = 'f' and array_length(f.conkey, 1) = 1
                and f.confkey = (
                    select p.conkey from pg_constraint p where p.conrelid = o.oid and p.contype = 'p'
                )
        ) as references
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
        and c.relname not in ('__diesel_schema_migrations', 'schema_promises')
) t
";

/// The tables of the migrated database, by name.
pub fn tables(workshop: &Workshop, database: &Database) -> Result<Vec<Table>> {
    let said = psql::rows(workshop, database, "owner", QUERY)?;
    let mut tables: Vec<Table> = serde_json::from_str(said.trim()).context("psql did not print the list of tables")?;
    tables.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(tables)
}
