//! The parser: a text and limits in, the tree out. Operators are resolved on an
//! explicit stack in `operators`, operands by recursive descent in `operand`;
//! `fault` words the refusals. All are methods of the `parser`.

mod fault;
mod operand;
mod operators;
mod parser;
mod precedence;

pub use parser::Limits;

use super::ast::{Expr, Range};
use super::error::{Error, ErrorKind};
use super::lex::Lexer;
use super::token::TokenKind;
use parser::Parser;

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
    let mut parser = Parser::new(text, lexer, token, limits);
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
