//! The modules of a crate: which file each is in, what it declares, what it
//! imports, and the paths that it names.

use super::tokens::{self, Token, group};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The place of a module in [`Crate::modules`].
pub type ModuleId = usize;

/// All modules that a root file leads to; the first is the root.
#[derive(Debug, Default)]
pub struct Crate {
    pub modules: Vec<Module>,
}

#[derive(Debug)]
pub struct Module {
    pub file: PathBuf,
    pub parent: Option<ModuleId>,
    pub children: BTreeMap<String, ModuleId>,
    /// Functions, types, constants and macros that it defines.
    pub defines: BTreeSet<String>,
    pub imports: Vec<Import>,
    /// Paths of two words and more outside `use`.
    pub paths: Vec<Vec<String>>,
    /// All single words outside `use`: what a glob may have brought in.
    pub words: BTreeSet<String>,
}

/// One name that a `use` brings in.
#[derive(Debug)]
pub struct Import {
    /// `*` last where it brings in everything.
    pub path: Vec<String>,
    pub name: String,
    /// Whether it hands the name on.
    pub public: bool,
}

impl Crate {
    /// Reads `root` and every file that it declares.
    pub fn read(root: &Path) -> Crate {
        let mut found = Crate::default();
        let folder = root.parent().expect("a file is in a folder");
        found.file(root.to_owned(), folder, None);
        found
    }

    /// `folder` is where the files of its children are.
    fn file(&mut self, file: PathBuf, folder: &Path, parent: Option<ModuleId>) -> ModuleId {
        let source = std::fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.module(file, folder, parent, &tokens::read(&source))
    }

    fn module(
        &mut self,
        file: PathBuf,
        folder: &Path,
        parent: Option<ModuleId>,
        tokens: &[Token],
    ) -> ModuleId {
        let module = self.modules.len();
        self.modules.push(Module {
            file,
            parent,
            children: BTreeMap::new(),
            defines: BTreeSet::new(),
            imports: Vec::new(),
            paths: Vec::new(),
            words: BTreeSet::new(),
        });
        let (mut place, mut depth) = (0, 0);
        // The value of `#[path]`, until the declaration that it is for.
        let mut elsewhere = None;
        while place < tokens.len() {
            match &tokens[place..] {
                [Token::Word(path), Token::Mark('='), Token::Literal(to), Token::Mark(']'), ..]
                    if path == "path" =>
                {
                    elsewhere = Some(to.clone());
                    place += 3;
                }
                [Token::Word(word), Token::Word(name), Token::Mark(';'), ..] if word == "mod" => {
                    let (file, folder) = self.declared(module, folder, name, elsewhere.take());
                    let child = self.file(file, &folder, Some(module));
                    self.modules[module].children.insert(name.clone(), child);
                    place += 3;
                }
                [Token::Word(word), Token::Word(name), Token::Mark('{'), ..] if word == "mod" => {
                    let end = place + 2 + group(&tokens[place + 2..]);
                    let file = self.modules[module].file.clone();
                    let inside = &tokens[place + 3..end - 1];
                    let child = self.module(file, &folder.join(name), Some(module), inside);
                    self.modules[module].children.insert(name.clone(), child);
                    place = end;
                }
                // Not `use<'a>`, which says what a type captures.
                [Token::Word(word), next, ..] if word == "use" && !next.is('<') => {
                    let end = tokens[place..].iter().position(|token| token.is(';'));
                    let end = place + end.expect("`use` ends with a semicolon");
                    let public = place > 0 && handed_on(&tokens[..place]);
                    import(&tokens[place + 1..end], &[], public, &mut self.modules[module].imports);
                    place = end + 1;
                }
                [Token::Word(first), ..] => {
                    let path = path(&tokens[place..]);
                    if path.len() > 1 {
                        place += 2 * path.len() - 1;
                        self.modules[module].paths.push(path);
                        continue;
                    }
                    self.modules[module].words.insert(first.clone());
                    if depth == 0
                        && let Some(name) = defined(first, &tokens[place + 1..])
                    {
                        self.modules[module].defines.insert(name.to_owned());
                    }
                    place += 1;
                }
                // A range, and what it ends with.
                [Token::Mark('.'), Token::Mark('.'), ..] => place += 2,
                // A method, `.collect::<…>`, or the rest of `<T as Trait>::name`.
                [Token::Mark('.') | Token::Path, Token::Word(_), ..] => place += 2,
                [token, ..] => {
                    match token {
                        Token::Mark('{') => depth += 1,
                        Token::Mark('}') => depth -= 1,
                        _ => {}
                    }
                    place += 1;
                }
                [] => break,
            }
        }
        module
    }

    /// The file of a declared child, and the folder of the child's own children.
    fn declared(
        &self,
        parent: ModuleId,
        folder: &Path,
        name: &str,
        elsewhere: Option<String>,
    ) -> (PathBuf, PathBuf) {
        if let Some(elsewhere) = elsewhere {
            let here = self.modules[parent].file.parent().expect("a file is in a folder");
            let file = plain(&here.join(elsewhere));
            let folder = match file.file_stem() {
                Some(stem) if stem != "mod" => file.with_file_name(stem),
                _ => file.parent().expect("a file is in a folder").to_owned(),
            };
            return (file, folder);
        }
        let inner = folder.join(name);
        let beside = inner.with_extension("rs");
        let file = if beside.is_file() { beside } else { inner.join("mod.rs") };
        (file, inner)
    }
}

/// The path without its `..`, so that a file has one name.
fn plain(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Whether what stands before `use` makes its names another module's.
fn handed_on(before: &[Token]) -> bool {
    let mut back = before.iter().rev();
    match back.next() {
        Some(Token::Word(word)) => word == "pub",
        Some(Token::Mark(')')) => {
            let before = back.skip_while(|token| !token.is('(')).nth(1);
            before.and_then(Token::word) == Some("pub")
        }
        _ => false,
    }
}

/// The words of the path that `tokens` begin with.
fn path(tokens: &[Token]) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = tokens;
    while let [Token::Word(word), ..] = rest {
        words.push(word.clone());
        match rest {
            [_, Token::Path, Token::Word(_), ..] => rest = &rest[2..],
            _ => break,
        }
    }
    words
}

/// The name that an item beginning with `keyword` defines.
fn defined<'a>(keyword: &str, rest: &'a [Token]) -> Option<&'a str> {
    let mut words = rest.iter().take(2).map(Token::word);
    match keyword {
        "fn" | "struct" | "enum" | "union" | "trait" | "type" => words.next()?,
        "const" | "static" => match words.next()? {
            Some("fn" | "unsafe" | "extern" | "async") => None,
            Some("mut") => words.next()?,
            name => name,
        },
        "macro_rules" => words.nth(1)?,
        _ => None,
    }
}

/// Adds what a `use` brings in: `tokens` stand behind `prefix`.
fn import(tokens: &[Token], prefix: &[String], public: bool, found: &mut Vec<Import>) {
    let mut path = prefix.to_vec();
    let mut place = 0;
    while place < tokens.len() {
        match &tokens[place] {
            Token::Mark('{') => {
                let end = place + group(&tokens[place..]) - 1;
                for part in parts(&tokens[place + 1..end]) {
                    import(part, &path, public, found);
                }
                return;
            }
            Token::Word(word) if word == "as" => {
                let name = tokens[place + 1].word().unwrap_or("_").to_owned();
                found.push(Import { path, name, public });
                return;
            }
            // `a::b::{self}` is `a::b`.
            Token::Word(word) if word == "self" && !path.is_empty() => {}
            Token::Word(word) => path.push(word.clone()),
            Token::Mark('*') => path.push("*".to_owned()),
            _ => {}
        }
        place += 1;
    }
    if let Some(name) = path.last().cloned() {
        found.push(Import { path, name, public });
    }
}

/// What stands between commas.
fn parts(tokens: &[Token]) -> Vec<&[Token]> {
    let mut found = Vec::new();
    let (mut start, mut place) = (0, 0);
    while place < tokens.len() {
        match tokens[place] {
            Token::Mark('{') => place += group(&tokens[place..]),
            Token::Mark(',') => {
                found.push(&tokens[start..place]);
                place += 1;
                start = place;
            }
            _ => place += 1,
        }
    }
    found.push(&tokens[start..]);
    found.retain(|part| !part.is_empty());
    found
}
