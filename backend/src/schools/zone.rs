//! A school's time zone: its day, and with it its school year.

use common::error::Problem;
use common::{Date, Error, Timestamp};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Span, civil};

/// From the database of zones that is part of the program: a machine's own may be old or missing.
#[derive(Clone, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone with this IANA name, in either case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let zone = TimeZoneDatabase::bundled().get(name).ok()?;
        zone.iana_name().is_some().then_some(Self(zone))
    }

    /// As somebody has chosen it.
    ///
    /// # Errors
    /// `Invalid` with the field `time_zone`: there's no such zone.
    pub fn chosen(name: &str) -> Result<Self, Error> {
        Self::named(name).ok_or_else(|| Error::field("time_zone", Problem::Choice))
    }

    /// As IANA writes it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or_default()
    }

    /// The day that it is here at the moment.
    #[must_use]
    pub fn day(&self, moment: Timestamp) -> Date {
        let date = self.clock(moment).date();
        Date {
            year: date.year(),
            month: date.month().unsigned_abs(),
            day: date.day().unsigned_abs(),
        }
    }

    /// When the day begins here.
    #[must_use]
    pub fn midnight(&self, day: Date) -> Timestamp {
        let date = civil::Date::new(day.year, day.month.cast_signed(), day.day.cast_signed());
        let begins = date.and_then(|date| {
            self.0
                .to_timestamp(date.to_datetime(civil::Time::midnight()))
        });
        begins.map_or(Timestamp(i64::from(day.days()) * Timestamp::DAY), ours)
    }

    /// So many days later, at the same time of day: where clocks are changed, some days have 23 hours
    /// and some 25.
    #[must_use]
    pub fn days_later(&self, moment: Timestamp, days: i64) -> Timestamp {
        let span = Span::new().try_days(days);
        let later = span.and_then(|span| self.clock(moment).checked_add(span));
        later
            .and_then(|clock| self.0.to_timestamp(clock))
            .map_or(moment.plus_days(days), ours)
    }

    /// What clocks here show.
    fn clock(&self, moment: Timestamp) -> civil::DateTime {
        let moment = jiff::Timestamp::from_millisecond(moment.0).unwrap_or_default();
        self.0.to_datetime(moment)
    }
}

fn ours(moment: jiff::Timestamp) -> Timestamp {
    Timestamp(moment.as_millisecond())
}

impl ToSql<Text, Pg> for Zone {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<Text, Pg>::to_sql(self.name(), &mut out.reborrow())
    }
}

impl FromSql<Text, Pg> for Zone {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let name = str::from_utf8(value.as_bytes())?;
        Ok(Self::named(name).ok_or_else(|| format!("no time zone is called {name}"))?)
    }
}

#[cfg(test)]
mod tests {
    use common::schools::zones::{MOSCOW, ZONES};

    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::named(name).unwrap()
    }

    fn moment(day: &str, hours: i64) -> Timestamp {
        let day: Date = day.parse().unwrap();
        Timestamp(i64::from(day.days()) * Timestamp::DAY + hours * 3_600_000)
    }

    #[test]
    fn the_offered_zones_are_as_far_from_utc_as_the_form_says() {
        for each in ZONES {
            for day in ["2026-01-15", "2026-07-15"] {
                let midnight = zone(each.name).midnight(day.parse().unwrap());
                assert_eq!(
                    midnight,
                    moment(day, -i64::from(each.hours)),
                    "{}",
                    each.name
                );
            }
            assert_eq!(zone(each.name).name(), each.name);
        }
        assert!(ZONES.iter().any(|each| each.name == MOSCOW));
    }

    #[test]
    fn a_day_begins_in_the_east() {
        let moment = moment("2026-08-31", 12);
        let day = |name| zone(name).day(moment).to_string();
        assert_eq!(day("Asia/Kamchatka"), "2026-09-01");
        assert_eq!(day("Asia/Magadan"), "2026-08-31");
        assert_eq!(day("America/New_York"), "2026-08-31");
    }

    #[test]
    fn days_have_the_hours_that_clocks_show() {
        let evening = moment("2026-10-24", 18);
        let berlin = zone("Europe/Berlin").days_later(evening, 1);
        assert_eq!(berlin, evening.plus_ms(25 * 3_600_000));
        assert_eq!(zone(MOSCOW).days_later(evening, 1), evening.plus_days(1));
    }

    #[test]
    fn only_iana_names_are_zones() {
        assert_eq!(zone("europe/moscow").name(), "Europe/Moscow");
        for name in [
            "",
            "Moscow",
            "Europe/Atlantis",
            "+03:00",
            "Etc/Unknown",
            "../etc/passwd",
        ] {
            assert_eq!(Zone::named(name), None, "{name}");
        }
    }
}
