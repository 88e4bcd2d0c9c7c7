//! What administrators and operators download besides.

use frontend::{
    admin::{AdminRoute, Root},
    i18n, router, shell,
};

fn main() {
    wasm_bindgen_futures::spawn_local(async {
        i18n::init().await;
        router::start(AdminRoute::owns);
        leptos::mount::mount_to_body(Root);
        shell::remove();
    });
}
