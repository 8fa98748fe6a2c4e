//! Macros as loops.

use super::unit::{Bound, Label, NO, Register, UnitWriter};
use crate::check::tree::{Expr, Form, Local, Macro};
use crate::check::types::Type;
use crate::check::value::Value;
use rulestone_format::code::Opcode;
use rulestone_format::types::TypeId;

impl UnitWriter<'_, '_> {
    /// Works out the value of a bind, and keeps its fault for whoever reads it.
    pub(super) fn bind_value(&mut self, local: Local, value: &Expr) -> Bound {
        let extent = self.extents.of(value, &self.tables.bounds);
        let register = self.register_for(&value.ty);
        let pending = self.register(TypeId::PENDING);
        let (fault, end) = (self.label(), self.label());
        self.operate(Opcode::Clear, pending, NO, NO, 0);
        self.with_faults_to(fault, |writer| writer.value_into(value, register));
        self.jump(Opcode::Jump, NO, end);
        self.bind(fault);
        self.operate(Opcode::Catch, pending, NO, NO, 0);
        let filler = self.filler(self.type_of(register));
        self.constant(register, &filler);
        self.bind(end);
        // Only now: macros within the value may use the local's number.
        self.extents.bind(local, extent);
        Bound { register, pending: Some(pending) }
    }

    /// Runs `body` once an item, with the macro's names bound.
    ///
    /// `body` may lead out of the loop by labels; it falls through to go on with
    /// the next item.
    pub(super) fn each_item(&mut self, mac: &Macro, over: Register, body: impl FnOnce(&mut Self)) {
        let done = self.label();
        let cursor = self.register(TypeId::CURSOR);
        let extent = self.extents.of(&mac.range, &self.tables.bounds);
        self.operate(Opcode::Bound, NO, over, NO, extent.items());
        self.extents.bind_items(mac, extent);
        self.begin_loop(cursor, over, done);
        let start = self.here();
        let names = self.bind_items(mac, over, cursor);
        body(self);
        for (local, outer) in names.into_iter().rev() {
            self.unbind_local(local, outer);
        }
        self.end_loop(cursor, start);
        self.bind(done);
    }

    fn bind_items(
        &mut self,
        mac: &Macro,
        over: Register,
        cursor: Register,
    ) -> Vec<(Local, Option<Bound>)> {
        let (first, second) = match &mac.range.ty {
            Type::Map(key, value) => {
                ((Opcode::EntryKey, (**key).clone()), (Opcode::EntryValue, (**value).clone()))
            }
            Type::List(item) if mac.second.is_some() => {
                ((Opcode::Position, Type::Int), (Opcode::Item, (**item).clone()))
            }
            Type::List(item) => ((Opcode::Item, (**item).clone()), (Opcode::Item, Type::Never)),
            _ => ((Opcode::Position, Type::Int), (Opcode::Position, Type::Int)),
        };
        let mut names = Vec::new();
        for (local, (opcode, ty)) in [(Some(mac.first), first), (mac.second, second)] {
            let Some(local) = local else { continue };
            let register = self.register_for(&ty);
            let over = if opcode == Opcode::Position { NO } else { over };
            self.operate(opcode, register, over, cursor, 0);
            names.push((local, self.bind_local(local, Bound { register, pending: None })));
        }
        names
    }

    pub(super) fn comprehension(&mut self, mac: &Macro, dst: Register) {
        let over = self.value(&mac.range);
        match &mac.form {
            Form::All(test) => self.quantifier(mac, over, test, dst, true),
            Form::Exists(test) => self.quantifier(mac, over, test, dst, false),
            Form::ExistsOne(test) => {
                let (count, one) = (self.register(TypeId::INT), self.register(TypeId::INT));
                self.constant(count, &Value::Int(0));
                self.constant(one, &Value::Int(1));
                self.each_item(mac, over, |writer| {
                    let next = writer.label();
                    let holds = writer.value(test);
                    writer.jump(Opcode::JumpUnless, holds, next);
                    writer.operate(Opcode::AddInt, count, count, one, 0);
                    writer.bind(next);
                });
                self.operate(Opcode::Equal, dst, count, one, 0);
            }
            Form::List { filter, transform } => {
                let builder = self.list_builder(dst);
                self.operate(Opcode::NewListLike, builder, over, NO, 0);
                self.each_item(mac, over, |writer| {
                    let next = writer.label();
                    writer.skip_unless(filter.as_ref(), next);
                    let item = writer.value(transform);
                    writer.operate(Opcode::Push, NO, builder, item, 0);
                    writer.bind(next);
                });
                self.operate(Opcode::FinishList, dst, builder, NO, 0);
            }
            Form::Map { filter, transform } => {
                let builder = self.map_builder(dst);
                self.operate(Opcode::NewMapLike, builder, over, NO, 0);
                self.each_item(mac, over, |writer| {
                    let next = writer.label();
                    writer.skip_unless(filter.as_ref(), next);
                    let value = writer.value(transform);
                    let key = writer.local(mac.first).map_or(NO, |bound| bound.register);
                    let immediate = u32::from(value.0);
                    writer.operate(Opcode::PushEntry, NO, builder, key, immediate);
                    writer.bind(next);
                });
                self.operate(Opcode::FinishMap, dst, builder, NO, 0);
            }
            Form::Entries { filter, entries } => {
                let builder = self.map_builder(dst);
                self.operate(Opcode::NewMapLike, builder, over, NO, 0);
                self.each_item(mac, over, |writer| {
                    let next = writer.label();
                    writer.skip_unless(filter.as_ref(), next);
                    for entry in entries {
                        writer.push_entry(builder, entry);
                    }
                    writer.bind(next);
                });
                self.operate(Opcode::FinishMap, dst, builder, NO, 0);
            }
        }
    }

    fn skip_unless(&mut self, filter: Option<&Expr>, next: Label) {
        if let Some(filter) = filter {
            let holds = self.value(filter);
            self.jump(Opcode::JumpUnless, holds, next);
        }
    }

    /// `all` (`neutral` is true) or `exists`.
    fn quantifier(
        &mut self,
        mac: &Macro,
        over: Register,
        test: &Expr,
        dst: Register,
        neutral: bool,
    ) {
        let decided = if neutral { Opcode::JumpUnless } else { Opcode::JumpIf };
        let end = self.label();
        let pending = self.register(TypeId::PENDING);
        self.operate(Opcode::Clear, pending, NO, NO, 0);
        self.each_item(mac, over, |writer| {
            let (fault, next) = (writer.label(), writer.label());
            writer.with_faults_to(fault, |writer| writer.value_into(test, dst));
            writer.jump(decided, dst, end);
            writer.jump(Opcode::Jump, NO, next);
            writer.bind(fault);
            writer.catch(pending, true, next);
            writer.bind(next);
        });
        self.operate(Opcode::Raise, NO, pending, NO, 0);
        self.constant(dst, &Value::Bool(neutral));
        self.bind(end);
    }
}
