//! Who imports whom: for each file the files whose definitions it names, and the
//! names.

use super::modules::{Crate, Import, ModuleId};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// From a file to a file, with what the first names of the second.
pub type Arrows = BTreeMap<(PathBuf, PathBuf), BTreeSet<String>>;

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Module(ModuleId),
    /// Something that this module defines, and its name.
    Inside(ModuleId, String),
}

/// The arrows of the crate whose root file this is. A name that is handed on leads
/// to where it is defined. A file that hands on what another defines has an arrow
/// to it only if that file, in turn, names something of the first.
pub fn of_crate(root: &Path) -> Arrows {
    let all = Crate::read(root);
    let mut arrows = Arrows::new();
    let mut handed_on = Arrows::new();
    for (id, module) in all.modules.iter().enumerate() {
        let draw = |arrows: &mut Arrows, path: &[String]| {
            for target in all.find(id, path, &mut BTreeSet::new()) {
                let Target::Inside(to, name) = target else { continue };
                let to = &all.modules[to].file;
                if *to != module.file {
                    arrows.entry((module.file.clone(), to.clone())).or_default().insert(name);
                }
            }
        };
        for Import { path, name, public } in &module.imports {
            let arrows = if *public { &mut handed_on } else { &mut arrows };
            match path.split_last() {
                // Of what a glob brings in, what is used.
                Some((_, glob)) if name == "*" && !public => {
                    for word in all.globbed(id, glob, &module.words) {
                        draw(arrows, &[glob, std::slice::from_ref(word)].concat());
                    }
                }
                _ => draw(arrows, path),
            }
        }
        for path in &module.paths {
            draw(&mut arrows, path);
        }
    }
    for ((from, to), names) in handed_on {
        if arrows.contains_key(&(to.clone(), from.clone())) {
            arrows.entry((from, to)).or_default().extend(names);
        }
    }
    arrows
}

impl Crate {
    /// What `path` means where `from` says it: nothing if it leads to another crate,
    /// or starts with the name of a value. What the text doesn't tell counts as
    /// defined in the last module that the path names.
    fn find(
        &self,
        from: ModuleId,
        path: &[String],
        asked: &mut BTreeSet<(ModuleId, Vec<String>)>,
    ) -> BTreeSet<Target> {
        let module = &self.modules[from];
        let (start, rest) = match path[0].as_str() {
            "crate" => (0, &path[1..]),
            "self" => (from, &path[1..]),
            "super" => (module.parent.unwrap_or(from), &path[1..]),
            first if self.has(from, first, &mut BTreeSet::new()) => (from, path),
            _ => return BTreeSet::new(),
        };
        self.follow(start, rest, asked)
    }

    /// Whether `module` has something by this name: a child, an import, or what it
    /// defines itself.
    fn has(&self, module: ModuleId, name: &str, asked: &mut BTreeSet<ModuleId>) -> bool {
        let here = &self.modules[module];
        here.children.contains_key(name)
            || here.defines.contains(name)
            || here.imports.iter().any(|import| import.name == name)
            || (asked.insert(module) && !self.globs_of(module, name, asked).is_empty())
    }

    /// The modules of which a glob brings in something by this name.
    fn globs_of(
        &self,
        module: ModuleId,
        name: &str,
        asked: &mut BTreeSet<ModuleId>,
    ) -> Vec<ModuleId> {
        let globs = self.modules[module].imports.iter().filter(|import| import.name == "*");
        globs
            .filter_map(|import| self.module_of(module, import.path.split_last()?.1))
            .filter(|glob| self.has(*glob, name, asked))
            .collect()
    }

    /// The module that the path of a glob names, if it is one of this crate and the path
    /// leads through no other glob.
    fn module_of(&self, from: ModuleId, path: &[String]) -> Option<ModuleId> {
        let mut module = from;
        for word in path {
            let here = &self.modules[module];
            module = match word.as_str() {
                "crate" => 0,
                "self" => module,
                "super" => here.parent?,
                word => match here.children.get(word) {
                    Some(child) => *child,
                    None => {
                        let mut imports = here.imports.iter().filter(|import| import.name == word);
                        let import = imports.find(|import| import.path[0] != word)?;
                        self.module_of(module, &import.path)?
                    }
                },
            };
        }
        Some(module)
    }

    /// Those of some words that the glob of a module brings in.
    fn globbed<'w>(
        &self,
        from: ModuleId,
        glob: &[String],
        words: &'w BTreeSet<String>,
    ) -> Vec<&'w String> {
        let Some(module) = self.module_of(from, glob) else { return Vec::new() };
        words.iter().filter(|word| self.has(module, word, &mut BTreeSet::new())).collect()
    }

    fn follow(
        &self,
        module: ModuleId,
        path: &[String],
        asked: &mut BTreeSet<(ModuleId, Vec<String>)>,
    ) -> BTreeSet<Target> {
        let Some((first, rest)) = path.split_first() else {
            return [Target::Module(module)].into();
        };
        if !asked.insert((module, path.to_vec())) {
            return BTreeSet::new();
        }
        let here = &self.modules[module];
        if first == "super" {
            return self.follow(here.parent.unwrap_or(module), rest, asked);
        }
        let mut found = BTreeSet::new();
        if let Some(&child) = here.children.get(first) {
            found.extend(self.follow(child, rest, asked));
        }
        // Both a module and something in one can have the name.
        if !rest.is_empty() && !found.is_empty() {
            return found;
        }
        if here.defines.contains(first) {
            found.insert(Target::Inside(module, first.clone()));
            return found;
        }
        for import in here.imports.iter().filter(|import| import.name == *first) {
            // `use memchr::memchr` means another crate, unless a child has the name.
            if import.path[0] == *first && !here.children.contains_key(first) {
                continue;
            }
            let whole = [&import.path, rest].concat();
            found.extend(self.find(module, &whole, asked));
        }
        if found.is_empty() {
            for glob in self.globs_of(module, first, &mut [module].into()) {
                found.extend(self.follow(glob, path, asked));
            }
        }
        if found.is_empty() && !here.imports.iter().any(|import| import.name == *first) {
            found.insert(Target::Inside(module, first.clone()));
        }
        found
    }
}
