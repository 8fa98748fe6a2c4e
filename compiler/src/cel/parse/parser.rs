//! What the parser knows while it reads. Finished trees wait on a stack, not in the
//! frames of its methods, so that a level of nesting costs little stack.

use super::super::ast::{Expr, ExprKind, Literal, Range};
use super::super::error::Error;
use super::super::lex::Lexer;
use super::super::token::Token;
use super::precedence::Pending;

/// How large an expression may be. CEL asks for at least 32 levels of nesting
/// and 32 repetitions of each rule; the defaults give several times that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The greatest height of the tree, and of nested parentheses. A chain of
    /// `+` or of `.` is as high as it is long; one of `&&` or `||` is one level.
    /// Counts as [`Limits::GREATEST_DEPTH`] if it is more.
    pub depth: usize,
    /// The greatest number of expressions in the tree.
    pub nodes: usize,
    /// The greatest length of the text, in bytes.
    pub bytes: usize,
}

impl Limits {
    /// The greatest depth that any limits can allow: a debug build parses,
    /// clones, prints and drops such a tree on a thread of 2 MiB.
    pub const GREATEST_DEPTH: usize = 256;
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 96, nodes: 20_000, bytes: 65_536 }
    }
}

/// The outcome of reading something; what was read is on the stack. The error
/// is boxed to keep the frames of the recursion small.
pub(super) type Step = Result<(), Box<Error>>;

/// An expression with the height of its tree; a leaf's is 1.
pub(super) struct Tree {
    pub expr: Expr,
    pub height: usize,
}

pub(super) struct Parser<'text> {
    pub text: &'text str,
    pub lexer: Lexer<'text>,
    /// The token to be read next.
    pub token: Token,
    /// The one read last.
    pub previous: Option<Token>,
    pub limits: Limits,
    /// How many expressions inside each other are being read.
    pub depth: usize,
    pub nodes: usize,
    /// Finished trees that are not yet part of another.
    pub trees: Vec<Tree>,
    /// Operators that wait for an operand, those of outer expressions below.
    pub pending: Vec<Pending>,
}

impl<'text> Parser<'text> {
    /// The parser of a text of which the lexer has read the first token.
    pub(super) fn new(
        text: &'text str,
        lexer: Lexer<'text>,
        token: Token,
        limits: &Limits,
    ) -> Parser<'text> {
        Parser {
            text,
            lexer,
            token,
            previous: None,
            limits: Limits { depth: limits.depth.min(Limits::GREATEST_DEPTH), ..*limits },
            depth: 0,
            nodes: 0,
            trees: Vec::new(),
            pending: Vec::new(),
        }
    }

    /// The current token, after which the next one is current.
    pub(super) fn advance(&mut self) -> Result<Token, Box<Error>> {
        let token = self.token;
        self.token = self.lexer.next()?;
        self.previous = Some(token);
        Ok(token)
    }

    /// Puts a finished expression on the stack, if the limits allow for it.
    pub(super) fn push(&mut self, kind: ExprKind, range: Range, height: usize) -> Step {
        self.nodes += 1;
        if self.nodes > self.limits.nodes {
            return Err(self.too_many(range).into());
        }
        if height > self.limits.depth {
            return Err(self.too_deep(range).into());
        }
        let expr = Expr { kind, range };
        self.trees.push(Tree { expr, height });
        Ok(())
    }

    pub(super) fn pop(&mut self) -> Tree {
        // INVARIANT: every method that pops has pushed before, so the null, which
        // costs nothing and can't panic, is never taken.
        self.trees.pop().unwrap_or(Tree {
            expr: Expr { kind: ExprKind::Literal(Literal::Null), range: self.token.range },
            height: 1,
        })
    }

    /// Takes all trees from the one at `first`, with the greatest of their heights.
    pub(super) fn take(&mut self, first: usize) -> (Vec<Expr>, usize) {
        let mut height = 0;
        let taken = self.trees.drain(first.min(self.trees.len())..);
        let exprs = taken
            .map(|tree| {
                height = height.max(tree.height);
                tree.expr
            })
            .collect();
        (exprs, height)
    }
}
