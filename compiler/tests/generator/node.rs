//! CEL text as a tree of its parts, so that it can be made smaller where it
//! shows a fault.

use std::fmt;

/// The static types of the language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    Point,
    List(Box<Type>),
    Map(Box<Type>, Box<Type>),
}

impl Type {
    pub fn list(element: Type) -> Type {
        Type::List(Box::new(element))
    }

    pub fn map(key: Type, value: Type) -> Type {
        Type::Map(Box::new(key), Box::new(value))
    }
}

/// How tightly an expression holds together: the grammar's levels.
pub mod level {
    pub const CONDITIONAL: u8 = 0;
    pub const OR: u8 = 1;
    pub const AND: u8 = 2;
    pub const RELATION: u8 = 3;
    pub const ADDITION: u8 = 4;
    pub const MULTIPLICATION: u8 = 5;
    pub const UNARY: u8 = 6;
    pub const MEMBER: u8 = 7;
}

/// Stands in the text where any white space may.
const BREAK: char = '\u{1}';

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    /// Put into parentheses where it is of a lower level.
    Node(Node, u8),
}

/// An expression.
#[derive(Debug, Clone)]
pub struct Node {
    pub ty: Type,
    level: u8,
    parts: Vec<Part>,
}

impl Node {
    /// An expression without parts.
    pub fn leaf(ty: Type, level: u8, text: impl Into<String>) -> Node {
        Node { ty, level, parts: vec![Part::Text(text.into())] }
    }

    /// An expression by a pattern in which `@N` is the next part, at level `N`
    /// or above, and a space any white space.
    pub fn of(ty: Type, level: u8, pattern: &str, parts: Vec<Node>) -> Node {
        let mut pieces = Vec::new();
        let mut nodes = parts.into_iter();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('@') {
            pieces.push(Part::Text(before.replace(' ', "\u{1}")));
            let digit = after.as_bytes()[0] - b'0';
            pieces.push(Part::Node(nodes.next().expect("a part for each place"), digit));
            rest = &after[1..];
        }
        pieces.push(Part::Text(rest.replace(' ', "\u{1}")));
        assert!(nodes.next().is_none(), "a place for each part: {pattern}");
        Node { ty, level, parts: pieces }
    }

    /// The text, broken into lines if `lines` is not 0: then every so many spaces.
    pub fn text(&self, lines: usize) -> String {
        let mut text = String::new();
        self.write(0, &mut text);
        let mut count = 0;
        text.chars()
            .map(|character| match character {
                BREAK => {
                    count += 1;
                    if lines > 0 && count % lines == 0 { '\n' } else { ' ' }
                }
                other => other,
            })
            .collect()
    }

    fn write(&self, least: u8, text: &mut String) {
        let parentheses = self.level < least;
        if parentheses {
            text.push('(');
        }
        for part in &self.parts {
            match part {
                Part::Text(piece) => text.push_str(piece),
                Part::Node(node, least) => node.write(*least, text),
            }
        }
        if parentheses {
            text.push(')');
        }
    }

    /// Expressions of the same type that are smaller: each part of this type,
    /// and this with one part made smaller. Names may be out of their scope.
    pub fn smaller(&self) -> Vec<Node> {
        let mut all = Vec::new();
        if self.parts.len() > 1 {
            all.extend(simplest(&self.ty));
        }
        self.inner(&self.ty, &mut all);
        for (index, part) in self.parts.iter().enumerate() {
            let Part::Node(node, least) = part else { continue };
            for smaller in node.smaller() {
                let mut copy = self.clone();
                copy.parts[index] = Part::Node(smaller, *least);
                all.push(copy);
            }
        }
        all
    }

    fn inner(&self, ty: &Type, all: &mut Vec<Node>) {
        for part in &self.parts {
            let Part::Node(node, _) = part else { continue };
            if node.ty == *ty {
                all.push(node.clone());
            } else {
                node.inner(ty, all);
            }
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(0))
    }
}

/// A literal of a type, where there is a short one.
fn simplest(ty: &Type) -> Vec<Node> {
    let texts: &[&str] = match ty {
        Type::Bool => &["true", "false"],
        Type::Int => &["0", "1"],
        Type::Uint => &["0u", "1u"],
        Type::Double => &["0.0", "1.5"],
        Type::String => &["\"\"", "\"a\""],
        Type::Bytes => &["b\"\""],
        Type::Timestamp => &["timestamp(0)"],
        Type::Duration => &["duration(\"1s\")"],
        Type::Point => &["geo.point(0.0, 0.0)"],
        Type::List(_) => &["[]"],
        Type::Map(..) => &["{}"],
    };
    texts.iter().map(|text| Node::leaf(ty.clone(), level::MEMBER, *text)).collect()
}
