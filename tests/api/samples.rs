//! One request or more for each endpoint, about the things of [`WORLD`]: what the walk sends.

use std::pin::Pin;

use common::accounts::{
    ChangeName, ChangePassword, EndOtherSessions, EndSession, GetSessions, NewAccount, SignIn,
    SignOut,
};
use common::channels::{Audience, CreateChannel, GetViews, RenameChannel};
use common::chats::{GetMessages, MarkRead, OpenDirectChat, Page, SendMessage};
use common::classes::{
    AddToClass, ArchiveClass, ClassKind, ClassRole, CreateClasses, EditClass, GetClass,
    GetStructure, NewClass, RemoveFromClass, RestoreClass, SetClassTeacher,
};
use common::endpoint::{Endpoint, Method};
use common::invites::{
    AcceptInvite, AskToJoin, CreateInvites, DecideJoinRequest, FindSchool, GetInvites,
    GetJoinRequests, OpenInvite, RegisterByInvite, Revoke, RevokeInvites,
};
use common::parents::{
    ConfirmChild, DecideGuardianLink, GetChildren, GetGuardianLinks, LinkDecision, RegisterChild,
};
use common::people::{EndRole, GetContacts, GetPeople, GrantRole, ResetPassword};
use common::permissions::{Action, Role, Scope};
use common::realtime::GetState;
use common::schools::applications::{
    Apply, Decide, Decision, GetApplication, GetApplications, OpenApplication, Questionnaire,
    RegisterAdministrator, Resubmit,
};
use common::schools::{EditSchool, GetSchool, SchoolInfo, SchoolKind};
use common::{
    AccountId, ApplicationId, ClientId, Error, GuardianLinkId, InviteId, JoinRequestId, Name,
    Password, Secret, SessionId,
};
use tests::place::{
    CLASS, LINK, PARENTS_CHAT, SCHOOL, SCHOOL_CHANNEL, STAFF_CHANNEL, STAFF_ROOM, STUDENTS_CHAT,
    TEACHERS_CHAT,
};
use tests::{Actor, PASSWORD};

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
    UPDATE guardian_links SET registration_confirmed_at = NULL WHERE id = 1;";

type Answer = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

/// A request whose type is forgotten.
pub struct Sample {
    pub method: Method,
    pub action: Action,
    pub scope: Scope,
    /// For messages.
    pub text: String,
    send: Box<dyn Fn(Actor) -> Answer>,
}

impl Sample {
    pub async fn send(&self, actor: &Actor) -> Result<(), Error> {
        (self.send)(actor.clone()).await
    }
}

fn sample<E: Endpoint + Clone + std::fmt::Debug>(request: E) -> Sample {
    let (action, scope) = request.needs();
    Sample {
        method: E::METHOD,
        action,
        scope,
        text: format!("{request:?}"),
        send: Box::new(move |actor| {
            let request = request.clone();
            Box::pin(async move { actor.call(request).await.map(|_| ()) })
        }),
    }
}

/// The samples of the endpoint with this name. An endpoint without one fails the walk.
#[expect(
    clippy::too_many_lines,
    reason = "one line for each endpoint, in the order of the list"
)]
pub fn samples(endpoint: &str) -> Vec<Sample> {
    let school = SCHOOL;
    let class = CLASS;
    let student = AccountId(5);
    let teacher = AccountId(3);
    match endpoint {
        "GetState" => vec![sample(GetState {})],
        "SignIn" => vec![sample(SignIn {
            login: "+79160000005".into(),
            password: password(),
        })],
        "SignOut" => vec![sample(SignOut {})],
        "GetSessions" => vec![sample(GetSessions {})],
        "EndSession" => vec![sample(EndSession {
            session: SessionId(1),
        })],
        "EndOtherSessions" => vec![sample(EndOtherSessions {})],
        "ChangePassword" => vec![sample(ChangePassword {
            current: password(),
            new: Password("новый пароль".into()),
        })],
        "ChangeName" => vec![sample(ChangeName { name: name() })],
        "Apply" => vec![sample(Apply {
            questionnaire: questionnaire("7830002293", "783001001"),
        })],
        "GetApplication" => vec![sample(GetApplication {
            secret: secret("submitted"),
        })],
        "Resubmit" => vec![sample(Resubmit {
            secret: secret("returned"),
            questionnaire: questionnaire("7736050003", "773601001"),
        })],
        "RegisterAdministrator" => vec![sample(RegisterAdministrator {
            secret: secret("approved"),
            account: Some(account()),
        })],
        "GetApplications" => vec![sample(GetApplications { page: 0 })],
        "OpenApplication" => vec![sample(OpenApplication {
            application: ApplicationId(901),
        })],
        "Decide" => vec![sample(Decide {
            application: ApplicationId(901),
            decision: Decision::Approve,
        })],
        "GetSchool" => vec![sample(GetSchool { school })],
        "EditSchool" => vec![sample(EditSchool {
            school,
            full_name: "Средняя школа № 12".into(),
            short_name: "Школа № 12".into(),
            info: SchoolInfo::default(),
        })],
        "GetStructure" => vec![sample(GetStructure { school })],
        "GetClass" => vec![
            sample(GetClass { class }),
            sample(GetClass { class: STAFF_ROOM }),
        ],
        "CreateClasses" => vec![sample(CreateClasses {
            school,
            year: 2026,
            classes: vec![NewClass {
                kind: ClassKind::Grade,
                grade: Some(8),
                letter: Some("А".into()),
                name: String::new(),
            }],
        })],
        "EditClass" => vec![sample(EditClass {
            class,
            grade: Some(7),
            letter: Some("В".into()),
            name: String::new(),
        })],
        "ArchiveClass" => vec![sample(ArchiveClass { class })],
        "RestoreClass" => vec![sample(RestoreClass { class })],
        "SetClassTeacher" => vec![sample(SetClassTeacher {
            class,
            teacher: Some(teacher),
        })],
        "AddToClass" => vec![sample(AddToClass {
            class,
            account: AccountId(4),
            role: ClassRole::Teacher,
        })],
        "RemoveFromClass" => vec![sample(RemoveFromClass {
            class,
            account: student,
            role: ClassRole::Student,
        })],
        "CreateInvites" => [
            Role::Student,
            Role::Parent,
            Role::Teacher,
            Role::Administrator,
        ]
        .map(|role| {
            sample(CreateInvites {
                class: if role == Role::Teacher {
                    STAFF_ROOM
                } else {
                    class
                },
                role,
                children: Vec::new(),
                days: 14,
                max_uses: 30,
            })
        })
        .into(),
        "GetInvites" => [None, Some(class)]
            .map(|class| {
                sample(GetInvites {
                    school,
                    class,
                    page: 0,
                })
            })
            .into(),
        "RevokeInvites" => [
            Revoke::One {
                invite: InviteId(901),
            },
            Revoke::UnusedOfClass { class },
            Revoke::UnusedOfSchool { school },
        ]
        .map(|what| sample(RevokeInvites { what }))
        .into(),
        "OpenInvite" => vec![sample(OpenInvite {
            secret: secret("invite"),
        })],
        "RegisterByInvite" => vec![sample(RegisterByInvite {
            secret: secret("invite"),
            account: account(),
            child: None,
        })],
        "AcceptInvite" => vec![sample(AcceptInvite {
            secret: secret("invite"),
            child: None,
        })],
        "FindSchool" => vec![sample(FindSchool {
            code: "shkola".into(),
        })],
        "AskToJoin" => vec![sample(AskToJoin {
            code: "shkola".into(),
            class: Some(class),
            role: Role::Student,
            message: String::new(),
            child: None,
            account: Some(account()),
        })],
        "GetJoinRequests" => [None, Some(class)]
            .map(|class| sample(GetJoinRequests { school, class }))
            .into(),
        "DecideJoinRequest" => vec![sample(DecideJoinRequest {
            request: JoinRequestId(901),
            refusal: Some("Мы вас не знаем".into()),
        })],
        "GetPeople" => vec![sample(GetPeople {
            school,
            search: String::new(),
            role: None,
            class: None,
            page: 0,
        })],
        "GetContacts" => vec![sample(GetContacts {
            school,
            search: String::new(),
        })],
        "GrantRole" => vec![sample(GrantRole {
            school,
            account: teacher,
            role: Role::Administrator,
        })],
        "EndRole" => vec![sample(EndRole {
            school,
            account: teacher,
            role: Role::Teacher,
        })],
        "ResetPassword" => vec![sample(ResetPassword {
            school,
            account: student,
        })],
        "GetChildren" => vec![sample(GetChildren {})],
        "GetGuardianLinks" => [None, Some(class)]
            .map(|class| sample(GetGuardianLinks { school, class }))
            .into(),
        "DecideGuardianLink" => vec![sample(DecideGuardianLink {
            link: GuardianLinkId(901),
            decision: LinkDecision::Confirm {
                child: Some(student),
            },
        })],
        "RegisterChild" => vec![sample(RegisterChild {
            link: GuardianLinkId(902),
            account: NewAccount {
                phone: String::new(),
                login: "alisa.2013".into(),
                ..account()
            },
        })],
        "ConfirmChild" => vec![sample(ConfirmChild { link: LINK })],
        "OpenDirectChat" => [student, teacher, AccountId(8), AccountId(10)]
            .map(|account| sample(OpenDirectChat { school, account }))
            .into(),
        "GetMessages" => [STUDENTS_CHAT, PARENTS_CHAT, TEACHERS_CHAT, SCHOOL_CHANNEL]
            .map(|chat| {
                sample(GetMessages {
                    chat,
                    from: Page::Newest,
                })
            })
            .into(),
        "SendMessage" => [STUDENTS_CHAT, TEACHERS_CHAT, SCHOOL_CHANNEL, STAFF_CHANNEL]
            .map(|chat| {
                sample(SendMessage {
                    chat,
                    client_id: ClientId(1),
                    body: "Здравствуйте".into(),
                })
            })
            .into(),
        "MarkRead" => [STUDENTS_CHAT, STAFF_CHANNEL]
            .map(|chat| sample(MarkRead { chat, seq: 0 }))
            .into(),
        "CreateChannel" => vec![sample(CreateChannel {
            school,
            name: "Столовая".into(),
            audience: Audience::School,
        })],
        "RenameChannel" => vec![sample(RenameChannel {
            school,
            channel: SCHOOL_CHANNEL,
            name: "Вся школа".into(),
        })],
        "GetViews" => [SCHOOL_CHANNEL, STAFF_CHANNEL]
            .map(|channel| {
                sample(GetViews {
                    channel,
                    from: 1,
                    to: 10,
                })
            })
            .into(),
        unknown => panic!("write a sample for the endpoint {unknown}"),
    }
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

fn questionnaire(inn: &str, kpp: &str) -> Questionnaire {
    Questionnaire {
        kind: SchoolKind::General,
        full_name: "Средняя школа № 5".into(),
        short_name: "Школа № 5".into(),
        region: "Ярославская область".into(),
        municipality: "Рыбинск".into(),
        settlement: "Рыбинск".into(),
        inn: inn.into(),
        kpp: kpp.into(),
        name: name(),
        phone: "+79160000097".into(),
        email: "titova@school.test".into(),
    }
}
