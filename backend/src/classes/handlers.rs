use common::classes::{
    ArchiveClass, CLASSES_LIMIT, Class, ClassKind, ClassPage, CreateClasses, EditClass, GetClass,
    GetStructure, NewClass, RestoreClass,
};
use common::error::{Error, Problem};
use common::permissions::Action;
use common::validate::Check;
use common::{AccountId, ClassId, SchoolId};
use diesel_async::AsyncPgConnection;

use super::{members, names, queries};
use crate::access;
use crate::app::Ctx;
use crate::chats::readers;
use crate::error::Result;
use crate::invites::requests::askers;
use crate::membership::{self, Change, Set, Why};
use crate::write::Tx;

pub async fn get_structure(ctx: Ctx, request: GetStructure) -> Result<Vec<Class>> {
    queries::classes(&mut *ctx.conn().await?, request.school, None).await
}

pub async fn get_class(ctx: Ctx, request: GetClass) -> Result<ClassPage> {
    page(&ctx, &mut *ctx.conn().await?, request.class).await
}

/// A class with its people, as far as the person who asks may see them: who doesn't see the whole
/// structure sees names and roles.
pub(super) async fn page(
    ctx: &Ctx,
    conn: &mut AsyncPgConnection,
    class: ClassId,
) -> Result<ClassPage> {
    let school = ctx.school()?;
    let here = *ctx.facts.place().ok_or(Error::NotFound)?;
    let whole = ctx.may(Action::SeeStructure);
    let mut shown = class_of(conn, school, class).await?;
    if !whole {
        shown.students_with_parent = 0;
        shown.waiting = 0;
    }
    let members = members::queries::members(conn, school, class, whole).await?;
    let people: Vec<AccountId> = members.iter().map(|member| member.account).collect();
    let writable = access::writable(conn, ctx.me()?, here, &people).await?;
    let mut contacts: Vec<AccountId> = writable.into_iter().collect();
    contacts.sort_unstable();
    Ok(ClassPage {
        school,
        class: shown,
        members,
        contacts,
    })
}

pub(super) async fn class_of(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    class: ClassId,
) -> Result<Class> {
    let found = queries::classes(conn, school, Some(&[class])).await?;
    Ok(found.into_iter().next().ok_or(Error::NotFound)?)
}

pub async fn create_classes(ctx: Ctx, request: CreateClasses) -> Result<Vec<Class>> {
    let mut check = Check::new();
    let this_year = ctx.today()?.school_year();
    let (first, last) = (this_year - 1, this_year + 1);
    if !(first..=last).contains(&request.year) {
        let (min, max) = (first.into(), last.into());
        check.problem("year", Problem::OutOfRange { min, max });
    }
    match request.classes.len() {
        0 => check.problem("classes", Problem::Required),
        1..=CLASSES_LIMIT => {}
        _ => {
            let max = CLASSES_LIMIT as u32;
            check.problem("classes", Problem::TooMany { max });
        }
    }
    let mut named = Vec::new();
    for (place, class) in request.classes.iter().take(CLASSES_LIMIT).enumerate() {
        let prefix = format!("classes.{place}.");
        // The school has its staff room from the beginning, and only one.
        if class.kind == ClassKind::StaffRoom {
            check.problem(&format!("{prefix}kind"), Problem::Choice);
        } else {
            named.extend(names::check(&mut check, &prefix, class));
        }
    }
    check.done()?;
    let mut tx = ctx.begin().await?;
    let made = queries::insert(&mut tx, request.school, request.year, &named, ctx.now).await?;
    let classes = queries::classes(&mut tx, request.school, Some(&made)).await?;
    tx.commit().await?;
    Ok(classes)
}

pub async fn edit_class(ctx: Ctx, request: EditClass) -> Result<Class> {
    let school = ctx.school()?;
    let mut tx = ctx.begin_turn().await?;
    let locked = queries::lock(&mut tx, request.class).await?;
    let typed = NewClass {
        kind: locked.kind,
        grade: request.grade,
        letter: request.letter,
        name: request.name,
    };
    let mut check = Check::new();
    let named = names::check(&mut check, "", &typed);
    check.done()?;
    let named = named.ok_or(Error::Malformed)?;
    queries::rename(&mut tx, request.class, &named).await?;
    tell(&mut tx, school, request.class).await?;
    let families = queries::families(&mut tx, &[request.class]).await?;
    tx.tells(school)?.families(&families);
    let (people, asked): (Vec<_>, Vec<_>) = queries::requests(&mut tx, request.class)
        .await?
        .into_iter()
        .unzip();
    askers::tell_askers(&mut tx, &people, Some(&asked)).await?;
    let class = class_of(&mut tx, school, request.class).await?;
    tx.commit().await?;
    Ok(class)
}

pub async fn archive_class(ctx: Ctx, request: ArchiveClass) -> Result<Class> {
    let mut tx = ctx.begin_turn().await?;
    let locked = queries::lock(&mut tx, request.class).await?;
    if locked.kind == ClassKind::StaffRoom {
        return Err(Error::field("class", Problem::Choice).into());
    }
    let change = Change::archive(request.class, ctx.now);
    by_staff(&ctx, tx, change, request.class).await
}

pub async fn restore_class(ctx: Ctx, request: RestoreClass) -> Result<Class> {
    let mut tx = ctx.begin_turn().await?;
    queries::lock(&mut tx, request.class).await?;
    let change = Change::restore(request.class, ctx.now);
    by_staff(&ctx, tx, change, request.class).await
}

async fn by_staff(ctx: &Ctx, mut tx: Tx, change: Change, class: ClassId) -> Result<Class> {
    let changes = [change];
    membership::apply(&mut tx, &Set::by(ctx, Why::Staff, &changes)?).await?;
    let class = class_of(&mut tx, ctx.school()?, class).await?;
    tx.commit().await?;
    Ok(class)
}

/// Tells who is in the class's chats, and its class teacher, what it's called.
async fn tell(tx: &mut Tx, school: SchoolId, class: ClassId) -> Result<()> {
    let chats = queries::chats(tx, &[class]).await?;
    readers::tell_members(tx, school, &chats).await?;
    readers::touch_classes(tx, school, &[], &chats).await?;
    let leads = members::queries::class_teacher(tx, class).await?;
    tx.tells(school)?.standing(leads.as_slice());
    Ok(())
}
