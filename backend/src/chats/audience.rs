//! Keeps `chat_members` equal to the rule (`chat_audience`) after whatever the rule looks at has
//! changed, and tells those who came or went.

use common::chats::ChatEvent;
use common::realtime::{Event, Touched};
use common::{AccountId, ChatId, ClassId, SchoolId, Timestamp};

use super::queries;
use crate::error::Result;
use crate::live::Recipients;
use crate::write::Tx;

/// What changed.
#[derive(Clone, Copy, Debug)]
pub enum Changed<'a> {
    /// Where these people belong: their roles or classes.
    People(&'a [AccountId]),
    /// A chat is new.
    Chat(ChatId),
}

/// Call it in the transaction of every change to memberships, class members, or the list of chats.
/// Who joins a chat begins with everything read.
pub async fn refresh(
    tx: &mut Tx,
    school: SchoolId,
    changed: Changed<'_>,
    now: Timestamp,
) -> Result<()> {
    tx.turn(school).await?;
    let moves = queries::refresh_members(tx, school, changed, now).await?;
    let chats: Vec<ChatId> = moves.iter().map(|(chat, ..)| *chat).collect();
    let classes = touch_classes(tx, school, &[], &chats).await?;
    let mut joined = Vec::new();
    for (chat, account, is_member) in moves {
        if is_member {
            joined.push((chat, account));
            continue;
        }
        let told = Recipients::Account(account);
        tx.publish(told, Event::Chat(ChatEvent::Left(chat)));
        // Nobody tells them any more what the class is told.
        if let Some((class, _)) = classes.iter().find(|(_, one)| *one == chat) {
            let class = *class;
            tx.touch(told, Touched::Class { school, class });
        }
    }
    tell(tx, school, &joined).await
}

/// Tells people what their list shows of a chat now: it's new to them, was renamed, archived.
pub async fn tell(tx: &mut Tx, school: SchoolId, whom: &[(ChatId, AccountId)]) -> Result<()> {
    tx.turn(school).await?;
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
    tx.turn(school).await?;
    let whom = queries::members(tx, chats).await?;
    tell(tx, school, &whom).await
}

/// Tells everyone whose list shows these people what it shows now: direct chats with them, chats
/// where they wrote last. After their roles, classes or names have changed.
pub async fn tell_about(tx: &mut Tx, school: SchoolId, people: &[AccountId]) -> Result<()> {
    tx.turn(school).await?;
    touch_classes(tx, school, people, &[]).await?;
    let chats = queries::showing(tx, school, people).await?;
    tell_members(tx, school, &chats).await
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
