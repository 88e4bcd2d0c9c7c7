//! Rows of statements in SQL.

use common::Name;
use diesel::QueryableByName;
use diesel::pg::Pg;

/// What a row of a statement in SQL is read into; [`row!`] makes it.
pub trait Row: QueryableByName<Pg> + Send + 'static {
    /// The columns by which it's read, for the test of all statements.
    #[cfg(test)]
    fn columns() -> Vec<super::seen::Column>;
}

/// Structs that are read from rows of statements in SQL, by the names of their fields. A field is
/// `name: type as its SQL type`; one without an SQL type is itself such a struct, whose columns stand in
/// the same row.
macro_rules! row {
    ($(
        $(#[$about:meta])*
        $visible:vis struct $name:ident {
            $($(#[$doc:meta])* $seen:vis $field:ident: $type:ty $(as $sql:ty)?,)*
        }
    )*) => {$(
        $(#[$about])*
        $visible struct $name {
            $($(#[$doc])* $seen $field: $type,)*
        }

        impl diesel::QueryableByName<diesel::pg::Pg> for $name {
            fn build<'a>(
                row: &impl diesel::row::NamedRow<'a, diesel::pg::Pg>,
            ) -> diesel::deserialize::Result<Self> {
                Ok(Self {
                    $($field: $crate::database::row!(@read row, $field, $type $(, $sql)?),)*
                })
            }
        }

        impl $crate::database::row::Row for $name {
            #[cfg(test)]
            fn columns() -> Vec<$crate::database::seen::Column> {
                let columns = [$($crate::database::row!(@columns $field, $type $(, $sql)?)),*];
                columns.into_iter().flatten().collect()
            }
        }
    )*};
    (@read $row:ident, $field:ident, $type:ty, $sql:ty) => {
        diesel::row::NamedRow::get::<$sql, $type>($row, stringify!($field))?
    };
    (@read $row:ident, $field:ident, $type:ty) => {
        <$type as diesel::QueryableByName<diesel::pg::Pg>>::build($row)?
    };
    (@columns $field:ident, $type:ty, $sql:ty) => {
        vec![$crate::database::seen::Column::named::<$sql>(stringify!($field))]
    };
    (@columns $field:ident, $type:ty) => {
        <$type as $crate::database::row::Row>::columns()
    };
}
pub(crate) use row;

impl Row for Name {
    #[cfg(test)]
    fn columns() -> Vec<super::seen::Column> {
        use super::seen::Column;
        use diesel::sql_types::{Nullable, Text};

        vec![
            Column::named::<Text>("surname"),
            Column::named::<Text>("given"),
            Column::named::<Nullable<Text>>("patronymic"),
        ]
    }
}
