//! The place of a fact's value, or of an item of one: takes scalars, items and
//! entries as the type of the fact says, and makes a node of the arena.

use super::arena::{Arena, Chain, Node, Span};
use super::error::{FactsError, Problem};
use super::found::Found;
use super::scalar;
use super::serialize::{Entries, Input, Items, Place, with_text};
use rulestone_format::archive::{ArchivedFactType, ArchivedRuleset};
use rulestone_format::meaning::Point;
use rulestone_format::schema::FactKind;
use rulestone_format::value::Word;
use serde::Serialize;

/// Gives `None` for null.
pub(super) struct ValuePlace<'b> {
    pub(super) archive: &'b ArchivedRuleset,
    pub(super) arena: &'b mut Arena,
    pub(super) fact_type: &'b ArchivedFactType,
    /// How deep lists and maps may nest from here.
    pub(super) depth: usize,
    pub(super) strict: bool,
}

impl<'b> Place for ValuePlace<'b> {
    type Ok = Option<Node>;
    type Items = ListItems<'b>;
    type Entries = ValueEntries<'b>;

    fn scalar(self, found: Found<'_>) -> Result<Option<Node>, FactsError> {
        match found {
            Found::Null => Ok(None),
            found => scalar::read(self.archive, self.arena, self.fact_type, found).map(Some),
        }
    }

    fn items(self, length: Option<usize>) -> Result<ListItems<'b>, FactsError> {
        if self.fact_type.kind() != Some(FactKind::List) {
            return Err(self.refusal(&Found::List));
        }
        let chain = Growing::new(self, &Found::List)?;
        match length {
            // Known to be too long before it is looked at.
            Some(length) if length as u64 > u64::from(chain.bound) => {
                Err(chain.too_many(length as u64))
            }
            _ => Ok(ListItems { chain }),
        }
    }

    fn entries(self) -> Result<ValueEntries<'b>, FactsError> {
        match self.fact_type.kind() {
            Some(FactKind::Map) => {
                Ok(ValueEntries::Map { chain: Growing::new(self, &Found::Object)?, key: None })
            }
            Some(FactKind::Point) => {
                Ok(ValueEntries::Point { axes: [None; 2], next: None, strict: self.strict })
            }
            _ => Err(self.refusal(&Found::Object)),
        }
    }

    fn refusal(&self, found: &Found<'_>) -> FactsError {
        scalar::unexpected(self.archive, self.fact_type, found)
    }
}

/// A list or map that grows, item by item.
pub(super) struct Growing<'b> {
    archive: &'b ArchivedRuleset,
    arena: &'b mut Arena,
    item: &'b ArchivedFactType,
    depth: usize,
    strict: bool,
    bound: u32,
    /// Items seen, those beyond the bound too.
    count: u64,
    chain: Chain,
}

impl<'b> Growing<'b> {
    /// `found` is what to say was found if the type should be damaged.
    fn new(place: ValuePlace<'b>, found: &Found<'_>) -> Result<Growing<'b>, FactsError> {
        let item = place.archive.schema.fact_type(place.fact_type.item.to_native());
        // INVARIANT: in a verified archive the type of the items is there and nests no deeper.
        let (Some(item), Some(depth)) = (item, place.depth.checked_sub(1)) else {
            return Err(place.refusal(found));
        };
        Ok(Growing {
            archive: place.archive,
            arena: place.arena,
            item,
            depth,
            strict: place.strict,
            bound: place.fact_type.bound.to_native(),
            count: 0,
            chain: Chain::new(),
        })
    }

    /// Whether no item was beyond the bound.
    fn has_all(&self) -> bool {
        self.count <= u64::from(self.bound)
    }

    /// Whether the next item is within the bound. Those beyond are counted only.
    fn has_room(&self) -> bool {
        self.count < u64::from(self.bound)
    }

    fn push<T: Serialize + ?Sized>(&mut self, key: Span, value: &T) -> Result<(), FactsError> {
        let node = value.serialize(Input(ValuePlace {
            archive: self.archive,
            arena: self.arena,
            fact_type: self.item,
            depth: self.depth,
            strict: self.strict,
        }))?;
        let Some(node) = node else {
            return Err(scalar::unexpected(self.archive, self.item, &Found::Null));
        };
        self.arena.append(&mut self.chain, node.with_key(key))
    }

    /// The list or map, and the arena that it is in.
    fn end(self) -> Result<(Node, &'b mut Arena), FactsError> {
        if !self.has_all() {
            return Err(self.too_many(self.count));
        }
        Ok((Node::chain(&self.chain), self.arena))
    }

    fn too_many(&self, count: u64) -> FactsError {
        FactsError::new(Problem::Items { count, bound: self.bound })
    }
}

pub(super) struct ListItems<'b> {
    chain: Growing<'b>,
}

impl<'b> ListItems<'b> {
    /// The list, and the arena that it is in.
    pub(super) fn finish(self) -> Result<(Node, &'b mut Arena), FactsError> {
        self.chain.end()
    }
}

impl Items for ListItems<'_> {
    type Ok = Option<Node>;

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError> {
        let index = self.chain.count;
        if self.chain.has_room() {
            let pushed = self.chain.push(Span::default(), value);
            pushed.map_err(|error| error.in_item(index))?;
        }
        self.chain.count += 1;
        Ok(())
    }

    fn end(self) -> Result<Option<Node>, FactsError> {
        self.finish().map(|(node, _)| Some(node))
    }
}

pub(super) enum ValueEntries<'b> {
    Map {
        chain: Growing<'b>,
        key: Option<Span>,
    },
    Point {
        /// Latitude and longitude.
        axes: [Option<f64>; 2],
        /// Which of them comes next; `None` for a member that is ignored.
        next: Option<usize>,
        strict: bool,
    },
}

/// The members of a point, and how errors inside of it name them.
const AXES: [(&str, &str); 2] = [("lat", ".lat"), ("lon", ".lon")];

impl<'b> ValueEntries<'b> {
    /// The map with the arena that it is in, or the point.
    pub(super) fn finish(self) -> Result<(Node, Option<&'b mut Arena>), FactsError> {
        match self {
            ValueEntries::Map { mut chain, .. } => {
                if chain.has_all() {
                    chain.arena.sort(&mut chain.chain)?;
                }
                chain.end().map(|(node, arena)| (node, Some(arena)))
            }
            ValueEntries::Point { axes: [lat, lon], .. } => {
                let there = |axis: Option<f64>, path| {
                    axis.ok_or_else(|| FactsError::new(Problem::Missing).prefix(path))
                };
                let [(_, lat_path), (_, lon_path)] = AXES;
                let point = Point { lat: there(lat, lat_path)?, lon: there(lon, lon_path)? };
                Ok((Node::scalar(Word::from_point(point)), None))
            }
        }
    }
}

impl Entries for ValueEntries<'_> {
    type Ok = Option<Node>;

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), FactsError> {
        match self {
            ValueEntries::Map { chain, key: place } => {
                *place = None;
                if chain.has_room() {
                    let arena = &mut *chain.arena;
                    *place = Some(with_text(key, |text| scalar::read_key(arena, text))?);
                }
                Ok(())
            }
            ValueEntries::Point { next, strict, .. } => {
                *next = with_text(key, |name| {
                    let axis = AXES.iter().position(|(axis, _)| *axis == name);
                    match axis {
                        None if *strict => Err(FactsError::unknown(format!(".{name}"), None)),
                        axis => Ok(axis),
                    }
                })?;
                Ok(())
            }
        }
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError> {
        match self {
            ValueEntries::Map { chain, key } => {
                if let Some(key) = key.take() {
                    chain.push(key, value).map_err(|error| {
                        let key = String::from_utf8_lossy(chain.arena.bytes(key));
                        error.in_entry(&key)
                    })?;
                }
                chain.count += 1;
                Ok(())
            }
            ValueEntries::Point { axes, next, .. } => {
                let Some((axis, (_, path))) =
                    next.take().and_then(|next| axes.get_mut(next).zip(AXES.get(next)))
                else {
                    return Ok(());
                };
                if axis.is_some() {
                    return Err(FactsError::new(Problem::Repeated).prefix(path));
                }
                let number = value.serialize(Input(DoublePlace));
                *axis = number.map_err(|error| error.prefix(path))?;
                Ok(())
            }
        }
    }

    fn end(self) -> Result<Option<Node>, FactsError> {
        self.finish().map(|(node, _)| Some(node))
    }
}

/// The place of a double within a point. Gives `None` for null.
struct DoublePlace;

impl Place for DoublePlace {
    type Ok = Option<f64>;
    type Items = super::serialize::Never<Option<f64>>;
    type Entries = super::serialize::Never<Option<f64>>;

    fn scalar(self, found: Found<'_>) -> Result<Option<f64>, FactsError> {
        match found {
            Found::Null => Ok(None),
            found => scalar::read_double(found).map(Some),
        }
    }

    fn refusal(&self, found: &Found<'_>) -> FactsError {
        FactsError::expected(FactKind::Double.name(), found)
    }
}
