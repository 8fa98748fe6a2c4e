//! Operands: literals, names, calls, brackets of every kind, and the selects,
//! calls and indexes behind them. Each method leaves one tree on the stack.

use super::super::ast::{Expr, ExprKind, Literal, Name, Range};
use super::super::error::{Error, ErrorKind};
use super::super::literal;
use super::super::token::{Token, TokenKind};
use super::parser::{Parser, Step};

/// What takes the place of `.?` and of `[?`.
const HAS: &str = "`has(a.b)` tells whether there is a value";
const IN: &str = "`key in map` tells whether there is a value";

impl Parser<'_> {
    /// A primary with its selects, calls and indexes. `sign` is that of a number.
    pub(super) fn member(&mut self, sign: Option<Range>) -> Step {
        // Only a name with dots between its words can be the type of a message.
        let mut qualified = matches!(self.token.kind, TokenKind::Identifier | TokenKind::Dot);
        self.primary(sign)?;
        qualified &= self.last_is(|kind| matches!(kind, ExprKind::Identifier { .. }));
        loop {
            match self.token.kind {
                TokenKind::Dot => {
                    self.advance()?;
                    qualified &= self.token.kind != TokenKind::Quoted;
                    self.select()?;
                    qualified &= self.last_is(|kind| matches!(kind, ExprKind::Select { .. }));
                }
                TokenKind::OpenBracket => {
                    qualified = false;
                    self.index()?;
                }
                TokenKind::OpenBrace if qualified => {
                    qualified = false;
                    self.message()?;
                }
                _ => return Ok(()),
            }
        }
    }

    /// After the dot: a field or a member call.
    fn select(&mut self) -> Step {
        if self.token.kind == TokenKind::Question {
            return Err(self.optional("`.?`", HAS).into());
        }
        let quoted = self.token.kind == TokenKind::Quoted;
        let field = self.selector("a field or a method after `.`")?;
        if self.token.kind == TokenKind::OpenParenthesis {
            if quoted {
                let message = "a method's name can't be backquoted";
                return Err(Error::new(ErrorKind::Syntax, field.range, message).into());
            }
            return self.member_call(field);
        }
        let operand = self.pop();
        let range = operand.expr.range.to(field.range);
        let kind = ExprKind::Select { operand: Box::new(operand.expr), field };
        self.push(kind, range, operand.height + 1)
    }

    fn member_call(&mut self, function: Name) -> Step {
        let first = self.trees.len();
        let end = self.arguments()?;
        let (arguments, height) = self.take(first);
        let receiver = self.pop();
        let range = receiver.expr.range.to(end);
        let kind = ExprKind::Call {
            receiver: Some(Box::new(receiver.expr)),
            function,
            arguments,
            absolute: false,
        };
        self.push(kind, range, receiver.height.max(height) + 1)
    }

    fn index(&mut self) -> Step {
        let open = self.advance()?;
        if self.token.kind == TokenKind::Question {
            return Err(self.optional("`[?`", IN).into());
        }
        self.not_unclosed(open)?;
        self.expression()?;
        let end = self.close(open, TokenKind::CloseBracket, "an operator or `]`")?;
        let index = self.pop();
        let operand = self.pop();
        let range = operand.expr.range.to(end);
        let kind = ExprKind::Index { operand: Box::new(operand.expr), index: Box::new(index.expr) };
        self.push(kind, range, operand.height.max(index.height) + 1)
    }

    /// The fields of a message, whose type is the last tree.
    fn message(&mut self) -> Step {
        let name = self.pop().expr;
        let open = self.advance()?;
        let first = self.trees.len();
        let mut names = Vec::new();
        self.lone_comma(TokenKind::CloseBrace)?;
        while self.token.kind != TokenKind::CloseBrace {
            self.item_start(open, "`?` before a field", "leave the field out")?;
            names.push(self.selector("a field's name or `}`")?);
            self.colon("the field's name")?;
            self.expression()?;
            if !self.comma()? {
                break;
            }
        }
        let end = self.close(open, TokenKind::CloseBrace, "`,` or `}`")?;
        let (values, height) = self.take(first);
        let range = name.range.to(end);
        let kind = ExprKind::Message {
            type_name: qualified_name(&name),
            fields: names.into_iter().zip(values).collect(),
        };
        self.push(kind, range, height + 1)
    }

    /// `Primary`: a literal, a name, a call, a list, a map, or parentheses.
    fn primary(&mut self, sign: Option<Range>) -> Step {
        match self.token.kind {
            TokenKind::Identifier | TokenKind::Dot => self.name(),
            TokenKind::OpenParenthesis => self.parentheses(),
            TokenKind::OpenBracket => self.list(),
            TokenKind::OpenBrace => self.map(),
            _ => self.literal(sign),
        }
    }

    fn literal(&mut self, sign: Option<Range>) -> Step {
        let Token { kind, range } = self.token;
        let source = range.of(self.text);
        let range = sign.map_or(range, |sign| sign.to(range));
        let literal = match kind {
            TokenKind::Null => Literal::Null,
            TokenKind::True => Literal::Bool(true),
            TokenKind::False => Literal::Bool(false),
            TokenKind::Int => Literal::Int(literal::int(source, sign.is_some(), range)?),
            TokenKind::Uint => Literal::Uint(literal::uint(source, range)?),
            TokenKind::Double => {
                let magnitude = literal::double(source, range)?;
                Literal::Double(if sign.is_some() { -magnitude } else { magnitude })
            }
            TokenKind::String => Literal::String(literal::string(source, range.start)?),
            TokenKind::Bytes => Literal::Bytes(literal::bytes(source, range.start)?),
            _ => return Err(self.missing_operand().into()),
        };
        self.advance()?;
        self.push(ExprKind::Literal(literal), range, 1)
    }

    /// `["."] IDENT ["(" [ExprList] ")"]`
    fn name(&mut self) -> Step {
        let start = self.token.range;
        let absolute = self.token.kind == TokenKind::Dot;
        if absolute {
            self.advance()?;
            if self.token.kind == TokenKind::Question {
                return Err(self.optional("`.?`", HAS).into());
            }
            if self.token.kind != TokenKind::Identifier {
                return Err(self.unexpected("a name after `.`").into());
            }
        }
        let word = self.advance()?.range;
        let name = self.named(word);
        if self.token.kind == TokenKind::OpenParenthesis {
            return self.call(name, absolute, start);
        }
        let kind = ExprKind::Identifier { name, absolute };
        self.push(kind, start.to(word), 1)
    }

    fn call(&mut self, function: Name, absolute: bool, start: Range) -> Step {
        let first = self.trees.len();
        let end = self.arguments()?;
        let (arguments, height) = self.take(first);
        let kind = ExprKind::Call { receiver: None, function, arguments, absolute };
        self.push(kind, start.to(end), height + 1)
    }

    fn parentheses(&mut self) -> Step {
        let open = self.advance()?;
        self.not_unclosed(open)?;
        self.expression()?;
        let end = self.close(open, TokenKind::CloseParenthesis, "an operator or `)`")?;
        if let Some(tree) = self.trees.last_mut() {
            tree.expr.range = open.range.to(end);
        }
        Ok(())
    }

    /// `"(" [ExprList] ")"`: leaves the arguments on the stack, and returns the
    /// range of the closing parenthesis.
    fn arguments(&mut self) -> Result<Range, Box<Error>> {
        let open = self.advance()?;
        if self.token.kind != TokenKind::CloseParenthesis {
            loop {
                self.not_unclosed(open)?;
                self.expression()?;
                if !self.comma()? {
                    break;
                }
            }
        }
        self.close(open, TokenKind::CloseParenthesis, "`,` or `)`")
    }

    fn list(&mut self) -> Step {
        let open = self.advance()?;
        let first = self.trees.len();
        self.lone_comma(TokenKind::CloseBracket)?;
        while self.token.kind != TokenKind::CloseBracket {
            let instead = "`cond ? [x] : []` is a list of one item or none";
            self.item_start(open, "`?` before an item", instead)?;
            self.expression()?;
            if !self.comma()? {
                break;
            }
        }
        let end = self.close(open, TokenKind::CloseBracket, "`,` or `]`")?;
        let (items, height) = self.take(first);
        self.push(ExprKind::List(items), open.range.to(end), height + 1)
    }

    fn map(&mut self) -> Step {
        let open = self.advance()?;
        let first = self.trees.len();
        self.lone_comma(TokenKind::CloseBrace)?;
        while self.token.kind != TokenKind::CloseBrace {
            self.item_start(open, "`?` before a key", "leave the entry out")?;
            self.expression()?;
            self.colon("the key")?;
            self.expression()?;
            if !self.comma()? {
                break;
            }
        }
        let end = self.close(open, TokenKind::CloseBrace, "`,` or `}`")?;
        let (keys_and_values, height) = self.take(first);
        let mut entries = Vec::with_capacity(keys_and_values.len() / 2);
        let mut parts = keys_and_values.into_iter();
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            entries.push((key, value));
        }
        self.push(ExprKind::Map(entries), open.range.to(end), height + 1)
    }

    /// A selector: any word, also a reserved one, or text between backquotes.
    fn selector(&mut self, expected: &str) -> Result<Name, Box<Error>> {
        if self.token.kind == TokenKind::Quoted {
            let range = self.advance()?.range;
            let text = range.of(self.text).trim_matches('`').to_owned();
            return Ok(Name { text, range });
        }
        if !self.token.kind.is_word() {
            return Err(self.unexpected(expected).into());
        }
        let range = self.advance()?.range;
        Ok(self.named(range))
    }

    fn named(&self, range: Range) -> Name {
        Name { text: range.of(self.text).to_owned(), range }
    }

    /// Before an item of a list, map or message: refuses an optional one, and
    /// the end of what surrounds `open`.
    fn item_start(&self, open: Token, form: &str, instead: &str) -> Step {
        if self.token.kind == TokenKind::Question {
            return Err(self.optional(form, instead).into());
        }
        self.not_unclosed(open)
    }

    fn comma(&mut self) -> Result<bool, Box<Error>> {
        let found = self.token.kind == TokenKind::Comma;
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// The grammar lets a list, map or message hold a comma and nothing else.
    fn lone_comma(&mut self, closing: TokenKind) -> Step {
        if self.token.kind == TokenKind::Comma {
            let misplaced = self.missing_operand();
            self.advance()?;
            if self.token.kind != closing {
                return Err(misplaced.into());
            }
        }
        Ok(())
    }

    fn colon(&mut self, after: &str) -> Step {
        if self.token.kind != TokenKind::Colon {
            return Err(self.missing_operator(&format!("`:` after {after}")).into());
        }
        self.advance()?;
        Ok(())
    }

    /// Reads the token that closes `open`, and returns its range.
    fn close(&mut self, open: Token, kind: TokenKind, expected: &str) -> Result<Range, Box<Error>> {
        if self.token.kind == kind {
            return Ok(self.advance()?.range);
        }
        self.not_unclosed(open)?;
        Err(self.missing_operator(expected).into())
    }

    fn last_is(&self, test: impl Fn(&ExprKind) -> bool) -> bool {
        self.trees.last().is_some_and(|tree| test(&tree.expr.kind))
    }
}

/// The name that a chain of selects from an identifier spells.
fn qualified_name(expr: &Expr) -> Name {
    let mut parts = Vec::new();
    let mut step = expr;
    while let ExprKind::Select { operand, field } = &step.kind {
        parts.push(field.text.as_str());
        step = operand;
    }
    if let ExprKind::Identifier { name, absolute } = &step.kind {
        parts.push(name.text.as_str());
        if *absolute {
            parts.push("");
        }
    }
    parts.reverse();
    Name { text: parts.join("."), range: expr.range }
}
