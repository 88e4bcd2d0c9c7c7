use common::page::PAGE;
use leptos::prelude::*;

use super::button::Button;
use crate::t;

/// Leads through the pages of a [`common::Paged`] list; nothing where one page holds all.
#[component]
pub fn Pager(
    page: RwSignal<u32>,
    /// Of rows.
    total: u32,
) -> AnyView {
    let pages = total.div_ceil(PAGE);
    if pages < 2 {
        return ().into_any();
    }
    let last = Signal::derive(move || page.get() + 1 >= pages);
    view! {
        <nav class="pager" aria-label=t!(admin.pages)>
            <Button label=t!(admin.previous) disabled=Signal::derive(move || page.get() == 0) on_click=move || page.update(|it| *it -= 1) />
            <span role="status">{t!(admin.page_of, n = page.get() + 1, of = pages)}</span>
            <Button label=t!(admin.following) disabled=last on_click=move || page.update(|it| *it += 1) />
        </nav>
    }
    .into_any()
}
