//! Subjects: what predicates ask about, by the names that rules give it.
//!
//! In: the tables of a verified archive. Out: of each subject its name, what its
//! ranks stand for, and its predicates as text.

use super::name::{fact_name, shared_number, variable_name};
use rulestone_format::archive::{ArchivedRuleset, ArchivedSubject};
use rulestone_format::predicate::Predicate;
use rulestone_format::schema::FactKind;
use rulestone_format::subject::{KeyKind, Ranking, SubjectKind};
use rulestone_format::types::{TypeId, TypeKind};

/// All subjects of an archive.
#[derive(Debug)]
pub struct Subjects<'a>(Vec<Subject<'a>>);

/// What predicates ask about.
#[derive(Debug)]
pub struct Subject<'a> {
    /// As an expression names it, such as `player.level` or `item.position.lat`.
    pub name: String,
    /// The same without its place, where the name has one.
    pub(super) short_name: Option<String>,
    /// What is there or isn't: of a latitude or longitude the fact itself.
    pub whole: String,
    pub kind: Option<SubjectKind>,
    pub ranking: Option<Ranking>,
    /// How many ranks there are, that of what is absent among them.
    pub ranks: u32,
    /// Its dictionary, by number.
    pub words: Vec<&'a str>,
    pub(super) values: Option<Values<'a>>,
    /// Keys at which ranks begin: rank `n` has those from `cuts[n - 2]` on.
    pub(super) cuts: Vec<u64>,
}

/// What a subject's ranks stand for.
#[derive(Debug)]
pub(super) enum Values<'a> {
    Bool,
    /// Of an enum, by number.
    Labels(Vec<&'a str>),
    /// Words, and any other text.
    Text,
    /// A list of text that is there.
    List,
    /// Ranges of keys.
    Ordered(Ordered),
}

/// Values with an order, as expressions write them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ordered {
    Int,
    Uint,
    Double,
    Timestamp,
    Duration,
}

impl<'a> Subjects<'a> {
    /// Cost: linear in the tables of subjects.
    pub fn of(archive: &'a ArchivedRuleset) -> Subjects<'a> {
        Subjects(archive.subjects.iter().map(|subject| Subject::of(archive, subject)).collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Subject<'a>> {
        self.0.iter()
    }

    /// The name of a subject.
    pub fn name(&self, number: u16) -> &str {
        self.0.get(usize::from(number)).map_or("?", |subject| &subject.name)
    }

    /// A predicate as an expression, such as `player.level >= 50`.
    ///
    /// `has(x)` of a variable is that it has a value rather than a fault.
    pub fn predicate(&self, archive: &ArchivedRuleset, predicate: Predicate) -> String {
        let subject = self.0.get(usize::from(predicate.subject()));
        subject.map_or_else(|| "?".to_owned(), |subject| subject.predicate(archive, predicate))
    }
}

impl<'a> Subject<'a> {
    fn of(archive: &'a ArchivedRuleset, subject: &'a ArchivedSubject) -> Subject<'a> {
        let kind = SubjectKind::from_u16(subject.kind.to_native());
        let source = subject.source.to_native();
        let whole = match kind {
            Some(SubjectKind::Variable) => variable_name(archive, source),
            _ => fact_name(archive, source).to_owned(),
        };
        let name = match kind {
            Some(SubjectKind::Latitude) => format!("{whole}.lat"),
            Some(SubjectKind::Longitude) => format!("{whole}.lon"),
            _ => whole.clone(),
        };
        let is_variable = kind == Some(SubjectKind::Variable);
        let shared = shared_number(archive, source).filter(|_| is_variable);
        let own = subject.words.of(&archive.words);
        let mut words = vec!["?"; own.len()];
        for word in own {
            if let Some(text) = words.get_mut(word.number.to_native() as usize) {
                *text = archive.text(&word.text);
            }
        }
        let ranking = subject.ranking(archive);
        let ranks = ranking.map_or(0, |ranking| subject.ranks(ranking));
        Subject {
            name,
            short_name: shared.map(|shared| format!("(shared expression {shared})")),
            whole,
            kind,
            ranking,
            ranks: u32::try_from(ranks).unwrap_or(u32::MAX),
            words,
            values: kind.and_then(|kind| values(archive, kind, source)),
            cuts: subject.cuts.of(&archive.cuts).iter().map(|cut| cut.to_native()).collect(),
        }
    }

    /// How values become ranks, in a few words.
    pub fn ranking_name(&self) -> &'static str {
        match self.ranking {
            Some(Ranking::Direct { .. }) => "direct",
            Some(Ranking::Cuts(KeyKind::Signed)) => "cuts, signed",
            Some(Ranking::Cuts(KeyKind::Unsigned)) => "cuts, unsigned",
            Some(Ranking::Cuts(KeyKind::Double)) => "cuts, double",
            Some(Ranking::Cuts(KeyKind::Timestamp)) => "cuts, timestamp",
            Some(Ranking::Words) => "words",
            Some(Ranking::Members) => "members",
            None => "?",
        }
    }
}

fn values(archive: &ArchivedRuleset, kind: SubjectKind, source: u32) -> Option<Values<'_>> {
    match kind {
        SubjectKind::Fact => {
            let fact = archive.schema.fact(source as usize)?;
            let fact_type = archive.schema.fact_type(fact.fact_type.to_native())?;
            let labels = || {
                let labels = archive.schema.labels(fact_type.item.to_native());
                labels.iter().map(|label| archive.text(label)).collect()
            };
            Some(match fact_type.kind()? {
                FactKind::Bool => Values::Bool,
                FactKind::Enum => Values::Labels(labels()),
                FactKind::String => Values::Text,
                FactKind::List => Values::List,
                FactKind::Int => Values::Ordered(Ordered::Int),
                FactKind::Uint => Values::Ordered(Ordered::Uint),
                FactKind::Double => Values::Ordered(Ordered::Double),
                FactKind::Timestamp => Values::Ordered(Ordered::Timestamp),
                FactKind::Duration => Values::Ordered(Ordered::Duration),
                FactKind::Bytes | FactKind::Point | FactKind::Map => return None,
            })
        }
        SubjectKind::Latitude | SubjectKind::Longitude => Some(Values::Ordered(Ordered::Double)),
        SubjectKind::Variable => {
            let unit = archive.variables.get(source as usize)?.unit.to_native();
            let result = archive.units.get(unit as usize)?.result.to_native();
            Some(match archive.kind(TypeId(result))? {
                TypeKind::Bool => Values::Bool,
                TypeKind::String => Values::Text,
                TypeKind::Int => Values::Ordered(Ordered::Int),
                TypeKind::Uint => Values::Ordered(Ordered::Uint),
                TypeKind::Double => Values::Ordered(Ordered::Double),
                TypeKind::Timestamp => Values::Ordered(Ordered::Timestamp),
                TypeKind::Duration => Values::Ordered(Ordered::Duration),
                _ => return None,
            })
        }
    }
}
