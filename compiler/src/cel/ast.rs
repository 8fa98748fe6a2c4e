//! The tree of a CEL expression, as it was written: no name is resolved and no
//! macro is expanded. The parser makes it; the checker and the printer read it.

/// A half-open range of bytes of the CEL text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Range {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

/// One expression with its place in the text.
///
/// The height of a tree that [`parse`](super::parse()) returns is bounded by its
/// limits, so recursion over it (dropping and cloning included) is bounded too.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What the expression is.
    pub kind: ExprKind,
    /// The whole of the expression, parentheses written around it included.
    pub range: Range,
}

/// A word of the text: an identifier, a field, a function or a type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// The word itself, without the backquotes of a quoted selector.
    pub text: String,
    /// Where it stands, backquotes included.
    pub range: Range,
}

/// The forms of an expression.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// `1`, `'text'`, `true`; a `-` directly before an int or double belongs to it.
    Literal(Literal),
    /// `name` or `.name`.
    Identifier {
        /// The identifier, without the dot.
        name: Name,
        /// Written with a leading dot, so looked up in the root scope only.
        absolute: bool,
    },
    /// `operand.field`, also the steps of a qualified name.
    Select {
        /// What the field is taken of.
        operand: Box<Expr>,
        /// The field.
        field: Name,
    },
    /// `function(arguments)` or `receiver.function(arguments)`, macros included.
    Call {
        /// What stands before the dot of a member call.
        receiver: Option<Box<Expr>>,
        /// The function's or macro's name.
        function: Name,
        /// The arguments as written.
        arguments: Vec<Expr>,
        /// Written with a leading dot; never with a receiver.
        absolute: bool,
    },
    /// `!operand` or `-operand`.
    Unary {
        /// Which of the two.
        operator: UnaryOperator,
        /// What it is applied to.
        operand: Box<Expr>,
    },
    /// Arithmetic and relations, which associate to the left.
    Binary {
        /// Which operator.
        operator: BinaryOperator,
        /// Where the operator stands.
        operator_range: Range,
        /// The left operand.
        left: Box<Expr>,
        /// The right operand.
        right: Box<Expr>,
    },
    /// A chain `a && b && …` of at least two terms. Terms in parentheses stay
    /// nested, as written.
    And(Vec<Expr>),
    /// A chain `a || b || …` of at least two terms.
    Or(Vec<Expr>),
    /// `condition ? then : otherwise`.
    Conditional {
        /// What decides.
        condition: Box<Expr>,
        /// The value where it is true.
        then: Box<Expr>,
        /// The value where it is false.
        otherwise: Box<Expr>,
    },
    /// `operand[index]`.
    Index {
        /// The list or map.
        operand: Box<Expr>,
        /// The index or key.
        index: Box<Expr>,
    },
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `{key: value}`, in the order written.
    Map(Vec<(Expr, Expr)>),
    /// `package.Type{field: value}`.
    Message {
        /// The qualified name without white space, a leading dot included.
        type_name: Name,
        /// The fields, in the order written.
        fields: Vec<(Name, Expr)>,
    },
}

/// A literal's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// `12`, `-0x1F`
    Int(i64),
    /// `12u`
    Uint(u64),
    /// `1.5`, `-1e3`; the parser yields finite values only.
    Double(f64),
    /// `'text'`, escapes replaced.
    String(String),
    /// `b'text'`, escapes replaced.
    Bytes(Vec<u8>),
}

/// The prefix operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOperator {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// The infix operators that take two operands; `&&` and `||` are chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOperator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `in`
    In,
}

impl Range {
    /// The bytes from `start` up to, and without, `end`.
    pub fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// From the start of this range to the end of the other.
    pub fn to(self, other: Range) -> Self {
        Self { start: self.start, end: other.end }
    }

    /// The part of `text` in this range; empty if it isn't one of that text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

impl UnaryOperator {
    /// The operator as CEL writes it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Not => "!",
            Self::Negate => "-",
        }
    }
}

impl BinaryOperator {
    /// The operator as CEL writes it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::In => "in",
        }
    }
}

impl Literal {
    /// Equality by representation: NaN is the same as NaN, `0.0` is not `-0.0`.
    pub fn same_as(&self, other: &Literal) -> bool {
        match (self, other) {
            (Self::Double(left), Self::Double(right)) => {
                left.to_bits() == right.to_bits() || (left.is_nan() && right.is_nan())
            }
            _ => self == other,
        }
    }
}

impl Expr {
    /// Whether both are the same tree, wherever its parts stand in their texts.
    /// Doubles are compared as [`Literal::same_as`] does.
    pub fn same_as(&self, other: &Expr) -> bool {
        use ExprKind as K;
        match (&self.kind, &other.kind) {
            (K::Literal(left), K::Literal(right)) => left.same_as(right),
            (
                K::Identifier { name, absolute },
                K::Identifier { name: other_name, absolute: other_absolute },
            ) => name.text == other_name.text && absolute == other_absolute,
            (
                K::Select { operand, field },
                K::Select { operand: other_operand, field: other_field },
            ) => field.text == other_field.text && operand.same_as(other_operand),
            (
                K::Call { receiver, function, arguments, absolute },
                K::Call {
                    receiver: other_receiver,
                    function: other_function,
                    arguments: other_arguments,
                    absolute: other_absolute,
                },
            ) => {
                function.text == other_function.text
                    && absolute == other_absolute
                    && match (receiver, other_receiver) {
                        (Some(left), Some(right)) => left.same_as(right),
                        (None, None) => true,
                        _ => false,
                    }
                    && all_same(arguments, other_arguments)
            }
            (
                K::Unary { operator, operand },
                K::Unary { operator: other_operator, operand: other_operand },
            ) => operator == other_operator && operand.same_as(other_operand),
            (
                K::Binary { operator, left, right, .. },
                K::Binary {
                    operator: other_operator, left: other_left, right: other_right, ..
                },
            ) => {
                operator == other_operator && left.same_as(other_left) && right.same_as(other_right)
            }
            (K::And(left), K::And(right))
            | (K::Or(left), K::Or(right))
            | (K::List(left), K::List(right)) => all_same(left, right),
            (
                K::Conditional { condition, then, otherwise },
                K::Conditional {
                    condition: other_condition,
                    then: other_then,
                    otherwise: other_otherwise,
                },
            ) => {
                condition.same_as(other_condition)
                    && then.same_as(other_then)
                    && otherwise.same_as(other_otherwise)
            }
            (
                K::Index { operand, index },
                K::Index { operand: other_operand, index: other_index },
            ) => operand.same_as(other_operand) && index.same_as(other_index),
            (K::Map(left), K::Map(right)) => {
                left.len() == right.len()
                    && left
                        .iter()
                        .zip(right)
                        .all(|(left, right)| left.0.same_as(&right.0) && left.1.same_as(&right.1))
            }
            (
                K::Message { type_name, fields },
                K::Message { type_name: other_type_name, fields: other_fields },
            ) => {
                type_name.text == other_type_name.text
                    && fields.len() == other_fields.len()
                    && fields.iter().zip(other_fields).all(|(left, right)| {
                        left.0.text == right.0.text && left.1.same_as(&right.1)
                    })
            }
            _ => false,
        }
    }
}

fn all_same(left: &[Expr], right: &[Expr]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.same_as(right))
}
