//! Who is told of a set, once for all of it.

use common::chats::ChatEvent;
use common::parents::ParentEvent;
use common::realtime::{Event, Touched};
use common::{ChatId, ClassId, SchoolId};

use super::effects::{Effects, LinkMove};
use crate::chats::audience;
use crate::error::Result;
use crate::live::Recipients;
use crate::parents::link_status::LinkStatus;
use crate::write::Tx;

/// From so many people on nobody is told what has changed: the school starts up again.
const MANY: usize = 100;

pub async fn tell(tx: &mut Tx, school: SchoolId, effects: &Effects) -> Result<()> {
    let people = effects.people();
    if people.is_empty() {
        return Ok(());
    }
    if people.len() > MANY {
        tx.resync(Recipients::School(school));
        people
            .into_iter()
            .for_each(|one| tx.resync(Recipients::Account(one)));
        return Ok(());
    }
    for ended in effects.links_after(LinkStatus::Ended) {
        let removed = ParentEvent::ChildRemoved(ended.link);
        tx.publish(Recipients::Account(ended.parent), Event::Parent(removed));
    }
    let waits = |link: &&LinkMove| [link.before, link.after].contains(&LinkStatus::Waiting);
    let waits = effects.links.iter().filter(waits);
    let classes: Vec<ClassId> = waits.map(|link| link.class).collect();
    if !classes.is_empty() {
        tx.tells(school)?.deciders(&classes);
    }
    let told = tx.tells(school)?;
    told.standing(&effects.members());
    told.families(&people);
    let mut chats: Vec<ChatId> = effects.joins.iter().map(|one| one.0).collect();
    chats.extend(effects.leaves.iter().map(|one| one.0));
    let of_classes = audience::touch_classes(tx, school, &[], &chats).await?;
    for (chat, account) in &effects.leaves {
        let told = Recipients::Account(*account);
        tx.publish(told, Event::Chat(ChatEvent::Left(*chat)));
        // Nobody tells them any more what the class is told.
        if let Some((class, _)) = of_classes.iter().find(|(_, one)| one == chat) {
            let class = *class;
            tx.touch(told, Touched::Class { school, class });
        }
    }
    audience::tell_moved(tx, school, &people, &effects.joins).await?;
    audience::tell_authors(tx, school, &effects.of_roles()).await
}
