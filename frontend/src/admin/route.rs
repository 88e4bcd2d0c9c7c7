use common::id::{ApplicationId, ClassId};

/// The places of the administration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AdminRoute {
    /// The grid of grades and letters.
    Structure,
    Class(ClassId),
    People,
    Invites,
    Requests,
    Information,
    /// Schools that ask to be admitted: for the operator.
    Applications,
    Application(ApplicationId),
    NotFound,
}

impl AdminRoute {
    pub fn parse(path: &str) -> Self {
        let mut parts = path.split('/').filter(|part| !part.is_empty()).skip(1);
        let place = (parts.next(), parts.next(), parts.next());
        match place {
            (None, ..) => Self::Structure,
            (Some("class"), Some(id), None) => id.parse().map_or(Self::NotFound, Self::Class),
            (Some("people"), None, None) => Self::People,
            (Some("invites"), None, None) => Self::Invites,
            (Some("requests"), None, None) => Self::Requests,
            (Some("information"), None, None) => Self::Information,
            (Some("applications"), None, None) => Self::Applications,
            (Some("applications"), Some(id), None) => {
                id.parse().map_or(Self::NotFound, Self::Application)
            }
            _ => Self::NotFound,
        }
    }

    pub fn href(self) -> String {
        match self {
            Self::Structure | Self::NotFound => "/admin".to_owned(),
            Self::Class(id) => format!("/admin/class/{id}"),
            Self::People => "/admin/people".to_owned(),
            Self::Invites => "/admin/invites".to_owned(),
            Self::Requests => "/admin/requests".to_owned(),
            Self::Information => "/admin/information".to_owned(),
            Self::Applications => "/admin/applications".to_owned(),
            Self::Application(id) => format!("/admin/applications/{id}"),
        }
    }

    /// Screens of the operator, who may administer no school.
    pub const fn operators(self) -> bool {
        matches!(self, Self::Applications | Self::Application(_))
    }

    /// Whether the administration draws `path`.
    pub fn owns(path: &str) -> bool {
        path == "/admin" || path.starts_with("/admin/")
    }
}

impl From<AdminRoute> for String {
    fn from(route: AdminRoute) -> Self {
        route.href()
    }
}
