//! What someone types to find people.

/// What someone typed to find a person, as SQL's LIKE takes it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Each must begin a word of the name: «% иван%».
    pub names: Vec<String>,
    /// Must stand in the phone, if there is one: «%9161234%».
    pub phones: Vec<String>,
}

/// Words in a search, at most: more of them find nobody.
const WORDS: usize = 8;

impl Search {
    /// Words with letters look for names (ё is е, any case, any order), digits for the phone, in
    /// whatever groups they are typed. «8» before a Russian number stands for «+7».
    #[must_use]
    pub fn parse(typed: &str) -> Self {
        let folded = typed.to_lowercase().replace('ё', "е");
        let mut search = Self::default();
        let mut digits = String::new();
        // A hyphen parts words here as in names: «щедрин» finds «Салтыков-Щедрин».
        for word in folded.split(|c: char| c.is_whitespace() || c == '-' || c == ',') {
            if word.chars().any(char::is_alphabetic) {
                if search.names.len() < WORDS {
                    search.names.push(format!("% {}%", escaped(word)));
                }
            } else {
                digits.extend(word.chars().filter(char::is_ascii_digit));
            }
        }
        if !digits.is_empty() {
            let national = digits.strip_prefix('8').filter(|rest| rest.len() >= 3);
            search.phones.push(format!("%{digits}%"));
            search
                .phones
                .extend(national.map(|rest| format!("%+7{rest}%")));
        }
        search
    }
}

fn escaped(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Search;

    fn search(names: &[&str], phones: &[&str]) -> Search {
        Search {
            names: names.iter().map(ToString::to_string).collect(),
            phones: phones.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn words_begin_names() {
        assert_eq!(
            Search::parse(" Пётр ИВАН "),
            search(&["% петр%", "% иван%"], &[])
        );
        assert_eq!(
            Search::parse("салтыков-щ"),
            search(&["% салтыков%", "% щ%"], &[])
        );
        assert_eq!(Search::parse("50%a_"), search(&["% 50\\%a\\_%"], &[]));
        assert_eq!(Search::parse("  "), Search::default());
    }

    #[test]
    fn digits_are_a_phone() {
        assert_eq!(
            Search::parse("8 (916) 123"),
            search(&[], &["%8916123%", "%+7916123%"])
        );
        assert_eq!(
            Search::parse("иванов 4567"),
            search(&["% иванов%"], &["%4567%"])
        );
    }
}
