use common::id::{ApplicationId, ClassId};
use common::permissions::Action;

/// The places of the administration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AdminRoute {
    /// The grid of grades and letters.
    Structure,
    Class(ClassId),
    People,
    Invites,
    Requests,
    Information,
    Channels,
    /// A school asks to be admitted: open to everyone.
    Apply,
    /// The applicant's private page, by its secret.
    Applicant(String),
    /// Schools that ask to be admitted: for the operator.
    Applications,
    Application(ApplicationId),
    NotFound,
}

impl AdminRoute {
    pub fn parse(path: &str) -> Self {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let program = parts.next();
        let place = (parts.next(), parts.next(), parts.next());
        match (program, place) {
            (Some("apply"), (None, ..)) => Self::Apply,
            (Some("application"), (Some(secret), None, _)) => Self::Applicant(secret.to_owned()),
            (Some("admin"), place) => Self::inside(place),
            _ => Self::NotFound,
        }
    }

    fn inside(place: (Option<&str>, Option<&str>, Option<&str>)) -> Self {
        match place {
            (None, ..) => Self::Structure,
            (Some("class"), Some(id), None) => id.parse().map_or(Self::NotFound, Self::Class),
            (Some("people"), None, None) => Self::People,
            (Some("invites"), None, None) => Self::Invites,
            (Some("requests"), None, None) => Self::Requests,
            (Some("information"), None, None) => Self::Information,
            (Some("channels"), None, None) => Self::Channels,
            (Some("applications"), None, None) => Self::Applications,
            (Some("applications"), Some(id), None) => {
                id.parse().map_or(Self::NotFound, Self::Application)
            }
            _ => Self::NotFound,
        }
    }

    pub fn href(&self) -> String {
        match self {
            Self::Structure | Self::NotFound => "/admin".to_owned(),
            Self::Class(id) => format!("/admin/class/{id}"),
            Self::People => "/admin/people".to_owned(),
            Self::Invites => "/admin/invites".to_owned(),
            Self::Requests => "/admin/requests".to_owned(),
            Self::Information => "/admin/information".to_owned(),
            Self::Channels => "/admin/channels".to_owned(),
            Self::Apply => "/apply".to_owned(),
            Self::Applicant(secret) => format!("/application/{secret}"),
            Self::Applications => "/admin/applications".to_owned(),
            Self::Application(id) => format!("/admin/applications/{id}"),
        }
    }

    /// Screens of the operator, who may administer no school.
    pub const fn operators(&self) -> bool {
        matches!(self, Self::Applications | Self::Application(_))
    }

    /// What a screen is for: who may not do it is not shown the screen.
    pub const fn needs(&self) -> Action {
        match self {
            Self::Structure | Self::Class(_) | Self::NotFound => Action::EditStructure,
            Self::People => Action::SeePeople,
            Self::Invites => Action::ManageInvites,
            Self::Requests => Action::DecideRequest,
            Self::Information => Action::EditSchool,
            Self::Channels => Action::ManageChannels,
            Self::Applications | Self::Application(_) => Action::ReviewApplications,
            Self::Apply | Self::Applicant(_) => Action::Anyone,
        }
    }

    /// Screens for people who are not signed in: no navigation around them.
    pub const fn public(&self) -> bool {
        matches!(self, Self::Apply | Self::Applicant(_))
    }

    /// Whether the administration draws `path`.
    pub fn owns(path: &str) -> bool {
        let first = path.split('/').nth(1);
        matches!(first, Some("admin" | "apply" | "application"))
    }
}

impl From<AdminRoute> for String {
    fn from(route: AdminRoute) -> Self {
        route.href()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_leads_back_to_its_route_and_every_screen_is_for_somebody() {
        for route in [
            AdminRoute::Structure,
            AdminRoute::Class(ClassId(7)),
            AdminRoute::People,
            AdminRoute::Invites,
            AdminRoute::Requests,
            AdminRoute::Information,
            AdminRoute::Channels,
            AdminRoute::Apply,
            AdminRoute::Applicant("Zm9v-_8".to_owned()),
            AdminRoute::Applications,
            AdminRoute::Application(ApplicationId(8)),
        ] {
            let href = route.href();
            assert!(AdminRoute::owns(&href), "{href}");
            assert_eq!(AdminRoute::parse(&href), route);
            assert_eq!(route.needs() == Action::Anyone, route.public(), "{href}");
            let operators = route.needs() == Action::ReviewApplications;
            assert_eq!(operators, route.operators(), "{href}");
        }
    }

    #[test]
    fn what_only_begins_like_it_is_not_of_the_administration() {
        for path in ["/administration", "/applications", "/", "/chats/1"] {
            assert!(!AdminRoute::owns(path), "{path}");
        }
    }
}
