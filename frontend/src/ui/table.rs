use leptos::prelude::*;

/// A table whose rows become cards on a phone: the first cell, below it the others. The children are
/// `<tr>`s; a `<td>` that doesn't speak for itself has a `data-label` with its column's words, which
/// a phone shows before the value.
#[component]
pub fn Table(
    /// What the table lists, for screen readers.
    #[prop(into)]
    caption: Signal<String>,
    columns: Vec<Signal<String>>,
    children: Children,
) -> AnyView {
    let columns = columns
        .into_iter()
        .map(|column| view! { <th scope="col">{column}</th> })
        .collect::<Vec<_>>();
    view! {
        <div class="table" role="region" tabindex="0" aria-label=caption>
            <table>
                <caption class="unseen">{caption}</caption>
                <thead><tr>{columns}</tr></thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
