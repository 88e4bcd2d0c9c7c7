//! Large and small letters of the languages that our schools write: Latin and Cyrillic. The standard
//! library knows all the world's, in tables that weigh 8 KB in every first visit.

/// The capital of a letter; anything else as it is.
#[must_use]
pub const fn upper(letter: char) -> char {
    let code = letter as u32;
    let upper = match letter {
        'a'..='z' | 'à'..='ö' | 'ø'..='þ' | 'а'..='я' => code - 32,
        'ѐ'..='џ' => code - 80,
        // Here a capital stands before each small letter: Latin from ā to ķ, ŋ to ŷ;
        // Cyrillic of the peoples of Russia.
        'ā'..='ķ' | 'ŋ'..='ŷ' | 'ѡ'..='ҁ' | 'ҋ'..='ҿ' | 'ӑ'..='ԯ' => code & !1,
        'ӂ'..='ӎ' => code - 1 + code % 2,
        _ => code,
    };
    match char::from_u32(upper) {
        Some(upper) => upper,
        None => letter,
    }
}

/// The small letter of a capital; anything else as it is.
#[must_use]
pub const fn lower(letter: char) -> char {
    let code = letter as u32;
    let lower = match letter {
        'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' | 'А'..='Я' => code + 32,
        'Ѐ'..='Џ' => code + 80,
        'Ā'..='Ķ' | 'Ŋ'..='Ŷ' | 'Ѡ'..='Ҁ' | 'Ҋ'..='Ҿ' | 'Ӑ'..='Ԯ' => code | 1,
        'Ӂ'..='Ӎ' => code + code % 2,
        _ => code,
    };
    match char::from_u32(lower) {
        Some(lower) => lower,
        None => letter,
    }
}

/// Whether it is a letter of some script: by the ranges that scripts have, so that a rare mark of
/// punctuation within one passes for a letter, but no space, sign, number or emoji does.
#[must_use]
pub const fn is_letter(c: char) -> bool {
    matches!(c,
        'a'..='z' | 'A'..='Z' | 'ª' | 'µ' | 'º' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='\u{2c1}'
        | '\u{370}'..='\u{65f}' | '\u{66e}'..='\u{6ef}' | '\u{6fa}'..='\u{1fff}'
        | '\u{2c00}'..='\u{2dff}' | '\u{3041}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Whether it belongs to a word: a letter or a digit.
#[must_use]
pub const fn in_word(c: char) -> bool {
    c.is_ascii_digit() || is_letter(c)
}

/// All in capitals.
#[must_use]
pub fn capitals(text: &str) -> String {
    text.chars().map(upper).collect()
}

/// As searches compare: small letters, and ё is е.
#[must_use]
pub fn folded(text: &str) -> String {
    let fold = |letter| if letter == 'ё' { 'е' } else { letter };
    text.trim().chars().map(lower).map(fold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_names_with_is_a_letter() {
        for name in [
            "Ёжикова",
            "Іван",
            "Ӧлексан",
            "Ҡәҙим",
            "Zoë",
            "Łukasz",
            "Ñandú",
            "ßtraße",
            "Γιώργος",
            "Արամ",
            "გიორგი",
            "שרה",
            "محمد",
            "मोहन",
            "ไชย",
            "李小龙",
            "さくら",
            "김철수",
        ] {
            assert!(name.chars().all(is_letter), "{name}");
        }
    }

    #[test]
    fn no_space_sign_number_or_emoji_is_a_letter() {
        let signs = " \t\n\u{a0}\u{2009}!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~«»“”„–—…№€₽×÷©®™°±¼²³→✓★、。「」0123456789";
        let emoji = "😀👍🏽🇷🇺❤☎✂🎓🏫";
        for c in signs.chars().chain(emoji.chars()) {
            assert!(!is_letter(c), "{c:?}");
        }
        assert!(in_word('7') && in_word('ж') && !in_word('*'));
    }

    /// The letters of our ranges, but for those without a partner of one letter in them.
    fn letters() -> impl Iterator<Item = char> {
        ('\0'..='ķ')
            .chain('Ŋ'..='ŷ')
            .chain('Ѐ'..='ԯ')
            .filter(|letter| !matches!(letter, 'İ' | 'ı' | 'µ' | 'ß' | 'ÿ' | 'Ӏ' | 'ӏ'))
    }

    #[test]
    fn agree_with_the_standard_library() {
        for letter in letters() {
            assert!(letter.to_uppercase().eq([upper(letter)]), "{letter}");
            assert!(letter.to_lowercase().eq([lower(letter)]), "{letter}");
        }
    }

    #[test]
    fn searches_fold_yo() {
        assert_eq!(folded(" Алёна ЁЖ "), "алена еж");
        assert_eq!(capitals("7а"), "7А");
    }
}
