//! Styles of names, as serde's `rename_all` has them.

/// A style that names are brought into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const CASES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    pub(crate) fn named(name: &str) -> Option<Case> {
        CASES.iter().find(|(known, _)| *known == name).map(|(_, case)| *case)
    }

    pub(crate) fn names() -> String {
        CASES.map(|(name, _)| name).join(", ")
    }

    /// The name of a field (`guild_name`) or variant (`GuildName`) in this style.
    pub(crate) fn apply(self, name: &str) -> String {
        let words = words(name);
        match self {
            Case::Lower => words.concat(),
            Case::Upper => words.concat().to_uppercase(),
            Case::Pascal => words.iter().map(|word| capital(word)).collect(),
            Case::Camel => {
                let rest = words.iter().skip(1).map(|word| capital(word));
                words.first().cloned().into_iter().chain(rest).collect()
            }
            Case::Snake => words.join("_"),
            Case::ScreamingSnake => words.join("_").to_uppercase(),
            Case::Kebab => words.join("-"),
            Case::ScreamingKebab => words.join("-").to_uppercase(),
        }
    }
}

/// The words of a name, in lower case: a capital begins one, an underscore ends one.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut begins = true;
    for character in name.chars() {
        if character == '_' {
            begins = true;
            continue;
        }
        if begins || character.is_uppercase() {
            words.push(String::new());
            begins = false;
        }
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_fields_and_variants_are_brought_into_each_style() {
        for (style, field, variant) in [
            ("lowercase", "guildname", "guildname"),
            ("UPPERCASE", "GUILDNAME", "GUILDNAME"),
            ("PascalCase", "GuildName", "GuildName"),
            ("camelCase", "guildName", "guildName"),
            ("snake_case", "guild_name", "guild_name"),
            ("SCREAMING_SNAKE_CASE", "GUILD_NAME", "GUILD_NAME"),
            ("kebab-case", "guild-name", "guild-name"),
            ("SCREAMING-KEBAB-CASE", "GUILD-NAME", "GUILD-NAME"),
        ] {
            let case = Case::named(style).expect("is known");
            assert_eq!(case.apply("guild_name"), field);
            assert_eq!(case.apply("GuildName"), variant);
        }
        assert_eq!(Case::named("Snake_Case"), None);
    }
}
