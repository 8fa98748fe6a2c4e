//! Which operators there are and how tightly each binds.

use super::super::ast::{BinaryOperator, Range, UnaryOperator};
use super::super::token::TokenKind;

/// An operator that waits for its last operand.
#[derive(Clone, Copy)]
pub(super) struct Pending {
    pub operator: Operator,
    pub range: Range,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Binary(BinaryOperator),
    Unary(UnaryOperator),
}

/// Precedence, weakest first: a higher one binds tighter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Power {
    Or,
    And,
    Relation,
    Addition,
    Multiplication,
    Unary,
}

impl Operator {
    pub(super) fn power(self) -> Power {
        use BinaryOperator as B;
        match self {
            Self::Or => Power::Or,
            Self::And => Power::And,
            Self::Binary(B::Add | B::Subtract) => Power::Addition,
            Self::Binary(B::Multiply | B::Divide | B::Remainder) => Power::Multiplication,
            Self::Binary(_) => Power::Relation,
            Self::Unary(_) => Power::Unary,
        }
    }
}

/// The infix operator that a token is.
pub(super) fn infix(kind: TokenKind) -> Option<Operator> {
    use BinaryOperator as B;
    Some(Operator::Binary(match kind {
        TokenKind::OrOr => return Some(Operator::Or),
        TokenKind::AndAnd => return Some(Operator::And),
        TokenKind::EqualEqual => B::Equal,
        TokenKind::NotEqual => B::NotEqual,
        TokenKind::Less => B::Less,
        TokenKind::LessEqual => B::LessEqual,
        TokenKind::Greater => B::Greater,
        TokenKind::GreaterEqual => B::GreaterEqual,
        TokenKind::In => B::In,
        TokenKind::Plus => B::Add,
        TokenKind::Minus => B::Subtract,
        TokenKind::Star => B::Multiply,
        TokenKind::Slash => B::Divide,
        TokenKind::Percent => B::Remainder,
        _ => return None,
    }))
}
