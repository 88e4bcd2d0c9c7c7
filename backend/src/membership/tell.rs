//! Who is told of a set, once for all of it.

use common::chats::ChatEvent;
use common::classes::ClassRole;
use common::parents::ParentEvent;
use common::realtime::{Event, Touched};
use common::{AccountId, ChatId, ClassId, SchoolId};

use super::effects::{Effects, LinkMove};
use super::queries::present;
use crate::chats::readers::{self, Moved};
use crate::classes;
use crate::error::Result;
use crate::live::Recipients;
use crate::parents::link_status::LinkStatus;
use crate::write::Tx;

/// From so many people on nobody is told what has changed: the school starts up again.
const MANY: usize = 100;
/// From so many that are archived or come back on.
const MANY_CLASSES: usize = 3;

pub async fn tell(tx: &mut Tx, school: SchoolId, effects: &Effects) -> Result<()> {
    let people = effects.people();
    let classes: Vec<ClassId> = effects.archives.items().copied().collect();
    if people.is_empty() && classes.is_empty() {
        return Ok(());
    }
    if people.len() > MANY || classes.len() > MANY_CLASSES {
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
    let waits: Vec<ClassId> = waits.map(|link| link.class).collect();
    let archive = archive(tx, &classes).await?;
    let told = tx.tells(school)?;
    if !waits.is_empty() {
        told.deciders(&waits);
    }
    told.standing(&effects.members());
    told.standing(&archive.leaders);
    told.families(&people);
    told.families(&archive.families);
    let mut chats = archive.chats.clone();
    chats.extend(effects.joins.iter().map(|one| one.0));
    chats.extend(effects.leaves.iter().map(|one| one.0));
    let of_classes = readers::touch_classes(tx, school, &[], &chats).await?;
    for (chat, account) in &effects.leaves {
        let told = Recipients::Account(*account);
        tx.publish(told, Event::Chat(ChatEvent::Left(*chat)));
        // Nobody tells them any more what the class is told.
        if let Some((class, _)) = of_classes.iter().find(|(_, one)| one == chat) {
            let class = *class;
            tx.touch(told, Touched::Class { school, class });
        }
    }
    let moved = Moved {
        people: &people,
        besides: &archive.present,
        joined: &effects.joins,
        chats: &archive.chats,
    };
    readers::tell_moved(tx, school, moved).await?;
    readers::tell_authors(tx, school, &effects.of_roles()).await
}

/// Whom it concerns that classes were archived or came back.
#[derive(Default)]
struct Archive {
    chats: Vec<ChatId>,
    present: Vec<AccountId>,
    leaders: Vec<AccountId>,
    families: Vec<AccountId>,
}

async fn archive(tx: &mut Tx, classes: &[ClassId]) -> Result<Archive> {
    if classes.is_empty() {
        return Ok(Archive::default());
    }
    let present = present(tx, classes).await?;
    let leaders = present
        .iter()
        .filter(|(_, role)| *role == ClassRole::ClassTeacher);
    Ok(Archive {
        chats: classes::queries::chats(tx, classes).await?,
        leaders: leaders.map(|(account, _)| *account).collect(),
        families: classes::queries::families(tx, classes).await?,
        present: present.into_iter().map(|(account, _)| account).collect(),
    })
}
