//! What everybody downloads.

use frontend::{app::App, i18n, route::Route, router, shell};

fn main() {
    wasm_bindgen_futures::spawn_local(async {
        i18n::init().await;
        router::start(Route::owns);
        leptos::mount::mount_to_body(App);
        shell::remove();
    });
}
