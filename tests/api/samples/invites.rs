use common::invites::{
    AcceptInvite, AskToJoin, CreateInvites, DecideJoinRequest, FindSchool, GetInvites,
    GetJoinRequests, OpenInvite, RegisterByInvite, Revoke, RevokeInvites,
};
use common::permissions::Role;
use common::{InviteId, JoinRequestId};
use tests::place::{CLASS, SCHOOL, STAFF_ROOM};

use super::{Sample, account, sample, secret};

pub fn samples(endpoint: &str) -> Option<Vec<Sample>> {
    Some(match endpoint {
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
                    CLASS
                },
                role,
                children: Vec::new(),
                days: 14,
                max_uses: 30,
            })
        })
        .into(),
        "GetInvites" => [None, Some(CLASS)]
            .map(|class| {
                sample(GetInvites {
                    school: SCHOOL,
                    class,
                    page: 0,
                })
            })
            .into(),
        "RevokeInvites" => [
            Revoke::One {
                invite: InviteId(901),
            },
            Revoke::UnusedOfClass { class: CLASS },
            Revoke::UnusedOfSchool { school: SCHOOL },
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
            class: Some(CLASS),
            role: Role::Student,
            message: String::new(),
            child: None,
            account: Some(account()),
        })],
        "GetJoinRequests" => [None, Some(CLASS)]
            .map(|class| {
                sample(GetJoinRequests {
                    school: SCHOOL,
                    class,
                })
            })
            .into(),
        "DecideJoinRequest" => vec![sample(DecideJoinRequest {
            request: JoinRequestId(901),
            refusal: Some("Мы вас не знаем".into()),
        })],
        _ => return None,
    })
}
