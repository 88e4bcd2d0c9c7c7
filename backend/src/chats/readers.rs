//! The readers of a chat: who they are when it was just made, and who is told what a list shows.
//!
//! `chat_members` equals the rule (`rightful_chat_members`): of people whose places change, `membership`
//! keeps it so.

use common::chats::ChatEvent;
use common::realtime::{Event, Touched};
use common::{AccountId, ChatId, ClassId, SchoolId, Timestamp};

use super::queries;
use crate::error::Result;
use crate::live::Recipients;
use crate::write::Tx;

/// Lets everybody into a chat that is new. Who joins begins with everything read.
pub async fn fill(tx: &mut Tx, school: SchoolId, chat: ChatId, now: Timestamp) -> Result<()> {
    tx.has_turn(school)?;
    let joined = queries::insert_rightful(tx, chat, now).await?;
    tx.lets_in(&joined);
    tell(tx, school, &joined).await
}

/// Tells people what their list shows of a chat now.
async fn tell(tx: &mut Tx, school: SchoolId, whom: &[(ChatId, AccountId)]) -> Result<()> {
    tx.has_turn(school)?;
    for (account, chat) in queries::listed(tx, whom).await? {
        tx.publish(
            Recipients::Account(account),
            Event::Chat(ChatEvent::Chat(chat)),
        );
    }
    Ok(())
}

/// Tells everyone in these chats what their list shows of them now.
pub async fn tell_members(tx: &mut Tx, school: SchoolId, chats: &[ChatId]) -> Result<()> {
    tx.has_turn(school)?;
    let whom = queries::members(tx, chats).await?;
    tell(tx, school, &whom).await
}

/// Tells everyone who has a direct chat with these people what the list shows of it now. After their
/// roles, classes or names have changed.
pub async fn tell_about(tx: &mut Tx, school: SchoolId, people: &[AccountId]) -> Result<()> {
    tx.has_turn(school)?;
    touch_classes(tx, school, people, &[]).await?;
    let chats = queries::direct_with(tx, school, people).await?;
    tell_members(tx, school, &chats).await
}

/// Whose lists show something else after a set.
pub struct Moved<'a> {
    /// Whose roles or classes have changed: where they write or only read by what they are, in channels.
    pub people: &'a [AccountId],
    /// With whom others write or don't any more: as [`tell_about`], these and the people.
    pub besides: &'a [AccountId],
    /// Who has joined.
    pub joined: &'a [(ChatId, AccountId)],
    /// Where all who are there write or don't any more.
    pub chats: &'a [ChatId],
}

/// After roles or classes have changed, or classes were archived.
pub async fn tell_moved(tx: &mut Tx, school: SchoolId, moved: Moved<'_>) -> Result<()> {
    tx.has_turn(school)?;
    let about = [moved.people, moved.besides].concat();
    touch_classes(tx, school, &about, &[]).await?;
    let mut chats = queries::direct_with(tx, school, &about).await?;
    chats.extend(moved.chats);
    let mut whom = queries::members(tx, &chats).await?;
    whom.extend(queries::channels_of(tx, school, moved.people).await?);
    let joined = moved.joined;
    whom.extend(joined);
    whom.sort_unstable();
    whom.dedup();
    tx.lets_in(joined);
    tell(tx, school, &whom).await
}

/// Tells where these people have written what they are called now, and as what they write: after their names or roles
/// have changed. One event in each chat, the same for all who read it.
pub async fn tell_authors(tx: &mut Tx, school: SchoolId, people: &[AccountId]) -> Result<()> {
    tx.has_turn(school)?;
    let wrote = queries::wrote(tx, school, people).await?;
    if wrote.is_empty() {
        return Ok(());
    }
    let wanted: Vec<(SchoolId, AccountId)> = people.iter().map(|one| (school, *one)).collect();
    let authors = queries::authors(tx, &wanted).await?;
    for (chat, account) in wrote {
        if let Some(author) = authors.get(&(school, account)).cloned() {
            let event = Event::Chat(ChatEvent::Author { chat, author });
            tx.publish(Recipients::Chat(chat), event);
        }
    }
    Ok(())
}

/// Tells the members of the classes of these people, and of the classes of these chats, that who is in
/// them is another list now. Answers with their chats.
pub async fn touch_classes(
    tx: &mut Tx,
    school: SchoolId,
    people: &[AccountId],
    chats: &[ChatId],
) -> Result<Vec<(ClassId, ChatId)>> {
    let classes = queries::of_classes(tx, school, people, chats).await?;
    for (class, chat) in &classes {
        let class = *class;
        tx.touch(Recipients::Chat(*chat), Touched::Class { school, class });
    }
    Ok(classes)
}
