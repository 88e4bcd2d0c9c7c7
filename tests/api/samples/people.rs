use common::people::{EndRole, GetContacts, GetPeople, GrantRole, ResetPassword};
use common::permissions::Role;
use tests::place::SCHOOL;

use super::{STUDENT, Sample, TEACHER, sample};

pub fn samples(endpoint: &str) -> Option<Vec<Sample>> {
    Some(match endpoint {
        "GetPeople" => vec![sample(GetPeople {
            school: SCHOOL,
            search: String::new(),
            role: None,
            class: None,
            page: 0,
        })],
        "GetContacts" => vec![sample(GetContacts {
            school: SCHOOL,
            search: String::new(),
        })],
        "GrantRole" => vec![sample(GrantRole {
            school: SCHOOL,
            account: TEACHER,
            role: Role::Administrator,
        })],
        "EndRole" => vec![sample(EndRole {
            school: SCHOOL,
            account: TEACHER,
            role: Role::Teacher,
        })],
        "ResetPassword" => vec![sample(ResetPassword {
            school: SCHOOL,
            account: STUDENT,
        })],
        _ => return None,
    })
}
