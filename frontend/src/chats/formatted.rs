use common::text::{Block, Inline, parse};
use leptos::prelude::*;

/// A message as elements: the one renderer of what people write. No HTML is made of it.
pub fn formatted(body: &str) -> AnyView {
    let blocks = parse(body).into_iter().map(block).collect::<Vec<_>>();
    view! { <div class="formatted">{blocks}</div> }.into_any()
}

fn block(block: Block) -> AnyView {
    match block {
        Block::Paragraph(lines) => {
            let mut views = Vec::new();
            for line in lines {
                if !views.is_empty() {
                    views.push(view! { <br /> }.into_any());
                }
                views.push(inlines(line));
            }
            view! { <p>{views}</p> }.into_any()
        }
        Block::List { start, items } => {
            let items = items
                .into_iter()
                .map(|item| view! { <li>{inlines(item)}</li> }.into_any())
                .collect::<Vec<_>>();
            match start {
                Some(start) => view! { <ol start=start.to_string()>{items}</ol> }.into_any(),
                None => view! { <ul>{items}</ul> }.into_any(),
            }
        }
        Block::Code(code) => {
            // Long lines scroll inside: then the keyboard must reach it.
            view! { <pre tabindex="0"><code>{code}</code></pre> }.into_any()
        }
    }
}

fn inlines(inlines: Vec<Inline>) -> AnyView {
    inlines
        .into_iter()
        .map(inline)
        .collect::<Vec<_>>()
        .into_any()
}

fn inline(inline: Inline) -> AnyView {
    match inline {
        Inline::Text(text) => text.into_any(),
        Inline::Bold(inner) => view! { <strong>{inlines(inner)}</strong> }.into_any(),
        Inline::Italic(inner) => view! { <em>{inlines(inner)}</em> }.into_any(),
        Inline::Code(code) => view! { <code>{code}</code> }.into_any(),
        Inline::Link { href, text } => {
            view! { <a href=href target="_blank" rel="noopener noreferrer">{text}</a> }.into_any()
        }
    }
}
