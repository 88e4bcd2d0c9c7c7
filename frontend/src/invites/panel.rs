use common::invites::{
    CreateInvites, DEFAULT_DAYS, GetInvites, Invite, NewInvite, Revoke, RevokeInvites,
};
use common::permissions::Role;
use common::{ClassId, Paged, SchoolId};
use leptos::{prelude::*, task::spawn_local};

use super::role_name;
use crate::load::Load;
use crate::reactive::Derived;
use crate::ui::{
    Button, Confirm, Dialog, EmptyState, Form, FormErrors, Icon, Pager, SegmentedControl, Shape,
    Tag, TextArea, TextField, Tone, Variant, copy, live, time, toast,
};
use crate::{api, errors, plural, t, text};

/// The invites of a class: make, show once as link and QR code, print, revoke (R53 to R56).
#[component]
pub fn InvitesPanel(
    school: SchoolId,
    class: ClassId,
    roles: Vec<Role>,
    /// Those just made, whose links are never shown again: the screen's, so that they outlive what is
    /// drawn anew around the panel.
    made: RwSignal<Vec<NewInvite>>,
) -> AnyView {
    let page = RwSignal::new(0);
    let invites = Load::new(move || GetInvites {
        school,
        class: Some(class),
        page: page.get(),
    });
    let creating = RwSignal::new(false);
    let revoking = RwSignal::new(false);
    let revoke_unused = move || revoke(Revoke::UnusedOfClass { class }, invites);
    let unused = Derived::new(move || {
        let any = |all: &Paged<Invite>| all.rows.iter().any(|it| it.uses == 0 && usable(it));
        invites.with(any).unwrap_or_default()
    });
    let list = invites.view(Shape::List, move |all| {
        if all.rows.is_empty() {
            return view! { <EmptyState icon=Icon::QR_CODE title=t!(invites_admin.none) hint=t!(invites_admin.none_hint) /> }.into_any();
        }
        let rows = all.rows.iter().map(|invite| row(invite, invites)).collect::<Vec<_>>();
        view! { <ul class="rows" role="list">{rows}</ul> <Pager page total=all.total /> }.into_any()
    });
    view! {
        <div class="actions">
            <Button label=t!(invites_admin.create) icon=Icon::PLUS variant=Variant::Primary on_click=move || creating.set(true) />
            {move || unused.get().then(|| view! { <Button label=t!(invites_admin.revoke_unused) on_click=move || revoking.set(true) /> })}
        </div>
        {move || made.with(|made| (!made.is_empty()).then(|| fresh(made)))}
        {list}
        <Dialog open=creating title=t!(invites_admin.create)>
            <Create class roles=roles.clone() open=creating made invites />
        </Dialog>
        <Confirm
            open=revoking title=t!(invites_admin.revoke_unused) text=t!(invites_admin.revoke_unused_text)
            action=t!(invites_admin.revoke) on_confirm=revoke_unused
        />
    }
    .into_any()
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

fn row(invite: &Invite, invites: Load<Paged<Invite>>) -> AnyView {
    let id = invite.id;
    let role = invite.role;
    let child = invite.child.clone();
    let title = live(move || match &child {
        Some(child) => format!("{} · {child}", role_name(role)),
        None => role_name(role).to_owned(),
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
        view! { <Button label=t!(invites_admin.revoke) on_click=move || revoke(Revoke::One { invite: id }, invites) /> }.into_any()
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

/// What is shown this once: the server keeps only a hash.
fn fresh(made: &[NewInvite]) -> AnyView {
    let cards = made.iter().map(card).collect::<Vec<_>>();
    view! {
        <section class="fresh" aria-label=t!(invites_admin.fresh)>
            <p class="fresh__note" role="status">{t!(invites_admin.fresh_note)}</p>
            <div class="fresh__cards">{cards}</div>
            <div class="actions"><Button label=t!(invites_admin.print) icon=Icon::PRINTER on_click=print /></div>
        </section>
    }
    .into_any()
}

fn card(new: &NewInvite) -> AnyView {
    let NewInvite { invite, link, qr } = new;
    let (role, until) = (invite.role, invite.expires_at);
    let copied = link.clone();
    view! {
        <article class="invite-card">
            <div class="invite-card__code" role="img" aria-label=t!(invites_admin.qr) inner_html=qr.clone()></div>
            <div class="invite-card__words">
                <p class="invite-card__title">{invite.class.name.clone()} " · " {move || role_name(role)}</p>
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
    roles: Vec<Role>,
    open: RwSignal<bool>,
    made: RwSignal<Vec<NewInvite>>,
    invites: Load<Paged<Invite>>,
) -> AnyView {
    let chosen = RwSignal::new(0_usize);
    let children = RwSignal::new(String::new());
    let days = RwSignal::new(DEFAULT_DAYS.to_string());
    let uses = RwSignal::new(String::new());
    let problems = FormErrors::new();
    let busy = RwSignal::new(false);
    let names = roles.iter().map(|role| {
        let role = *role;
        Signal::derive(move || role_name(role).to_owned())
    });
    let options: Vec<Signal<String>> = names.collect();
    let many = options.len() > 1;
    let roles = StoredValue::new(roles);
    let role =
        move || roles.with_value(|roles| roles.get(chosen.get()).copied().unwrap_or(Role::Parent));
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
        spawn_local(async move {
            match api::call(request).await {
                Ok(new) => {
                    made.set(new);
                    invites.again();
                    open.set(false);
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
