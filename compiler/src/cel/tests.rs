//! What the front end promises: the grammar here, its refusals in `refusals`,
//! the specification's own expressions in `conformance`, trees at random in
//! `random`.

mod conformance;
mod random;
mod refusals;

use super::*;

fn parsed(text: &str) -> Expr {
    match parse(text, &Limits::default()) {
        Ok(expr) => expr,
        Err(error) => panic!("{text}: {:?}: {error}", error.kind),
    }
}

fn literal(text: &str) -> Literal {
    match parsed(text).kind {
        ExprKind::Literal(literal) => literal,
        other => panic!("{text}: not a literal but {other:?}"),
    }
}

/// The canonical text, which must itself read back as the same tree.
fn canonical(text: &str) -> String {
    let expr = parsed(text);
    let printed = print(&expr);
    let again = parsed(&printed);
    assert!(again.same_as(&expr), "{text} printed as {printed}");
    assert_eq!(print(&again), printed);
    printed
}

/// The canonical text with every operator's operands in brackets: the shape.
fn shape(text: &str) -> String {
    fn all(items: &[Expr]) -> Vec<String> {
        items.iter().map(of).collect()
    }
    fn of(expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Binary { operator, left, right, .. } => {
                format!("[{} {} {}]", of(left), operator.symbol(), of(right))
            }
            ExprKind::Unary { operator, operand } => {
                format!("[{}{}]", operator.symbol(), of(operand))
            }
            ExprKind::And(terms) => format!("[{}]", all(terms).join(" && ")),
            ExprKind::Or(terms) => format!("[{}]", all(terms).join(" || ")),
            ExprKind::Conditional { condition, then, otherwise } => {
                format!("[{} ? {} : {}]", of(condition), of(then), of(otherwise))
            }
            ExprKind::Select { operand, field } => format!("[{}.{}]", of(operand), field.text),
            ExprKind::Index { operand, index } => format!("[{} at {}]", of(operand), of(index)),
            ExprKind::Call { receiver: Some(receiver), function, arguments, .. } => {
                format!("[{}.{}({})]", of(receiver), function.text, all(arguments).join(", "))
            }
            _ => print(expr),
        }
    }
    of(&parsed(text))
}

#[test]
fn operators_bind_as_the_precedence_table_says() {
    for (text, expected) in [
        ("a || b && c == d + e * -f.g", "[a || [b && [c == [d + [e * [-[f.g]]]]]]]"),
        (
            "a.b.c[d].e(f) % g + h < i && j || k",
            "[[[[[[[[[a.b].c] at d].e(f)] % g] + h] < i] && j] || k]",
        ),
        ("a - b - c", "[[a - b] - c]"),
        ("a / b * c % d", "[[[a / b] * c] % d]"),
        ("a == b == c", "[[a == b] == c]"),
        ("a < b in c != d", "[[[a < b] in c] != d]"),
        ("a + b in c", "[[a + b] in c]"),
        ("a - -b", "[a - [-b]]"),
        ("a -1", "[a - 1]"),
        ("!a.b && !!c", "[[![a.b]] && [![!c]]]"),
        ("!a == b", "[[!a] == b]"),
        ("a ? b : c ? d : e", "[a ? b : [c ? d : e]]"),
        ("a || b ? c || d : e || f", "[[a || b] ? [c || d] : [e || f]]"),
        ("a ? .b : .c", "[a ? .b : .c]"),
        ("a * (b + c)", "[a * [b + c]]"),
        ("(a || b) && c", "[[a || b] && c]"),
    ] {
        assert_eq!(shape(text), expected, "{text}");
    }
}

#[test]
fn chains_of_logical_operators_are_flat_and_parentheses_stay() {
    assert_eq!(shape("a && b && c"), "[a && b && c]");
    assert_eq!(shape("a || b || c && d"), "[a || b || [c && d]]");
    assert_eq!(shape("(a && b) && c"), "[[a && b] && c]");
    let long = vec!["x"; 3000].join(" && ");
    let ExprKind::And(terms) = parsed(&long).kind else {
        panic!("not a chain");
    };
    assert_eq!(terms.len(), 3000);
}

#[test]
fn every_node_and_name_has_its_range() {
    let text = " ( a.b + -2 ) * f( x ) ";
    let expr = parsed(text);
    assert_eq!(expr.range.of(text), "( a.b + -2 ) * f( x )");
    let ExprKind::Binary { operator_range, left, right, .. } = &expr.kind else {
        panic!("{expr:?}");
    };
    assert_eq!(operator_range.of(text), "*");
    assert_eq!(left.range.of(text), "( a.b + -2 )");
    assert_eq!(right.range.of(text), "f( x )");
    let ExprKind::Binary { left, right, .. } = &left.kind else {
        panic!("{left:?}");
    };
    assert_eq!(right.range.of(text), "-2");
    let ExprKind::Select { operand, field } = &left.kind else {
        panic!("{left:?}");
    };
    assert_eq!((operand.range.of(text), field.range.of(text)), ("a", "b"));

    let text = ". p . T { f : 1 , `x-y` : 'é' }[ 0 ] . m ( )";
    let expr = parsed(text);
    assert_eq!(expr.range.of(text), text);
    let ExprKind::Call { receiver: Some(receiver), function, .. } = &expr.kind else {
        panic!("{expr:?}");
    };
    assert_eq!(function.range.of(text), "m");
    let ExprKind::Index { operand, .. } = &receiver.kind else {
        panic!("{receiver:?}");
    };
    let ExprKind::Message { type_name, fields } = &operand.kind else {
        panic!("{operand:?}");
    };
    assert_eq!(type_name.text, ".p.T");
    assert_eq!(type_name.range.of(text), ". p . T");
    assert_eq!(fields[1].0.text, "x-y");
    assert_eq!(fields[1].0.range.of(text), "`x-y`");
    assert_eq!(fields[1].1.range.of(text), "'é'");
}

#[test]
fn numbers_have_the_value_and_type_they_show() {
    for (text, expected) in [
        ("0", Literal::Int(0)),
        ("007", Literal::Int(7)),
        ("0x1fF", Literal::Int(0x1ff)),
        ("9223372036854775807", Literal::Int(i64::MAX)),
        ("-9223372036854775808", Literal::Int(i64::MIN)),
        ("- 5", Literal::Int(-5)),
        ("-0x8000000000000000", Literal::Int(i64::MIN)),
        ("12u", Literal::Uint(12)),
        ("0xFFu", Literal::Uint(255)),
        ("18446744073709551615U", Literal::Uint(u64::MAX)),
        ("1.5", Literal::Double(1.5)),
        (".5", Literal::Double(0.5)),
        ("-.5e-1", Literal::Double(-0.05)),
        ("1e3", Literal::Double(1000.0)),
        ("1.25E+2", Literal::Double(125.0)),
        ("1e-400", Literal::Double(0.0)),
    ] {
        assert!(literal(text).same_as(&expected), "{text}");
    }
    // A sign belongs to a number only where nothing stands between.
    assert_eq!(shape("-(5)"), "[-5]");
    assert_eq!(canonical("-(5)"), "-(5)");
    assert!(literal("-0.0").same_as(&Literal::Double(-0.0)));
    assert!(!literal("-0.0").same_as(&Literal::Double(0.0)));
    assert_eq!(shape("--19"), "[--19]");
    assert_eq!(shape("-5u"), "[-5u]");
    assert_eq!(shape("-1.x"), "[-1.x]");
    assert_eq!(canonical("-1.x"), "(-1).x");
    assert_eq!(canonical("-(1.x)"), "-(1).x");
    assert_eq!(canonical("1in[1]"), "1 in [1]");
}

#[test]
fn strings_read_every_quote_prefix_and_escape() {
    for (text, expected) in [
        (r#"''"#, ""),
        (r#""""#, ""),
        ("''''''", ""),
        (r#"'"'"#, "\""),
        (r#""it's""#, "it's"),
        ("'''x''x'''", "x''x"),
        ("'''a\nb\r\nc'''", "a\nb\r\nc"),
        (r#""""a\"""""#, "a\""),
        (r"'\a\b\f\n\r\t\v\\\?\x22\'\`'", "\x07\x08\x0c\n\r\t\x0b\\?\"'`"),
        (r#"'\"'"#, "\""),
        (r"'\x41\X4a\101\377\xfF'", "AJA\u{ff}\u{ff}"),
        (r"'\303\277'", "\u{c3}\u{bf}"),
        (r"'\u00e9\U0001F62C'", "é\u{1F62C}"),
        (r"r'\d+\'", r"\d+\"),
        (r"R'''\'\n'''", r"\'\n"),
        ("'// no comment'", "// no comment"),
        ("'ÿ\u{0}'", "ÿ\0"),
    ] {
        assert_eq!(literal(text), Literal::String(expected.to_owned()), "{text}");
    }
    for (text, expected) in [
        (r"b''", &b""[..]),
        (r"b'ÿ'", b"\xc3\xbf"),
        (r"B'\377\xff\X00\n'", b"\xff\xff\x00\n"),
        (r"br'\x'", br"\x"),
        (r"Rb'\x'", br"\x"),
        (r#"bR"""\""""#, b"\\"),
        ("b'''a\nb'''", b"a\nb"),
    ] {
        assert_eq!(literal(text), Literal::Bytes(expected.to_vec()), "{text}");
    }
    // A raw string ends at the first three quotes, whatever precedes them.
    let error = refusals::refused(r#"bR"""\"""""#);
    assert_eq!(error.kind, ErrorKind::Escape);
}

#[test]
fn reserved_words_are_selectors_and_methods_but_no_names() {
    for word in [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ] {
        assert_eq!(shape(&format!("a.{word}")), format!("[a.{word}]"));
        assert_eq!(shape(&format!("a.{word}(1)")), format!("[a.{word}(1)]"));
        let message = format!("T{{{word}: true}}");
        assert_eq!(canonical(&message), message);
        assert_eq!(refusals::refused(word).kind, ErrorKind::Syntax);
        assert_eq!(refusals::refused(&format!("{word}(1)")).kind, ErrorKind::Syntax);
        assert_eq!(refusals::refused(&format!(".{word}")).kind, ErrorKind::Syntax);
    }
    for word in ["true", "false", "null", "in"] {
        assert_eq!(shape(&format!("a.{word}")), format!("[a.{word}]"));
        // Printed so that stricter readers of CEL take it too.
        assert_eq!(canonical(&format!("a.{word}")), format!("a.`{word}`"));
        assert_eq!(refusals::refused(&format!("{word} + {word}(")).kind, ErrorKind::Syntax);
    }
}

#[test]
fn backquoted_selectors_are_fields() {
    assert_eq!(shape("a.`x-y`"), "[a.x-y]");
    assert_eq!(canonical("a.`content-type`.`/v1/a b.c`"), "a.`content-type`.`/v1/a b.c`");
    assert_eq!(canonical("a.`plain`"), "a.plain");
    assert_eq!(canonical("T{`x.y`: 1}"), "T{`x.y`: 1}");
}

#[test]
fn calls_lists_maps_and_messages_hold_any_expressions() {
    for (text, expected) in [
        ("f()", "f()"),
        (".f(a,b)", ".f(a, b)"),
        ("a.f(b ? c : d)[e]", "a.f(b ? c : d)[e]"),
        ("[ ]", "[]"),
        ("[1,2u,]", "[1, 2u]"),
        ("[,]", "[]"),
        ("{ }", "{}"),
        ("{'a':1,b:[c],}", "{\"a\": 1, b: [c]}"),
        ("{,}", "{}"),
        ("T{}", "T{}"),
        ("a . b.C{x:1,y:T{},}.x", "a.b.C{x: 1, y: T{}}.x"),
        (".a.C{,}", ".a.C{}"),
        ("xs.all(x,x>0)", "xs.all(x, x > 0)"),
        ("[[1]][0][0]", "[[1]][0][0]"),
    ] {
        assert_eq!(canonical(text), expected);
    }
}

#[test]
fn white_space_and_comments_mean_nothing() {
    let spaced = "a\t+\r\n\x0cb // the rest ' \" ( of the line\n* c//\r.d // the end";
    assert_eq!(shape(spaced), "[a + [b * [c.d]]]");
}

#[test]
fn canonical_text_has_the_fewest_parentheses() {
    for (text, expected) in [
        ("((a))", "a"),
        ("(a && b) || (c && d)", "a && b || c && d"),
        ("(a || b) && (c || d)", "(a || b) && (c || d)"),
        ("a && (b && c)", "a && (b && c)"),
        ("(a + b) + c", "a + b + c"),
        ("a + (b + c)", "a + (b + c)"),
        ("(a * b) + (c % d)", "a * b + c % d"),
        ("(a == b) == (c == d)", "a == b == (c == d)"),
        ("!(a)", "!a"),
        ("!(a == b)", "!(a == b)"),
        ("!(-a)", "!(-a)"),
        ("!-1", "!-1"),
        ("-(-a)", "--a"),
        ("(a ? b : c) ? (d ? e : f) : (g ? h : i)", "(a ? b : c) ? (d ? e : f) : g ? h : i"),
        ("(a + b).c", "(a + b).c"),
        ("('x').size()", "\"x\".size()"),
        ("'tab\\tnul\\x00é\u{202e}'", "\"tab\\tnul\\x00é\\u202e\""),
        ("b'é\\\\'", "b\"\\xc3\\xa9\\\\\""),
        ("1e300", "1e300"),
        ("1e2", "100.0"),
        (".5", "0.5"),
    ] {
        assert_eq!(canonical(text), expected);
    }
}

#[test]
fn doubles_without_a_literal_print_as_the_call_that_makes_them() {
    for (value, expected) in [
        (f64::NAN, "double(\"NaN\")"),
        (f64::INFINITY, "double(\"Infinity\")"),
        (f64::NEG_INFINITY, "double(\"-Infinity\")"),
    ] {
        let expr =
            Expr { kind: ExprKind::Literal(Literal::Double(value)), range: Range::new(0, 0) };
        assert!(expr.same_as(&expr.clone()));
        assert_eq!(print(&expr), expected);
        parsed(expected);
    }
}

#[test]
fn parsing_is_linear() {
    // A quadratic parser would take minutes; the bound is slack for debug builds.
    let condition = "player.level >= 10 && item.kind == 'idol' || geo.within(player.position, fences.old_town) && x";
    let start = std::time::Instant::now();
    for _ in 0..10_000 {
        parsed(condition);
    }
    let wide = format!("[{}]", vec!["1"; 1_000_000].join(","));
    let limits = Limits { nodes: usize::MAX, bytes: usize::MAX, ..Limits::default() };
    assert!(parse(&wide, &limits).is_ok());
    let taken = start.elapsed();
    println!("10,000 conditions and a list of a million items: {taken:?}");
    assert!(taken < std::time::Duration::from_secs(30), "{taken:?}");
}
