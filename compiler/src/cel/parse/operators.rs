//! Operators: prefix, infix and `? :`. Precedence is resolved on an explicit
//! stack (Dijkstra's shunting yard), so operators cost no recursion; only what
//! stands between brackets, and the last part of `? :`, recurses.

use super::super::ast::{BinaryOperator, Expr, ExprKind, Range, UnaryOperator};
use super::super::error::{Error, ErrorKind};
use super::super::token::TokenKind;
use super::parser::{Parser, Step, Tree};
use super::precedence::{Operator, Pending, Power, infix};

impl Parser<'_> {
    /// `Expr = ConditionalOr ["?" ConditionalOr ":" Expr]`
    ///
    /// The one entrance of all recursion, which is counted here.
    pub(super) fn expression(&mut self) -> Step {
        if self.depth >= self.limits.depth {
            return Err(self.too_deep(self.token.range).into());
        }
        self.depth += 1;
        self.disjunction()?;
        if self.token.kind == TokenKind::Question {
            self.conditional()?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// The rest of a choice whose condition is the last tree.
    fn conditional(&mut self) -> Step {
        let question = self.advance()?;
        self.disjunction()?;
        self.choice_colon(question.range)?;
        self.expression()?;
        let otherwise = self.pop();
        let then = self.pop();
        let condition = self.pop();
        let range = condition.expr.range.to(otherwise.expr.range);
        let height = condition.height.max(then.height).max(otherwise.height);
        let kind = ExprKind::Conditional {
            condition: Box::new(condition.expr),
            then: Box::new(then.expr),
            otherwise: Box::new(otherwise.expr),
        };
        self.push(kind, range, height + 1)
    }

    fn choice_colon(&mut self, question: Range) -> Step {
        let error = match self.token.kind {
            TokenKind::Colon => {
                self.advance()?;
                return Ok(());
            }
            TokenKind::Question => self
                .error("a choice between `?` and `:` needs parentheses")
                .with_help("write `a ? (b ? c : d) : e`"),
            TokenKind::End => Error::new(ErrorKind::Syntax, question, "this `?` has no `:`")
                .with_help("a choice is written `condition ? value : other`"),
            _ => self.missing_operator("an operator or the `:` of `? :`"),
        };
        Err(error.into())
    }

    /// `ConditionalOr`: operands with prefix and infix operators between.
    fn disjunction(&mut self) -> Step {
        let base = self.pending.len();
        loop {
            let sign = self.prefixes()?;
            self.member(sign)?;
            let Some(operator) = infix(self.token.kind) else {
                break;
            };
            match operator {
                // What binds tighter ends here; terms of the same chain wait
                // for it to end, so that it becomes one node.
                Operator::And | Operator::Or => {
                    self.reduce(base, |power| power > operator.power())?
                }
                // Left to right: what binds equally ends here too.
                _ => self.reduce(base, |power| power >= operator.power())?,
            }
            let range = self.advance()?.range;
            self.pending.push(Pending { operator, range });
        }
        self.reduce(base, |_| true)
    }

    /// `Unary = Member | "!" {"!"} Member | "-" {"-"} Member`, and mixtures,
    /// which the checker refuses with a better reason. Returns the place of a
    /// minus directly before a number, which is that number's sign.
    fn prefixes(&mut self) -> Result<Option<Range>, Box<Error>> {
        let first = self.pending.len();
        loop {
            let operator = match self.token.kind {
                TokenKind::Not => UnaryOperator::Not,
                TokenKind::Minus => UnaryOperator::Negate,
                _ => break,
            };
            if self.pending.len() - first > self.limits.depth {
                return Err(self.too_deep(self.token.range).into());
            }
            let range = self.advance()?.range;
            self.pending.push(Pending { operator: Operator::Unary(operator), range });
        }
        let is_number = matches!(self.token.kind, TokenKind::Int | TokenKind::Double);
        let minus = Operator::Unary(UnaryOperator::Negate);
        if is_number && self.pending.len() > first {
            let sign = self.pending.pop_if(|last| last.operator == minus);
            return Ok(sign.map(|sign| sign.range));
        }
        Ok(None)
    }

    /// Applies the operators pending since `base`, last first, while they are of
    /// a power that `ends`.
    fn reduce(&mut self, base: usize, ends: impl Fn(Power) -> bool) -> Step {
        while self.pending.len() > base
            && let Some(last) = self.pending.pop_if(|last| ends(last.operator.power()))
        {
            match last.operator {
                Operator::Unary(operator) => self.apply_unary(operator, last.range)?,
                Operator::Binary(operator) => self.apply_binary(operator, last.range)?,
                Operator::And => self.apply_chain(base, last.operator, ExprKind::And)?,
                Operator::Or => self.apply_chain(base, last.operator, ExprKind::Or)?,
            }
        }
        Ok(())
    }

    fn apply_unary(&mut self, operator: UnaryOperator, operator_range: Range) -> Step {
        let Tree { expr, height } = self.pop();
        let range = operator_range.to(expr.range);
        let operand = Box::new(expr);
        self.push(ExprKind::Unary { operator, operand }, range, height + 1)
    }

    fn apply_binary(&mut self, operator: BinaryOperator, operator_range: Range) -> Step {
        let right = self.pop();
        let left = self.pop();
        let range = left.expr.range.to(right.expr.range);
        let kind = ExprKind::Binary {
            operator,
            operator_range,
            left: Box::new(left.expr),
            right: Box::new(right.expr),
        };
        self.push(kind, range, left.height.max(right.height) + 1)
    }

    /// Makes one node of all terms of the chain whose last operator was just taken.
    fn apply_chain(
        &mut self,
        base: usize,
        operator: Operator,
        make: fn(Vec<Expr>) -> ExprKind,
    ) -> Step {
        let mut operators = 1;
        while self.pending.len() > base
            && self.pending.pop_if(|last| last.operator == operator).is_some()
        {
            operators += 1;
        }
        let first = self.trees.len().saturating_sub(operators + 1);
        let (terms, height) = self.take(first);
        let range = match (terms.first(), terms.last()) {
            (Some(first), Some(last)) => first.range.to(last.range),
            _ => self.token.range,
        };
        self.push(make(terms), range, height + 1)
    }
}
