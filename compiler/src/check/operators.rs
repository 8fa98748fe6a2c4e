//! Operators: what types they take and what they give.

use super::expression::Checker;
use super::retype::retype;
use super::tree::{Arithmetic, Expr, Kind, node};
use super::types::Type;
use crate::cel::{self, BinaryOperator, Range};
use crate::diagnostic::Code;
use rulestone_format::code::Relation;

impl Checker<'_> {
    pub(super) fn binary(
        &mut self,
        range: Range,
        operator: BinaryOperator,
        left: &cel::Expr,
        right: &cel::Expr,
    ) -> Option<Expr> {
        use BinaryOperator as B;
        let ranges = (left.range, right.range);
        let (left, right) = (self.check(left), self.check(right));
        let (left, right) = (left?, right?);
        match operator {
            B::Equal => self.equality(range, left, right),
            B::NotEqual => {
                let equal = self.equality(range, left, right)?;
                Some(self.finish(range, Kind::Not(Box::new(equal)), Type::Bool))
            }
            B::Less => self.compare(range, Relation::Less, left, right),
            B::LessEqual => self.compare(range, Relation::LessEqual, left, right),
            B::Greater => self.compare(range, Relation::Greater, left, right),
            B::GreaterEqual => self.compare(range, Relation::GreaterEqual, left, right),
            B::In => self.membership(range, ranges.0, left, right),
            B::Add | B::Subtract | B::Multiply | B::Divide | B::Remainder => {
                self.arithmetic(range, operator, left, right)
            }
        }
    }

    fn arithmetic(
        &mut self,
        range: Range,
        operator: BinaryOperator,
        left: Expr,
        right: Expr,
    ) -> Option<Expr> {
        use Arithmetic as A;
        use BinaryOperator as B;
        // What never has a value takes the type of the other side.
        let or = |a: &Type, b: &Type| match (a, b) {
            (Type::Never, Type::Never) => Type::Int,
            (Type::Never, b) => b.clone(),
            (a, _) => a.clone(),
        };
        let (l, r) = (or(&left.ty, &right.ty), or(&right.ty, &left.ty));
        if let (B::Add, Some(joined @ Type::List(_))) = (operator, l.join(&r)) {
            let (left, right) = (retype(left, &joined), retype(right, &joined));
            return Some(self.operation(range, A::Concatenate, left, right, joined));
        }
        let (arithmetic, ty) = match (operator, &l, &r) {
            (B::Add, Type::Int, Type::Int) => (A::AddInt, Type::Int),
            (B::Add, Type::Uint, Type::Uint) => (A::AddUint, Type::Uint),
            (B::Add, Type::Double, Type::Double) => (A::AddDouble, Type::Double),
            (B::Add, Type::String, Type::String) => (A::Join2, Type::String),
            (B::Add, Type::Bytes, Type::Bytes) => (A::Join2, Type::Bytes),
            (B::Add, Type::Timestamp, Type::Duration) => (A::AddTimestamp, Type::Timestamp),
            (B::Add, Type::Duration, Type::Timestamp) => {
                return Some(self.operation(range, A::AddTimestamp, right, left, Type::Timestamp));
            }
            (B::Add, Type::Duration, Type::Duration) => (A::AddDuration, Type::Duration),
            (B::Subtract, Type::Int, Type::Int) => (A::SubtractInt, Type::Int),
            (B::Subtract, Type::Uint, Type::Uint) => (A::SubtractUint, Type::Uint),
            (B::Subtract, Type::Double, Type::Double) => (A::SubtractDouble, Type::Double),
            (B::Subtract, Type::Timestamp, Type::Duration) => {
                (A::SubtractTimestamp, Type::Timestamp)
            }
            (B::Subtract, Type::Timestamp, Type::Timestamp) => (A::Elapsed, Type::Duration),
            (B::Subtract, Type::Duration, Type::Duration) => (A::SubtractDuration, Type::Duration),
            (B::Multiply, Type::Int, Type::Int) => (A::MultiplyInt, Type::Int),
            (B::Multiply, Type::Uint, Type::Uint) => (A::MultiplyUint, Type::Uint),
            (B::Multiply, Type::Double, Type::Double) => (A::MultiplyDouble, Type::Double),
            (B::Divide, Type::Int, Type::Int) => (A::DivideInt, Type::Int),
            (B::Divide, Type::Uint, Type::Uint) => (A::DivideUint, Type::Uint),
            (B::Divide, Type::Double, Type::Double) => (A::DivideDouble, Type::Double),
            (B::Remainder, Type::Int, Type::Int) => (A::RemainderInt, Type::Int),
            (B::Remainder, Type::Uint, Type::Uint) => (A::RemainderUint, Type::Uint),
            _ => return self.no_overload(range, operator.symbol(), &left.ty, &right.ty),
        };
        Some(self.operation(range, arithmetic, left, right, ty))
    }

    fn operation(
        &mut self,
        range: Range,
        operator: Arithmetic,
        left: Expr,
        right: Expr,
        ty: Type,
    ) -> Expr {
        let kind = Kind::Arithmetic { operator, left: Box::new(left), right: Box::new(right) };
        self.finish(range, kind, ty)
    }

    pub(super) fn negate(&mut self, range: Range, operand: &cel::Expr) -> Option<Expr> {
        let operand = self.check(operand)?;
        match operand.ty.clone() {
            ty @ (Type::Int | Type::Double | Type::Never) => {
                Some(self.finish(range, Kind::Negate(Box::new(operand)), ty))
            }
            ty => {
                let message = format!("there is no `-` of {ty}");
                self.report.fail(Code::NoOverload, range, message)
            }
        }
    }

    fn compare(
        &mut self,
        range: Range,
        relation: Relation,
        left: Expr,
        right: Expr,
    ) -> Option<Expr> {
        let ordered = match (&left.ty, &right.ty) {
            (Type::Never, _) | (_, Type::Never) => true,
            (l, r) if l.is_number() && r.is_number() => true,
            (l, r) => l == r && !matches!(l, Type::List(_) | Type::Map(..) | Type::Point),
        };
        if !ordered {
            return self.no_overload(range, relation.symbol(), &left.ty, &right.ty);
        }
        let kind = Kind::Compare { relation, left: Box::new(left), right: Box::new(right) };
        Some(self.finish(range, kind, Type::Bool))
    }

    pub(super) fn equality(&mut self, range: Range, left: Expr, right: Expr) -> Option<Expr> {
        let Some(joined) = left.ty.join(&right.ty) else {
            return self.no_overload(range, "==", &left.ty, &right.ty);
        };
        let (left, right) = (retype(left, &joined), retype(right, &joined));
        self.compared_with_enum(range, &left, &right)?;
        self.compared_with_enum(range, &right, &left)?;
        Some(self.finish(range, Kind::Equal(Box::new(left), Box::new(right)), Type::Bool))
    }

    /// Comparing an enum with a value outside its set is an error.
    fn compared_with_enum(&mut self, range: Range, of: &Expr, with: &Expr) -> Option<()> {
        let Kind::Literal(value) = &with.kind else { return Some(()) };
        let Some(labels) = self.labels(of) else { return Some(()) };
        match self.pools.outside(value, &labels) {
            Some(text) => self.outside_enum(range, &text, &labels),
            None => Some(()),
        }
    }

    fn outside_enum(&mut self, range: Range, text: &str, labels: &[String]) -> Option<()> {
        let message = format!("\"{text}\" is not one of the enum's values");
        let all = super::names::listed(labels);
        let help = match super::names::nearest(text, labels.iter().map(String::as_str)) {
            Some(near) => format!("did you mean \"{near}\"? (values: {all})"),
            None => format!("its values are {all}"),
        };
        self.report.fail_help(Code::EnumValue, range, message, help)
    }

    /// `left in right`
    fn membership(
        &mut self,
        range: Range,
        left_range: Range,
        left: Expr,
        right: Expr,
    ) -> Option<Expr> {
        match right.ty.clone() {
            Type::List(element) => {
                let Some(joined) = left.ty.join(&element) else {
                    return self.no_overload(range, "in", &left.ty, &right.ty);
                };
                self.compared_with_enum(range, &left, &right)?;
                self.compared_with_enum(left_range, &right, &left)?;
                let right = retype(right, &Type::list(joined.clone()));
                let left = retype(left, &joined);
                let kind = Kind::Contains(Box::new(right), Box::new(left));
                Some(self.finish(range, kind, Type::Bool))
            }
            Type::Map(key, value) => {
                let Some(joined) = left.ty.join(&key) else {
                    return self.no_overload(range, "in", &left.ty, &right.ty);
                };
                let right = retype(right, &Type::map(joined.clone(), *value));
                let left = retype(left, &joined);
                let kind = Kind::HasKey(Box::new(right), Box::new(left));
                Some(self.finish(range, kind, Type::Bool))
            }
            // Nothing is in what has no value; a term of its own gives that a type.
            Type::Never => Some(self.finish(range, Kind::And(vec![right]), Type::Bool)),
            ty => {
                let message = format!("`in` wants a list or map on its right, this is {ty}");
                self.report.fail(Code::NoOverload, range, message)
            }
        }
    }

    pub(super) fn index(
        &mut self,
        range: Range,
        operand: &cel::Expr,
        index: &cel::Expr,
    ) -> Option<Expr> {
        let index_range = index.range;
        let (operand, index) = (self.check(operand), self.check(index));
        let (operand, index) = (operand?, index?);
        match operand.ty.clone() {
            Type::List(element) => {
                if !matches!(index.ty, Type::Int | Type::Never) {
                    let message = format!("a list's index is an int, this is {}", index.ty);
                    return self.report.fail(Code::NoOverload, index_range, message);
                }
                let kind = Kind::Index(Box::new(operand), Box::new(index));
                Some(self.finish(range, kind, *element))
            }
            Type::Map(key, value) => {
                let Some(key) = index.ty.join(&key) else {
                    let message = format!("the map's keys are {key}, this is {}", index.ty);
                    return self.report.fail(Code::NoOverload, index_range, message);
                };
                let operand = retype(operand, &Type::map(key, (*value).clone()));
                let kind = Kind::Lookup(Box::new(operand), Box::new(index));
                Some(self.finish(range, kind, *value))
            }
            Type::Never => Some(operand),
            ty => {
                let message = format!("{ty} has no items: only lists and maps do");
                self.report.fail(Code::NoOverload, range, message)
            }
        }
    }

    pub(super) fn conditional(
        &mut self,
        range: Range,
        condition: &cel::Expr,
        then: &cel::Expr,
        otherwise: &cel::Expr,
    ) -> Option<Expr> {
        let condition = self.check_as(condition, &Type::Bool, "`?`");
        let (then, otherwise) = (self.check(then), self.check(otherwise));
        let (condition, then, otherwise) = (condition?, then?, otherwise?);
        let Some(ty) = then.ty.join(&otherwise.ty) else {
            return self.mixed(range, "both branches of `?:`", &then.ty, &otherwise.ty);
        };
        let kind = Kind::Conditional {
            condition: Box::new(condition),
            then: Box::new(retype(then, &ty)),
            otherwise: Box::new(retype(otherwise, &ty)),
        };
        Some(self.finish(range, kind, ty))
    }

    pub(super) fn list(&mut self, range: Range, items: &[cel::Expr]) -> Option<Expr> {
        let items = self.check_all(items)?;
        let element = self.common(range, "the items of a list", items.iter())?;
        let items = items.into_iter().map(|item| retype(item, &element)).collect();
        Some(self.finish(range, Kind::List(items), Type::list(element)))
    }

    pub(super) fn map(&mut self, range: Range, entries: &[(cel::Expr, cel::Expr)]) -> Option<Expr> {
        let map = self.map_unfolded(range, entries)?;
        Some(self.finish(range, map.kind, map.ty))
    }

    /// A map literal, left as its entries even where all are constant.
    pub(super) fn map_unfolded(
        &mut self,
        range: Range,
        entries: &[(cel::Expr, cel::Expr)],
    ) -> Option<Expr> {
        let checked: Vec<_> =
            entries.iter().map(|(key, value)| (self.check(key), self.check(value))).collect();
        let entries: Option<Vec<_>> =
            checked.into_iter().map(|(key, value)| Some((key?, value?))).collect();
        let entries = entries?;
        let key = self.common(range, "the keys of a map", entries.iter().map(|(key, _)| key))?;
        if !key.is_key() {
            let message = format!("the keys of a map are bool, int, uint or string, not {key}");
            return self.report.fail(Code::NoOverload, range, message);
        }
        let value =
            self.common(range, "the values of a map", entries.iter().map(|(_, value)| value))?;
        let entries =
            entries.into_iter().map(|(k, v)| (retype(k, &key), retype(v, &value))).collect();
        let place = self.report.place(range);
        Some(node(Kind::Map(entries), Type::map(key, value), place))
    }

    fn common<'e>(
        &mut self,
        range: Range,
        what: &str,
        exprs: impl Iterator<Item = &'e Expr>,
    ) -> Option<Type> {
        let mut common = Type::Never;
        for expr in exprs {
            match common.join(&expr.ty) {
                Some(joined) => common = joined,
                None => return self.mixed(range, what, &common, &expr.ty),
            }
        }
        Some(common)
    }

    pub(super) fn mixed<T>(&mut self, range: Range, what: &str, a: &Type, b: &Type) -> Option<T> {
        let message = format!("{what} must be of one type, these are {a} and {b}");
        let help = match (a.is_number(), b.is_number()) {
            (true, true) => "convert one of them, as in `double(x)`",
            _ => "dynamic types (dyn) are outside the language",
        };
        self.report.fail_help(Code::MixedTypes, range, message, help)
    }

    pub(super) fn no_overload(
        &mut self,
        range: Range,
        operator: &str,
        left: &Type,
        right: &Type,
    ) -> Option<Expr> {
        let message = format!("there is no `{left} {operator} {right}`");
        if left.is_number() && right.is_number() {
            let help = "convert one side, as in `double(x)` or `int(x)`";
            return self.report.fail_help(Code::NoOverload, range, message, help);
        }
        self.report.fail(Code::NoOverload, range, message)
    }
}
