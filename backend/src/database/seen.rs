//! Which statements in SQL were sent, for the test that holds each of them to the schema.

use std::any::type_name;
use std::panic::Location;
use std::sync::{Mutex, PoisonError};

use tokio_postgres::types::Type;

static ALL: Mutex<Vec<Statement>> = Mutex::new(Vec::new());

/// A statement as it was sent.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Where `sql_query` was called.
    pub place: &'static Location<'static>,
    pub text: String,
    /// The types of what was bound, in order.
    pub bound: Vec<Type>,
    /// What its rows are read by.
    pub read: Vec<Column>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// None: it is read by its place, as the first one.
    pub name: Option<&'static str>,
    pub type_: Type,
}

impl Column {
    pub fn named<ST>(name: &'static str) -> Self {
        Self {
            name: Some(name),
            type_: type_of::<ST>(),
        }
    }

    pub fn first<ST>() -> Self {
        Self {
            name: None,
            type_: type_of::<ST>(),
        }
    }
}

impl Statement {
    #[track_caller]
    pub fn new(text: &str) -> Self {
        Self {
            place: Location::caller(),
            text: text.to_owned(),
            bound: Vec::new(),
            read: Vec::new(),
        }
    }

    pub fn bind<ST>(&mut self) {
        self.bound.push(type_of::<ST>());
    }

    pub fn sent(self, read: Vec<Column>) {
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(Self { read, ..self });
    }
}

/// All that were sent by this process so far.
pub fn all() -> Vec<Statement> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// PostgreSQL's type of diesel's `ST`, which says it nowhere without a connection but in its name.
fn type_of<ST>() -> Type {
    let whole = type_name::<ST>();
    let mut parts: Vec<&str> = whole
        .split(['<', '>'])
        .map(|part| part.rsplit("::").next().unwrap_or_default())
        .filter(|part| !matches!(*part, "" | "Nullable"))
        .collect();
    let element = parts.pop();
    match (parts.as_slice(), element) {
        ([], Some("BigInt")) => Type::INT8,
        ([], Some("Integer")) => Type::INT4,
        ([], Some("SmallInt")) => Type::INT2,
        ([], Some("Text")) => Type::TEXT,
        ([], Some("Bool")) => Type::BOOL,
        ([], Some("Binary")) => Type::BYTEA,
        ([], Some("Date")) => Type::DATE,
        ([], Some("Timestamptz")) => Type::TIMESTAMPTZ,
        ([], Some("Uuid")) => Type::UUID,
        (["Array"], Some("BigInt")) => Type::INT8_ARRAY,
        (["Array"], Some("SmallInt")) => Type::INT2_ARRAY,
        (["Array"], Some("Text")) => Type::TEXT_ARRAY,
        (["Array"], Some("Date")) => Type::DATE_ARRAY,
        (["Array"], Some("Timestamptz")) => Type::TIMESTAMPTZ_ARRAY,
        (["Array"], Some("Uuid")) => Type::UUID_ARRAY,
        _ => panic!("name PostgreSQL's type of {whole}"),
    }
}
