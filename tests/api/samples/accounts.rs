use common::accounts::{
    ChangeName, ChangePassword, EndOtherSessions, EndSession, GetSessions, SignIn, SignInByForm,
    SignOut,
};
use common::realtime::{GetState, OpenSocket};
use common::{Password, SessionId};

use super::{Sample, name, password, sample, sample_with};

pub fn samples(endpoint: &str) -> Option<Vec<Sample>> {
    Some(match endpoint {
        "GetState" => vec![sample(GetState {})],
        "SignIn" => vec![sample(SignIn {
            login: "+79160000005".into(),
            password: password(),
        })],
        "SignInByForm" => vec![sample_with(
            SignInByForm {
                login: "+79160000005".into(),
                password: password(),
            },
            b"",
        )],
        "OpenSocket" => vec![sample_with(OpenSocket {}, b"")],
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
        _ => return None,
    })
}
