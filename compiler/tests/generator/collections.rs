//! Lists and maps.

use super::expression::{Local, Maker, Want};
use super::literal::{self, map_key};
use super::node::{Node, Type, level};

fn names(locals: &[Local]) -> String {
    locals.iter().map(|local| local.name).collect::<Vec<_>>().join(", ")
}

impl Maker<'_> {
    pub(super) fn list(&mut self, item: &Type, want: Want, depth: usize) -> Node {
        let ty = Type::list(item.clone());
        let inner = want.min(Want::Parts);
        match self.random.below(16) {
            0..=3 => {
                let count = 1 + self.random.below(4);
                let items = self.joined(item, inner, Want::Any, depth, count);
                literal::list(ty, items)
            }
            4 | 5 => {
                let parts = self.joined(&ty, inner, Want::Parts, depth, 2);
                Node::of(ty, level::ADDITION, "@4 + @5", parts)
            }
            6 | 7 => {
                let filtered = self.random.chance(50);
                let (range, locals) = self.range(depth, 1, Want::Any);
                self.transform(ty, "map", filtered, range, &locals, item, inner, depth)
            }
            8 | 9 => {
                let filtered = self.random.chance(50);
                let (range, locals) = self.range(depth, 2, Want::Any);
                self.transform(ty, "transformList", filtered, range, &locals, item, inner, depth)
            }
            10..=12 => {
                let range = self.expr(&ty, inner, depth);
                let needs = if inner == Want::Exact { Want::Exact } else { Want::Any };
                let name = self.random.word(&["x", "y", "v"]);
                let local = Local { name, ty: item.clone(), needs };
                let test = self.within(&[local], |maker| maker.any(&Type::Bool, depth));
                Node::of(ty, level::MEMBER, &format!("@7.filter({name}, @0)"), vec![range, test])
            }
            13 | 14 if *item == Type::String => {
                let mut parts =
                    vec![self.any(&Type::String, depth), self.any(&Type::String, depth)];
                if self.random.chance(50) {
                    return Node::of(ty, level::MEMBER, "@7.split(@0)", parts);
                }
                parts.push(self.any(&Type::Int, depth));
                Node::of(ty, level::MEMBER, "@7.split(@0, @0)", parts)
            }
            _ => self.leaf(&ty, want),
        }
    }

    pub(super) fn map(&mut self, key: &Type, value: &Type, want: Want, depth: usize) -> Node {
        let ty = Type::map(key.clone(), value.clone());
        let inner = want.min(Want::Parts);
        match self.random.below(8) {
            0..=2 => {
                let count = 1 + self.random.below(3);
                let mut keys = Vec::new();
                for _ in 0..count {
                    keys.push(match self.random.below(3) {
                        0 if inner == Want::Parts => self.any(key, depth),
                        0 => self.exact(key, depth),
                        _ => map_key(key, self.random),
                    });
                }
                let values = self.joined(value, inner, Want::Any, depth, count);
                literal::map_of(ty, keys.into_iter().zip(values).collect())
            }
            3 | 4 => {
                let filtered = self.random.chance(50);
                let (range, locals) = self.range_with_key(key, inner, depth);
                self.transform(ty, "transformMap", filtered, range, &locals, value, inner, depth)
            }
            5 | 6 => {
                let (range, locals) = self.range(depth, 2, Want::Any);
                let filtered = self.random.chance(50);
                let mut parts = vec![range];
                self.within(&locals, |maker| {
                    if filtered {
                        parts.push(maker.any(&Type::Bool, depth));
                    }
                    parts.push(maker.exact(key, depth));
                    parts.push(maker.expr(value, inner, depth));
                });
                let filter = if filtered { "@0, " } else { "" };
                let names = names(&locals);
                let pattern = format!("@7.transformMapEntry({names}, {filter}{{@0: @0}})");
                Node::of(ty, level::MEMBER, &pattern, parts)
            }
            _ => self.leaf(&ty, want),
        }
    }

    /// A list or map whose first name is of this type.
    fn range_with_key(&mut self, key: &Type, want: Want, depth: usize) -> (Node, Vec<Local>) {
        let item = literal::any_type(self.random, 1);
        let needs = if want == Want::Exact { Want::Exact } else { Want::Any };
        let local = |name: &'static str, ty: Type| Local { name, ty, needs };
        let over_list = *key == Type::Int && self.random.chance(60);
        let range = if over_list {
            self.expr(&Type::list(item.clone()), want, depth)
        } else {
            self.expr(&Type::map(key.clone(), item.clone()), want, depth)
        };
        (range, vec![local("k", key.clone()), local("v", item)])
    }

    #[expect(clippy::too_many_arguments, reason = "they are the parts of one macro")]
    fn transform(
        &mut self,
        ty: Type,
        name: &str,
        filtered: bool,
        range: Node,
        locals: &[Local],
        result: &Type,
        want: Want,
        depth: usize,
    ) -> Node {
        let mut parts = vec![range];
        self.within(locals, |maker| {
            if filtered {
                parts.push(maker.any(&Type::Bool, depth));
            }
            parts.push(maker.expr(result, want, depth));
        });
        let places = if filtered { "@0, @0" } else { "@0" };
        let pattern = format!("@7.{name}({}, {places})", names(locals));
        Node::of(ty, level::MEMBER, &pattern, parts)
    }
}
