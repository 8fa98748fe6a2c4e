//! Trees and texts at random: what is printed reads back as the same tree, and
//! no text makes the parser panic.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_printed_tree_reads_back(expr in tree()) {
        let printed = print(&expr);
        match parse(&printed, &Limits::default()) {
            Ok(again) => {
                prop_assert!(again.same_as(&expr), "{printed}\n{expr:?}\n{again:?}");
                prop_assert_eq!(print(&again), printed);
            }
            Err(error) => prop_assert!(false, "{}: {}", printed, error),
        }
    }

    #[test]
    fn any_text_is_read_or_refused_inside_of_it(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn any_jumble_of_tokens_is_read_or_refused_inside_of_it(text in jumble()) {
        check(&text)?;
    }
}

/// Whatever comes out points into the text and, if a tree, prints and reads back.
fn check(text: &str) -> Result<(), TestCaseError> {
    match parse(text, &Limits::default()) {
        Ok(expr) => {
            let printed = print(&expr);
            let again = parse(&printed, &Limits::default());
            prop_assert!(again.is_ok_and(|again| again.same_as(&expr)), "{}", printed);
        }
        Err(error) => {
            let Range { start, end } = error.range;
            prop_assert!(start <= end, "{:?}", error);
            prop_assert!(text.get(start as usize..end as usize).is_some(), "{:?}", error);
            prop_assert!(!error.message.is_empty());
        }
    }
    Ok(())
}

fn jumble() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "a",
        "b.c",
        "in",
        "as",
        "true",
        "null",
        "not",
        "1",
        "0x",
        "0xF",
        "2u",
        ".5",
        "1e3",
        "e",
        "'",
        "\"",
        "'''",
        "r'",
        "b\"",
        "\\",
        "\\u",
        "\\x4",
        "'s'",
        "`",
        "`x-y`",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        ",",
        ":",
        "?",
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "!",
        "=",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        "&&",
        "||",
        "&",
        "|",
        " ",
        " ",
        " ",
        "\n",
        "é",
        "\u{201c}",
        "9223372036854775808",
    ]);
    vec(token, 0..24).prop_map(|tokens| tokens.concat())
}

fn made(kind: ExprKind) -> Expr {
    let range = Range::new(0, 0);
    Expr { kind, range }
}

fn name(text: &str) -> Name {
    Name { text: text.to_owned(), range: Range::new(0, 0) }
}

fn identifier() -> impl Strategy<Value = Name> {
    prop::sample::select(vec!["a", "b", "_x1", "not", "u", "r", "b", "e1"]).prop_map(name)
}

fn method() -> impl Strategy<Value = Name> {
    prop::sample::select(vec!["f", "size", "as", "in", "e3", "x1"]).prop_map(name)
}

fn field() -> impl Strategy<Value = Name> {
    prop::sample::select(vec!["f", "as", "true", "in", "e3", "x-y", "a.b", "/v1 x", "0"])
        .prop_map(name)
}

fn literal_value() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Bool),
        any::<i64>().prop_map(Literal::Int),
        (-3_i64..3).prop_map(Literal::Int),
        Just(Literal::Int(i64::MIN)),
        any::<u64>().prop_map(Literal::Uint),
        any::<f64>().prop_filter("no literal", |value| value.is_finite()).prop_map(Literal::Double),
        prop::sample::select(vec![0.0, -0.0, 1e300, -1e-7, f64::MIN, f64::MIN_POSITIVE])
            .prop_map(Literal::Double),
        any::<String>().prop_map(Literal::String),
        vec(any::<char>(), 0..4).prop_map(|text| Literal::String(text.into_iter().collect())),
        vec(any::<u8>(), 0..8).prop_map(Literal::Bytes),
    ]
}

fn tree() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        literal_value().prop_map(|literal| made(ExprKind::Literal(literal))),
        (identifier(), any::<bool>())
            .prop_map(|(name, absolute)| made(ExprKind::Identifier { name, absolute })),
    ];
    leaf.prop_recursive(6, 64, 4, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let type_name = prop::sample::select(vec!["T", ".T", "a.b.T", ".a.as.T"]);
        let unary = prop::sample::select(vec![UnaryOperator::Not, UnaryOperator::Negate]);
        use BinaryOperator as B;
        let binary = prop::sample::select(vec![
            B::Add,
            B::Subtract,
            B::Multiply,
            B::Divide,
            B::Remainder,
            B::Equal,
            B::NotEqual,
            B::Less,
            B::LessEqual,
            B::Greater,
            B::GreaterEqual,
            B::In,
        ]);
        prop_oneof![
            (boxed(), field())
                .prop_map(|(operand, field)| made(ExprKind::Select { operand, field })),
            (boxed(), method(), vec(inner.clone(), 0..3)).prop_map(
                |(receiver, function, arguments)| made(ExprKind::Call {
                    receiver: Some(receiver),
                    function,
                    arguments,
                    absolute: false,
                })
            ),
            (identifier(), vec(inner.clone(), 0..3), any::<bool>()).prop_map(
                |(function, arguments, absolute)| made(ExprKind::Call {
                    receiver: None,
                    function,
                    arguments,
                    absolute,
                })
            ),
            (unary.clone(), boxed())
                .prop_map(|(operator, operand)| made(ExprKind::Unary { operator, operand })),
            (unary, boxed())
                .prop_map(|(operator, operand)| made(ExprKind::Unary { operator, operand })),
            (binary, boxed(), boxed()).prop_map(|(operator, left, right)| made(ExprKind::Binary {
                operator,
                operator_range: Range::new(0, 0),
                left,
                right,
            })),
            vec(inner.clone(), 2..4).prop_map(|terms| made(ExprKind::And(terms))),
            vec(inner.clone(), 2..4).prop_map(|terms| made(ExprKind::Or(terms))),
            (boxed(), boxed(), boxed()).prop_map(|(condition, then, otherwise)| made(
                ExprKind::Conditional { condition, then, otherwise }
            )),
            (boxed(), boxed())
                .prop_map(|(operand, index)| made(ExprKind::Index { operand, index })),
            vec(inner.clone(), 0..4).prop_map(|items| made(ExprKind::List(items))),
            vec((inner.clone(), inner.clone()), 0..3)
                .prop_map(|entries| made(ExprKind::Map(entries))),
            (type_name, vec((field(), inner.clone()), 0..3)).prop_map(|(type_name, fields)| made(
                ExprKind::Message { type_name: name(type_name), fields }
            )),
        ]
    })
}
