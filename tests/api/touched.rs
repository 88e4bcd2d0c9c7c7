//! What screens fetch for themselves follows what others do: the endpoints are walked.

use common::Error;
use common::endpoint::Method;
use common::endpoints::ALL;
use common::permissions::Action;
use common::realtime::{Event, State, Touched};
use futures_util::future::join_all;
use tests::place::{CLASS, SCHOOL};
use tests::{Actor, TestSchool};

use crate::endpoints::expected;
use crate::facts::Tables;
use crate::samples::{Sample, WORLD, samples};

/// What is read for the state, and so kept up by its own events; the views of posts, which are asked for again now
/// and then while posts are in sight.
const OF_THE_STATE: [&str; 5] = [
    "GetState",
    "OpenSocket",
    "GetMessages",
    "GetChanges",
    "GetViews",
];

/// Somebody's screen before a write.
struct Screen<'a> {
    of: &'a Actor,
    sample: Sample,
    before: String,
}

/// All that somebody of each kind may fetch. Strangers have no socket.
async fn screens<'a>(school: &'a TestSchool, tables: &Tables) -> Vec<Screen<'a>> {
    let people = [
        &school.admin,
        &school.class_teacher,
        &school.other_teacher,
        &school.student,
        &school.classmate,
        &school.parent,
        &school.outside_admin,
        &school.operator,
    ];
    let mut asked = Vec::new();
    for endpoint in ALL {
        if OF_THE_STATE.contains(&endpoint.name) || endpoint.method != Method::Get {
            continue;
        }
        for of in people {
            for sample in samples(endpoint.name) {
                if sample.action != Action::Anyone && expected(tables, of, &sample).is_ok() {
                    asked.push((of, sample));
                }
            }
        }
    }
    let answers = asked.into_iter().map(async |(of, sample)| {
        let before = sample.read(of).await.unwrap();
        Screen { of, sample, before }
    });
    join_all(answers).await
}

/// The screens that are others now, and of which their people were not told.
async fn forgotten(screens: &[Screen<'_>], states: &[State], changed: &mut usize) -> Vec<String> {
    let answers = join_all(screens.iter().map(|it| it.sample.read(it.of))).await;
    let mut forgotten = Vec::new();
    for (screen, after) in screens.iter().zip(answers) {
        // Whoever was signed out sees nothing more.
        if after.as_ref() == Ok(&screen.before) || after == Err(Error::SignIn) {
            continue;
        }
        *changed += 1;
        let (heard, touched) = (screen.of.heard(), screen.of.touched());
        let mut events = heard
            .into_iter()
            .chain(touched.into_iter().map(Event::Touched));
        let state = states.iter().find(|state| state.me.id == screen.of.id());
        let told = events.any(|event| {
            event.outdates(screen.sample.action, screen.sample.scope)
                || state.is_some_and(|state| state.outgrown_by(&event))
        });
        if !told {
            forgotten.push(format!("{}'s {}", screen.of.name(), screen.sample.text));
        }
    }
    forgotten
}

#[tokio::test]
async fn whoever_shows_what_a_write_changes_is_told() {
    let (mut changed, mut wrong) = (0, Vec::new());
    for endpoint in ALL {
        for sample in samples(endpoint.name) {
            if sample.method == Method::Get {
                continue;
            }
            let school = TestSchool::offline().await;
            school.sql(WORLD).await;
            let tables = Tables::load(&school).await;
            let others = school.others();
            let mut everybody = others.iter().chain(school.everybody());
            let Some(actor) = everybody.find(|it| expected(&tables, it, &sample).is_ok()) else {
                continue;
            };
            join_all(school.everybody().map(Actor::go_online)).await;
            school.check().await;
            let states = join_all(school.everybody().map(Actor::state)).await;
            let screens = screens(&school, &tables).await;
            sample.send(actor).await.unwrap();
            school.check().await;
            for screen in forgotten(&screens, &states, &mut changed).await {
                wrong.push(format!("{} changes {screen}", sample.text));
            }
            for outside in [&school.outside_admin, &school.outside_student] {
                assert_eq!(outside.touched(), [], "{}", sample.text);
            }
        }
    }
    assert!(wrong.is_empty(), "nobody is told: {wrong:#?}");
    assert!(changed > 100, "hardly anything was changed: {changed}");
}

/// The most frequent writes, and one that changes nothing, make nobody fetch anything.
#[tokio::test]
async fn what_is_said_outdates_no_screen() {
    let school = TestSchool::offline().await;
    school.sql(WORLD).await;
    let tables = Tables::load(&school).await;
    join_all(school.everybody().map(Actor::go_online)).await;
    school.check().await;
    // Who sends has read, too.
    for endpoint in ["MarkRead", "SendMessage", "DeleteMessage"] {
        for sample in samples(endpoint) {
            let mut everybody = school.everybody();
            let actor = everybody.find(|it| expected(&tables, it, &sample).is_ok());
            let actor = actor.unwrap();
            sample.send(actor).await.unwrap();
            school.check().await;
            assert!(!actor.heard().is_empty(), "{} did nothing", sample.text);
            assert!(school.everybody().all(|it| it.touched().is_empty()));
        }
    }
    let to_teacher = common::chats::OpenDirectChat {
        school: SCHOOL,
        account: school.class_teacher.id(),
    };
    school.student.does(to_teacher.clone()).await;
    school.student.does(to_teacher).await;
    assert!(school.everybody().all(|it| it.touched().is_empty()));
}

/// One that comes in is one word to the staff of the school, and one to the class.
#[tokio::test]
async fn a_transaction_touches_a_school_once() {
    let school = TestSchool::offline().await;
    school.sql(WORLD).await;
    join_all(school.everybody().map(Actor::go_online)).await;
    school.check().await;
    let newcomer = school.stranger();
    let request = samples("RegisterByInvite").remove(0);
    request.send(&newcomer).await.unwrap();
    school.check().await;
    let (staff, class) = (
        Touched::School(SCHOOL),
        Touched::Class {
            school: SCHOOL,
            class: CLASS,
        },
    );
    assert_eq!(school.other_teacher.touched(), [staff]);
    assert_eq!(school.classmate.touched(), [class]);
    assert_eq!(school.other_student.touched(), []);
    assert_eq!(school.operator.touched(), []);
}
