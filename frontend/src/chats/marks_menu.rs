//! The menu of the composer's formatting: of a chunk that is fetched ahead, or when somebody first wants it.

use leptos::prelude::*;

use super::marks::Mark;
use crate::t;
use crate::ui::{Anchor, ContextMenu, Icon, MenuItem};

#[derive(Clone, Copy)]
pub struct MarksMenu {
    /// While it's open.
    pub at: RwSignal<Option<Anchor>>,
    pub on_choose: Callback<Mark>,
}

pub fn marks_menu(MarksMenu { at, on_choose }: MarksMenu) -> AnyView {
    view! {
        <ContextMenu label=t!(chats.format) at>
            <MenuItem label=t!(chats.bold) icon=Icon::BOLD on_choose=move || on_choose.run(Mark::Bold) />
            <MenuItem label=t!(chats.italic) icon=Icon::ITALIC on_choose=move || on_choose.run(Mark::Italic) />
            <MenuItem label=t!(chats.bullets) icon=Icon::LIST on_choose=move || on_choose.run(Mark::List) />
            <MenuItem label=t!(chats.code) icon=Icon::CODE on_choose=move || on_choose.run(Mark::Code) />
        </ContextMenu>
    }
    .into_any()
}
