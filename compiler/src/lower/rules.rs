//! Rules, outputs, variables and what stands around them.

use super::alternatives::{Parts, alternatives};
use super::comparison::Test;
use super::excess::{Exceeded, Excess};
use super::ranks::{self, PendingSlot, Ranked, TooMuch};
use super::schema;
use super::tables::Tables;
use super::unit::{Sharing, UnitWriter, value_unit};
use crate::check::checked::{self, Fence};
use crate::check::schedule::tzdata_version;
use crate::check::tree::{Expr, Kind, Place};
use crate::check::types::Type;
use crate::check::value::Value;
use crate::diagnostic::Diagnostics;
use crate::source::Sources;
use crate::source::model::Shape;
use crate::source::span::Span;
use rulestone_format::archive::{self, NONE, Range};
use rulestone_format::code::Relation;
use rulestone_format::place::FenceKind;
use rulestone_format::types::TypeId;
use xxhash_rust::xxh3::xxh3_64;

/// What lowering gives: all that the archive says, but for the order in which
/// slots are tried.
#[derive(Debug)]
pub struct Lowered {
    /// Its slots, their predicates and the index are still empty.
    pub(crate) tables: archive::Ruleset,
    pub(crate) ranked: Ranked,
}

/// Lowers a ruleset that has no errors; `strip` leaves out where things stood in the
/// source. `None`, and a finding, where something needs more than an archive can hold.
pub fn lower(
    ruleset: &checked::Ruleset,
    sources: &Sources,
    strip: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Lowered> {
    let mut tables = Tables::new(ruleset, sources);
    // Schedules ask about `now`: it is a subject before there can be too many.
    if let Some(now) = ruleset.now {
        tables.fact_subject(now);
    }
    let identity = identity(&mut tables, sources);
    let schema = schema::schema(&mut tables);
    let outputs = outputs(&mut tables);
    let groups = ruleset
        .groups
        .iter()
        .map(|group| archive::Group {
            name: tables.data.text(&group.name),
            hit_policy: group.hit_policy as u16,
        })
        .collect();
    for variable in &ruleset.variables {
        let name = tables.data.text(&variable.name);
        tables.bounds.learn_variable(&variable.body);
        let depth = 1 + tables.depth(&variable.body);
        tables.variable_depths.push(depth);
        match value_unit(&mut tables, &variable.body, &variable.body.ty, Sharing::Own) {
            Ok(unit) => tables.variables.push(archive::Variable { name, unit }),
            Err(Exceeded { excess, place }) => {
                let place = place.unwrap_or(variable.body.place);
                diagnostics.push(excess.finding(place_span(ruleset, sources, place)));
                return None;
            }
        }
    }
    let mut rules = Vec::with_capacity(ruleset.rules.len());
    let mut assignments = Vec::new();
    let mut pending = Vec::new();
    for (number, checked) in ruleset.rules.iter().enumerate() {
        match rule(&mut tables, number as u32, checked, &mut assignments, &mut pending) {
            Ok(rule) => rules.push(rule),
            Err(Exceeded { excess, place }) => {
                let place = place.map(|place| place_span(ruleset, sources, place));
                diagnostics.push(excess.finding(place.unwrap_or(checked.span)));
                // All further lists would be too long, too.
                if excess == Excess::Lists {
                    return None;
                }
            }
        }
        // What all rules share has no room for the others either.
        if tables.excess().is_some() {
            return None;
        }
    }
    if diagnostics.has_errors() {
        return None;
    }
    let ranked = match ranks::ranked(pending, &tables.subjects) {
        Ok(ranked) => ranked,
        Err(TooMuch { excess, rule }) => {
            let rule = ruleset.rules.get(rule as usize)?;
            diagnostics.push(excess.finding(rule.span));
            return None;
        }
    };
    let Encoded { subjects, cuts, words } = encoded(&mut tables, &ranked);
    let (fences, vertices) = fences(&mut tables);
    let regexes = ruleset.regexes.iter().map(|regex| tables.data.blob(&regex.bytes)).collect();
    let (zones, transitions) = zones(&mut tables);
    let debug = if strip { archive::Debug::default() } else { debug(&mut tables, sources) };
    if let Some(excess) = tables.excess() {
        let last = ruleset.rules.last().map(|rule| rule.span)?;
        diagnostics.push(excess.finding(last));
        return None;
    }
    let tables = archive::Ruleset {
        identity,
        types: tables.type_entries(),
        data: tables.data.bytes,
        schema,
        outputs,
        groups,
        rules,
        assignments,
        subjects,
        cuts,
        words,
        slots: Vec::new(),
        predicates: Vec::new(),
        sets: Vec::new(),
        index: archive::Index::default(),
        variables: tables.variables,
        units: tables.units,
        code: tables.code,
        registers: tables.registers,
        constants: tables.constants,
        fences,
        vertices,
        regexes,
        zones,
        transitions,
        debug,
    };
    Some(Lowered { tables, ranked })
}

fn identity(tables: &mut Tables<'_>, sources: &Sources) -> archive::Identity {
    let ruleset = tables.ruleset;
    archive::Identity {
        name: tables.data.text(&ruleset.name),
        description: tables.data.text(ruleset.description.as_deref().unwrap_or_default()),
        source_hash: sources.hash(),
        tzdata: tables.data.text(tzdata_version()),
        compiler: tables.data.text(env!("CARGO_PKG_VERSION")),
        enabled: u8::from(ruleset.enabled),
        disabled_rules: ruleset.disabled_rules,
    }
}

fn outputs(tables: &mut Tables<'_>) -> Vec<archive::Output> {
    let ruleset = tables.ruleset;
    ruleset
        .outputs
        .iter()
        .map(|output| {
            let (value_type, result_type) =
                (tables.type_id(&output.ty), tables.type_id(&output.result_type()));
            archive::Output {
                name: tables.data.text(&output.name),
                value_type: value_type.0,
                result_type: result_type.0,
                combine: output.combine as u16,
                default: match &output.default {
                    Some(value) => tables.constant(value, value_type),
                    None => NONE,
                },
            }
        })
        .collect()
}

/// The tables of subjects.
struct Encoded {
    subjects: Vec<archive::Subject>,
    cuts: Vec<u64>,
    words: Vec<archive::DictionaryWord>,
}

fn encoded(tables: &mut Tables<'_>, ranked: &Ranked) -> Encoded {
    let (mut subjects, mut cuts, mut words) = (Vec::new(), Vec::new(), Vec::new());
    for (subject, ranked) in tables.subjects.all.iter().zip(&ranked.subjects) {
        let run =
            |start: usize, length: usize| Range { start: start as u32, length: length as u32 };
        let (kind, source) = subject.source;
        subjects.push(archive::Subject {
            kind: kind as u16,
            source,
            cuts: run(cuts.len(), ranked.cuts.len()),
            words: run(words.len(), subject.words.len()),
        });
        cuts.extend(&ranked.cuts);
        let first = words.len();
        words.extend((0..).zip(&subject.words).map(|(number, word)| archive::DictionaryWord {
            hash: xxh3_64(word.as_bytes()),
            text: tables.data.text(word),
            number,
        }));
        words[first..].sort_by_key(|word| word.hash);
    }
    Encoded { subjects, cuts, words }
}

fn rule<'r>(
    tables: &mut Tables<'r>,
    number: u32,
    rule: &'r checked::Rule,
    assignments: &mut Vec<archive::Assignment>,
    slots: &mut Vec<PendingSlot>,
) -> Result<archive::Rule, Exceeded> {
    let rollout = rule.rollout.as_ref().map(rollout);
    let parts = Parts::of(tables, rule);
    for branch in alternatives(&parts, tables) {
        let Some(branch) = branch.merged() else { continue };
        for comparison in &branch.comparisons {
            if let Test::Keys { keys, .. } = &comparison.test
                && !tables.intervals.take(keys)
            {
                return Err(Excess::Lists.into());
            }
        }
        let condition = condition(tables, &branch.code, rollout.as_ref())?;
        slots.push(PendingSlot { rule: number, comparisons: branch.comparisons, condition });
    }
    let first = assignments.len() as u32;
    for (output, expr) in &rule.outputs {
        let wanted = &tables.ruleset.outputs[*output as usize].ty;
        let (constant, unit) = match &expr.kind {
            Kind::Literal(value) => {
                let ty = tables.type_id(wanted);
                (tables.constant(value, ty), NONE)
            }
            _ => (NONE, value_unit(tables, expr, wanted, Sharing::Any)?),
        };
        assignments.push(archive::Assignment { output: *output as u16, constant, unit });
    }
    let id = tables.data.text(&rule.id);
    if let Some(excess) = tables.excess() {
        return Err(excess.into());
    }
    Ok(archive::Rule {
        id,
        priority: rule.priority,
        group: rule.group as u16,
        assignments: Range { start: first, length: assignments.len() as u32 - first },
    })
}

/// The unit for what predicates don't say of a rule's condition, if anything.
fn condition(
    tables: &mut Tables<'_>,
    code: &[(&Expr, bool)],
    rollout: Option<&Expr>,
) -> Result<u32, Exceeded> {
    if code.is_empty() && rollout.is_none() {
        return Ok(NONE);
    }
    let mut writer = UnitWriter::new(tables);
    let otherwise = writer.label();
    for (expr, truth) in code.iter().copied().chain(rollout.map(|expr| (expr, true))) {
        writer.require(expr, truth, otherwise);
    }
    writer.give_condition(otherwise);
    writer.finish(TypeId::BOOL, Sharing::Any)
}

/// `bucket(by, seed) < threshold`
fn rollout(rollout: &checked::Rollout) -> Expr {
    let place = rollout.by.place;
    let expr = |kind, ty| Expr { kind, ty, place };
    let literal = |value: Value, ty| Box::new(Expr { kind: Kind::Literal(value), ty, place });
    let by = Box::new(rollout.by.clone());
    let seed = literal(Value::string(&rollout.seed), Type::String);
    let bucket = Box::new(expr(Kind::Bucket { by, seed }, Type::Int));
    let threshold = literal(Value::Int(i64::from(rollout.threshold)), Type::Int);
    let relation = Relation::Less;
    expr(Kind::Compare { relation, left: bucket, right: threshold }, Type::Bool)
}

fn fences(tables: &mut Tables<'_>) -> (Vec<archive::Fence>, Vec<archive::Vertex>) {
    let ruleset = tables.ruleset;
    let mut vertices = Vec::new();
    let fences = ruleset
        .fences
        .iter()
        .map(|Fence { name, shape }| {
            let start = vertices.len() as u32;
            let (kind, numbers) = match shape {
                Shape::Circle { center, radius_metres } => {
                    (FenceKind::Circle, [center.lat, center.lon, *radius_metres, 0.0])
                }
                Shape::Box { south, west, north, east } => {
                    (FenceKind::Box, [*south, *west, *north, *east])
                }
                Shape::Polygon(points) => {
                    let all = points.iter().map(|p| archive::Vertex { lat: p.lat, lon: p.lon });
                    vertices.extend(all);
                    (FenceKind::Polygon, [0.0; 4])
                }
            };
            let range = Range { start, length: vertices.len() as u32 - start };
            let name = tables.data.text(name);
            archive::Fence { name, kind: kind as u16, numbers, vertices: range }
        })
        .collect();
    (fences, vertices)
}

fn zones(tables: &mut Tables<'_>) -> (Vec<archive::Zone>, Vec<archive::Transition>) {
    let ruleset = tables.ruleset;
    let mut transitions = Vec::new();
    let zones = ruleset
        .zones
        .iter()
        .map(|zone| {
            let start = transitions.len() as u32;
            transitions.extend(
                zone.transitions
                    .iter()
                    .map(|(at, offset)| archive::Transition { at: *at, offset: *offset }),
            );
            archive::Zone {
                name: tables.data.text(&zone.name),
                initial_offset: zone.initial_offset,
                transitions: Range { start, length: zone.transitions.len() as u32 },
                repeat_from: zone.repeat_from,
            }
        })
        .collect();
    (zones, transitions)
}

fn debug(tables: &mut Tables<'_>, sources: &Sources) -> archive::Debug {
    let ruleset = tables.ruleset;
    let position = |span: Span| {
        let (line, column) = sources.line_column(span.file, span.start);
        archive::Position { file: span.file.0, line, column }
    };
    let nowhere = archive::Position { file: NONE, line: 0, column: 0 };
    // The code of one text is together, and its places are worked out together.
    let mut current = None;
    let places = tables.places.iter().map(|place| match place {
        Some(Place { text, range }) => {
            let known = current.take().filter(|(known, _)| known == text);
            let (_, places) = current.insert(known.unwrap_or_else(|| {
                // INVARIANT: places refer to texts of their own ruleset.
                (*text, ruleset.texts[*text as usize].places(sources))
            }));
            position(places.locate(range.start, range.end))
        }
        None => nowhere,
    });
    let code = places.collect();
    let rules = ruleset.rules.iter().map(|rule| position(rule.span)).collect();
    let files = sources.files().map(|file| tables.data.text(sources.name(file))).collect();
    archive::Debug { files, rules, code }
}

fn place_span(ruleset: &checked::Ruleset, sources: &Sources, place: Place) -> Span {
    // INVARIANT: places refer to texts of their own ruleset.
    ruleset.texts[place.text as usize].locate(sources, place.range.start, place.range.end)
}
