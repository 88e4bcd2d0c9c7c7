use common::classes::{
    AddToClass, Class, ClassKind, ClassPage, ClassRole, RemoveFromClass, SetClassTeacher,
};
use common::error::{Conflict, Error, Problem};
use common::permissions::Role;
use common::{AccountId, ClassId};

use super::{appoint, join, leave, queries};
use crate::app::Ctx;
use crate::classes::handlers::{class_of, page};
use crate::classes::queries::lock;
use crate::error::Result;
use crate::people::queries::hold_role;
use crate::write::Tx;

pub async fn set_class_teacher(ctx: Ctx, request: SetClassTeacher) -> Result<Class> {
    let school = ctx.school()?;
    let mut tx = ctx.begin().await?;
    open_class(&mut tx, request.class).await?;
    if let Some(teacher) = request.teacher
        && !hold_role(&mut tx, school, teacher, Role::Teacher).await?
        && !hold_role(&mut tx, school, teacher, Role::Administrator).await?
    {
        return Err(Error::field("teacher", Problem::Choice).into());
    }
    appoint(&mut tx, school, request.class, request.teacher, ctx.now).await?;
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
    let mut tx = ctx.begin().await?;
    open_class(&mut tx, class).await?;
    if !hold_role(&mut tx, school, account, role.school_role()).await? {
        return Err(Error::field("account", Problem::Choice).into());
    }
    let children: Vec<Option<AccountId>> = if role == ClassRole::Parent {
        let children = queries::children_in(&mut tx, class, account).await?;
        if children.is_empty() {
            return Err(Error::field("account", Problem::Choice).into());
        }
        children.into_iter().map(Some).collect()
    } else {
        vec![None]
    };
    let mut new = false;
    for child in children {
        new |= join(&mut tx, school, class, account, role, child, ctx.now).await?;
    }
    if !new {
        return Err(Conflict::Member.into());
    }
    let page = page(&ctx, &mut tx, class).await?;
    tx.commit().await?;
    Ok(page)
}

pub async fn remove_from_class(ctx: Ctx, request: RemoveFromClass) -> Result<ClassPage> {
    let RemoveFromClass {
        class,
        account,
        role,
    } = request;
    let school = ctx.school()?;
    not_class_teacher(role)?;
    let mut tx = ctx.begin().await?;
    not_staff_room(lock(&mut tx, class).await?.kind)?;
    if !leave(&mut tx, school, class, account, role, None, ctx.now).await? {
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
