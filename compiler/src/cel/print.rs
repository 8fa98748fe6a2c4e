//! The printer: a tree in, its canonical text out. One space around infix
//! operators and after commas, double quotes, the fewest parentheses that keep
//! the tree under the grammar of the CEL specification.

use std::fmt::Write as _;

use super::advice::is_invisible;
use super::ast::{BinaryOperator, Expr, ExprKind, Literal, Name, UnaryOperator};
use super::lex::is_plain_word;
use super::token::TokenKind;

/// Writes `expr` in canonical form: one text for a tree, wherever it came from.
///
/// Parsing the text gives the same tree ([`Expr::same_as`]), with two exceptions
/// that no parsed text contains: CEL has no literals for the doubles NaN and
/// infinity, which print as calls of `double`, and a chain of fewer than two terms
/// prints as what it means.
///
/// ```text
/// (  a||'x'==b )&& -(1)<c    prints as    (a || "x" == b) && -(1) < c
/// ```
pub fn print(expr: &Expr) -> String {
    let mut printer = Printer { out: String::new() };
    printer.expr(expr, Place::Anywhere);
    printer.out
}

/// What the surroundings of an expression demand of it, weakest demand first.
/// An expression is wrapped in parentheses where its own place is weaker.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Anywhere,
    Or,
    And,
    Relation,
    Addition,
    Multiplication,
    Unary,
    /// A literal with a sign, or a number: binds as tightly as a member, but
    /// reads badly, or differently, before a dot.
    Number,
    Member,
}

struct Printer {
    out: String,
}

impl Printer {
    fn expr(&mut self, expr: &Expr, place: Place) {
        let wrapped = own_place(expr) < place;
        if wrapped {
            self.out.push('(');
        }
        self.bare(expr);
        if wrapped {
            self.out.push(')');
        }
    }

    fn bare(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal),
            ExprKind::Identifier { name, absolute } => {
                self.dot_if(*absolute);
                self.out.push_str(&name.text);
            }
            ExprKind::Select { operand, field } => {
                self.expr(operand, Place::Member);
                self.out.push('.');
                self.selector(field);
            }
            ExprKind::Call { receiver, function, arguments, absolute } => {
                if let Some(receiver) = receiver {
                    self.expr(receiver, Place::Member);
                }
                self.dot_if(*absolute || receiver.is_some());
                self.out.push_str(&function.text);
                self.list('(', arguments, ')');
            }
            ExprKind::Unary { operator, operand } => self.unary(*operator, operand),
            ExprKind::Binary { operator, left, right, .. } => {
                let (left_place, right_place) = match place_of(*operator) {
                    Place::Multiplication => (Place::Multiplication, Place::Unary),
                    Place::Addition => (Place::Addition, Place::Multiplication),
                    _ => (Place::Relation, Place::Addition),
                };
                self.expr(left, left_place);
                self.infix(operator.symbol());
                self.expr(right, right_place);
            }
            ExprKind::And(terms) => self.chain("&&", terms, Place::Relation, "true"),
            ExprKind::Or(terms) => self.chain("||", terms, Place::And, "false"),
            ExprKind::Conditional { condition, then, otherwise } => {
                self.expr(condition, Place::Or);
                self.infix("?");
                self.expr(then, Place::Or);
                self.infix(":");
                self.expr(otherwise, Place::Anywhere);
            }
            ExprKind::Index { operand, index } => {
                self.expr(operand, Place::Member);
                self.out.push('[');
                self.expr(index, Place::Anywhere);
                self.out.push(']');
            }
            ExprKind::List(items) => self.list('[', items, ']'),
            ExprKind::Map(entries) => {
                self.out.push('{');
                for (position, (key, value)) in entries.iter().enumerate() {
                    self.comma_if(position > 0);
                    self.expr(key, Place::Anywhere);
                    self.out.push_str(": ");
                    self.expr(value, Place::Anywhere);
                }
                self.out.push('}');
            }
            ExprKind::Message { type_name, fields } => {
                self.out.push_str(&type_name.text);
                self.out.push('{');
                for (position, (field, value)) in fields.iter().enumerate() {
                    self.comma_if(position > 0);
                    self.selector(field);
                    self.out.push_str(": ");
                    self.expr(value, Place::Anywhere);
                }
                self.out.push('}');
            }
        }
    }

    fn unary(&mut self, operator: UnaryOperator, operand: &Expr) {
        self.out.push_str(operator.symbol());
        let place = match &operand.kind {
            // The grammar repeats one prefix operator, and mixes none.
            ExprKind::Unary { operator: inner, .. } if *inner == operator => Place::Unary,
            // Without parentheses the minus would become the number's sign.
            ExprKind::Literal(literal)
                if operator == UnaryOperator::Negate && is_unsigned_number(literal) =>
            {
                Place::Member
            }
            _ => Place::Number,
        };
        self.expr(operand, place);
    }

    fn chain(&mut self, operator: &str, terms: &[Expr], place: Place, empty: &str) {
        match terms {
            [] => self.out.push_str(empty),
            [only] => self.expr(only, Place::Member),
            terms => {
                for (position, term) in terms.iter().enumerate() {
                    if position > 0 {
                        self.infix(operator);
                    }
                    self.expr(term, place);
                }
            }
        }
    }

    fn list(&mut self, open: char, items: &[Expr], close: char) {
        self.out.push(open);
        for (position, item) in items.iter().enumerate() {
            self.comma_if(position > 0);
            self.expr(item, Place::Anywhere);
        }
        self.out.push(close);
    }

    fn literal(&mut self, literal: &Literal) {
        match literal {
            Literal::Null => self.out.push_str("null"),
            Literal::Bool(value) => self.format(format_args!("{value}")),
            Literal::Int(value) => self.format(format_args!("{value}")),
            Literal::Uint(value) => self.format(format_args!("{value}u")),
            Literal::Double(value) if value.is_nan() => self.out.push_str("double(\"NaN\")"),
            Literal::Double(value) if value.is_infinite() => {
                let sign = if *value < 0.0 { "-" } else { "" };
                self.format(format_args!("double(\"{sign}Infinity\")"));
            }
            // Rust's `Debug` is the shortest text that reads back, always with
            // a point or an exponent.
            Literal::Double(value) => self.format(format_args!("{value:?}")),
            Literal::String(value) => self.string(value),
            Literal::Bytes(value) => self.bytes(value),
        }
    }

    fn string(&mut self, value: &str) {
        self.out.push('"');
        for character in value.chars() {
            match escaped(character) {
                Some(escape) => self.out.push_str(escape),
                None if character.is_control() || is_invisible(character) => {
                    let number = u32::from(character);
                    match number {
                        0..=0xFF => self.format(format_args!("\\x{number:02x}")),
                        0x100..=0xFFFF => self.format(format_args!("\\u{number:04x}")),
                        _ => self.format(format_args!("\\U{number:08x}")),
                    }
                }
                None => self.out.push(character),
            }
        }
        self.out.push('"');
    }

    fn bytes(&mut self, value: &[u8]) {
        self.out.push_str("b\"");
        for byte in value {
            let character = char::from(*byte);
            match escaped(character) {
                Some(escape) => self.out.push_str(escape),
                None if (' '..='~').contains(&character) => self.out.push(character),
                None => self.format(format_args!("\\x{byte:02x}")),
            }
        }
        self.out.push('"');
    }

    /// A field, between backquotes where the specification asks for them.
    fn selector(&mut self, name: &Name) {
        let plain = is_plain_word(&name.text)
            && matches!(
                TokenKind::of_word(&name.text),
                TokenKind::Identifier | TokenKind::Reserved
            );
        if plain {
            self.out.push_str(&name.text);
        } else {
            self.format(format_args!("`{}`", name.text));
        }
    }

    fn infix(&mut self, symbol: &str) {
        self.format(format_args!(" {symbol} "));
    }

    fn comma_if(&mut self, needed: bool) {
        if needed {
            self.out.push_str(", ");
        }
    }

    fn dot_if(&mut self, needed: bool) {
        if needed {
            self.out.push('.');
        }
    }

    fn format(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing to a `String` doesn't fail.
        let _ = self.out.write_fmt(arguments);
    }
}

/// The tightest place in which the expression needs no parentheses.
fn own_place(expr: &Expr) -> Place {
    match &expr.kind {
        ExprKind::Conditional { .. } => Place::Anywhere,
        ExprKind::Or(terms) if terms.len() > 1 => Place::Or,
        ExprKind::And(terms) if terms.len() > 1 => Place::And,
        ExprKind::Binary { operator, .. } => place_of(*operator),
        ExprKind::Unary { .. } => Place::Unary,
        ExprKind::Literal(Literal::Double(value)) if !value.is_finite() => Place::Member,
        ExprKind::Literal(Literal::Int(_) | Literal::Uint(_) | Literal::Double(_)) => Place::Number,
        _ => Place::Member,
    }
}

fn place_of(operator: BinaryOperator) -> Place {
    use BinaryOperator as B;
    match operator {
        B::Multiply | B::Divide | B::Remainder => Place::Multiplication,
        B::Add | B::Subtract => Place::Addition,
        _ => Place::Relation,
    }
}

/// Whether a minus before the literal would be read as a part of it.
fn is_unsigned_number(literal: &Literal) -> bool {
    match literal {
        Literal::Int(value) => *value >= 0,
        Literal::Double(value) => value.is_finite() && value.is_sign_positive(),
        _ => false,
    }
}

fn escaped(character: char) -> Option<&'static str> {
    Some(match character {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => return None,
    })
}
