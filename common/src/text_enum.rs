//! Enums whose values are one word each, wherever they are kept or sent.

/// Declares such an enum: the database keeps, and JSON carries, the word of a variant. With the
/// feature `diesel` it's bound and loaded as a `Text`; a stored word that it doesn't have is an error
/// of the statement.
///
/// ```text
/// text_enum! {
///     pub enum Role { Teacher = "teacher", Student = "student" }
/// }
/// ```
#[macro_export]
macro_rules! text_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)? }
    ) => {
        $crate::text_enum_sql! {
            $name
            $(#[$meta])*
            #[derive(
                Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
                serde::Serialize, serde::Deserialize,
            )]
            pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant),* }
        }

        impl $name {
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$variant),*];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|it| it.as_str() == text)
            }
        }
    };
}

/// The feature is looked at here: in the macro above it would be that of the crate which uses it.
#[cfg(not(feature = "diesel"))]
#[doc(hidden)]
#[macro_export]
macro_rules! text_enum_sql {
    ($name:ident $item:item) => {
        $item
    };
}

#[cfg(feature = "diesel")]
#[doc(hidden)]
#[macro_export]
macro_rules! text_enum_sql {
    ($name:ident $item:item) => {
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        $item

        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<diesel::sql_types::Text, diesel::pg::Pg>::to_sql(
                    self.as_str(), out,
                )
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                let text = core::str::from_utf8(value.as_bytes())?;
                Self::parse(text)
                    .ok_or_else(|| format!("no {} is called {text}", stringify!($name)).into())
            }
        }
    };
}
