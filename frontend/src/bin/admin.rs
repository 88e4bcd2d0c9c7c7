//! What administrators and operators download besides.

use frontend::{
    admin::{AdminRoute, Root},
    i18n, router, shell,
};

fn main() {
    i18n::init();
    router::start(AdminRoute::owns);
    leptos::mount::mount_to_body(Root);
    shell::remove();
}
