//! Chance that nobody can foresee, as the browser has it.

use leptos::prelude::window;

/// False: there's none, and nothing is drawn.
pub fn fill(bytes: &mut [u8]) -> bool {
    let crypto = window().crypto();
    crypto.is_ok_and(|it| it.get_random_values_with_u8_array(bytes).is_ok())
}
