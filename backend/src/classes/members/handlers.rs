use common::classes::{
    AddToClass, Class, ClassKind, ClassPage, ClassRole, MoveToClass, RemoveFromClass,
    SetClassTeacher,
};
use common::error::{Conflict, Error, Problem};
use common::permissions::Role;
use common::{AccountId, ClassId};

use super::queries;
use crate::app::Ctx;
use crate::classes::handlers::{class_of, page};
use crate::classes::queries::lock;
use crate::error::Result;
use crate::membership::queries::has_role;
use crate::membership::{self, Change, Place, Set, Why};
use crate::write::Tx;

/// Names the class teacher (R58), or nobody. The one before stays as a teacher of the class.
pub async fn set_class_teacher(ctx: Ctx, request: SetClassTeacher) -> Result<Class> {
    let school = ctx.school()?;
    let mut tx = ctx.begin_turn().await?;
    open_class(&mut tx, request.class).await?;
    if let Some(teacher) = request.teacher
        && !has_role(&mut tx, school, teacher, Role::Teacher).await?
        && !has_role(&mut tx, school, teacher, Role::Administrator).await?
    {
        return Err(Error::field("teacher", Problem::Choice).into());
    }
    let leads = Place::Class(request.class, ClassRole::ClassTeacher);
    let before = queries::class_teacher(&mut tx, request.class).await?;
    let changes = match (before, request.teacher) {
        (_, Some(teacher)) => vec![Change::begin(teacher, leads, ctx.now)],
        (Some(before), None) => {
            let teaches = Place::Class(request.class, ClassRole::Teacher);
            vec![
                Change::end(before, leads, ctx.now),
                Change::begin(before, teaches, ctx.now),
            ]
        }
        (None, None) => Vec::new(),
    };
    membership::apply(&mut tx, &Set::by(&ctx, Why::Staff, &changes)?).await?;
    let class = class_of(&mut tx, school, request.class).await?;
    tx.commit().await?;
    Ok(class)
}

pub async fn add_to_class(ctx: Ctx, request: AddToClass) -> Result<ClassPage> {
    let AddToClass {
        class,
        account,
        role,
    } = request;
    let school = ctx.school()?;
    not_class_teacher(role)?;
    let mut tx = ctx.begin_turn().await?;
    open_class(&mut tx, class).await?;
    if !has_role(&mut tx, school, account, role.school_role()).await? {
        return Err(Error::field("account", Problem::Choice).into());
    }
    let places: Vec<Place> = if role == ClassRole::Parent {
        let children = queries::children_in(&mut tx, class, account).await?;
        let by = |child: AccountId| Place::ClassByChild(class, child);
        children.into_iter().map(by).collect()
    } else {
        vec![Place::Class(class, role)]
    };
    if places.is_empty() {
        return Err(Error::field("account", Problem::Choice).into());
    }
    let begin = |place| Change::begin(account, place, ctx.now);
    let changes: Vec<Change> = places.into_iter().map(begin).collect();
    let effects = membership::apply(&mut tx, &Set::by(&ctx, Why::Staff, &changes)?).await?;
    if effects.classes.begin.is_empty() {
        return Err(Conflict::Member.into());
    }
    let page = page(&ctx, &mut tx, class).await?;
    tx.commit().await?;
    Ok(page)
}

pub async fn move_to_class(ctx: Ctx, request: MoveToClass) -> Result<ClassPage> {
    let MoveToClass {
        class,
        account,
        mut from,
    } = request;
    let school = ctx.school()?;
    from.sort_unstable();
    from.dedup();
    from.retain(|other| *other != class);
    if from.is_empty() {
        return Err(Error::field("from", Problem::Required).into());
    }
    let mut tx = ctx.begin_turn().await?;
    open_class(&mut tx, class).await?;
    // The right is one of this school, and so are the classes.
    if !queries::are_of(&mut tx, school, &from).await? {
        return Err(Error::NotFound.into());
    }
    if !has_role(&mut tx, school, account, Role::Student).await? {
        return Err(Error::field("account", Problem::Choice).into());
    }
    let student = |class| Place::Class(class, ClassRole::Student);
    let leaves = from.len();
    let mut changes = vec![Change::begin(account, student(class), ctx.now)];
    changes.extend(
        from.into_iter()
            .map(|class| Change::end(account, student(class), ctx.now)),
    );
    let effects = membership::apply(&mut tx, &Set::by(&ctx, Why::Staff, &changes)?).await?;
    if effects.classes.begin.is_empty() && effects.classes.end.is_empty() {
        return Err(Conflict::Member.into());
    }
    // Somebody else has moved the student meanwhile: in another class than it was seen in they would stay.
    // (The parents leave with them.)
    let left = effects.classes.end.keys();
    let left = left.filter(|it| it.account == account && it.role == ClassRole::Student);
    if left.count() != leaves {
        return Err(Conflict::Changed.into());
    }
    let page = page(&ctx, &mut tx, class).await?;
    tx.commit().await?;
    Ok(page)
}

/// The role in the school stays.
pub async fn remove_from_class(ctx: Ctx, request: RemoveFromClass) -> Result<ClassPage> {
    let RemoveFromClass {
        class,
        account,
        role,
    } = request;
    not_class_teacher(role)?;
    let mut tx = ctx.begin_turn().await?;
    not_staff_room(lock(&mut tx, class).await?.kind)?;
    let changes = [Change::end(account, Place::Class(class, role), ctx.now)];
    let effects = membership::apply(&mut tx, &Set::by(&ctx, Why::Staff, &changes)?).await?;
    if effects.classes.end.is_empty() {
        return Err(Error::NotFound.into());
    }
    let page = page(&ctx, &mut tx, class).await?;
    tx.commit().await?;
    Ok(page)
}

/// Class teachers come and go by [`SetClassTeacher`].
fn not_class_teacher(role: ClassRole) -> Result<()> {
    if role == ClassRole::ClassTeacher {
        return Err(Error::field("role", Problem::Choice).into());
    }
    Ok(())
}

/// All staff is in the staff room, as long as they are staff, and nobody leads it.
fn not_staff_room(kind: ClassKind) -> Result<()> {
    if kind == ClassKind::StaffRoom {
        return Err(Error::field("class", Problem::Choice).into());
    }
    Ok(())
}

/// A class that takes people: not the staff room, not archived.
async fn open_class(tx: &mut Tx, class: ClassId) -> Result<()> {
    let locked = lock(tx, class).await?;
    not_staff_room(locked.kind)?;
    locked.open()?;
    Ok(())
}
