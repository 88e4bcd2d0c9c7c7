//! G. A roster comes in: 1,500 students with their parents into 60 classes, as one set.

use std::path::Path;
use std::time::Instant;

use backend::app::{App, Options};
use backend::clock::Clock;
use backend::database;
use backend::live::Bursts;
use backend::membership::{self, Change, Place, Set, Why};
use common::classes::ClassRole;
use common::{AccountId, ClassId, SchoolId, Timestamp};
use diesel_async::SimpleAsyncConnection as _;

use crate::numbers::Figures;
use crate::place;

const STUDENTS: i64 = 1500;
const CLASSES: i64 = 60;
const FROM: Timestamp = Timestamp(1_788_220_800_000);

/// A school with classes, their chats and the two channels, and accounts of nobody yet: of each family a
/// child and two parents.
const SCHOOL: &str = "
    INSERT INTO schools (kind, full_name, short_name, region, municipality, settlement, code, created_at)
    VALUES ('general', 'Школа', 'Школа', 'Тверская область', 'Тверь', 'Тверь', 'roster', now());
    INSERT INTO classes (school_id, kind, grade, letter, name, year, created_at)
    SELECT 1, 'grade', 1 + n % 11, chr(1040 + n / 11), (1 + n % 11) || chr(1040 + n / 11), 2026, now()
    FROM generate_series(0, 59) AS n;
    INSERT INTO chats (school_id, class_id, kind, created_at)
    SELECT 1, classes.id, kinds.kind, now() FROM classes
    CROSS JOIN (VALUES ('class_students'), ('class_parents'), ('class_teachers')) AS kinds (kind);
    INSERT INTO chats (school_id, kind, name, audience, created_at)
    VALUES (1, 'channel', 'Общешкольный', 'school', now()), (1, 'channel', 'Сотрудники', 'staff', now());
    INSERT INTO accounts (phone, surname, given, password_hash, created_at)
    SELECT '+7000' || lpad(n::text, 7, '0'), 'Иванова', 'Анна', '', now()
    FROM generate_series(1, 4500) AS n;
    ANALYZE";

/// Seconds of the preview, and of the set as a server makes it: the school's turn, what it reads and writes,
/// whom it tells, and the commit. No endpoint takes a roster yet, and nobody is online.
pub async fn measure(folder: &Path, figures: &mut Figures) {
    place::fill(folder, async |mut conn, url| {
        conn.batch_execute(SCHOOL).await.unwrap();
        let app = App::start(database::connect(url, 2).unwrap(), options());
        let changes = changes();
        let set = Set {
            school: SchoolId(1),
            changes: &changes,
            why: Why::Staff,
            by: None,
            at: FROM,
        };
        let began = Instant::now();
        let shown = membership::preview(&mut conn, &set).await.unwrap();
        figures.set("G preview, s", began.elapsed().as_secs_f64());
        let began = Instant::now();
        write(&app, &set).await;
        figures.set(
            "G 1,500 students with parents, s",
            began.elapsed().as_secs_f64(),
        );
        // Each child with two parents; each of them in a class's chat and in the school's channel.
        assert_eq!(shown.effects.new_links.len(), 3000);
        assert_eq!(shown.effects.joins.len(), 9000);
    })
    .await;
    std::fs::remove_dir_all(folder).unwrap();
}

async fn write(app: &App, set: &Set<'_>) {
    let mut tx = app.begin(&[set.school]).await.unwrap();
    membership::apply(&mut tx, set).await.unwrap();
    tx.commit().await.unwrap();
}

fn options() -> Options {
    Options {
        clock: Clock::System,
        bursts: Bursts::default(),
        passwords: tests::place::passwords(),
        public_url: "https://school.test".into(),
        behind_proxy: false,
        metrics_token: None,
    }
}

fn changes() -> Vec<Change> {
    let family = |number: i64| {
        let class = ClassId(1 + number % CLASSES);
        let child = AccountId(1 + 3 * number);
        let study = Place::Class(class, ClassRole::Student);
        let parent = move |place: i64| {
            let family = Place::Family { child, class };
            Change::begin(AccountId(child.0 + place), family, FROM)
        };
        [Change::begin(child, study, FROM), parent(1), parent(2)]
    };
    (0..STUDENTS).flat_map(family).collect()
}
