use common::Paged;
use common::classes::ClassKind;
use common::error::Problem;
use common::invites::{
    CHILDREN_LIMIT, CreateInvites, DAYS_LIMIT, GetInvites, Invite, NewInvite, RevokeInvites,
    USES_LIMIT,
};
use common::permissions::Role;
use common::validate::Check;

use super::queries::Which;
use super::{qr, queries};
use crate::app::Ctx;
use crate::error::Result;
use crate::parents::links;
use crate::{classes, secret};

pub async fn create_invites(ctx: Ctx, request: CreateInvites) -> Result<Vec<NewInvite>> {
    let (me, school) = (ctx.me()?, ctx.school()?);
    let mut tx = ctx.begin().await?;
    let class = classes::queries::lock(&mut tx, request.class)
        .await?
        .open()?;
    let children = check(&request, class.kind)?;
    let expires_at = ctx.zone()?.days_later(ctx.now, request.days.into());
    let links: Vec<_> = children.iter().map(|_| secret::new()).collect();
    let invites: Vec<_> = children
        .iter()
        .zip(&links)
        .map(|(child, (_, hash))| queries::Fresh {
            school,
            class: request.class,
            role: request.role,
            child: child.as_deref(),
            secret_hash: hash,
            created_by: me,
            created_at: ctx.now,
            expires_at,
            max_uses: request.max_uses,
        })
        .collect();
    let ids = queries::insert(&mut tx, &invites).await?;
    let mut made = queries::invites(&mut tx, school, Which::These(&ids))
        .await?
        .rows;
    tx.commit().await?;
    made.sort_by_key(|invite| invite.id);
    made.into_iter()
        .zip(links)
        .map(|(invite, (secret, _))| {
            let link = format!("{}/invite/{}", ctx.app.public_url, secret.0);
            let qr = qr::svg(&link)?;
            Ok(NewInvite { invite, link, qr })
        })
        .collect()
}

/// The child of each invite to make; one invite without, if none is named.
fn check(request: &CreateInvites, kind: ClassKind) -> Result<Vec<Option<String>>> {
    let mut check = Check::new();
    if !(1..=DAYS_LIMIT).contains(&request.days) {
        let max = DAYS_LIMIT.into();
        check.problem("days", Problem::OutOfRange { min: 1, max });
    }
    if !(1..=USES_LIMIT).contains(&request.max_uses) {
        let max = USES_LIMIT.into();
        check.problem("max_uses", Problem::OutOfRange { min: 1, max });
    }
    let fits = match request.role {
        Role::Administrator => false,
        Role::Teacher => true,
        // The staff room is the staff's (R51).
        Role::Student | Role::Parent => kind != ClassKind::StaffRoom,
    };
    if !fits {
        check.problem("role", Problem::Choice);
    }
    if request.role != Role::Parent && !request.children.is_empty() {
        check.problem("children", Problem::Choice);
    }
    if request.children.len() > CHILDREN_LIMIT {
        let max = CHILDREN_LIMIT as u32;
        check.problem("children", Problem::TooMany { max });
    }
    let names = request.children.iter().map(|name| links::child_name(name));
    let children = match names.collect::<Result<Vec<_>, _>>() {
        Ok(names) if names.is_empty() => vec![None],
        Ok(names) => names.into_iter().map(Some).collect(),
        Err(problem) => {
            check.problem("children", problem);
            Vec::new()
        }
    };
    check.done()?;
    Ok(children)
}

pub async fn get_invites(ctx: Ctx, request: GetInvites) -> Result<Paged<Invite>> {
    let which = Which::Page(request.class, request.page);
    queries::invites(&mut *ctx.conn().await?, ctx.school()?, which).await
}

pub async fn revoke_invites(ctx: Ctx, request: RevokeInvites) -> Result<u32> {
    let mut tx = ctx.begin().await?;
    let revoked = queries::revoke(&mut tx, ctx.school()?, &request.what, ctx.now).await?;
    tx.commit().await?;
    Ok(revoked)
}
