//! Identifiers, one type per kind of thing, so that a chat's number can't be taken for a class's.
//!
//! Numbers are not secrets here: every endpoint asks the rule book before it answers. What must not
//! be guessed (sessions, invites, private links) is a [`Secret`].

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(
            feature = "diesel",
            derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)
        )]
        #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::BigInt))]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl core::str::FromStr for $name {
            type Err = core::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        #[cfg(feature = "diesel")]
        impl diesel::serialize::ToSql<diesel::sql_types::BigInt, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<diesel::sql_types::BigInt, diesel::pg::Pg>::to_sql(
                    &self.0, out,
                )
            }
        }

        #[cfg(feature = "diesel")]
        impl diesel::deserialize::FromSql<diesel::sql_types::BigInt, diesel::pg::Pg> for $name {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                diesel::deserialize::FromSql::<diesel::sql_types::BigInt, diesel::pg::Pg>::from_sql(value)
                    .map(Self)
            }
        }
    )*};
}

ids! {
    /// A person's account in this installation. One person has one, whatever the schools.
    AccountId
    /// One signed-in browser of an account.
    SessionId
    /// An organisation's request to be admitted.
    ApplicationId
    /// The tenant: one organisation with its closed space.
    SchoolId
    /// A unit of the structure: 5А, a study group, a club, the staff room.
    ClassId
    /// A link or QR code: class + role.
    InviteId
    /// Someone asks to join; a responsible person decides.
    JoinRequestId
    /// Parent to child.
    GuardianLinkId
    /// A chat or a channel.
    ChatId
}

/// Made by the client for each message that it sends. A repeat with the same id is the same message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "diesel",
    derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)
)]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Uuid))]
pub struct ClientId(pub u128);

impl ClientId {
    /// Nobody's.
    #[must_use]
    pub const fn is_nil(&self) -> bool {
        self.0 == 0
    }
}

impl Serialize for ClientId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:032x}", self.0))
    }
}

impl<'de> Deserialize<'de> for ClientId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        if text.len() != 32 {
            return Err(de::Error::custom("a client id has 32 hexadecimal digits"));
        }
        u128::from_str_radix(&text, 16)
            .map(Self)
            .map_err(de::Error::custom)
    }
}

#[cfg(feature = "diesel")]
impl diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg> for ClientId {
    fn to_sql<'b>(
        &'b self,
        out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
    ) -> diesel::serialize::Result {
        use std::io::Write as _;
        out.write_all(&self.0.to_be_bytes())?;
        Ok(diesel::serialize::IsNull::No)
    }
}

#[cfg(feature = "diesel")]
impl diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg> for ClientId {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
        Ok(Self(u128::from_be_bytes(value.as_bytes().try_into()?)))
    }
}

/// What whoever holds it may use: an invite's or an application's link. 256 random bits or more in
/// URL-safe characters; the server keeps only a hash. Never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl Secret {
    /// Characters of one, with 6 random bits each.
    pub const LENGTH: usize = 43;

    /// Of what was drawn by chance for it.
    #[must_use]
    pub fn of(drawn: [u8; Self::LENGTH]) -> Self {
        const LETTERS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let letter = |byte: u8| char::from(LETTERS[usize::from(byte % 64)]);
        Self(drawn.into_iter().map(letter).collect())
    }

    /// Whether it may be one that was drawn: nothing shorter, and nothing that an address would
    /// write otherwise.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        self.0.len() == Self::LENGTH && self.0.bytes().all(letter)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A password on its way to the hash. Never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Password(pub String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_is_whole_or_none() {
        for byte in 0..=u8::MAX {
            let drawn = Secret::of([byte; Secret::LENGTH]);
            assert!(drawn.is_whole(), "{}", drawn.0);
        }
        let whole = "Zm9v-_8".repeat(7);
        assert!(Secret(whole[..43].to_owned()).is_whole());
        for other in [&whole[..42], &whole[..44], "", &"é".repeat(22)[..]] {
            assert!(!Secret(other.to_owned()).is_whole(), "{other}");
        }
        for other in ['/', '+', '=', ' ', '\n'] {
            let spoilt = whole[..43].replace('8', &other.to_string());
            assert!(!Secret(spoilt).is_whole());
        }
    }
}
