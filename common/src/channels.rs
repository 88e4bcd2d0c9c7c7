//! Channels: few write, many read; views are counted (R88 to R90).

use serde::{Deserialize, Serialize};

use crate::chats::Chat;
use crate::endpoint;
use crate::id::{ChatId, ClassId, SchoolId};
use crate::permissions::{Action, Scope};

/// Who reads a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everyone in the school: «Общешкольный».
    School,
    /// «Сотрудники»
    Staff,
    Students,
    Parents,
    /// A class or club, with its parents and teachers.
    Class(ClassId),
}

impl Audience {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::School => "school",
            Self::Staff => "staff",
            Self::Students => "students",
            Self::Parents => "parents",
            Self::Class(_) => "class",
        }
    }
}

/// Characters in a channel's name, at most.
pub const NAME_LIMIT: u32 = 80;

/// Posts whose views are told at once, at most.
pub const VIEWS_LIMIT: i64 = 100;

endpoint! {
    /// Administrators read every channel, whatever its audience.
    CreateChannel { school: SchoolId, name: String, audience: Audience }
    POST "/api/channels/create" => Chat,
    needs |request| Action::ManageChannels, in Scope::School(request.school)
}

endpoint! {
    /// The system channels' names can be changed too (R88).
    RenameChannel { school: SchoolId, channel: ChatId, name: String }
    POST "/api/channels/rename" => (),
    needs |request| Action::ManageChannels, in Scope::School(request.school)
}

/// How many have seen a post: of those who read the channel now and did so when it was posted,
/// without its author. Who came later begins with everything read and doesn't count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Views {
    pub seq: i64,
    pub seen: u32,
    /// All who could have seen it.
    pub of: u32,
}

endpoint! {
    /// Views of the posts from one number to another, both included; at most [`VIEWS_LIMIT`].
    GetViews { channel: ChatId, from: i64, to: i64 }
    GET "/api/channels/views" => Vec<Views>,
    needs |request| Action::SeeViews, in Scope::Chat(request.channel)
}
