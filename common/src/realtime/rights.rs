//! What the person may do, by the rule book and what the state knows: for what the interface shows.
//!
//! A fact that only the server knows (how two people stand to each other, what one is in a class that one
//! doesn't lead, whose child it is) is missing here, not guessed, and a missing fact never allows more. So for
//! what hangs on one the server's own answer is shown: [`Chat::closed`](crate::chats::Chat::closed), the list
//! of contacts, [`LinkState`](crate::parents::LinkState).

use super::State;
use crate::chats::Message;
use crate::id::{ChatId, ClassId, SchoolId};
use crate::permissions::{
    About, Action, ChatFacts, Facts, InClass, MessageFacts, Outside, Place, Reason, allows,
};
use crate::time::Timestamp;

impl State {
    /// In a school of one's own; None: outside of all.
    #[must_use]
    pub fn may(&self, action: Action, school: Option<SchoolId>) -> bool {
        let operator = self.me.operator;
        let outside = About::Outside(Outside { operator });
        let about = school.map_or(Some(outside), |school| {
            self.place(school, None).map(About::Place)
        });
        self.allowed(action, about)
    }

    #[must_use]
    pub fn may_in_class(&self, action: Action, school: SchoolId, class: ClassId) -> bool {
        self.allowed(action, self.place(school, Some(class)).map(About::Place))
    }

    /// [`Action::WriteChat`] is answered by [`Chat::writes`](crate::chats::Chat::writes).
    #[must_use]
    pub fn may_in_chat(&self, action: Action, chat: ChatId) -> bool {
        let about = self.chat(chat);
        self.allowed(action, about.map(|(place, chat)| About::Chat(place, chat)))
    }

    #[must_use]
    pub fn may_with(
        &self,
        action: Action,
        chat: ChatId,
        message: &Message,
        now: Timestamp,
    ) -> bool {
        let message = MessageFacts {
            own: message.author.id == self.me.id,
            age_ms: now.0 - message.sent_at.0,
        };
        let about = self.chat(chat);
        let about = about.map(|(place, chat)| About::Message(place, chat, message));
        self.allowed(action, about)
    }

    fn allowed(&self, action: Action, about: Option<About>) -> bool {
        about.is_some_and(|about| {
            let account = Some(self.me.id);
            allows(&Facts { account, about }, action).is_ok()
        })
    }

    fn place(&self, school: SchoolId, class: Option<ClassId>) -> Option<Place> {
        let mine = self.school(school)?;
        Some(Place {
            school,
            roles: mine.roles,
            class,
            in_class: InClass {
                leads: mine.leads.iter().any(|led| Some(led.id) == class),
                teaches: false,
                studies: false,
                parent: false,
            },
        })
    }

    fn chat(&self, chat: ChatId) -> Option<(Place, ChatFacts)> {
        let chat = self.chats.0.get(&chat)?;
        let facts = ChatFacts {
            kind: chat.kind,
            // It's in the list.
            member: true,
            // The first of the reasons.
            archived: chat.closed == Some(Reason::Archived),
            peer: None,
        };
        Some((self.place(chat.school, chat.class)?, facts))
    }
}
