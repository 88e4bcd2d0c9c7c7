use common::permissions::Roles;
use common::schools::MySchool;

use super::*;

const SCHOOL: SchoolId = SchoolId(1);
const STAFF: AccountId = AccountId(1);
const PERSON: AccountId = AccountId(2);

fn of(staff: bool) -> Subscriptions {
    Subscriptions {
        chats: HashMap::new(),
        schools: HashMap::from([(SCHOOL, staff)]),
    }
}

fn connect(hub: &Hub, account: AccountId) -> Arc<Connection> {
    hub.connect(account, SessionId(account.0), false)
}

/// A connection of staff that hears who comes and goes.
fn watch(hub: &Hub) -> Arc<Connection> {
    let staff = connect(hub, STAFF);
    assert!(hub.subscribe(&staff, of(true), 0));
    heard(&staff);
    staff
}

fn heard(connection: &Connection) -> Vec<String> {
    let mut queue = lock(&connection.queue);
    queue.frames.drain(..).map(|it| it.to_string()).collect()
}

fn presence(connection: &Connection) -> Vec<bool> {
    let online = |frame: &String| match serde_json::from_str(frame) {
        Ok(ServerFrame::Event(Event::Online { account, online })) if account == PERSON => {
            Some(online)
        }
        _ => None,
    };
    heard(connection).iter().filter_map(online).collect()
}

#[test]
fn joining_while_the_list_loads_subscribes_once() {
    let hub = Hub::default();
    let person = connect(&hub, PERSON);
    let joined = Event::School(SchoolEvent::Mine(MySchool {
        id: SCHOOL,
        short_name: String::new(),
        roles: Roles::default(),
        leads: Vec::new(),
        waiting: 0,
    }));
    hub.publish(Recipients::Account(PERSON), &joined);
    assert!(!hub.subscribe(&person, Subscriptions::default(), 0));
    assert!(hub.subscribe(&person, of(false), person.changes()));
    heard(&person);
    hub.publish(Recipients::School(SCHOOL), &joined);
    assert_eq!(heard(&person).len(), 1);
}

#[test]
fn a_person_is_gone_with_the_last_subscribed_connection() {
    let hub = Hub::default();
    let staff = watch(&hub);
    let (one, other) = (connect(&hub, PERSON), connect(&hub, PERSON));
    assert!(hub.subscribe(&one, of(false), 0));
    assert_eq!(presence(&staff), [true]);
    // The other one still loads, and fails.
    hub.disconnect(&one);
    assert_eq!(presence(&staff), [false]);
    hub.disconnect(&other);
    assert!(presence(&staff).is_empty());
    assert_eq!(hub.online(), [STAFF]);
}

#[test]
fn two_browsers_of_a_person_come_and_go_once() {
    let hub = Hub::default();
    let staff = watch(&hub);
    let (one, other) = (connect(&hub, PERSON), connect(&hub, PERSON));
    assert!(hub.subscribe(&one, of(false), 0));
    assert!(hub.subscribe(&other, of(false), 0));
    hub.disconnect(&one);
    assert_eq!(presence(&staff), [true]);
    hub.disconnect(&other);
    assert_eq!(presence(&staff), [false]);
}

#[test]
fn too_many_sockets_close_the_oldest() {
    let hub = Hub::default();
    let all: Vec<_> = (0..=MOST).map(|_| connect(&hub, PERSON)).collect();
    let closed = |it: &Arc<Connection>| lock(&it.queue).close;
    assert_eq!(closed(&all[0]), Some(Close::Resync));
    assert!(all[1..].iter().all(|it| closed(it).is_none()));
}
