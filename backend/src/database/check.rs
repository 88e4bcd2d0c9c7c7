//! Refuses a database that would lose or corrupt data, and says why and how to mend it.

use diesel::sql_query;
use diesel::sql_types::{Bool, Integer, Text};
use diesel_async::RunQueryDsl;

use super::connection::Connection;
use super::error::DatabaseError;
use super::purpose::Purpose;

/// The oldest server that Zvonok is tested with.
const OLDEST: i32 = 15;

#[derive(Debug, diesel::QueryableByName)]
struct Facts {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Bool)]
    folds: bool,
    #[diesel(sql_type = Bool)]
    standby: bool,
    #[diesel(sql_type = Text)]
    fsync: String,
    #[diesel(sql_type = Text)]
    full_page_writes: String,
    #[diesel(sql_type = Text)]
    synchronous_commit: String,
    #[diesel(sql_type = Text)]
    data_checksums: String,
}

const ASK: &str = "SELECT current_setting('server_version_num')::int / 10000 AS version, \
     current_setting('server_encoding') AS encoding, \
     lower('ЁЖ') = 'ёж' AND upper('ёж') = 'ЁЖ' AND 'ПРИВЕТ' ILIKE 'привет' AS folds, \
     pg_is_in_recovery() AS standby, \
     current_setting('fsync') AS fsync, \
     current_setting('full_page_writes') AS full_page_writes, \
     current_setting('synchronous_commit') AS synchronous_commit, \
     current_setting('data_checksums') AS data_checksums";

/// Checks version, encoding, Cyrillic case folding and, unless it is thrown away, durability.
///
/// # Errors
/// [`DatabaseError::Unfit`] with every fault found, not only the first.
pub async fn check(connection: &mut Connection, purpose: Purpose) -> Result<(), DatabaseError> {
    let facts: Facts = sql_query(ASK).get_result(connection).await?;
    if facts.data_checksums != "on" && purpose == Purpose::Keep {
        tracing::warn!(
            "the database has no data checksums: a failing disk would go unnoticed; \
             stop the server and run pg_checksums --enable"
        );
    }
    let faults = faults(&facts, purpose);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(DatabaseError::Unfit(faults))
    }
}

fn faults(facts: &Facts, purpose: Purpose) -> Vec<String> {
    let mut faults = Vec::new();
    if facts.version < OLDEST {
        faults.push(format!(
            "PostgreSQL {} is too old: install {OLDEST} or newer and move the data there",
            facts.version
        ));
    }
    if facts.encoding != "UTF8" {
        faults.push(format!(
            "its encoding is {}, which can't hold every letter: create the database with \
             CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'",
            facts.encoding
        ));
    } else if !facts.folds {
        faults.push(
            "its collation doesn't know that Ё and ё are one letter, so searching for people \
             would miss some: create the database with CREATE DATABASE … TEMPLATE template0 \
             LOCALE_PROVIDER icu ICU_LOCALE 'ru-RU' LOCALE 'C.UTF-8'"
                .to_owned(),
        );
    }
    if facts.standby {
        faults
            .push("it is a read-only standby: point DATABASE_URL at the primary server".to_owned());
    }
    if purpose == Purpose::Keep {
        for (name, value) in [
            ("fsync", &facts.fsync),
            ("full_page_writes", &facts.full_page_writes),
            ("synchronous_commit", &facts.synchronous_commit),
        ] {
            if value == "off" {
                faults.push(format!(
                    "{name} is off, so a power cut would lose messages that people saw as sent: \
                     ALTER SYSTEM SET {name} = 'on', then SELECT pg_reload_conf()"
                ));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Facts {
        Facts {
            version: 15,
            encoding: "UTF8".to_owned(),
            folds: true,
            standby: false,
            fsync: "on".to_owned(),
            full_page_writes: "on".to_owned(),
            synchronous_commit: "on".to_owned(),
            data_checksums: "on".to_owned(),
        }
    }

    #[test]
    fn a_good_database_has_no_faults() {
        assert!(faults(&good(), Purpose::Keep).is_empty());
    }

    #[test]
    fn every_fault_is_named_with_its_remedy() {
        let bad = Facts {
            version: 14,
            folds: false,
            standby: true,
            fsync: "off".to_owned(),
            full_page_writes: "off".to_owned(),
            synchronous_commit: "off".to_owned(),
            ..good()
        };
        let said = faults(&bad, Purpose::Keep).join("\n");
        for word in [
            "PostgreSQL 14",
            "Ё",
            "standby",
            "SET fsync",
            "SET full_page_writes",
            "SET synchronous_commit",
        ] {
            assert!(said.contains(word), "{word} in {said}");
        }
    }

    #[test]
    fn only_a_throw_away_database_may_be_not_durable() {
        let fast = Facts {
            fsync: "off".to_owned(),
            ..good()
        };
        assert!(faults(&fast, Purpose::ThrowAway).is_empty());
        assert_eq!(faults(&fast, Purpose::Keep).len(), 1);
    }

    #[test]
    fn another_encoding_is_refused() {
        let latin = Facts {
            encoding: "SQL_ASCII".to_owned(),
            ..good()
        };
        assert!(faults(&latin, Purpose::ThrowAway)[0].contains("SQL_ASCII"));
    }
}
