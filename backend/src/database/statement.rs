use std::marker::PhantomData;

use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, BoxedSqlQuery, Query, QueryFragment, QueryId, SqlQuery};
use diesel::result::QueryResult;
use diesel::row::NamedRow;
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Untyped};
use diesel_async::RunQueryDsl;

use super::connection::Connection;
use super::row::Row;
#[cfg(test)]
use super::seen::{Column, Statement};

/// A statement in SQL that is prepared once per connection.
///
/// Diesel's own `sql_query` prepares anew at each use, lest texts with values in them fill the
/// cache: two round trips and a plan for what takes one. Ours hold no values but in `bind`, and the
/// few that are put together have a handful of forms.
///
/// Nothing but the database checks a text, so `backend/src/tests.rs` holds each to the migrated
/// schema: what it names, what is bound to it, and what its rows are read into.
#[must_use = "a statement does nothing until it is loaded or executed"]
pub struct Sql<'f> {
    query: BoxedSqlQuery<'f, Pg, SqlQuery>,
    #[cfg(test)]
    seen: Statement,
}

/// A statement: `sql_query("SELECT … WHERE id = $1").bind::<BigInt, _>(id).get_result(conn)`.
#[cfg_attr(test, track_caller)]
pub fn sql_query<'f>(text: impl Into<String>) -> Sql<'f> {
    let text = text.into();
    Sql {
        #[cfg(test)]
        seen: Statement::new(&text),
        query: diesel::sql_query(text).into_boxed(),
    }
}

impl<'f> Sql<'f> {
    /// The next of `$1`, `$2`, and so on.
    pub fn bind<ST, V>(mut self, value: V) -> Self
    where
        Pg: HasSqlType<ST>,
        V: ToSql<ST, Pg> + Send + 'f,
        ST: Send + 'f,
    {
        #[cfg(test)]
        self.seen.bind::<ST>();
        self.query = self.query.bind(value);
        self
    }

    /// All rows.
    pub async fn load<R: Row>(self, conn: &mut Connection) -> QueryResult<Vec<R>> {
        #[cfg(test)]
        self.seen.clone().sent(R::columns());
        RunQueryDsl::load(self, conn).await
    }

    /// The one row.
    pub async fn get_result<R: Row>(self, conn: &mut Connection) -> QueryResult<R> {
        #[cfg(test)]
        self.seen.clone().sent(R::columns());
        RunQueryDsl::get_result(self, conn).await
    }

    /// How many rows were written.
    pub async fn execute(self, conn: &mut Connection) -> QueryResult<usize> {
        #[cfg(test)]
        self.seen.clone().sent(Vec::new());
        RunQueryDsl::execute(self, conn).await
    }

    /// Of the one row its first column.
    pub async fn value<ST, T>(self, conn: &mut Connection) -> QueryResult<T>
    where
        T: FromSql<ST, Pg> + Send + 'static,
        ST: 'static,
    {
        #[cfg(test)]
        self.seen.clone().sent(vec![Column::first::<ST>()]);
        let Value::<ST, T>(value, _) = RunQueryDsl::get_result(self, conn).await?;
        Ok(value)
    }

    /// Of every row its first column.
    pub async fn values<ST, T>(self, conn: &mut Connection) -> QueryResult<Vec<T>>
    where
        T: FromSql<ST, Pg> + Send + 'static,
        ST: 'static,
    {
        #[cfg(test)]
        self.seen.clone().sent(vec![Column::first::<ST>()]);
        let rows: Vec<Value<ST, T>> = RunQueryDsl::load(self, conn).await?;
        Ok(rows.into_iter().map(|Value(value, _)| value).collect())
    }
}

/// The first column of a row.
struct Value<ST, T>(T, PhantomData<fn() -> ST>);

impl<ST, T: FromSql<ST, Pg>> QueryableByName<Pg> for Value<ST, T> {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> deserialize::Result<Self> {
        Ok(Self(row.get_value(0)?, PhantomData))
    }
}

impl QueryFragment<Pg> for Sql<'_> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.query.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}

impl QueryId for Sql<'_> {
    type QueryId = ();
    // The cache goes by the text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Sql<'_> {
    type SqlType = Untyped;
}
