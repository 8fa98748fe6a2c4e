//! The second way: rules are Protocol Buffers, decoded for each request.
//!
//! In: rules. Out: which of them match, worked out by decoding the bytes into
//! messages with prost and walking over those. Fair: the messages are what
//! `protoc` and `prost-build` would write for such rules (their derives are the
//! same), and the walk is over the messages themselves, not over a copy.

use prost::{Enumeration, Message, Oneof};
use rulestone_bench::Outcome;
use rulestone_bench::model::{self, Rule, Test};
use rulestone_bench::walk::{self, Table};

#[derive(Clone, PartialEq, Message)]
struct Rules {
    #[prost(message, repeated, tag = "1")]
    rules: Vec<RuleMessage>,
}

#[derive(Clone, PartialEq, Message)]
struct RuleMessage {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(message, repeated, tag = "2")]
    all: Vec<TestMessage>,
    #[prost(message, repeated, tag = "3")]
    any: Vec<Group>,
}

#[derive(Clone, PartialEq, Message)]
struct Group {
    #[prost(message, repeated, tag = "1")]
    branches: Vec<Branch>,
}

#[derive(Clone, PartialEq, Message)]
struct Branch {
    #[prost(message, repeated, tag = "1")]
    all: Vec<TestMessage>,
}

#[derive(Clone, PartialEq, Message)]
struct TestMessage {
    #[prost(oneof = "Kind", tags = "1, 2, 3, 4, 5, 6, 7, 8")]
    kind: Option<Kind>,
}

#[derive(Clone, PartialEq, Oneof)]
enum Kind {
    #[prost(message, tag = "1")]
    Int(IntTest),
    #[prost(message, tag = "2")]
    Double(DoubleTest),
    #[prost(message, tag = "3")]
    Flag(FlagTest),
    #[prost(message, tag = "4")]
    Label(LabelTest),
    #[prost(message, tag = "5")]
    Text(TextTest),
    #[prost(message, tag = "6")]
    Item(ItemTest),
    #[prost(message, tag = "7")]
    IntSum(IntSum),
    #[prost(message, tag = "8")]
    DoubleSum(DoubleSum),
}

#[derive(Clone, PartialEq, Message)]
struct IntTest {
    #[prost(uint32, tag = "1")]
    fact: u32,
    #[prost(enumeration = "Relation", tag = "2")]
    is: i32,
    #[prost(sint64, tag = "3")]
    limit: i64,
}

#[derive(Clone, PartialEq, Message)]
struct DoubleTest {
    #[prost(uint32, tag = "1")]
    fact: u32,
    #[prost(enumeration = "Relation", tag = "2")]
    is: i32,
    #[prost(double, tag = "3")]
    limit: f64,
}

#[derive(Clone, PartialEq, Message)]
struct FlagTest {
    #[prost(uint32, tag = "1")]
    fact: u32,
    #[prost(bool, tag = "2")]
    expected: bool,
}

#[derive(Clone, PartialEq, Message)]
struct LabelTest {
    #[prost(uint32, tag = "1")]
    fact: u32,
    #[prost(uint32, repeated, tag = "2")]
    of: Vec<u32>,
}

#[derive(Clone, PartialEq, Message)]
struct TextTest {
    #[prost(uint32, tag = "1")]
    fact: u32,
    #[prost(string, repeated, tag = "2")]
    of: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
struct ItemTest {
    #[prost(uint32, tag = "1")]
    fact: u32,
    #[prost(string, tag = "2")]
    item: String,
}

#[derive(Clone, PartialEq, Message)]
struct IntSum {
    #[prost(message, repeated, tag = "1")]
    steps: Vec<StepMessage>,
    #[prost(enumeration = "Relation", tag = "2")]
    is: i32,
    #[prost(sint64, tag = "3")]
    limit: i64,
}

#[derive(Clone, PartialEq, Message)]
struct DoubleSum {
    #[prost(message, repeated, tag = "1")]
    steps: Vec<StepMessage>,
    #[prost(enumeration = "Relation", tag = "2")]
    is: i32,
    #[prost(double, tag = "3")]
    limit: f64,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct StepMessage {
    #[prost(oneof = "Step", tags = "1, 2, 3, 4")]
    step: Option<Step>,
}

#[derive(Clone, Copy, PartialEq, Oneof)]
enum Step {
    #[prost(uint32, tag = "1")]
    Fact(u32),
    #[prost(sint64, tag = "2")]
    Int(i64),
    #[prost(double, tag = "3")]
    Double(f64),
    #[prost(enumeration = "Operator", tag = "4")]
    Operator(i32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Enumeration)]
#[repr(i32)]
enum Relation {
    Below = 0,
    AtMost = 1,
    Equal = 2,
    AtLeast = 3,
    Above = 4,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Enumeration)]
#[repr(i32)]
enum Operator {
    Add = 0,
    Subtract = 1,
    Multiply = 2,
    Divide = 3,
    Remainder = 4,
}

pub fn encode(rules: &[Rule]) -> Vec<u8> {
    let tests = |tests: &[Test]| tests.iter().map(test_message).collect();
    let rule = |rule: &Rule| RuleMessage {
        id: rule.id.clone(),
        all: tests(&rule.all),
        any: (rule.any.iter())
            .map(|group| Group {
                branches: (group.branches.iter())
                    .map(|branch| Branch { all: tests(&branch.all) })
                    .collect(),
            })
            .collect(),
    };
    Rules { rules: rules.iter().map(rule).collect() }.encode_to_vec()
}

pub fn matching(bytes: &[u8], facts: &Table, matched: &mut Vec<u32>) -> Outcome<()> {
    let message = Rules::decode(bytes)?;
    matched.clear();
    for (number, rule) in (0..).zip(&message.rules) {
        let holds = |test: &TestMessage| holds(test, facts);
        let matches = rule.all.iter().all(holds)
            && rule
                .any
                .iter()
                .all(|group| group.branches.iter().any(|branch| branch.all.iter().all(holds)));
        if matches {
            matched.push(number);
        }
    }
    Ok(())
}

fn holds(test: &TestMessage, facts: &Table) -> bool {
    match &test.kind {
        Some(Kind::Int(test)) => {
            relation(test.is).holds(facts.ints[test.fact as usize], test.limit)
        }
        Some(Kind::Double(test)) => {
            relation(test.is).holds(facts.doubles[test.fact as usize], test.limit)
        }
        Some(Kind::Flag(test)) => facts.flags[test.fact as usize] == test.expected,
        Some(Kind::Label(test)) => test.of.contains(&facts.labels[test.fact as usize]),
        Some(Kind::Text(test)) => test.of.contains(&facts.texts[test.fact as usize]),
        Some(Kind::Item(test)) => facts.lists[test.fact as usize].contains(&test.item),
        Some(Kind::IntSum(test)) => {
            let sum = walk::int_sum(test.steps.iter().map(step), facts);
            sum.is_some_and(|sum| relation(test.is).holds(sum, test.limit))
        }
        Some(Kind::DoubleSum(test)) => {
            let sum = walk::double_sum(test.steps.iter().map(step), facts);
            sum.is_some_and(|sum| relation(test.is).holds(sum, test.limit))
        }
        None => false,
    }
}

fn relation(is: i32) -> model::Relation {
    match Relation::try_from(is) {
        Ok(Relation::Below) | Err(_) => model::Relation::Below,
        Ok(Relation::AtMost) => model::Relation::AtMost,
        Ok(Relation::Equal) => model::Relation::Equal,
        Ok(Relation::AtLeast) => model::Relation::AtLeast,
        Ok(Relation::Above) => model::Relation::Above,
    }
}

fn step(message: &StepMessage) -> model::Step {
    match message.step {
        Some(Step::Fact(fact)) => model::Step::Fact(fact as u16),
        Some(Step::Int(value)) => model::Step::Int(value),
        Some(Step::Double(value)) => model::Step::Double(value),
        Some(Step::Operator(operator)) => match Operator::try_from(operator) {
            Ok(Operator::Add) | Err(_) => model::Step::Add,
            Ok(Operator::Subtract) => model::Step::Subtract,
            Ok(Operator::Multiply) => model::Step::Multiply,
            Ok(Operator::Divide) => model::Step::Divide,
            Ok(Operator::Remainder) => model::Step::Remainder,
        },
        None => model::Step::Add,
    }
}

fn test_message(test: &Test) -> TestMessage {
    let is = |is: model::Relation| match is {
        model::Relation::Below => Relation::Below as i32,
        model::Relation::AtMost => Relation::AtMost as i32,
        model::Relation::Equal => Relation::Equal as i32,
        model::Relation::AtLeast => Relation::AtLeast as i32,
        model::Relation::Above => Relation::Above as i32,
    };
    let kind = match test.clone() {
        Test::Int { fact, is: relation, limit } => {
            Kind::Int(IntTest { fact: fact.into(), is: is(relation), limit })
        }
        Test::Double { fact, is: relation, limit } => {
            Kind::Double(DoubleTest { fact: fact.into(), is: is(relation), limit })
        }
        Test::Flag { fact, expected } => Kind::Flag(FlagTest { fact: fact.into(), expected }),
        Test::Label { fact, of } => Kind::Label(LabelTest { fact: fact.into(), of }),
        Test::Text { fact, of } => Kind::Text(TextTest { fact: fact.into(), of }),
        Test::Item { fact, item } => Kind::Item(ItemTest { fact: fact.into(), item }),
        Test::IntSum { steps, is: relation, limit } => {
            let steps = steps.iter().map(step_message).collect();
            Kind::IntSum(IntSum { steps, is: is(relation), limit })
        }
        Test::DoubleSum { steps, is: relation, limit } => {
            let steps = steps.iter().map(step_message).collect();
            Kind::DoubleSum(DoubleSum { steps, is: is(relation), limit })
        }
    };
    TestMessage { kind: Some(kind) }
}

fn step_message(step: &model::Step) -> StepMessage {
    let operator = |operator: Operator| Step::Operator(operator as i32);
    let step = match *step {
        model::Step::Fact(fact) => Step::Fact(fact.into()),
        model::Step::Int(value) => Step::Int(value),
        model::Step::Double(value) => Step::Double(value),
        model::Step::Add => operator(Operator::Add),
        model::Step::Subtract => operator(Operator::Subtract),
        model::Step::Multiply => operator(Operator::Multiply),
        model::Step::Divide => operator(Operator::Divide),
        model::Step::Remainder => operator(Operator::Remainder),
    };
    StepMessage { step: Some(step) }
}
