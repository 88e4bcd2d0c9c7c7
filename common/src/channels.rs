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

endpoint! {
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

/// How many have seen a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Views {
    pub seq: i64,
    pub seen: u32,
    /// All who can read the channel.
    pub of: u32,
}

endpoint! {
    /// Views of the posts from one number to another, at most 100.
    GetViews { channel: ChatId, from: i64, to: i64 }
    GET "/api/channels/views" => Vec<Views>,
    needs |request| Action::SeeViews, in Scope::Chat(request.channel)
}
