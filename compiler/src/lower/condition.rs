//! Code for conditions: where only "true" matters, `false` and a fault are the
//! same, and short-circuit jumps need no bookkeeping for faults.
//!
//! Negations are pushed to the leaves: `!(a && b)` is true where `!a` or `!b`
//! is. What remains is a monotone formula of leaves that hold or don't.

use super::unit::{Label, NO, UnitWriter};
use crate::check::tree::{Expr, Form, Kind};
use crate::check::types::Type;
use rulestone_format::code::{Instruction, LEAVE, Opcode};

impl UnitWriter<'_, '_> {
    /// Falls through where the expression has just this truth, and goes to
    /// `otherwise` where it has the other or is a fault.
    pub(super) fn require(&mut self, expr: &Expr, truth: bool, otherwise: Label) {
        self.at(expr, |writer| {
            writer.with_registers(|writer| writer.write_required(expr, truth, otherwise));
        });
    }

    fn write_required(&mut self, expr: &Expr, truth: bool, otherwise: Label) {
        match &expr.kind {
            Kind::Not(inner) => self.require(inner, !truth, otherwise),
            Kind::And(terms) if truth => self.require_all(terms, true, otherwise),
            Kind::Or(terms) if !truth => self.require_all(terms, false, otherwise),
            Kind::And(terms) => self.require_any(terms, false, otherwise),
            Kind::Or(terms) => self.require_any(terms, true, otherwise),
            Kind::Conditional { condition, then, otherwise: other } => {
                let (second, end) = (self.label(), self.label());
                let mut register = NO;
                self.with_faults_to(otherwise, |w| register = w.value(condition));
                self.jump(Opcode::JumpUnless, register, second);
                self.require(then, truth, otherwise);
                self.jump(Opcode::Jump, NO, end);
                self.bind(second);
                self.require(other, truth, otherwise);
                self.bind(end);
            }
            Kind::Bind { local, value, body } => {
                let bound = self.bind_value(*local, value);
                let outer = self.bind_local(*local, bound);
                self.require(body, truth, otherwise);
                self.unbind_local(*local, outer);
            }
            Kind::Macro(mac) if mac.range.ty != Type::Never => match (&mac.form, truth) {
                (Form::All(test), true) | (Form::Exists(test), false) => {
                    let mut over = NO;
                    self.with_faults_to(otherwise, |w| {
                        over = w.value(&mac.range);
                        w.each_item(mac, over, |w| w.require(test, truth, otherwise));
                    });
                }
                (Form::Exists(test), true) | (Form::All(test), false) => {
                    let found = self.label();
                    self.with_faults_to(otherwise, |w| {
                        let over = w.value(&mac.range);
                        w.each_item(mac, over, |w| {
                            let next = w.label();
                            w.require(test, truth, next);
                            w.jump(Opcode::Jump, NO, found);
                            w.bind(next);
                        });
                    });
                    self.jump(Opcode::Jump, NO, otherwise);
                    self.bind(found);
                }
                _ => self.require_leaf(expr, truth, otherwise),
            },
            _ => self.require_leaf(expr, truth, otherwise),
        }
    }

    fn require_all(&mut self, terms: &[Expr], truth: bool, otherwise: Label) {
        for term in terms {
            self.require(term, truth, otherwise);
        }
    }

    fn require_any(&mut self, terms: &[Expr], truth: bool, otherwise: Label) {
        let Some((last, rest)) = terms.split_last() else { return };
        let found = self.label();
        for term in rest {
            let next = self.label();
            self.require(term, truth, next);
            self.jump(Opcode::Jump, NO, found);
            self.bind(next);
        }
        self.require(last, truth, otherwise);
        self.bind(found);
    }

    fn require_leaf(&mut self, expr: &Expr, truth: bool, otherwise: Label) {
        let mut register = NO;
        self.with_faults_to(otherwise, |writer| register = writer.value(expr));
        let opcode = if truth { Opcode::JumpUnless } else { Opcode::JumpIf };
        self.jump(opcode, register, otherwise);
    }

    /// The unit's result is whether this is reached rather than `otherwise`.
    pub(super) fn give_condition(&mut self, otherwise: Label) {
        self.emit(Instruction { on_fault: LEAVE, ..Instruction::new(Opcode::ReturnTrue) });
        self.bind(otherwise);
        self.emit(Instruction { on_fault: LEAVE, ..Instruction::new(Opcode::ReturnFalse) });
    }
}
