//! One expression by itself, compiled as rulesets are: for the command line's
//! `expr`, and for tests that ask what an expression means.
//!
//! In: CEL text, and an [`Environment`] of names that it may use. Out: a
//! [`CompiledExpression`], whose archive is a whole ruleset with one rule
//! without condition that gives one output, `value`, of the expression's type.
//! A decision's output is then the expression's value, and the decision's error
//! is why it has none.

use crate::cel;
use crate::check::checked::{Fact, Fence, Group, Output, Rule, Ruleset, Variable};
use crate::check::expression::{Checker, Report};
use crate::check::names::Names;
use crate::check::pools::Pools;
use crate::check::regex::Regex;
use crate::check::syntax_finding;
use crate::check::tree::Expr;
use crate::check::types::Type;
use crate::check::value::Value;
use crate::check::zone::Zone;
use crate::compile::{defect, verified};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::emit::{self, TooLarge};
use crate::index::{self, Indexing};
use crate::lower;
use crate::source::Sources;
use crate::source::model::FactType;
use crate::source::span::Span;
use crate::source::text::{Style, Text};
use rulestone_format::rule::{Combine, HitPolicy};

/// The output that carries the value.
pub const OUTPUT: &str = "value";

/// The path that findings name.
const PATH: &str = "<expression>";

/// The names that an expression may use, and what they stand for.
#[derive(Debug, Default)]
pub struct Environment {
    /// What a request carries.
    pub facts: Vec<Fact>,
    /// The package in which names are looked up first (cel-spec, "Name
    /// Resolution"), such as `a.b`. Rulesets have none.
    pub container: String,
    /// By their names without `constants.`.
    pub constants: Vec<(String, Value)>,
    pub variables: Vec<Variable>,
    pub fences: Vec<Fence>,
    /// What the bodies of variables refer to by number.
    pub zones: Vec<Zone>,
    pub regexes: Vec<Regex>,
    pub texts: Vec<Text>,
    /// The files that the texts stand in.
    pub sources: Sources,
}

impl Environment {
    /// All that the rules of a ruleset may use.
    pub fn of(ruleset: Ruleset, sources: Sources) -> Environment {
        Environment {
            facts: ruleset.facts,
            container: String::new(),
            constants: ruleset.constants,
            variables: ruleset.variables,
            fences: ruleset.fences,
            zones: ruleset.zones,
            regexes: ruleset.regexes,
            texts: ruleset.texts,
            sources,
        }
    }
}

/// An expression that has been checked and compiled.
#[derive(Debug)]
pub struct CompiledExpression {
    /// Its type; the items of `[]` have the type [`Type::Never`], which stands
    /// in the archive as bool.
    pub ty: Type,
    /// Its checked tree, constants folded.
    pub tree: Expr,
    /// The bytes of an archive.
    pub archive: Vec<u8>,
    /// What the archive was made from: what the tree's numbers refer to.
    pub ruleset: Ruleset,
    pub sources: Sources,
}

/// Compiles one expression. What fails whatever the facts, such as `1 / 0`, is
/// no error here: it fails when it is decided about.
///
/// # Errors
/// The text is no expression of the language in this environment: all findings,
/// and the sources that they point into.
pub fn compile_expression(
    text: &str,
    environment: Environment,
) -> Result<CompiledExpression, (Sources, Diagnostics)> {
    let mut diagnostics = Diagnostics::default();
    let Environment {
        facts,
        container,
        constants,
        variables,
        fences,
        zones,
        regexes,
        mut texts,
        mut sources,
    } = environment;
    let names = names(&facts, container, &constants, &variables, &fences);
    let mut pools = Pools::of(zones, regexes, fences);

    let file = sources.push(PATH.to_owned(), PATH.to_owned(), text.to_owned());
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let span = Span::new(file, 0, length);
    // Of all styles, the literal one changes nothing of a text.
    let text = Text::new(text.to_owned(), Style::Literal, span);
    let tree = parse(&text, &sources, &mut diagnostics).and_then(|tree| {
        let report = Report {
            diagnostics: &mut diagnostics,
            sources: &sources,
            text: &text,
            number: texts.len() as u32,
            offset: 0,
        };
        Checker::new(&names, &mut pools, report).check(&tree)
    });
    texts.push(text);
    let Some(tree) = tree else {
        diagnostics.sort();
        return Err((sources, diagnostics));
    };

    let ruleset = Ruleset {
        name: "expression".to_owned(),
        description: None,
        enabled: true,
        facts,
        constants,
        now: None,
        outputs: vec![output(&tree.ty)],
        groups: vec![Group { name: "default".to_owned(), hit_policy: HitPolicy::Collect }],
        variables,
        fences: pools.fences,
        zones: pools.zones,
        regexes: pools.regexes,
        rules: vec![rule(tree.clone(), span)],
        disabled_rules: 0,
        tests: Vec::new(),
        texts,
    };
    match archive(&ruleset, &sources, &mut diagnostics) {
        Some(archive) => {
            Ok(CompiledExpression { ty: tree.ty.clone(), tree, archive, ruleset, sources })
        }
        None => Err((sources, diagnostics)),
    }
}

fn names(
    facts: &[Fact],
    container: String,
    constants: &[(String, Value)],
    variables: &[Variable],
    fences: &[Fence],
) -> Names {
    let mut names = Names { container, ..Names::default() };
    for fact in facts {
        names.declare_fact(fact);
    }
    for (name, value) in constants {
        names.declare_constant(name, value.clone());
    }
    names.declare_fences(fences);
    for variable in variables {
        names.declare_variable(&variable.name, variable.body.ty.clone());
    }
    names
}

fn parse(text: &Text, sources: &Sources, diagnostics: &mut Diagnostics) -> Option<cel::Expr> {
    match cel::parse(&text.value, &cel::Limits::default()) {
        Ok(tree) => Some(tree),
        Err(error) => {
            diagnostics.push(syntax_finding(error, text, 0, sources));
            None
        }
    }
}

fn output(ty: &Type) -> Output {
    Output {
        name: OUTPUT.to_owned(),
        ty: settled(ty),
        // No test is read against it, and the archive has the type above.
        declared: FactType::Bool,
        combine: Combine::First,
        default: None,
    }
}

/// A type that values can have: nothing stands where [`Type::Never`] is, so any
/// type will do there.
fn settled(ty: &Type) -> Type {
    match ty {
        Type::Never => Type::Bool,
        Type::List(element) => Type::list(settled(element)),
        Type::Map(key, value) => Type::map(settled(key), settled(value)),
        other => other.clone(),
    }
}

fn rule(tree: Expr, span: Span) -> Rule {
    Rule {
        id: "expression".to_owned(),
        span,
        priority: 0,
        group: 0,
        condition: None,
        schedule: None,
        rollout: None,
        outputs: vec![(0, tree)],
    }
}

fn archive(ruleset: &Ruleset, sources: &Sources, diagnostics: &mut Diagnostics) -> Option<Vec<u8>> {
    let lowered = lower::lower(ruleset, sources, false, diagnostics)?;
    let tables = index::index(lowered, ruleset, Indexing::default(), diagnostics)?;
    match emit::emit(tables) {
        Ok(bytes) => match verified(&bytes) {
            Ok(_) => Some(bytes),
            Err(error) => {
                diagnostics.push(defect(error));
                None
            }
        },
        Err(TooLarge) => {
            let message = "the archive would be larger than 2 GiB";
            diagnostics.push(Diagnostic::new(Code::TooLarge, message));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rulestone::Ruleset as Loaded;

    fn show(text: &str, environment: Environment, facts: &serde_json::Value) -> String {
        let compiled = match compile_expression(text, environment) {
            Ok(compiled) => compiled,
            Err((sources, diagnostics)) => {
                let first = diagnostics.iter().next().expect("a refusal has a finding");
                let at = first.primary.as_ref().expect("findings have places").span;
                let (line, column) = sources.line_column(at.file, at.start);
                return format!("{}:{line}:{column}: {}", sources.path(at.file), first.code.text());
            }
        };
        let loaded = Loaded::from_vec(compiled.archive).expect("the archive is in order");
        let frame = loaded.encode(facts).expect("the facts are good");
        let mut session = loaded.session();
        let decision = session.decide(&frame).expect("the frame is good");
        match (decision.output(OUTPUT), decision.errors().len()) {
            (Some(value), 0) => format!("{} {value:?}", compiled.ty),
            (None, 1) => format!("{} fails", compiled.ty),
            other => panic!("{other:?}"),
        }
    }

    fn alone(text: &str) -> String {
        show(text, Environment::default(), &serde_json::json!({}))
    }

    fn fact(path: &[&str], fact_type: FactType, ty: Type) -> Fact {
        Fact {
            path: path.iter().map(|part| (*part).to_owned()).collect(),
            fact_type,
            ty,
            optional: false,
            default: None,
        }
    }

    #[test]
    fn values_of_every_type_come_through() {
        assert_eq!(alone("1 + 2"), "int Int(3)");
        assert_eq!(alone("'a' + 'b'"), "string String(\"ab\")");
        assert_eq!(alone("{1: [true]}"), "map(int, list(bool)) Map({Int(1): List([Bool(true)])})");
        assert_eq!(alone("[]"), "list(nothing) List([])");
        assert_eq!(alone("{}"), "map(nothing, nothing) Map({})");
        assert_eq!(alone("[[], [1]]"), "list(list(int)) List([List([]), List([Int(1)])])");
    }

    #[test]
    fn what_fails_always_fails_when_it_is_decided() {
        assert_eq!(alone("1 / 0"), "int fails");
        assert_eq!(alone("[][0]"), "nothing fails");
        assert_eq!(alone("[1][7]"), "int fails");
    }

    #[test]
    fn findings_point_into_the_expression() {
        assert_eq!(alone("1 +"), "<expression>:1:4: RS0301");
        assert_eq!(alone("true &&\n  nothing.here"), "<expression>:2:3: RS0401");
        assert!(alone("").contains(": RS03"));
    }

    #[test]
    fn facts_are_looked_up_in_the_container_first() {
        let environment = || Environment {
            facts: vec![
                fact(&["x", "y"], FactType::Int, Type::Int),
                fact(&["y"], FactType::Bool, Type::Bool),
            ],
            container: "x".to_owned(),
            ..Environment::default()
        };
        let facts = serde_json::json!({"x": {"y": 7}, "y": true});
        assert_eq!(show("y", environment(), &facts), "int Int(7)");
        assert_eq!(show(".y", environment(), &facts), "bool Bool(true)");
        assert_eq!(show("x.y + 1", environment(), &facts), "int Int(8)");
    }

    #[test]
    fn a_ruleset_lends_its_constants_variables_and_fences() {
        let yaml = "rulestone: v1\nruleset: r\nfacts: {at: point, name: string}\n\
                    constants: {least: 10}\nvariables:\n  bees: name.matches('^b+$')\n\
                    fences: {town: {circle: {center: {lat: 1, lon: 2}, radius: 500m}}}\n\
                    rules: [{id: a, condition: 'true'}]\n";
        let files = vec![("r.yaml".to_owned(), yaml.as_bytes().to_vec())];
        let text = "variables.bees && geo.within(at, fences.town) && !name.matches('c') ? \
                    constants.least : 0";
        for (name, expected) in [("bbb", "int Int(10)"), ("abc", "int Int(0)")] {
            let checked = crate::check_source(&crate::source::Input::Memory(files.clone()));
            assert!(!checked.diagnostics.has_errors(), "{:?}", checked.diagnostics);
            let ruleset = checked.ruleset.expect("there is a ruleset");
            let environment = Environment::of(ruleset, checked.sources);
            let facts = serde_json::json!({"at": {"lat": 1, "lon": 2}, "name": name});
            assert_eq!(show(text, environment, &facts), expected);
        }
    }

    #[test]
    fn a_point_stays_a_point() {
        let environment = Environment {
            facts: vec![fact(&["at"], FactType::Point, Type::Point)],
            ..Environment::default()
        };
        let facts = serde_json::json!({"at": {"lat": 1.5, "lon": 2}});
        let shown = show("at", environment, &facts);
        assert!(shown.starts_with("point Point"), "{shown}");
    }
}
