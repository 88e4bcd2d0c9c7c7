//! The program.

use frontend::{app::App, i18n, router};

fn main() {
    wasm_bindgen_futures::spawn_local(async {
        i18n::init().await;
        router::start();
        leptos::mount::mount_to_body(App);
    });
}
