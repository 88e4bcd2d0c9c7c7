//! What administrators and operators download besides.

use frontend::{
    admin::{self, AdminRoute, Root},
    errors, i18n, router, shell,
};

fn main() {
    wasm_bindgen_futures::spawn_local(async {
        i18n::init().await;
        errors::know(admin::sentence);
        router::start(AdminRoute::owns);
        leptos::mount::mount_to_body(Root);
        shell::remove();
    });
}
