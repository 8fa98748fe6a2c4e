//! The parser: a text and limits in, the tree out. Operators are resolved on an
//! explicit stack in `operators`, operands by recursive descent in `operand`;
//! `fault` words the refusals. Finished trees wait on a stack of the parser, not
//! in the frames of its methods, so that a level of nesting costs little stack.

mod fault;
mod operand;
mod operators;

use super::ast::{Expr, ExprKind, Literal, Range};
use super::error::{Error, ErrorKind};
use super::lex::{Lexer, Token, TokenKind};

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

/// Reads one CEL expression.
///
/// # Errors
/// The first fault of the text, with its place. See [`ErrorKind`] for the classes.
///
/// # Cost
/// Linear in the length of the text; memory is bounded by `limits`.
///
/// ```text
/// parse("player.level >= 10 && item.kind == 'idol'", &Limits::default())
/// ```
pub fn parse(text: &str, limits: &Limits) -> Result<Expr, Error> {
    parse_whole(text, limits).map_err(|error| *error)
}

fn parse_whole(text: &str, limits: &Limits) -> Result<Expr, Box<Error>> {
    let mut lexer = Lexer::new(text, limits.bytes);
    let token = lexer.next()?;
    let mut parser = Parser {
        text,
        lexer,
        token,
        previous: None,
        limits: Limits { depth: limits.depth.min(Limits::GREATEST_DEPTH), ..*limits },
        depth: 0,
        nodes: 0,
        trees: Vec::new(),
        pending: Vec::new(),
    };
    if token.kind == TokenKind::End {
        let range = Range::new(0, token.range.end);
        return Err(Error::new(ErrorKind::Syntax, range, "the expression is empty").into());
    }
    parser.expression()?;
    let error = match parser.token.kind {
        TokenKind::End => return Ok(parser.pop().expr),
        TokenKind::CloseParenthesis | TokenKind::CloseBracket | TokenKind::CloseBrace => parser
            .error(format!("{} closes nothing", parser.shown()))
            .with_help("remove it, or add the opening one"),
        _ => parser.missing_operator("an operator or the end of the expression"),
    };
    Err(error.into())
}

/// The outcome of reading something; what was read is on the stack. The error
/// is boxed to keep the frames of the recursion small.
type Step = Result<(), Box<Error>>;

/// An expression with the height of its tree; a leaf's is 1.
struct Tree {
    expr: Expr,
    height: usize,
}

struct Parser<'text> {
    text: &'text str,
    lexer: Lexer<'text>,
    /// The token to be read next.
    token: Token,
    /// The one read last.
    previous: Option<Token>,
    limits: Limits,
    /// How many expressions inside each other are being read.
    depth: usize,
    nodes: usize,
    /// Finished trees that are not yet part of another.
    trees: Vec<Tree>,
    /// Operators that wait for an operand, those of outer expressions below.
    pending: Vec<operators::Pending>,
}

impl Parser<'_> {
    /// The current token, after which the next one is current.
    fn advance(&mut self) -> Result<Token, Box<Error>> {
        let token = self.token;
        self.token = self.lexer.next()?;
        self.previous = Some(token);
        Ok(token)
    }

    /// Puts a finished expression on the stack, if the limits allow for it.
    fn push(&mut self, kind: ExprKind, range: Range, height: usize) -> Step {
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

    fn pop(&mut self) -> Tree {
        // INVARIANT: every method that pops has pushed before, so the null, which
        // costs nothing and can't panic, is never taken.
        self.trees.pop().unwrap_or(Tree {
            expr: Expr { kind: ExprKind::Literal(Literal::Null), range: self.token.range },
            height: 1,
        })
    }

    /// Takes all trees from the one at `first`, with the greatest of their heights.
    fn take(&mut self, first: usize) -> (Vec<Expr>, usize) {
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
