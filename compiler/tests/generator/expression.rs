//! Well-typed expressions: what may stand for any type. What is of one type
//! only is in `scalars`, `logic` and `collections`.

use super::literal::{self, any_type, key_type, map_key};
use super::node::{Node, Type, level};
use super::random::Random;
use super::schema::{Fact, Scope};

/// How much of its type an expression must tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// All of it.
    Exact,
    /// Lists and maps may be `[]` and `{}`, which are of nothing.
    Parts,
    /// It may itself be of nothing, as `[][0]` is.
    Any,
}

/// A name that a macro has bound.
#[derive(Debug, Clone)]
pub struct Local {
    pub name: &'static str,
    pub ty: Type,
    /// Where it may stand: its type may be less than told.
    pub needs: Want,
}

/// Makes expressions.
#[derive(Debug)]
pub struct Maker<'m> {
    pub random: &'m mut Random,
    pub scope: &'m Scope,
    pub locals: Vec<Local>,
    /// How many more parts there may be, about.
    fuel: usize,
}

const NAMES: [&str; 7] = ["x", "y", "k", "v", "i", "item_", "acc"];

impl<'m> Maker<'m> {
    pub fn new(random: &'m mut Random, scope: &'m Scope) -> Maker<'m> {
        let fuel = 6 + random.below(40);
        Maker { random, scope, locals: Vec::new(), fuel }
    }

    /// A whole expression of a type.
    pub fn whole(&mut self, ty: &Type, want: Want) -> Node {
        let depth = 1 + self.random.below(6);
        self.expr(ty, want, depth)
    }

    pub fn exact(&mut self, ty: &Type, depth: usize) -> Node {
        self.expr(ty, Want::Exact, depth)
    }

    pub fn any(&mut self, ty: &Type, depth: usize) -> Node {
        self.expr(ty, Want::Any, depth)
    }

    /// Parts of which one tells the type that is wanted: the others need not.
    pub fn joined(
        &mut self,
        ty: &Type,
        want: Want,
        others: Want,
        depth: usize,
        count: usize,
    ) -> Vec<Node> {
        let teller = self.random.below(count.max(1));
        (0..count)
            .map(|n| {
                let want = if n == teller { want } else { others.max(want) };
                self.expr(ty, want, depth)
            })
            .collect()
    }

    pub fn expr(&mut self, ty: &Type, want: Want, depth: usize) -> Node {
        if depth == 0 || self.fuel == 0 {
            return self.leaf(ty, want);
        }
        self.fuel -= 1;
        if self.random.chance(22) {
            return self.general(ty, want, depth - 1);
        }
        match ty {
            Type::Bool => self.bool(depth - 1),
            Type::Int => self.int(depth - 1),
            Type::Uint => self.uint(depth - 1),
            Type::Double => self.double(depth - 1),
            Type::String => self.string(depth - 1),
            Type::Bytes => self.bytes(depth - 1),
            Type::Timestamp => self.timestamp(depth - 1),
            Type::Duration => self.duration(depth - 1),
            Type::Point => self.point(depth - 1),
            Type::List(item) => self.list(item, want, depth - 1),
            Type::Map(key, value) => self.map(key, value, want, depth - 1),
        }
    }

    /// What may be of any type.
    fn general(&mut self, ty: &Type, want: Want, depth: usize) -> Node {
        // An item of `[]` is of nothing.
        let inner = if want == Want::Any { Want::Parts } else { Want::Exact };
        match self.random.below(12) {
            0..=2 => {
                let mut parts = vec![self.any(&Type::Bool, depth)];
                parts.extend(self.joined(ty, want, Want::Any, depth, 2));
                Node::of(ty.clone(), level::CONDITIONAL, "@1 ? @1 : @0", parts)
            }
            3..=5 => self.bind(ty, want, depth),
            6 => {
                let list = self.expr(&Type::list(ty.clone()), inner, depth);
                let index = self.index(depth);
                Node::of(ty.clone(), level::MEMBER, "@7[@0]", vec![list, index])
            }
            7 | 8 => {
                let key = key_type(self.random);
                let map = self.expr(&Type::map(key.clone(), ty.clone()), inner, depth);
                let index = if self.random.chance(70) {
                    map_key(&key, self.random)
                } else {
                    self.any(&key, depth)
                };
                Node::of(ty.clone(), level::MEMBER, "@7[@0]", vec![map, index])
            }
            9 => {
                let map = self.expr(&Type::map(Type::String, ty.clone()), inner, depth);
                let field = self.random.word(&["key", "a", "b"]);
                Node::of(ty.clone(), level::MEMBER, &format!("@7.{field}"), vec![map])
            }
            10 => self.fault(ty, want),
            _ => self.leaf(ty, want),
        }
    }

    fn index(&mut self, depth: usize) -> Node {
        if self.random.chance(70) {
            let index = self.random.between(-1, 4);
            let level = if index < 0 { level::UNARY } else { level::MEMBER };
            return Node::leaf(Type::Int, level, index.to_string());
        }
        self.any(&Type::Int, depth)
    }

    fn bind(&mut self, ty: &Type, want: Want, depth: usize) -> Node {
        let bound = match self.random.below(5) {
            0 | 1 => Type::list(any_type(self.random, 0)),
            _ => any_type(self.random, 1),
        };
        let needs = *self.random.pick(&[Want::Exact, Want::Exact, Want::Parts, Want::Any]);
        let value = if self.random.chance(20) {
            self.fault(&bound, needs)
        } else {
            self.expr(&bound, needs, depth)
        };
        let name = self.random.word(&NAMES);
        self.locals.push(Local { name, ty: bound, needs });
        let body = self.expr(ty, want, depth);
        self.locals.pop();
        Node::of(ty.clone(), level::MEMBER, &format!("cel.bind({name}, @0, @0)"), vec![value, body])
    }

    /// What never has a value, though its type is known.
    fn fault(&mut self, ty: &Type, want: Want) -> Node {
        let literal = literal::cel(ty, self.random);
        match self.random.below(4) {
            0 if *ty == Type::Int => Node::leaf(Type::Int, level::MULTIPLICATION, "1 / 0"),
            1 if *ty == Type::Bool => Node::leaf(Type::Bool, level::RELATION, "1 % 0 == 1"),
            2 if want == Want::Any => self.nothing(ty),
            0 | 1 => Node::of(ty.clone(), level::MEMBER, "[@0][7]", vec![literal]),
            _ => Node::of(ty.clone(), level::MEMBER, "{\"a\": @0}.zz", vec![literal]),
        }
    }

    /// An expression that is of no type.
    fn nothing(&mut self, ty: &Type) -> Node {
        let texts = [
            "[][0]",
            "{}[\"a\"]",
            "{}.a",
            "{}.a.b",
            "{}[1]",
            "[].map(n, n)[0]",
            "[[]][0][0]",
            "[[]].map(n, n[0])[0]",
            "([] + [])[0]",
            "{}.transformMap(k, n, n)[0]",
            "cel.bind(n, [][0], n)",
            "[].filter(n, n)[-[][0]]",
            "math.greatest([])",
            "math.least([][0], {}.a)",
        ];
        Node::leaf(ty.clone(), level::MEMBER, self.random.word(&texts))
    }

    /// A name or a literal.
    pub fn leaf(&mut self, ty: &Type, want: Want) -> Node {
        if want == Want::Any && self.random.chance(2) {
            return self.nothing(ty);
        }
        if want >= Want::Parts && self.random.chance(12) {
            match ty {
                Type::List(_) => return Node::leaf(ty.clone(), level::MEMBER, "[]"),
                Type::Map(..) => return Node::leaf(ty.clone(), level::MEMBER, "{}"),
                _ => {}
            }
        }
        if self.random.chance(80) {
            let names = self.names(ty, want);
            if !names.is_empty() {
                return self.random.pick(&names).clone();
            }
        }
        literal::cel(ty, self.random)
    }

    /// Every name of a type.
    fn names(&self, ty: &Type, want: Want) -> Vec<Node> {
        let mut all = Vec::new();
        let mut add = |text: String| all.push(Node::leaf(ty.clone(), level::MEMBER, text));
        for (at, local) in self.locals.iter().enumerate() {
            let shadowed = self.locals[at + 1..].iter().any(|inner| inner.name == local.name);
            if local.ty == *ty && local.needs <= want && !shadowed {
                // Those near by are the ones that a body is about.
                add(local.name.to_owned());
                add(local.name.to_owned());
                add(local.name.to_owned());
            }
        }
        for fact in &self.scope.facts {
            if fact.shape.ty() != *ty {
                continue;
            }
            // An enum that is compared with a literal must be compared with one
            // of its own: `logic` does that.
            match (fact.shape.labels(), ty) {
                (None, _) if fact.name.ends_with('7') => add(format!(".{}", fact.qualified())),
                (None, _) => add(fact.qualified()),
                (Some(_), Type::String) => add(format!("({} + \"\")", fact.qualified())),
                (Some(_), Type::List(_)) => add(format!("({} + [])", fact.qualified())),
                (Some(_), _) => {}
            }
        }
        for constant in &self.scope.constants {
            if constant.ty == *ty && (!constant.is_vague || want >= Want::Parts) {
                add(format!("constants.{}", constant.name));
            }
        }
        for (name, variable) in &self.scope.variables {
            if variable == ty {
                add(format!("variables.{name}"));
            }
        }
        all
    }

    /// A list and the names that a macro binds to its items: `names` of them.
    ///
    /// `needs` is how much the items must tell.
    pub fn range(&mut self, depth: usize, names: usize, needs: Want) -> (Node, Vec<Local>) {
        let is_map = self.random.chance(30);
        let vague = needs > Want::Exact && self.random.chance(15);
        let (want, local) =
            if vague { (Want::Parts, Want::Any) } else { (Want::Exact, Want::Exact) };
        // Half of the time over what is bound already, if anything is.
        let bound = self.locals.iter().rev().find_map(|local| match &local.ty {
            Type::List(item) if !is_map => Some((**item).clone()),
            _ => None,
        });
        let item = match bound {
            Some(item) if self.random.chance(50) => item,
            _ => any_type(self.random, 1),
        };
        let (range, types) = if is_map {
            let key = key_type(self.random);
            let range = self.expr(&Type::map(key.clone(), item.clone()), want, depth);
            (range, vec![key, item])
        } else {
            let range = self.expr(&Type::list(item.clone()), want, depth);
            let types = if names == 1 { vec![item] } else { vec![Type::Int, item] };
            (range, types)
        };
        let mut locals: Vec<Local> = Vec::new();
        for ty in types.into_iter().take(names) {
            let free: Vec<&str> =
                NAMES.into_iter().filter(|name| locals.iter().all(|l| l.name != *name)).collect();
            let name = self.random.pick(&free);
            locals.push(Local { name, ty, needs: local });
        }
        (range, locals)
    }

    /// Runs `body` with names bound.
    pub fn within<R>(&mut self, locals: &[Local], body: impl FnOnce(&mut Self) -> R) -> R {
        self.locals.extend_from_slice(locals);
        let result = body(self);
        self.locals.truncate(self.locals.len() - locals.len());
        result
    }

    /// A fact that is, or holds, an enum.
    pub fn labelled(&mut self) -> Option<Fact> {
        let all: Vec<&Fact> =
            self.scope.facts.iter().filter(|fact| fact.shape.labels().is_some()).collect();
        if all.is_empty() { None } else { Some((*self.random.pick(&all)).clone()) }
    }
}
