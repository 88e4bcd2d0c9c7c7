use common::GuardianLinkId;
use common::accounts::NewAccount;
use common::parents::{
    ConfirmChild, DecideGuardianLink, GetChildren, GetGuardianLinks, LinkDecision, RegisterChild,
};
use tests::place::{CLASS, LINK, SCHOOL};

use super::{STUDENT, Sample, account, sample};

pub fn samples(endpoint: &str) -> Option<Vec<Sample>> {
    Some(match endpoint {
        "GetChildren" => vec![sample(GetChildren {})],
        "GetGuardianLinks" => [None, Some(CLASS)]
            .map(|class| {
                sample(GetGuardianLinks {
                    school: SCHOOL,
                    class,
                })
            })
            .into(),
        "DecideGuardianLink" => vec![sample(DecideGuardianLink {
            link: GuardianLinkId(901),
            decision: LinkDecision::Confirm {
                child: Some(STUDENT),
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
        _ => return None,
    })
}
