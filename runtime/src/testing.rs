//! Archives for tests, put together by hand: a schema of facts and nothing
//! else. [`assemble`] has rules and code as well.

pub(crate) mod assemble;

use crate::ruleset::Ruleset;
use rulestone_format::archive::{
    self, ArchivedRuleset, Fact, FactType, Group, Identity, NONE, Schema, Text,
};
use rulestone_format::header::Header;
use rulestone_format::schema::{FactKind, fingerprints};
use rulestone_format::types::{TypeEntry, TypeId, TypeKind};

/// The type of a fact.
#[derive(Debug, Clone)]
pub(crate) enum Type {
    /// Of these, text is bounded by 1024 bytes.
    Plain(FactKind),
    Text(FactKind, u32),
    Enum(&'static [&'static str]),
    List(Box<Type>, u32),
    Map(Box<Type>, u32),
}

/// One fact: path, type, whether it is optional.
pub(crate) type Declaration<'a> = (&'a str, Type, bool);

/// A schema with facts of every kind.
pub(crate) fn every_kind() -> Vec<Declaration<'static>> {
    use FactKind::{Bool, Bytes, Double, Duration, Int, Point, String, Timestamp, Uint};
    use Type::{Enum, List, Map, Plain, Text};
    let list = |item, bound| List(Box::new(item), bound);
    let map = |item, bound| Map(Box::new(item), bound);
    vec![
        ("now", Plain(Timestamp), false),
        ("player.name", Plain(String), false),
        ("player.level", Plain(Int), false),
        ("player.gold", Plain(Uint), true),
        ("player.premium", Plain(Bool), true),
        ("player.speed", Plain(Double), true),
        ("player.platform", Enum(&["ios", "android", "web", "switch"]), true),
        ("player.position", Plain(Point), true),
        ("player.tags", list(Plain(String), 16), true),
        ("player.scores", map(Plain(Int), 8), true),
        ("item.token", Text(Bytes, 8), true),
        ("item.age", Plain(Duration), true),
        ("item.seen", list(Plain(Timestamp), 4), true),
        ("item.grid", list(list(map(Plain(String), 3), 3), 3), true),
        ("item.by_name", map(list(Plain(Point), 2), 4), true),
        ("rarity", Plain(Int), true),
    ]
}

/// A loaded ruleset with facts of every kind.
pub(crate) fn ruleset() -> Ruleset {
    Ruleset::from_vec(file(&every_kind())).expect("the archive is in order")
}

/// The bytes of a `.stone` file with these facts.
pub(crate) fn file(facts: &[Declaration<'_>]) -> Vec<u8> {
    file_of(&archive(facts))
}

/// The bytes of a `.stone` file with this body.
pub(crate) fn file_of(ruleset: &archive::Ruleset) -> Vec<u8> {
    let body = rkyv::to_bytes::<rkyv::rancor::Error>(ruleset).expect("serialises");
    let mut file = Header::of(&body).to_bytes().to_vec();
    file.extend_from_slice(&body);
    file
}

/// A ruleset with these facts, without rules.
pub(crate) fn archive(facts: &[Declaration<'_>]) -> archive::Ruleset {
    let mut making = Making::default();
    making.types.extend(TypeKind::FIXED.map(TypeEntry::from));
    let mut slot = 0;
    let mut declared = Vec::new();
    for (path, fact_type, optional) in facts {
        let (fact_type, value_type, width) = making.fact_type(fact_type);
        declared.push(Fact {
            path: making.text(path),
            fact_type,
            value_type: value_type.0,
            optional: u8::from(*optional),
            slot,
        });
        slot += width;
    }
    let now = facts.iter().position(|(path, ..)| *path == "now");
    let name = making.text("test");
    let group = making.text("default");
    let version = making.text("1");
    let mut ruleset = archive::Ruleset {
        identity: Identity {
            name,
            description: Text::default(),
            source_hash: [7; 32],
            tzdata: version,
            compiler: version,
            enabled: 1,
            disabled_rules: 0,
        },
        data: making.data,
        types: making.types,
        schema: Schema {
            facts: declared,
            types: making.fact_types,
            enums: making.enums,
            labels: making.labels,
            fingerprints: Vec::new(),
            now: now.map_or(NONE, |now| now as u32),
            defaults: Text::default(),
        },
        groups: vec![Group { name: group, hit_policy: 0 }],
        ..archive::Ruleset::default()
    };
    // Fingerprints are defined over the archived form.
    let body = rkyv::to_bytes::<rkyv::rancor::Error>(&ruleset).expect("serialises");
    let archived =
        rkyv::access::<ArchivedRuleset, rkyv::rancor::Error>(&body).expect("is well-formed");
    ruleset.schema.fingerprints = fingerprints(archived);
    ruleset
}

#[derive(Default)]
struct Making {
    data: Vec<u8>,
    types: Vec<TypeEntry>,
    fact_types: Vec<FactType>,
    enums: Vec<archive::Range>,
    labels: Vec<Text>,
}

impl Making {
    fn text(&mut self, text: &str) -> Text {
        let offset = self.data.len() as u32;
        self.data.extend_from_slice(text.as_bytes());
        Text { offset, length: text.len() as u32 }
    }

    /// The type in the schema, the type in rules, the width of its cell.
    fn fact_type(&mut self, declared: &Type) -> (u16, TypeId, u32) {
        let (fact_type, value_type) = match declared {
            Type::Plain(kind @ (FactKind::String | FactKind::Bytes)) => {
                return self.fact_type(&Type::Text(*kind, 1024));
            }
            Type::Plain(kind) => (plain(*kind, 0, 0), TypeId(*kind as u16)),
            Type::Text(kind, bound) => (plain(*kind, 0, *bound), TypeId(*kind as u16)),
            Type::Enum(labels) => {
                let number = self.enums.len() as u16;
                let start = self.labels.len() as u32;
                let length = labels.len() as u32;
                self.enums.push(archive::Range { start, length });
                for label in *labels {
                    let label = self.text(label);
                    self.labels.push(label);
                }
                (plain(FactKind::Enum, number, 0), TypeId::STRING)
            }
            Type::List(item, bound) => {
                let (item, value, _) = self.fact_type(item);
                let list = self.value_type(TypeKind::List(value));
                (plain(FactKind::List, item, *bound), list)
            }
            Type::Map(item, bound) => {
                let (item, value, _) = self.fact_type(item);
                let map = self.value_type(TypeKind::Map(TypeId::STRING, value));
                (plain(FactKind::Map, item, *bound), map)
            }
        };
        let kind = FactKind::from_u16(fact_type.kind).expect("is a kind");
        self.fact_types.push(fact_type);
        let number = self.fact_types.len() as u16 - 1;
        (number, value_type, kind.width() as u32)
    }

    fn value_type(&mut self, kind: TypeKind) -> TypeId {
        let entry = TypeEntry::from(kind);
        let known = self.types.iter().position(|known| *known == entry);
        let index = known.unwrap_or_else(|| {
            self.types.push(entry);
            self.types.len() - 1
        });
        TypeId(index as u16)
    }
}

fn plain(kind: FactKind, item: u16, bound: u32) -> FactType {
    FactType { kind: kind as u16, item, bound }
}
