//! What a person is in a school and in a class of it: one text and one reading for all statements that ask.
//!
//! A text, and neither a view nor a function of the database: what a view gathers by person would be gathered
//! of the whole table before it's joined, and a function with a query in it is called row by row, out of the
//! planner's sight.

use common::permissions::{InClass, Place, Roles};
use common::{ClassId, SchoolId};
use diesel::sql_types::{Array, BigInt, Nullable, Text};

use crate::database::row;

row! {
    pub struct Standing {
        pub school_id: SchoolId as BigInt,
        pub class_id: Option<ClassId> as Nullable<BigInt>,
        roles: Roles as Array<Text>,
        class_roles: InClass as Array<Text>,
    }
}

impl Standing {
    /// The columns: of a `place`, which has school_id and class_id, and of who `account` says, both as the
    /// statement calls them.
    pub(super) fn columns(place: &str, account: &str) -> String {
        let roles = roles(&format!("{place}.school_id"), account);
        format!(
            "{place}.school_id, {place}.class_id, {roles} AS roles, \
             ARRAY(SELECT own.role FROM current_class_members AS own \
                   WHERE own.class_id = {place}.class_id AND own.account_id = {account}) AS class_roles"
        )
    }

    pub(super) fn place(&self) -> Place {
        Place {
            school: self.school_id,
            roles: self.roles,
            class: self.class_id,
            in_class: self.class_roles,
        }
    }
}

/// The roles that an account has in a school now, both as the statement calls them.
pub fn roles(school: &str, account: &str) -> String {
    format!(
        "ARRAY(SELECT own.role FROM current_roles AS own \
         WHERE own.school_id = {school} AND own.account_id = {account})"
    )
}
