//! What everybody downloads.

use frontend::{app::App, i18n, route::Route, router, shell};

fn main() {
    i18n::init();
    router::start(Route::owns);
    leptos::mount::mount_to_body(App);
    shell::remove();
}
