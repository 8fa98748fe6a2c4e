//! Code for the value of an expression.

use super::unit::{Label, NO, Register, UnitWriter};
use crate::check::tree::{Arithmetic, Expr, Kind, ZoneRef};
use crate::check::types::Type;
use crate::check::value::Value;
use rulestone_format::code::{Instruction, LEAVE, Opcode, Relation};
use rulestone_format::meaning::{Fault, Point, Timestamp};
use rulestone_format::types::{TypeId, TypeKind};

impl UnitWriter<'_, '_> {
    /// The value of an expression, in a register that may be shared.
    pub(super) fn value(&mut self, expr: &Expr) -> Register {
        if let Kind::Local(local) = expr.kind
            && let Some(bound) = self.local(local)
            && self.type_of(bound.register) == self.tables.type_id(&expr.ty)
        {
            if let Some(pending) = bound.pending {
                self.operate(Opcode::Raise, NO, pending, NO, 0);
            }
            return bound.register;
        }
        let dst = self.register_for(&expr.ty);
        self.value_into(expr, dst);
        dst
    }

    /// Writes the value of an expression into a register of its type.
    pub(super) fn value_into(&mut self, expr: &Expr, dst: Register) {
        self.at(expr, |writer| writer.with_registers(|writer| writer.write(expr, dst)));
    }

    fn write(&mut self, expr: &Expr, dst: Register) {
        if expr.ty == Type::Never && self.type_of(dst) != self.tables.type_id(&Type::Never) {
            return self.fail_by(&[expr], dst);
        }
        if let Some(parts) = parts_to_fault(expr) {
            return self.fail_by(&parts, dst);
        }
        match &expr.kind {
            Kind::Literal(value) => self.constant(dst, value),
            Kind::Fact(fact) => self.operate(Opcode::Fact, dst, NO, NO, fact.0),
            Kind::HasFact(fact) => self.operate(Opcode::Has, dst, NO, NO, fact.0),
            Kind::Variable(variable) => self.operate(Opcode::Variable, dst, NO, NO, variable.0),
            Kind::Local(_) => {
                let register = self.value(expr);
                self.operate(Opcode::Move, dst, register, NO, 0);
            }
            Kind::And(terms) => self.connective(terms, dst, true),
            Kind::Or(terms) => self.connective(terms, dst, false),
            Kind::Not(inner) => self.unary(Opcode::Not, inner, dst),
            Kind::Conditional { condition, then, otherwise } => {
                let (other, end) = (self.label(), self.label());
                let condition = self.value(condition);
                self.jump(Opcode::JumpUnless, condition, other);
                self.value_into(then, dst);
                self.jump(Opcode::Jump, NO, end);
                self.bind(other);
                self.value_into(otherwise, dst);
                self.bind(end);
            }
            Kind::Compare { relation, left, right } => self.compare(*relation, left, right, dst),
            Kind::Equal(a, b) => self.binary(Opcode::Equal, a, b, dst),
            Kind::Arithmetic { operator, left, right } => {
                self.binary(arithmetic(*operator), left, right, dst);
            }
            Kind::Negate(inner) => {
                let opcode = match inner.ty {
                    Type::Double => Opcode::NegateDouble,
                    _ => Opcode::NegateInt,
                };
                self.unary(opcode, inner, dst);
            }
            Kind::List(items) => self.list(items, dst),
            Kind::Map(entries) => self.map(entries, dst),
            Kind::Index(a, b) => self.binary(Opcode::Index, a, b, dst),
            Kind::Lookup(a, b) => self.binary(Opcode::Lookup, a, b, dst),
            Kind::HasKey(a, b) => self.binary(Opcode::HasKey, a, b, dst),
            Kind::Contains(a, b) => self.binary(Opcode::Contains, a, b, dst),
            Kind::Size(inner) => self.unary(Opcode::Size, inner, dst),
            Kind::Macro(mac) => self.comprehension(mac, dst),
            Kind::Bind { local, value, body } => {
                let bound = self.bind_value(*local, value);
                let outer = self.bind_local(*local, bound);
                self.value_into(body, dst);
                self.unbind_local(*local, outer);
            }
            Kind::Extreme { list, .. } if expr.ty == Type::Never => {
                // Whatever the list is, it is empty.
                self.value(list);
                self.fail(Fault::InvalidArgument, dst);
            }
            Kind::Extreme { greatest: true, list } => self.unary(Opcode::Greatest, list, dst),
            Kind::Extreme { greatest: false, list } => self.unary(Opcode::Least, list, dst),
            Kind::Superset(a, b) => self.binary(Opcode::Superset, a, b, dst),
            Kind::Intersects(a, b) => self.binary(Opcode::Intersects, a, b, dst),
            Kind::Join(a, b) => self.binary(Opcode::Join, a, b, dst),
            Kind::Split(text, separator, limit) => {
                let (a, b) = (self.value(text), self.value(separator));
                let limit = self.value(limit);
                self.operate(Opcode::Split, dst, a, b, u32::from(limit.0));
            }
            Kind::Matches { text, regex } => {
                let text = self.value(text);
                self.operate(Opcode::Matches, dst, text, NO, *regex);
            }
            Kind::Format { text, arguments } => {
                let text = self.value(text);
                let first = self.consecutive(arguments);
                self.operate(Opcode::Format, dst, text, first, arguments.len() as u32);
            }
            Kind::FormatList { text, list } => self.binary(Opcode::FormatList, text, list, dst),
            Kind::Within { point, fence } => {
                let point = self.value(point);
                self.operate(Opcode::Within, dst, point, NO, fence.0);
            }
            Kind::Civil { timestamp, getter, zone } => {
                let timestamp = self.value(timestamp);
                let (opcode, immediate) = match zone {
                    ZoneRef::Fixed(offset) => (Opcode::Civil, *offset as u32),
                    ZoneRef::Named(zone) => (Opcode::CivilZone, *zone),
                };
                self.operate(opcode, dst, timestamp, Register(*getter as u16), immediate);
            }
            Kind::Bucket { by, seed } => {
                let opcode = match by.ty {
                    Type::Int => Opcode::BucketInt,
                    _ => Opcode::BucketText,
                };
                self.binary(opcode, by, seed, dst);
            }
            Kind::Call(builtin, arguments) => {
                let first = match &arguments[..] {
                    [argument] => self.value(argument),
                    arguments => self.consecutive(arguments),
                };
                self.operate(Opcode::Call, dst, first, Register(*builtin as u16), 0);
            }
        }
    }

    /// Works out expressions of which one always fails, for that fault. `dst` is
    /// set for the code after it, which is never reached.
    fn fail_by(&mut self, exprs: &[&Expr], dst: Register) {
        for expr in exprs {
            self.value(expr);
        }
        let filler = self.filler(self.type_of(dst));
        self.constant(dst, &filler);
    }

    /// Fails, in a way that leaves `dst` set for the code after it, which is never
    /// reached.
    fn fail(&mut self, fault: Fault, dst: Register) {
        let filler = self.filler(self.type_of(dst));
        self.constant(dst, &filler);
        let (never, end) = (self.register(TypeId::BOOL), self.label());
        self.constant(never, &Value::Bool(false));
        self.jump(Opcode::JumpIf, never, end);
        self.operate(Opcode::Fail, NO, NO, NO, fault as u32);
        self.bind(end);
    }

    /// Some value of a type, for a register that nobody reads.
    pub(super) fn filler(&self, ty: TypeId) -> Value {
        match self.tables.types.get(ty.index()) {
            Some(TypeKind::Int) => Value::Int(0),
            Some(TypeKind::Uint) => Value::Uint(0),
            Some(TypeKind::Double) => Value::Double(0.0),
            Some(TypeKind::String) => Value::string(""),
            Some(TypeKind::Bytes) => Value::Bytes(Default::default()),
            Some(TypeKind::Timestamp) => Value::Timestamp(Timestamp { seconds: 0, nanos: 0 }),
            Some(TypeKind::Duration) => Value::Duration(0),
            Some(TypeKind::Point) => Value::Point(Point { lat: 0.0, lon: 0.0 }),
            Some(TypeKind::List(_)) => Value::list(Vec::new()),
            Some(TypeKind::Map(..)) => Value::Map(Default::default()),
            _ => Value::Bool(false),
        }
    }

    fn unary(&mut self, opcode: Opcode, a: &Expr, dst: Register) {
        let a = self.value(a);
        self.operate(opcode, dst, a, NO, 0);
    }

    fn binary(&mut self, opcode: Opcode, a: &Expr, b: &Expr, dst: Register) {
        let (a, b) = (self.value(a), self.value(b));
        self.operate(opcode, dst, a, b, 0);
    }

    /// Values in registers that follow each other.
    fn consecutive(&mut self, exprs: &[Expr]) -> Register {
        let types: Vec<TypeId> = exprs.iter().map(|expr| self.tables.type_id(&expr.ty)).collect();
        let registers = self.consecutive_registers(&types);
        for (expr, register) in exprs.iter().zip(&registers) {
            self.value_into(expr, *register);
        }
        registers.first().copied().unwrap_or(NO)
    }

    fn compare(&mut self, relation: Relation, left: &Expr, right: &Expr, dst: Register) {
        use Type::{Bool, Bytes, Double, Duration, Int, String, Timestamp, Uint};
        let (opcode, swapped) = match (&left.ty, &right.ty) {
            (Int, Int) => (Opcode::CompareInt, false),
            (Uint, Uint) => (Opcode::CompareUint, false),
            (Double, Double) => (Opcode::CompareDouble, false),
            (String, String) | (Bytes, Bytes) => (Opcode::CompareText, false),
            (Timestamp, Timestamp) => (Opcode::CompareTimestamp, false),
            (Duration, Duration) => (Opcode::CompareDuration, false),
            (Bool, Bool) => (Opcode::CompareBool, false),
            (Int, Uint) => (Opcode::CompareIntUint, false),
            (Uint, Int) => (Opcode::CompareIntUint, true),
            (Int, Double) => (Opcode::CompareIntDouble, false),
            (Double, Int) => (Opcode::CompareIntDouble, true),
            (Uint, Double) => (Opcode::CompareUintDouble, false),
            (Double, Uint) => (Opcode::CompareUintDouble, true),
            // The checker lets nothing else through, and the verifier wouldn't.
            _ => (Opcode::CompareBool, false),
        };
        let (a, b) = (self.value(left), self.value(right));
        let (a, b, relation) = if swapped { (b, a, relation.swapped()) } else { (a, b, relation) };
        self.operate(opcode, dst, a, b, relation as u32);
    }

    /// `&&` (`neutral` is true) or `||`, which absorb the faults of other terms
    /// where one term decides.
    fn connective(&mut self, terms: &[Expr], dst: Register, neutral: bool) {
        let decided = if neutral { Opcode::JumpUnless } else { Opcode::JumpIf };
        let end = self.label();
        let pending = self.register(TypeId::PENDING);
        self.operate(Opcode::Clear, pending, NO, NO, 0);
        for (index, term) in terms.iter().enumerate() {
            let (fault, next) = (self.label(), self.label());
            self.with_faults_to(fault, |writer| writer.value_into(term, dst));
            self.jump(decided, dst, end);
            self.jump(Opcode::Jump, NO, next);
            self.bind(fault);
            self.catch(pending, index > 0, next);
            self.bind(next);
        }
        self.operate(Opcode::Raise, NO, pending, NO, 0);
        self.constant(dst, &Value::Bool(neutral));
        self.bind(end);
    }

    /// Keeps the fault that led here. Where there may be one already, that one
    /// stays, and the code goes on at `next`: of several faults the first counts.
    pub(super) fn catch(&mut self, pending: Register, may_hold: bool, next: Label) {
        if may_hold {
            self.with_faults_to(next, |writer| writer.operate(Opcode::Raise, NO, pending, NO, 0));
        }
        self.operate(Opcode::Catch, pending, NO, NO, 0);
    }

    fn list(&mut self, items: &[Expr], dst: Register) {
        let builder = self.list_builder(dst);
        self.operate(Opcode::NewList, builder, NO, NO, items.len() as u32);
        for item in items {
            self.with_registers(|writer| {
                let item = writer.value(item);
                writer.operate(Opcode::Push, NO, builder, item, 0);
            });
        }
        self.operate(Opcode::FinishList, dst, builder, NO, 0);
    }

    fn map(&mut self, entries: &[(Expr, Expr)], dst: Register) {
        let builder = self.map_builder(dst);
        self.operate(Opcode::NewMap, builder, NO, NO, entries.len() as u32);
        for entry in entries {
            self.push_entry(builder, entry);
        }
        self.operate(Opcode::FinishMap, dst, builder, NO, 0);
    }

    pub(super) fn push_entry(&mut self, builder: Register, (key, value): &(Expr, Expr)) {
        self.with_registers(|writer| {
            let (key, value) = (writer.value(key), writer.value(value));
            writer.operate(Opcode::PushEntry, NO, builder, key, u32::from(value.0));
        });
    }

    /// A register for the builder of the list that goes into `dst`.
    pub(super) fn list_builder(&mut self, dst: Register) -> Register {
        let element = match self.tables.types.get(self.type_of(dst).index()) {
            Some(TypeKind::List(element)) => *element,
            _ => TypeId::BOOL,
        };
        let ty = self.tables.kind_id(TypeKind::ListBuilder(element));
        self.register(ty)
    }

    pub(super) fn map_builder(&mut self, dst: Register) -> Register {
        let (key, value) = match self.tables.types.get(self.type_of(dst).index()) {
            Some(TypeKind::Map(key, value)) => (*key, *value),
            _ => (TypeId::BOOL, TypeId::BOOL),
        };
        let ty = self.tables.kind_id(TypeKind::MapBuilder(key, value));
        self.register(ty)
    }

    /// The unit's result is in a register.
    pub(super) fn give(&mut self, register: Register) {
        self.emit(Instruction {
            a: register.0,
            on_fault: LEAVE,
            ..Instruction::new(Opcode::Return)
        });
    }
}

fn arithmetic(operator: Arithmetic) -> Opcode {
    match operator {
        Arithmetic::AddInt => Opcode::AddInt,
        Arithmetic::SubtractInt => Opcode::SubtractInt,
        Arithmetic::MultiplyInt => Opcode::MultiplyInt,
        Arithmetic::DivideInt => Opcode::DivideInt,
        Arithmetic::RemainderInt => Opcode::RemainderInt,
        Arithmetic::AddUint => Opcode::AddUint,
        Arithmetic::SubtractUint => Opcode::SubtractUint,
        Arithmetic::MultiplyUint => Opcode::MultiplyUint,
        Arithmetic::DivideUint => Opcode::DivideUint,
        Arithmetic::RemainderUint => Opcode::RemainderUint,
        Arithmetic::AddDouble => Opcode::AddDouble,
        Arithmetic::SubtractDouble => Opcode::SubtractDouble,
        Arithmetic::MultiplyDouble => Opcode::MultiplyDouble,
        Arithmetic::DivideDouble => Opcode::DivideDouble,
        Arithmetic::AddTimestamp => Opcode::AddTimestamp,
        Arithmetic::SubtractTimestamp => Opcode::SubtractTimestamp,
        Arithmetic::Elapsed => Opcode::Elapsed,
        Arithmetic::AddDuration => Opcode::AddDuration,
        Arithmetic::SubtractDuration => Opcode::SubtractDuration,
        Arithmetic::Join2 => Opcode::Join2,
        Arithmetic::Concatenate => Opcode::Concatenate,
    }
}

/// The parts of an expression up to the first that is of nothing, as an item of
/// `[]` is: it always fails, and so does what needs its value. `None` where there
/// is no such part, or where the expression needn't ask for it.
fn parts_to_fault(expr: &Expr) -> Option<Vec<&Expr>> {
    if let Kind::Macro(mac) = &expr.kind {
        // The body runs once an item: of nothing, not at all.
        return (mac.range.ty == Type::Never).then(|| vec![&mac.range]);
    }
    let lazy = matches!(
        expr.kind,
        Kind::And(_) | Kind::Or(_) | Kind::Not(_) | Kind::Conditional { .. } | Kind::Bind { .. }
    );
    if lazy {
        return None;
    }
    let mut parts = Vec::new();
    let mut fails = false;
    expr.for_each_part(&mut |part| {
        if !fails {
            parts.push(part);
            fails = part.ty == Type::Never;
        }
    });
    fails.then_some(parts)
}
