//! A loaded ruleset, and what can be asked of it without facts.
//!
//! In: an archive, from a file or from memory. Out: a [`Ruleset`], shared by
//! all threads; sessions that decide by it; builders of facts for it; and
//! descriptions of what is in it.

use crate::decide::{Loaded, Plan};
use crate::decision::OutputId;
use crate::error::{LoadError, RequestError, Unlike};
use crate::facts::{FactId, FactTable};
use crate::json::pieces::Pieces;
use crate::limits::Limits;
use crate::load::{self, Archive, Regex, Storage};
use crate::signature::Signature;
use rulestone_format::Error;
use rulestone_format::archive::{ArchivedFact, ArchivedOutput, ArchivedRule, ArchivedRuleset};
use rulestone_format::frame::{Frame, Outline, Partial};
use rulestone_format::rule::Combine;
use rulestone_format::verify::Verified;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub use crate::typename::TypeName;

/// A verified ruleset. Cheap to clone: clones share everything.
#[derive(Clone)]
pub struct Ruleset {
    inner: Arc<Inner>,
}

struct Inner {
    archive: Archive,
    facts: FactTable,
    outline: Outline,
    /// A bit for each fact that has a default; empty where none has.
    defaulted: Box<[u64]>,
    plan: Plan,
    pieces: Pieces,
    /// If it was loaded by one.
    signature: Option<Signature>,
}

impl Ruleset {
    /// Loads an archive from a file and verifies it, under the default [`Limits`].
    ///
    /// The file is copied into memory that nobody can change (sealed memory on
    /// Linux where the process may write files as large, else the heap): what
    /// happens to the file afterwards doesn't matter, and a file that changes while
    /// it is read is found to be damaged.
    ///
    /// # Errors
    /// The path is no regular file or cannot be read, the bytes are no archive
    /// or a damaged one, or a limit is exceeded.
    ///
    /// # Cost
    /// One copy of the file, and one pass over it for each stage of checks; the hash
    /// of files of 1 MiB and more on a thread of its own meanwhile.
    /// [`Limits`] says how much memory.
    pub fn open(path: impl AsRef<Path>) -> Result<Ruleset, LoadError> {
        Ruleset::open_with(path, &Limits::default())
    }

    /// As [`Ruleset::open`], under limits of the caller's choice.
    ///
    /// # Errors
    /// As [`Ruleset::open`].
    pub fn open_with(path: impl AsRef<Path>, limits: &Limits) -> Result<Ruleset, LoadError> {
        let path = path.as_ref();
        let storage = load::copy(path, limits.bytes)?;
        Ruleset::from_storage(storage, Some(path), limits, None)
    }

    /// Verifies a copy of these bytes, at whatever address they lie.
    ///
    /// # Errors
    /// The bytes are no archive or a damaged one, or a default limit is exceeded.
    pub fn from_bytes(bytes: &[u8]) -> Result<Ruleset, LoadError> {
        Ruleset::from_bytes_with(bytes, &Limits::default())
    }

    /// As [`Ruleset::from_bytes`], under limits of the caller's choice.
    ///
    /// # Errors
    /// As [`Ruleset::from_bytes`].
    pub fn from_bytes_with(bytes: &[u8], limits: &Limits) -> Result<Ruleset, LoadError> {
        let storage = load::copy_bytes(bytes, limits.bytes)?;
        Ruleset::from_storage(storage, None, limits, None)
    }

    /// Verifies these bytes and keeps them.
    ///
    /// # Errors
    /// As [`Ruleset::from_bytes`].
    pub fn from_vec(bytes: Vec<u8>) -> Result<Ruleset, LoadError> {
        Ruleset::from_vec_with(bytes, &Limits::default())
    }

    /// As [`Ruleset::from_vec`], under limits of the caller's choice.
    ///
    /// # Errors
    /// As [`Ruleset::from_bytes`].
    pub fn from_vec_with(bytes: Vec<u8>, limits: &Limits) -> Result<Ruleset, LoadError> {
        Ruleset::from_storage(Storage::Owned(bytes), None, limits, None)
    }

    pub(crate) fn from_storage(
        storage: Storage,
        path: Option<&Path>,
        limits: &Limits,
        signature: Option<Signature>,
    ) -> Result<Ruleset, LoadError> {
        let loaded = Archive::new(storage, limits);
        let (archive, regexes) = loaded.map_err(|refusal| refusal.at(path))?;
        Ruleset::of(archive, regexes, signature).map_err(|error| LoadError::format(path, error))
    }

    fn of(
        archive: Archive,
        regexes: Vec<Regex>,
        signature: Option<Signature>,
    ) -> Result<Ruleset, Error> {
        let root = archive.root();
        let facts = FactTable::new(root)?;
        let plan = Plan::new(root, regexes);
        let (outline, pieces) = (Outline::new(root), Pieces::new(root));
        let words = 0..root.schema.facts.len().div_ceil(64);
        let defaulted = Partial::defaults(root).map_or_else(Box::default, |defaults| {
            words.map(|word| defaults.present().presence_of(word)).collect()
        });
        let inner = Inner { archive, facts, outline, defaulted, plan, pieces, signature };
        Ok(Ruleset { inner: Arc::new(inner) })
    }

    /// Of a body whose structure is sound; what its records say, nobody has looked at.
    #[cfg(test)]
    pub(crate) fn unverified(body: &[u8]) -> Option<Ruleset> {
        Ruleset::of(Archive::unverified(body)?, Vec::new(), None).ok()
    }

    /// Tells whether it is still there, without keeping it.
    #[cfg(test)]
    pub(crate) fn watched(&self) -> impl Fn() -> bool + use<> {
        let inner = Arc::downgrade(&self.inner);
        move || inner.strong_count() > 0
    }

    /// The plan, of a ruleset that nobody else has.
    #[cfg(test)]
    pub(crate) fn plan_mut(&mut self) -> (&ArchivedRuleset, &mut Plan) {
        let inner = Arc::get_mut(&mut self.inner).expect("nobody else has it");
        (inner.archive.root(), &mut inner.plan)
    }

    /// Resolves the path of a fact, such as `player.level`, once for many requests.
    pub fn fact(&self, path: &str) -> Option<FactId> {
        self.inner.facts.find(self.archive(), path)
    }

    /// What ruleset this is and what it was made from.
    pub fn identity(&self) -> Identity<'_> {
        let archive = self.archive();
        let identity = &archive.identity;
        Identity {
            name: archive.text(&identity.name),
            description: archive.text(&identity.description),
            source_hash: &identity.source_hash,
            tzdata: archive.text(&identity.tzdata),
            compiler: archive.text(&identity.compiler),
            enabled: identity.enabled != 0,
            disabled_rules: identity.disabled_rules.to_native(),
        }
    }

    /// The facts that a request carries, in order of declaration.
    pub fn facts(&self) -> impl ExactSizeIterator<Item = FactDescription<'_>> {
        let archive = self.archive();
        let describe =
            move |(index, fact)| FactDescription { archive, fact, id: FactId::new(index) };
        archive.schema.facts.iter().enumerate().map(describe)
    }

    /// What a decision carries, in order of declaration.
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = OutputDescription<'_>> {
        let archive = self.archive();
        archive.outputs.iter().map(move |output| OutputDescription { archive, output })
    }

    /// The rules in decision order: by priority from the highest, then by
    /// declaration. Rules that are switched off are not among them.
    pub fn rules(&self) -> impl ExactSizeIterator<Item = RuleDescription<'_>> {
        let archive = self.archive();
        archive.rules.iter().map(move |rule| RuleDescription { archive, rule })
    }

    /// An output by its name, for typed reads of decisions
    /// ([`Decision::int`](crate::Decision::int)).
    ///
    /// # Cost
    /// Looks at the names one by one: once, when the ruleset is loaded.
    pub fn output(&self, name: &str) -> Option<OutputId> {
        OutputId::new(self.outputs().position(|output| output.name() == name)?)
    }

    /// The rule of a number ([`RuleRef::index`](crate::decision::RuleRef::index)).
    pub fn rule(&self, number: usize) -> Option<RuleDescription<'_>> {
        let archive = self.archive();
        archive.rules.get(number).map(|rule| RuleDescription { archive, rule })
    }

    /// The number of a rule: its place among [`Ruleset::rules`], the same for as long as the
    /// archive is.
    ///
    /// # Cost
    /// Looks at the ids one by one: once, when the ruleset is loaded.
    pub fn rule_number(&self, id: &str) -> Option<usize> {
        self.rules().position(|rule| rule.id() == id)
    }

    /// What the verifier found out: among it, what a decision costs at worst.
    pub fn verified(&self) -> &Verified {
        self.inner.archive.verified()
    }

    /// What it has and needs, as the [`Limits`] that would just accept it.
    pub fn needs(&self) -> &Limits {
        self.inner.archive.needs()
    }

    /// The signature that it was loaded by, if it was
    /// ([`Ruleset::open_signed`]).
    pub fn signature(&self) -> Option<&Signature> {
        self.inner.signature.as_ref()
    }

    /// The archive itself, for tools that show what is in it. Its layout is
    /// that of `rulestone-format`, and changes with it.
    #[doc(hidden)]
    #[inline]
    pub fn archive(&self) -> &ArchivedRuleset {
        self.inner.archive.root()
    }

    /// Whether this and the other are clones of one loaded ruleset.
    pub fn is_same(&self, other: &Ruleset) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// How many clones there are of this one, itself among them.
    pub(crate) fn holders(&self) -> usize {
        Arc::strong_count(&self.inner)
    }

    /// Whether this may take the place of another: it is a later state of the same ruleset,
    /// and takes the frames that are made for the other.
    pub(crate) fn follows(&self, other: &Ruleset) -> Result<(), Unlike> {
        let (found, current) = (self.identity().name, other.identity().name);
        if found != current {
            return Err(Unlike::Name { found: found.to_owned(), current: current.to_owned() });
        }
        let (schema, before) = (&self.archive().schema, &other.archive().schema);
        let known = before.facts.len();
        let as_before =
            |count: &usize| schema.fingerprints.get(*count) == before.fingerprints.get(*count);
        if let Some(fact) = (1..=known).find(|count| !as_before(count)).map(|count| count - 1) {
            let path = other.archive().text(&before.facts[fact].path);
            return Err(Unlike::Fact { path: path.to_owned() });
        }
        match self.facts().skip(known).find(|fact| !fact.is_optional()) {
            Some(fact) => Err(Unlike::Required { path: fact.path().to_owned() }),
            None => Ok(()),
        }
    }

    /// The bytes of the archive, as they were loaded and verified.
    pub fn bytes(&self) -> &[u8] {
        self.inner.archive.bytes()
    }

    /// BLAKE3 of the archive behind its header: names the bytes that decide.
    pub fn hash(&self) -> &[u8; 32] {
        self.inner.archive.hash()
    }

    #[inline]
    pub(crate) fn loaded(&self) -> Loaded<'_> {
        let Inner { plan, pieces, .. } = &*self.inner;
        Loaded { archive: self.archive(), plan, pieces }
    }

    /// Checks that bytes are one frame of facts for this ruleset: as [`Frame::check`], and
    /// faster for a frame that is in order, by what loading has laid out.
    ///
    /// # Errors
    /// As [`Frame::check`].
    #[inline]
    pub fn check_frame<'a>(&self, bytes: &'a [u8]) -> Result<Frame<'a>, RequestError> {
        let checked = self.inner.outline.check(bytes, self.archive());
        checked.map_err(|error| self.request_error(error))
    }

    /// Whether a frame lacks no fact that has a default: all of them are what the request
    /// brings.
    #[inline]
    pub(crate) fn is_complete(&self, frame: &Frame<'_>) -> bool {
        let mut defaulted = self.inner.defaulted.iter().enumerate();
        defaulted.all(|(word, facts)| facts & !frame.presence_of(word) == 0)
    }

    /// Whether any fact has a default.
    pub(crate) fn has_defaults(&self) -> bool {
        !self.inner.defaulted.is_empty()
    }

    /// The same for a partial frame.
    pub(crate) fn check_partial<'a>(&self, bytes: &'a [u8]) -> Result<Partial<'a>, RequestError> {
        let checked = self.inner.outline.check_partial(bytes, self.archive());
        checked.map_err(|error| self.request_error(error))
    }

    /// An error about a frame, with the name of the fact that it is about.
    #[cold]
    pub(crate) fn request_error(&self, error: Error) -> RequestError {
        let archive = self.archive();
        let number = error.position().and_then(|number| usize::try_from(number).ok());
        let fact = number.and_then(|number| archive.schema.fact(number));
        RequestError::new(error, fact.map(|fact| archive.text(&fact.path)))
    }

    pub(crate) fn fact_table(&self) -> &FactTable {
        &self.inner.facts
    }
}

impl fmt::Debug for Ruleset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ruleset")
            .field("name", &self.identity().name)
            .field("rules", &self.archive().rules.len())
            .finish_non_exhaustive()
    }
}

/// What ruleset it is and what it was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity<'r> {
    /// The ruleset's name.
    pub name: &'r str,
    /// Its description, or nothing.
    pub description: &'r str,
    /// BLAKE3 of its source: of each file in reading order, its name and bytes.
    pub source_hash: &'r [u8; 32],
    /// Version of the time-zone database that schedules were worked out with.
    pub tzdata: &'r str,
    /// Version of the compiler.
    pub compiler: &'r str,
    /// `false`: the ruleset is switched off, and no rule matches.
    pub enabled: bool,
    /// Rules of the source that are switched off and so are not in the archive.
    pub disabled_rules: u32,
}

/// One fact of the schema.
#[derive(Clone, Copy)]
pub struct FactDescription<'r> {
    archive: &'r ArchivedRuleset,
    fact: &'r ArchivedFact,
    id: FactId,
}

impl<'r> FactDescription<'r> {
    /// Names joined by dots, such as `player.level`.
    pub fn path(&self) -> &'r str {
        self.archive.text(&self.fact.path)
    }

    /// Its type; prints as `int`, `list(string)` or `enum(ios, android)`.
    pub fn type_name(&self) -> TypeName<'r> {
        TypeName::of_fact(self.archive, self.fact.fact_type.to_native())
    }

    /// Whether a request may leave it out: it is absent then, or its default.
    pub fn is_optional(&self) -> bool {
        self.fact.optional != 0
    }

    /// Whether it is something else than absent where a request leaves it out.
    pub fn has_default(&self) -> bool {
        Partial::defaults(self.archive).is_some_and(|defaults| defaults.has(self.id.index()))
    }

    /// At most so many bytes of text, or items of a list or map.
    pub fn bound(&self) -> Option<u32> {
        let fact_type = self.archive.schema.fact_type(self.fact.fact_type.to_native());
        let bound = fact_type.map(|fact_type| fact_type.bound.to_native());
        bound.filter(|bound| *bound != 0)
    }

    /// Names it in a [`FactsBuilder`](crate::FactsBuilder) without a search.
    pub fn id(&self) -> FactId {
        self.id
    }
}

impl fmt::Debug for FactDescription<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path(), self.type_name())
    }
}

/// One output of decisions.
#[derive(Clone, Copy)]
pub struct OutputDescription<'r> {
    archive: &'r ArchivedRuleset,
    output: &'r ArchivedOutput,
}

impl<'r> OutputDescription<'r> {
    /// Its name.
    pub fn name(&self) -> &'r str {
        self.archive.text(&self.output.name)
    }

    /// The type of what a decision carries; prints as `int` or `list(string)`.
    pub fn type_name(&self) -> TypeName<'r> {
        TypeName::of_value(self.archive, self.output.result_type.to_native())
    }

    /// How the values of several rules become one.
    pub fn combine(&self) -> Combine {
        // INVARIANT: the verifier accepts known numbers only.
        Combine::from_u16(self.output.combine.to_native()).unwrap_or(Combine::First)
    }
}

impl fmt::Debug for OutputDescription<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name(), self.type_name())
    }
}

/// One rule.
#[derive(Clone, Copy)]
pub struct RuleDescription<'r> {
    archive: &'r ArchivedRuleset,
    rule: &'r ArchivedRule,
}

impl<'r> RuleDescription<'r> {
    /// Its id.
    pub fn id(&self) -> &'r str {
        self.archive.text(&self.rule.id)
    }

    /// The higher, the earlier.
    pub fn priority(&self) -> i64 {
        self.rule.priority.to_native()
    }

    /// The name of its group.
    pub fn group(&self) -> &'r str {
        let group = self.rule.group.to_native() as usize;
        let group = self.archive.groups.get(group);
        group.map_or("", |group| self.archive.text(&group.name))
    }
}

impl fmt::Debug for RuleDescription<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
