//! One request or more for each endpoint, about the things of [`WORLD`]: what the walk sends.

mod accounts;
mod channels;
mod chats;
mod classes;
mod invites;
mod monitoring;
mod parents;
mod people;
mod schools;

use common::accounts::{BELIEF, NewAccount};
use common::endpoint::{Declared, Endpoint, Kind, Method};
use common::permissions::{Action, Scope};
use common::{AccountId, Error, Name, Password, Secret};
use hyper::Request;
use tests::{Actor, Body, PASSWORD, Reply};

/// What the samples are about, beside the people and classes that every test has: an application
/// that waits, one approved, an invite, a join request, a guardian link that waits and one without
/// an account of the child, the school's code. In SQL.
pub const WORLD: &str = "
    INSERT INTO applications (id, secret_hash, kind, full_name, short_name, region, municipality,
        settlement, inn, kpp, surname, given, phone, email, state, school_id, submitted_at)
    OVERRIDING SYSTEM VALUE VALUES
        (901, sha256('submitted'), 'general', 'Школа № 5', 'Школа № 5', 'Ярославская область',
         'Рыбинск', 'Рыбинск', '7707083893', '770701001', 'Титова', 'Нина', '+79160000099',
         'titova@school.test', 'submitted', NULL, '2026-11-16 06:00:00+00'),
        (902, sha256('approved'), 'general', 'Школа № 12', 'Школа № 12', 'Ярославская область',
         'Рыбинск', 'Рыбинск', '5024002119', '502401001', 'Титова', 'Нина', '+79160000096',
         'titova@school.test', 'approved', 1, '2026-11-16 06:00:00+00'),
        (903, sha256('returned'), 'general', 'Школа № 6', 'Школа № 6', 'Ярославская область',
         'Рыбинск', 'Рыбинск', '7736050003', '773601001', 'Титова', 'Нина', '+79160000098',
         'titova@school.test', 'returned', NULL, '2026-11-16 06:00:00+00');
    INSERT INTO invites (id, school_id, class_id, role, secret_hash, created_by, created_at,
        expires_at, max_uses)
    OVERRIDING SYSTEM VALUE VALUES
        (901, 1, 1, 'student', sha256('invite'), 2, '2026-11-16 06:00:00+00',
         '2026-11-30 06:00:00+00', 30);
    INSERT INTO join_requests (id, school_id, class_id, account_id, role, message, asked_at)
    OVERRIDING SYSTEM VALUE VALUES
        (901, 1, 1, 15, 'student', '', '2026-11-16 06:00:00+00');
    INSERT INTO guardian_links (id, school_id, class_id, parent_id, child_id, child_name, asked_at,
        state, registration_confirmed_at)
    OVERRIDING SYSTEM VALUE VALUES
        (901, 1, 1, 9, NULL, 'Иванов Пётр', '2026-11-16 06:00:00+00', 'waiting', NULL),
        (902, 1, 1, 8, NULL, 'Иванова Алиса', '2026-11-16 06:00:00+00', 'confirmed', NULL);
    UPDATE applications SET order_name = 'Приказ.pdf', order_type = 'application/pdf',
        order_bytes = '%PDF-1.7' WHERE id = 901;
    UPDATE guardian_links SET registration_confirmed_at = NULL WHERE id = 1;
    INSERT INTO messages (chat_id, seq, author_id, client_id, body, sent_at) VALUES
        (1, 1, 5, gen_random_uuid(), 'Завтра контрольная?', '2026-11-16 06:00:00+00'),
        (9, 1, 1, gen_random_uuid(), 'Педсовет в четверг.', '2026-11-16 06:00:00+00');
    UPDATE chats SET last_seq = 1 WHERE id IN (1, 9);";

type Make = Box<dyn Fn(&Actor) -> Request<Body>>;

/// A request whose type is forgotten.
pub struct Sample {
    pub kind: Kind,
    pub method: Method,
    pub action: Action,
    pub scope: Scope,
    /// For messages.
    pub text: String,
    request: Make,
    read: fn(&Reply) -> Result<String, Error>,
}

impl Sample {
    pub async fn send(&self, actor: &Actor) -> Result<(), Error> {
        self.read(actor).await.map(|_| ())
    }

    /// Says that it's asked for this account.
    pub async fn ask_as(&self, actor: &Actor, belief: &str) -> Reply {
        let mut request = (self.request)(actor);
        let headers = request.headers_mut();
        headers.insert(BELIEF, belief.parse().unwrap());
        actor.reply(request).await
    }

    /// What the answer says.
    pub async fn read(&self, actor: &Actor) -> Result<String, Error> {
        (self.read)(&actor.reply(self.request(actor)).await)
    }

    /// To be spoilt.
    pub fn request(&self, actor: &Actor) -> Request<Body> {
        (self.request)(actor)
    }
}

fn sample<E: Endpoint + Clone + std::fmt::Debug>(request: E) -> Sample {
    Sample {
        read: |reply| Ok(serde_json::to_string(&reply.read::<E>()?).unwrap()),
        ..sample_with(request, b"")
    }
}

/// Of another kind than JSON; with the file of an upload.
fn sample_with<E: Declared + Clone + std::fmt::Debug>(value: E, file: &'static [u8]) -> Sample {
    let (action, scope) = value.needs();
    Sample {
        kind: E::KIND,
        method: E::METHOD,
        action,
        scope,
        text: format!("{value:?}"),
        request: Box::new(move |actor| {
            let mut request = actor.request(&value);
            if E::KIND == Kind::Upload {
                *request.body_mut() = file.into();
            }
            request
        }),
        read: |reply| reply.outcome(E::KIND),
    }
}

/// A student and a teacher of the class of the tests.
const STUDENT: AccountId = AccountId(5);
const TEACHER: AccountId = AccountId(3);

/// The samples of the endpoint with this name. An endpoint without one fails the walk.
pub fn samples(endpoint: &str) -> Vec<Sample> {
    let features = [
        accounts::samples,
        schools::samples,
        classes::samples,
        invites::samples,
        people::samples,
        parents::samples,
        chats::samples,
        channels::samples,
        monitoring::samples,
    ];
    features
        .into_iter()
        .find_map(|samples| samples(endpoint))
        .unwrap_or_else(|| panic!("write a sample for the endpoint {endpoint}"))
}

fn password() -> Password {
    Password(PASSWORD.into())
}

fn secret(text: &str) -> Secret {
    Secret(text.into())
}

fn name() -> Name {
    Name::new("Титова", "Нина", None)
}

fn account() -> NewAccount {
    NewAccount {
        name: name(),
        phone: "+79160000777".into(),
        login: String::new(),
        birth_date: "2013-04-05".into(),
        password: password(),
    }
}
