//! The places of the people of a school. A link's `href` takes a `Route` as it is.

use common::accounts::SignInByForm;
use common::endpoint::Declared;
use common::id::{ChatId, ClassId, GuardianLinkId};
use common::monitoring::{GetHealth, GetMetrics};

/// A screen and what it shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Route {
    Home,
    SignIn,
    Invite(String),
    Join,
    JoinCode(String),
    Chats,
    Chat(ChatId),
    Channels,
    Channel(ChatId),
    People,
    Class(ClassId),
    Children,
    Child(GuardianLinkId),
    School,
    Profile,
    NotFound,
}

/// The places of the bottom bar: which of them a screen belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Section {
    Home,
    Chats,
    Channels,
    School,
    Profile,
    /// Screens for people who are not signed in: no navigation around them.
    Public,
}

impl Route {
    /// The route of a path. What is not understood is [`Route::NotFound`], never an error.
    pub fn parse(path: &str) -> Self {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let place = (parts.next(), parts.next(), parts.next());
        match place {
            (None, ..) => Self::Home,
            (Some("sign-in"), None, None) => Self::SignIn,
            (Some("invite"), Some(token), None) => Self::Invite(token.to_owned()),
            (Some("join"), None, None) => Self::Join,
            (Some("join"), Some(code), None) => Self::JoinCode(code.to_owned()),
            (Some("chats"), None, None) => Self::Chats,
            (Some("chats"), Some(id), None) => numbered(id, Self::Chat),
            (Some("channels"), None, None) => Self::Channels,
            (Some("channels"), Some(id), None) => numbered(id, Self::Channel),
            (Some("people"), None, None) => Self::People,
            (Some("class"), Some(id), None) => numbered(id, Self::Class),
            (Some("children"), None, None) => Self::Children,
            (Some("children"), Some(id), None) => numbered(id, Self::Child),
            (Some("school"), None, None) => Self::School,
            (Some("profile"), None, None) => Self::Profile,
            _ => Self::NotFound,
        }
    }

    pub fn href(&self) -> String {
        match self {
            Self::Home | Self::NotFound => "/".to_owned(),
            Self::SignIn => "/sign-in".to_owned(),
            Self::Invite(token) => format!("/invite/{token}"),
            Self::Join => "/join".to_owned(),
            Self::JoinCode(code) => format!("/join/{code}"),
            Self::Chats => "/chats".to_owned(),
            Self::Chat(id) => format!("/chats/{id}"),
            Self::Channels => "/channels".to_owned(),
            Self::Channel(id) => format!("/channels/{id}"),
            Self::People => "/people".to_owned(),
            Self::Class(id) => format!("/class/{id}"),
            Self::Children => "/children".to_owned(),
            Self::Child(id) => format!("/children/{id}"),
            Self::School => "/school".to_owned(),
            Self::Profile => "/profile".to_owned(),
        }
    }

    /// Where the navigation shows this screen.
    pub const fn section(&self) -> Section {
        match self {
            Self::Home | Self::Children | Self::Child(_) | Self::NotFound => Section::Home,
            Self::Chats | Self::Chat(_) | Self::People => Section::Chats,
            Self::Channels | Self::Channel(_) => Section::Channels,
            Self::School | Self::Class(_) => Section::School,
            Self::Profile => Section::Profile,
            Self::SignIn | Self::Invite(_) | Self::Join | Self::JoinCode(_) => Section::Public,
        }
    }

    /// The route with what a pane inside the screen follows by itself left out: between routes
    /// with equal screens nothing is built anew, so the list stays where it was scrolled to.
    pub fn screen(&self) -> Self {
        match self {
            Self::Chat(_) => Self::Chats,
            Self::Channel(_) => Self::Channels,
            other => other.clone(),
        }
    }

    /// Whether `path` is a screen; the rest the server answers.
    pub fn owns(path: &str) -> bool {
        ![
            "/api/",
            SignInByForm::PATH,
            GetHealth::PATH,
            GetMetrics::PATH,
        ]
        .iter()
        .any(|other| path.starts_with(other))
    }
}

impl From<Route> for String {
    fn from(route: Route) -> Self {
        route.href()
    }
}

fn numbered<T: std::str::FromStr>(text: &str, route: fn(T) -> Route) -> Route {
    text.parse().map_or(Route::NotFound, route)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_leads_back_to_its_route() {
        let token = || "Zm9v-_8".to_owned();
        for route in [
            Route::Home,
            Route::SignIn,
            Route::Invite(token()),
            Route::Join,
            Route::JoinCode(token()),
            Route::Chats,
            Route::Chat(ChatId(7)),
            Route::Channels,
            Route::Channel(ChatId(8)),
            Route::People,
            Route::Class(ClassId(9)),
            Route::Children,
            Route::Child(GuardianLinkId(10)),
            Route::School,
            Route::Profile,
        ] {
            assert_eq!(Route::parse(&route.href()), route);
        }
    }

    #[test]
    fn nonsense_is_not_found() {
        for path in ["/chats/x", "/chats/1/2", "/nowhere", "/invite"] {
            assert_eq!(Route::parse(path), Route::NotFound, "{path}");
        }
    }
}
