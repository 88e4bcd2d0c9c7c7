//! The demo school itself.

use common::schools::applications::Questionnaire;
use common::schools::zones::MOSCOW;
use common::schools::{Information, SchoolInfo, SchoolKind};
use common::{Name, SchoolId, Timestamp};

use crate::database::Connection;
use crate::error::{Failure, Result};
use crate::schools::queries;
use crate::schools::zone::Zone;

/// Where it is.
pub fn zone() -> Result<Zone> {
    Zone::named(MOSCOW).ok_or_else(|| Failure::unforeseen("Moscow has a time zone"))
}

/// The school with its staff room, its system channels and its information page.
pub async fn create(conn: &mut Connection, year: i16, since: Timestamp) -> Result<SchoolId> {
    let asked = Questionnaire {
        kind: SchoolKind::General,
        full_name: "Муниципальное общеобразовательное учреждение «Гимназия № 44 г. Твери»".into(),
        short_name: "Гимназия № 44".into(),
        region: "Тверская область".into(),
        municipality: "городской округ Тверь".into(),
        settlement: "Тверь".into(),
        time_zone: MOSCOW.into(),
        // Only the application keeps the rest, and there is none.
        inn: String::new(),
        kpp: String::new(),
        name: Name::default(),
        phone: String::new(),
        email: String::new(),
    };
    let school = queries::create(conn, &asked, "gimn44", year, since)
        .await?
        .ok_or_else(|| Failure::unforeseen("the database was empty"))?;
    let information = Information {
        full_name: asked.full_name,
        short_name: asked.short_name,
        time_zone: asked.time_zone,
        info: SchoolInfo {
            about: "Гимназия открыта в 1967 году. Сегодня в ней 33 класса.\n\n\
                    **Звонки:** первый урок в 8:30, последний в 15:10."
                .into(),
            address: "170000, Тверь, Школьная ул., 44".into(),
            phone: "+7 4822 00-00-44".into(),
            email: "school44@example.org".into(),
            site: "https://school44.example.org".into(),
            hours: "пн–пт 8:00–18:00, сб 8:00–14:00".into(),
            journal: String::new(),
        },
    };
    queries::edit(conn, school, &information).await?;
    Ok(school)
}
