//! The people of a school: search, roles, administrators (R15, R17), and whom one may write to.

use serde::{Deserialize, Serialize};

use crate::classes::{ClassName, ClassRole};
use crate::endpoint;
use crate::id::{AccountId, ClassId, Password, SchoolId};
use crate::page::Paged;
use crate::permissions::{Action, Role, Roles, Scope};
use crate::time::Timestamp;

/// A row of the administrator's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: AccountId,
    pub name: String,
    pub phone: Option<String>,
    pub login: Option<String>,
    pub roles: Roles,
    pub classes: Vec<(ClassName, ClassRole)>,
    pub joined_at: Timestamp,
    /// None: never signed in since.
    pub last_seen_at: Option<Timestamp>,
}

endpoint! {
    /// Search by parts of names (ё is е, any case, any order) or digits of the phone; filters are
    /// combined. Sorted by name.
    GetPeople { school: SchoolId, search: String, role: Option<Role>, class: Option<ClassId>, page: u32 }
    GET "/api/people" => Paged<Person>,
    needs |request| Action::SeePeople, in Scope::School(request.school)
}

/// Someone whom one may write to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub id: AccountId,
    pub name: String,
    pub role: Role,
    /// Why: «7А», «математика», the child's name; to tell namesakes apart.
    pub note: String,
}

endpoint! {
    /// Whom the person may write to in this school, by the rule book; at most 50, by name.
    GetContacts { school: SchoolId, search: String }
    GET "/api/people/contacts" => Vec<Contact>,
    needs |request| Action::SeeContacts, in Scope::School(request.school)
}

endpoint! {
    /// Makes a member of the staff an administrator or teacher as well (R15). Students and parents
    /// come by invites.
    GrantRole { school: SchoolId, account: AccountId, role: Role }
    POST "/api/people/roles/grant" => Person,
    needs |request| Action::ManagePeople, in Scope::School(request.school)
}

impl GrantRole {
    /// Whether someone with these roles may be given this one as well.
    #[must_use]
    pub const fn fits(role: Role, has: Roles) -> bool {
        matches!(role, Role::Administrator | Role::Teacher) && has.staff() && !has.has(role)
    }
}

endpoint! {
    /// Ends a role, and with it the classes and chats that hang on it (R61). The last administrator
    /// stays (R17). Answers None when the person has no role left here.
    EndRole { school: SchoolId, account: AccountId, role: Role }
    POST "/api/people/roles/end" => Option<Person>,
    needs |request| Action::ManagePeople, in Scope::School(request.school)
}

endpoint! {
    /// Gives someone who lost access a new password to hand over (R48), and ends their sessions.
    /// Only of people who belong to this school alone and don't administer it.
    ResetPassword { school: SchoolId, account: AccountId }
    POST "/api/people/password" => Password,
    needs |request| Action::ManagePeople, in Scope::School(request.school)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_alone_take_another_role_of_staff() {
        let may = |has: &[Role]| {
            let has: Roles = has.iter().copied().collect();
            Role::ALL.map(|role| GrantRole::fits(role, has))
        };
        let [administrator, teacher, student, parent] = Role::ALL;
        assert_eq!(may(&[teacher, parent]), [true, false, false, false]);
        assert_eq!(may(&[administrator]), [false, true, false, false]);
        assert_eq!(may(&[administrator, teacher]), [false; 4]);
        assert_eq!(may(&[student, parent]), [false; 4]);
    }
}
