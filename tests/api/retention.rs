//! What isn't kept for ever.

use backend::retention;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl as _;
use tests::TestSchool;

use crate::samples::WORLD;

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

async fn count(school: &TestSchool, what: &str) -> i64 {
    let found: Count = sql_query(format!("SELECT count(*) FROM {what}"))
        .get_result(&mut *school.conn().await)
        .await
        .unwrap();
    found.count
}

async fn run(school: &TestSchool) {
    let now = school.app().clock.now();
    retention::run(school.app(), now).await.unwrap();
}

#[tokio::test]
async fn sessions_that_nobody_used_for_90_days_are_deleted() {
    let school = TestSchool::offline().await;
    // More than one statement deletes.
    school
        .sql(
            "INSERT INTO sessions (account_id, token_hash, device, created_at, last_used_at)
             SELECT 5, sha256(convert_to('old' || number, 'UTF8')), '', '2026-11-16 05:00:00+00',
                    '2026-11-16 05:00:00+00'
             FROM generate_series(1, 2500) AS number",
        )
        .await;
    school.wait_days(89);
    run(&school).await;
    assert_eq!(count(&school, "sessions").await, 2515);
    // Those of everybody were used an hour later.
    school.wait_ms(common::Timestamp::DAY - 1);
    run(&school).await;
    assert_eq!(count(&school, "sessions").await, 15);
}

#[tokio::test]
async fn sessions_in_use_stay() {
    let school = TestSchool::offline().await;
    school.wait_days(89);
    school
        .student
        .call(common::realtime::GetState {})
        .await
        .unwrap();
    run(&school).await;
    assert_eq!(count(&school, "sessions").await, 15);
    school.wait_days(1);
    run(&school).await;
    assert_eq!(count(&school, "sessions WHERE account_id = 5").await, 1);
    assert_eq!(count(&school, "sessions").await, 1);
}

#[tokio::test]
async fn files_of_refused_applications_are_deleted_after_30_days() {
    let school = TestSchool::offline().await;
    school.sql(WORLD).await;
    school.operator.go_online().await;
    school
        .sql(
            "UPDATE applications SET order_name = 'Приказ.pdf', order_type = 'application/pdf',
                 order_bytes = '%PDF-1.7';
             INSERT INTO applications (secret_hash, kind, full_name, short_name, region,
                 municipality, settlement, inn, kpp, surname, given, phone, email, state,
                 submitted_at, decided_at, order_name, order_type, order_bytes)
             SELECT sha256(convert_to('refused' || number, 'UTF8')), 'general', 'Школа № 7',
                 'Школа № 7', 'Ярославская область', 'Рыбинск', 'Рыбинск', '7736050003',
                 '773601001', 'Титова', 'Нина', '+79160000098', 'titova@school.test', 'refused',
                 '2026-11-16 06:00:00+00', '2026-11-16 06:00:00+00', 'Приказ.pdf',
                 'application/pdf', '%PDF-1.7'
             FROM generate_series(1, 45) AS number",
        )
        .await;
    let files = "applications WHERE order_bytes IS NOT NULL";
    school.wait_days(29);
    run(&school).await;
    assert_eq!(count(&school, files).await, 48);
    school.wait_days(1);
    run(&school).await;
    // Of those that are not refused they stay.
    assert_eq!(count(&school, files).await, 3);
    assert_eq!(count(&school, "applications").await, 48);
    // Whoever looks at them is told.
    school.check().await;
    assert!(!school.operator.touched().is_empty());
}
