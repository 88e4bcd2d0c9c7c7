use common::accounts::{
    ChangeName, ChangePassword, EndOtherSessions, EndSession, GetSessions, SignIn, SignOut,
};
use common::realtime::GetState;
use common::{Password, SessionId};

use super::{Sample, name, password, sample};

pub fn samples(endpoint: &str) -> Option<Vec<Sample>> {
    Some(match endpoint {
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
        _ => return None,
    })
}
