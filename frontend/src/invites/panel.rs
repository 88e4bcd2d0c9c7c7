use std::iter;

use common::invites::{
    CreateInvites, DEFAULT_DAYS, GetInvites, Invite, NewInvite, Revoke, RevokeInvites,
};
use common::permissions::{Action, Role};
use common::{AccountId, ClassId, InviteId, Paged, SchoolId, json};
use leptos::{prelude::*, task::spawn_local};

use crate::load::Load;
use crate::outbox::KeptField;
use crate::reactive::Derived;
use crate::ui::{
    Button, Confirm, Dialog, EmptyState, Form, FormErrors, Icon, Pager, SegmentedControl, Shape,
    Tag, TextArea, TextField, Tone, Variant, copy, live, role_title, storage, time, toast,
};
use crate::{api, errors, outbox, plural, store, t, text};

/// Whom a class takes by invite; who of them the person may invite says the rule book.
pub const INVITED: [Role; 3] = [Role::Parent, Role::Student, Role::Teacher];

/// The invites of a class: make, show once as link and QR code, print, revoke (R53 to R56).
#[component]
pub fn InvitesPanel(
    school: SchoolId,
    class: ClassId,
    /// Of these the ones whom the person may invite.
    roles: Vec<Role>,
) -> AnyView {
    let made = RwSignal::from(made());
    let whom = store::peek(|state| {
        Whom::among(roles, |role| {
            state.may_in_class(Action::Invite(role), school, class)
        })
    })
    .flatten();
    let creates = whom.is_some();
    let page = RwSignal::new(0);
    let invites = Load::new(move || GetInvites {
        school,
        class: Some(class),
        page: page.get(),
    });
    let creating = RwSignal::new(false);
    let revoking = RwSignal::new(false);
    let revoke_unused = move || revoke(Revoke::UnusedOfClass { class }, invites);
    let chosen = RwSignal::new(None::<InviteId>);
    let revoking_one = RwSignal::new(false);
    let ask = Callback::new(move |invite: InviteId| {
        chosen.set(Some(invite));
        revoking_one.set(true);
    });
    let revoke_one = move || {
        if let Some(invite) = chosen.get_untracked() {
            revoke(Revoke::One { invite }, invites);
        }
    };
    let unused = Derived::new(move || {
        let any = |all: &Paged<Invite>| all.rows.iter().any(|it| it.uses == 0 && usable(it));
        invites.with(any).unwrap_or_default()
    });
    let list = invites.view(Shape::List, move |all| {
        if all.rows.is_empty() {
            return none(creates);
        }
        let rows = all
            .rows
            .iter()
            .map(|invite| row(invite, ask))
            .collect::<Vec<_>>();
        view! { <ul class="rows" role="list">{rows}</ul> <Pager page total=all.total /> }.into_any()
    });
    let name = untrack(|| store::with(|state| Some(state.school(school)?.short_name.clone())));
    let name = name.flatten().unwrap_or_default();
    let done = Callback::new(move |()| {
        made.update(|(_, made)| made.retain(|new| !of(new, class)));
        keep();
    });
    let fresh = live(move || {
        let cards: Vec<_> = made.with(|(_, made)| {
            let mine = made.iter().filter(|new| of(new, class));
            mine.map(|new| card(&name, new)).collect()
        });
        (!cards.is_empty()).then(|| fresh(cards, done))
    });
    let form = whom.map(|whom| {
        view! {
            <Dialog open=creating title=t!(invites_admin.create)>
                <Create class whom=whom.clone() open=creating invites />
            </Dialog>
        }
    });
    view! {
        <div class="stack">
            <div class="actions">
                {creates.then(|| view! { <Button label=t!(invites_admin.create) icon=Icon::PLUS variant=Variant::Primary on_click=move || creating.set(true) /> })}
                {move || unused.get().then(|| view! { <Button label=t!(invites_admin.revoke_unused) on_click=move || revoking.set(true) /> })}
            </div>
            {fresh}
            {list}
        </div>
        {form}
        <Confirm
            open=revoking title=t!(invites_admin.revoke_unused) text=t!(invites_admin.revoke_unused_text)
            action=t!(invites_admin.revoke) on_confirm=revoke_unused
        />
        <Confirm
            open=revoking_one title=t!(invites_admin.revoke_one) text=t!(invites_admin.revoke_one_text)
            action=t!(invites_admin.revoke) on_confirm=revoke_one
        />
    }
    .into_any()
}

/// Whom one may invite: somebody at least.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Whom {
    first: Role,
    others: Vec<Role>,
}

impl Whom {
    /// None where it's nobody: then there is nothing to create.
    fn among(roles: Vec<Role>, may: impl Fn(Role) -> bool) -> Option<Self> {
        let mut roles = roles.into_iter().filter(|role| may(*role));
        Some(Self {
            first: roles.next()?,
            others: roles.collect(),
        })
    }

    fn all(&self) -> impl Iterator<Item = Role> {
        iter::once(self.first).chain(self.others.iter().copied())
    }

    /// By the place among all.
    fn at(&self, place: usize) -> Role {
        self.all().nth(place).unwrap_or(self.first)
    }
}

/// Whose, and the newest first.
type Made = (Option<AccountId>, Vec<NewInvite>);

/// Where the tab remembers them.
const KEPT: &str = "invites";

thread_local! {
    static MADE: ArcRwSignal<Made> = ArcRwSignal::default();
}

/// Those that the person has just made, whose links are never shown again: they outlive the screen, which is
/// left many times while links are handed out one by one, and the page, which may load itself again.
fn made() -> ArcRwSignal<Made> {
    let made = MADE.with(Clone::clone);
    let me = store::me();
    if made.with_untracked(|(whose, _)| *whose != me) {
        let kept = outbox::place(KEPT).and_then(|place| storage::get_in_tab(&place));
        let kept = kept.and_then(|kept| json::from_str(&kept).ok());
        made.set((me, kept.unwrap_or_default()));
    }
    made
}

fn keep() {
    let text = made().with_untracked(|(_, made)| json::to_string(made));
    if let (Some(place), Ok(text)) = (outbox::place(KEPT), text) {
        storage::set_in_tab(&place, &text);
    }
}

fn none(creates: bool) -> AnyView {
    if creates {
        view! { <EmptyState icon=Icon::QR_CODE title=t!(invites_admin.none) hint=t!(invites_admin.none_hint) /> }.into_any()
    } else {
        view! { <EmptyState icon=Icon::QR_CODE title=t!(invites_admin.none) /> }.into_any()
    }
}

fn revoke(what: Revoke, invites: Load<Paged<Invite>>) {
    spawn_local(async move {
        match api::call(RevokeInvites { what }).await {
            Ok(count) => toast::show(plural!(invites_admin.revoked_count, count)),
            Err(error) => toast::show(errors::sentence(&error)),
        }
        invites.again();
    });
}

fn expired(invite: &Invite) -> bool {
    invite.expires_at <= time::now()
}

fn usable(invite: &Invite) -> bool {
    !invite.revoked && !expired(invite) && invite.uses < invite.max_uses
}

fn row(invite: &Invite, revoke: Callback<InviteId>) -> AnyView {
    let id = invite.id;
    let role = invite.role;
    let child = invite.child.clone();
    let title = live(move || match &child {
        Some(child) => format!("{} · {child}", role_title(role)),
        None => role_title(role).to_owned(),
    });
    let (uses, most, until) = (invite.uses, invite.max_uses, invite.expires_at);
    let over = expired(invite);
    let usable = usable(invite);
    let note = live(move || {
        text!(
            invites_admin.counts,
            uses = uses,
            of = most,
            until = time::date(until)
        )
    });
    let state = if invite.revoked {
        view! { <Tag label=t!(invites_admin.revoked) tone=Tone::Danger /> }.into_any()
    } else if over {
        view! { <Tag label=t!(invites_admin.expired) /> }.into_any()
    } else if !usable {
        view! { <Tag label=t!(invites_admin.used_up) tone=Tone::Ok /> }.into_any()
    } else {
        view! { <Button label=t!(invites_admin.revoke) on_click=move || revoke.run(id) /> }
            .into_any()
    };
    view! {
        <li class="rows__row">
            <span class="rows__words">
                <span class="rows__title">{title}</span>
                <span class="rows__note">{note}</span>
            </span>
            {state}
        </li>
    }
    .into_any()
}

/// The screen may have shown another school's staff room before.
fn of(new: &NewInvite, class: ClassId) -> bool {
    new.invite.class.id == class
}

/// What is shown this once, until the person is done with it: the server keeps only a hash.
fn fresh(cards: Vec<AnyView>, done: Callback<()>) -> AnyView {
    view! {
        <section class="fresh" aria-label=t!(invites_admin.fresh)>
            <p class="fresh__note" role="status">{t!(invites_admin.fresh_note)}</p>
            <div class="actions">
                <Button label=t!(invites_admin.print) icon=Icon::PRINTER on_click=print />
                <Button label=t!(invites_admin.done) icon=Icon::CHECK on_click=done />
            </div>
            <div class="fresh__cards">{cards}</div>
        </section>
    }
    .into_any()
}

fn card(school: &str, new: &NewInvite) -> AnyView {
    let NewInvite { invite, link, qr } = new;
    let (role, until) = (invite.role, invite.expires_at);
    let copied = link.clone();
    view! {
        <article class="invite-card">
            <div class="invite-card__code" role="img" aria-label=t!(invites_admin.qr) inner_html=qr.clone()></div>
            <div class="invite-card__words">
                <p>{school.to_owned()}</p>
                <p class="invite-card__title">{invite.class.name.clone()} " · " {live(move || role_title(role))}</p>
                <p>{invite.child.clone()}</p>
                <p class="rows__note">{move || text!(invites_admin.until, day = time::date(until))}</p>
                <p class="invite-card__link">{link.clone()}</p>
                <div class="invite-card__actions"><Button label=t!(invites_admin.copy) icon=Icon::COPY on_click=move || copy(&copied) /></div>
            </div>
        </article>
    }
    .into_any()
}

fn print() {
    let _ = window().print();
}

#[component]
fn Create(
    class: ClassId,
    whom: Whom,
    open: RwSignal<bool>,
    invites: Load<Paged<Invite>>,
) -> AnyView {
    let chosen = RwSignal::new(0_usize);
    let list = KeptField::new(format!("children.{class}"));
    let children = list.value;
    let days = RwSignal::new(DEFAULT_DAYS.to_string());
    let uses = RwSignal::new(String::new());
    let problems = FormErrors::new();
    let busy = RwSignal::new(false);
    let names = whom
        .all()
        .map(|role| Signal::derive(move || role_title(role).to_owned()));
    let options: Vec<Signal<String>> = names.collect();
    let many = options.len() > 1;
    let whom = StoredValue::new(whom);
    let role = move || whom.with_value(|whom| whom.at(chosen.get()));
    let submit = move || {
        let role = untrack(role);
        let names: Vec<String> = if role == Role::Parent {
            let children = children.get_untracked();
            children
                .lines()
                .map(str::trim)
                .filter(|it| !it.is_empty())
                .map(str::to_owned)
                .collect()
        } else {
            Vec::new()
        };
        let most = uses.get_untracked();
        let most = most.trim();
        // Two parents for a child; a class for all others.
        let default = if names.is_empty() { 40 } else { 2 };
        let request = CreateInvites {
            class,
            role,
            children: names,
            days: days.get_untracked().trim().parse().unwrap_or_default(),
            max_uses: if most.is_empty() {
                default
            } else {
                most.parse().unwrap_or_default()
            },
        };
        busy.set(true);
        let list = (role == Role::Parent).then(|| list.clone());
        let me = store::me();
        spawn_local(async move {
            match api::call(request).await {
                // Somebody else sits here now: these are not theirs to see.
                Ok(_) if store::me() != me => {}
                Ok(new) => {
                    if let Some(list) = list {
                        list.sent();
                    }
                    // Before those that may not have been copied yet; the screen may be gone.
                    made().update(|(_, made)| drop(made.splice(..0, new)));
                    keep();
                    invites.again();
                    open.try_set(false);
                }
                Err(error) => errors::show(problems, &error),
            }
            busy.try_set(false);
        });
    };
    let for_parents = live(move || {
        (role() == Role::Parent).then(|| {
            view! { <TextArea name="children" value=children label=t!(invites_admin.children) hint=t!(invites_admin.children_hint) rows=4 optional=true /> }
        })
    });
    view! {
        <Form errors=problems on_submit=submit>
            {many.then(|| view! { <SegmentedControl label=t!(invites_admin.whom) options=options.clone() selected=chosen /> })}
            {for_parents}
            <TextField name="days" value=days label=t!(invites_admin.days) inputmode="numeric" />
            <TextField name="max_uses" value=uses label=t!(invites_admin.max_uses) hint=t!(invites_admin.max_uses_hint) inputmode="numeric" optional=true />
            <Button label=t!(invites_admin.create_action) variant=Variant::Primary wide=true busy />
        </Form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_invite_nobody_creates_nothing() {
        assert_eq!(Whom::among(Vec::from(INVITED), |_| false), None);
        assert_eq!(Whom::among(Vec::new(), |_| true), None);
        let of = |role: Role| Whom::among(Vec::from(INVITED), move |it| it == role);
        // Not a parent, where a parent isn't among them.
        assert_eq!(
            of(Role::Teacher).map(|whom| whom.at(0)),
            Some(Role::Teacher)
        );
    }

    #[test]
    fn whom_one_chooses_is_whom_one_invites() {
        let whom = Whom::among(Vec::from(INVITED), |role| role != Role::Parent).unwrap();
        let all: Vec<Role> = whom.all().collect();
        assert_eq!(all, [Role::Student, Role::Teacher]);
        assert_eq!([whom.at(0), whom.at(1)], [Role::Student, Role::Teacher]);
    }
}
