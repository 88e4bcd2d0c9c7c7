//! Points in time and calendar dates. Both go over the wire, and a calendar library would be more
//! than a phone has to download for them: there `Intl` formats and knows the zones, on the server
//! `jiff` does.

use core::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Milliseconds since 1 January 1970, UTC.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(
    feature = "diesel",
    derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)
)]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Timestamptz))]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub const DAY: i64 = 24 * 60 * 60 * 1000;

    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0 + ms)
    }

    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_ms(days * Self::DAY)
    }

    /// The date in UTC. A school's day is its zone's.
    #[must_use]
    pub const fn utc_date(self) -> Date {
        Date::from_days(self.0.div_euclid(Self::DAY) as i32)
    }
}

/// A calendar date of the Gregorian calendar. On the wire: `"2011-05-03"`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "diesel",
    derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)
)]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Date))]
pub struct Date {
    pub year: i16,
    pub month: u8,
    pub day: u8,
}

impl Date {
    /// None if there's no such day: 30 February, month 13.
    #[must_use]
    pub fn new(year: i16, month: u8, day: u8) -> Option<Self> {
        let date = Self { year, month, day };
        (Self::from_days(date.days()) == date).then_some(date)
    }

    /// Days since 1 January 1970. The algorithm is Howard Hinnant's `days_from_civil`.
    #[must_use]
    pub const fn days(self) -> i32 {
        let year = self.year as i32 - (self.month <= 2) as i32;
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month = (self.month as i32 + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + self.day as i32 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The inverse of [`Date::days`].
    #[must_use]
    pub const fn from_days(days: i32) -> Self {
        let days = days + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * month + 2) / 5 + 1) as u8;
        let month = (if month < 10 { month + 3 } else { month - 9 }) as u8;
        let year = (year_of_era + era * 400 + (month <= 2) as i32) as i16;
        Self { year, month, day }
    }

    /// Whole years from this date to the other.
    #[must_use]
    pub fn years_until(self, today: Self) -> i16 {
        today.year - self.year - i16::from((today.month, today.day) < (self.month, self.day))
    }

    /// The school year that this date falls into, named by the year in which it began: it begins on
    /// 1 September, and what is prepared in summer belongs to the next one (from 1 July).
    #[must_use]
    pub fn school_year(self) -> i16 {
        if self.month >= 7 {
            self.year
        } else {
            self.year - 1
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Date {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '-');
        let mut part = || parts.next().and_then(|part| part.parse::<i16>().ok());
        match (part(), part(), part()) {
            (Some(year), Some(month), Some(day)) if year > 0 => u8::try_from(month)
                .ok()
                .zip(u8::try_from(day).ok())
                .and_then(|(month, day)| Self::new(year, month, day))
                .ok_or("no such day"),
            _ => Err("a date looks like 2011-05-03"),
        }
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

#[cfg(feature = "diesel")]
mod sql {
    use diesel::data_types::{PgDate, PgTimestamp};
    use diesel::deserialize::{self, FromSql};
    use diesel::pg::{Pg, PgValue};
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types;

    use super::{Date, Timestamp};

    // PostgreSQL counts from 1 January 2000.
    const EPOCH_DAYS: i32 = 10_957;
    const EPOCH_MS: i64 = EPOCH_DAYS as i64 * Timestamp::DAY;

    impl ToSql<sql_types::Timestamptz, Pg> for Timestamp {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            let value = PgTimestamp((self.0 - EPOCH_MS) * 1000);
            ToSql::<sql_types::Timestamptz, Pg>::to_sql(&value, &mut out.reborrow())
        }
    }

    impl FromSql<sql_types::Timestamptz, Pg> for Timestamp {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            let PgTimestamp(micros) = FromSql::<sql_types::Timestamptz, Pg>::from_sql(value)?;
            Ok(Self(micros.div_euclid(1000) + EPOCH_MS))
        }
    }

    impl ToSql<sql_types::Date, Pg> for Date {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            let value = PgDate(self.days() - EPOCH_DAYS);
            ToSql::<sql_types::Date, Pg>::to_sql(&value, &mut out.reborrow())
        }
    }

    impl FromSql<sql_types::Date, Pg> for Date {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            let PgDate(days) = FromSql::<sql_types::Date, Pg>::from_sql(value)?;
            Ok(Self::from_days(days + EPOCH_DAYS))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_back() {
        for days in -800_000..800_000 {
            assert_eq!(Date::from_days(days).days(), days);
        }
        assert_eq!(Date::new(2000, 1, 1).unwrap().days(), 10_957);
    }

    #[test]
    fn only_real_days_parse() {
        assert_eq!(
            "2011-05-03".parse(),
            Ok(Date {
                year: 2011,
                month: 5,
                day: 3
            })
        );
        assert!("2011-02-29".parse::<Date>().is_err());
        assert!("2012-02-29".parse::<Date>().is_ok());
        assert!("2011-13-01".parse::<Date>().is_err());
        assert!("03.05.2011".parse::<Date>().is_err());
    }

    #[test]
    fn age_changes_on_the_birthday() {
        let born: Date = "2011-05-03".parse().unwrap();
        assert_eq!(born.years_until("2026-05-02".parse().unwrap()), 14);
        assert_eq!(born.years_until("2026-05-03".parse().unwrap()), 15);
    }
}
