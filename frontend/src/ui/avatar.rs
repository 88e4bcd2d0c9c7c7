use common::letters;
use leptos::prelude::*;

#[derive(Clone, Copy, Default)]
pub enum AvatarSize {
    Small,
    #[default]
    Medium,
    Large,
}

/// A person, class or channel as initials on a hue that stays the same everywhere. Hidden from
/// screen readers: the name always stands beside it.
#[component]
pub fn Avatar(
    #[prop(into)] name: Signal<String>,
    /// What the hue is derived from: the id.
    seed: i64,
    #[prop(optional)] size: AvatarSize,
) -> AnyView {
    let size = match size {
        AvatarSize::Small => "small",
        AvatarSize::Medium => "medium",
        AvatarSize::Large => "large",
    };
    view! {
        <span class="avatar" data-hue=hue(seed) data-size=size aria-hidden="true">
            {move || name.with(|name| initials(name))}
        </span>
    }
    .into_any()
}

/// Neighbouring ids get hues that lie apart.
const fn hue(seed: i64) -> i64 {
    (seed * 5).rem_euclid(8)
}

/// "Соколова Мария Ивановна" is СМ; a class stays as it is: "7А · родители" is 7А.
fn initials(name: &str) -> String {
    let mut words = name
        .split(|c| !letters::in_word(c))
        .filter(|word| !word.is_empty());
    let class = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    match (words.next(), words.next()) {
        (Some(first), second)
            if first.chars().count() <= 3 && (second.is_none() || class(first)) =>
        {
            letters::capitals(first)
        }
        (Some(first), second) => [Some(first), second]
            .into_iter()
            .flatten()
            .filter_map(|word| word.chars().next())
            .map(letters::upper)
            .collect(),
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_two_letters_or_the_short_name() {
        assert_eq!(initials("Соколова Мария Ивановна"), "СМ");
        assert_eq!(initials("7а"), "7А");
        assert_eq!(initials("11Б · родители"), "11Б");
        assert_eq!(initials("Общество «Знание»"), "ОЗ");
        assert_eq!(initials("Учительская"), "У");
        assert_eq!(initials(""), "");
    }

    #[test]
    fn every_id_has_one_of_eight_hues() {
        assert!((-20..20).all(|seed| (0..8).contains(&hue(seed))));
    }
}
