//! The database's own shape.

use std::collections::BTreeMap;
use std::path::Path;

use backend::database;
use diesel::sql_types::{Bool, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl as _;
use tests::Database;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Whatever a migration may have left in the schema.
const LEFT: &str = "SELECT relname::text AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE '__diesel%'
     UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
     UNION ALL SELECT typname::text FROM pg_type
     WHERE typnamespace = 'public'::regnamespace AND typname NOT LIKE '%\\_\\_diesel%'
     ORDER BY 1";

#[tokio::test]
async fn migrations_go_up_and_down_and_up_again() {
    let database = Database::empty().await;
    let up = database::migrate(&database.url).await.unwrap();
    assert!(up.len() >= 6, "{up:?}");
    assert!(database::migrate(&database.url).await.unwrap().is_empty());
    let down = database::revert_all(&database.url).await.unwrap();
    assert_eq!(down.len(), up.len());
    let left: Vec<Name> = sql_query(LEFT)
        .load(&mut database.connect().await)
        .await
        .unwrap();
    let left: Vec<String> = left.into_iter().map(|it| it.name).collect();
    assert!(left.is_empty(), "left by down.sql: {left:?}");
    assert_eq!(database::migrate(&database.url).await.unwrap(), up);
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    data_type: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
    #[diesel(sql_type = Bool)]
    view: bool,
}

/// Table to lines as in `schema.rs`, in the order of the columns.
type Tables = BTreeMap<String, Vec<String>>;

#[tokio::test]
async fn the_schema_in_rust_is_that_of_the_migrations() {
    let database = Database::with_school().await;
    let columns: Vec<Column> = sql_query(
        "SELECT table_name::text, column_name::text, data_type::text,
                is_nullable = 'YES' AS nullable, table_type = 'VIEW' AS view
         FROM information_schema.columns JOIN information_schema.tables
             USING (table_schema, table_name)
         WHERE table_schema = 'public'
           AND table_name NOT LIKE '\\_\\_diesel%'
         ORDER BY table_name, ordinal_position",
    )
    .load(&mut database.connect().await)
    .await
    .unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../backend/src/schema.rs");
    let mut declared = declared(&std::fs::read_to_string(path).unwrap());
    let mut migrated = Tables::new();
    for mut column in columns {
        if column.view {
            // Of a view everything may be NULL to PostgreSQL; some are asked in SQL alone.
            let Some(lines) = declared.get_mut(&column.table_name) else {
                continue;
            };
            column.nullable = false;
            let nullable = format!("{} -> Nullable<", column.column_name);
            for line in lines.iter_mut().filter(|line| line.starts_with(&nullable)) {
                *line = line
                    .replace("Nullable<", "")
                    .replace('>', "")
                    .replace(" -", " ->");
            }
        }
        let line = format!("{} -> {},", column.column_name, diesel_type(&column));
        migrated.entry(column.table_name).or_default().push(line);
    }
    assert_eq!(declared, migrated);
}

fn diesel_type(column: &Column) -> String {
    let name = match column.data_type.as_str() {
        "bigint" => "BigInt",
        "boolean" => "Bool",
        "bytea" => "Binary",
        "date" => "Date",
        "integer" => "Integer",
        "smallint" => "SmallInt",
        "text" => "Text",
        "timestamp with time zone" => "Timestamptz",
        "uuid" => "Uuid",
        other => panic!("{}.{}: {other}", column.table_name, column.column_name),
    };
    if column.nullable {
        format!("Nullable<{name}>")
    } else {
        name.to_owned()
    }
}

/// Reads what stands in `table!`: the macro keeps nothing that could be asked at run time.
fn declared(source: &str) -> Tables {
    let mut tables = Tables::new();
    for block in source.split("table! {\n").skip(1) {
        let mut lines = block.lines().map(str::trim);
        let name = lines.next().unwrap().split(' ').next().unwrap();
        let columns = lines.take_while(|line| *line != "}").map(str::to_owned);
        tables.insert(name.to_owned(), columns.collect());
    }
    tables
}
