//! The third way: rules are FlatBuffers, verified for each request and read
//! where they lie.
//!
//! In: rules. Out: which of them match, worked out by a walk over the tables.
//! `flatc` would write the accessors from a schema; here a macro does, to the
//! same effect: a struct around a table, a getter for each slot, a verifier that
//! visits each field. The schema:
//!
//! ```text
//! table Rules  { rules: [Rule] (required); }
//! table Rule   { id: string (required); all: [Test] (required); any: [Group] (required); }
//! table Group  { branches: [Branch] (required); }
//! table Branch { all: [Test] (required); }
//! table Test   { kind: ubyte; is: ubyte; fact: ushort; int: long; double: double;
//!                labels: [uint]; texts: [string]; steps: [ubyte]; ints: [long]; doubles: [double]; }
//! ```
//!
//! Fair: a test is one table rather than a union of tables, which is less to
//! verify, and nothing is copied. Verifying each time is what the bytes of a
//! request or of a cache need: without it a bad offset is undefined behaviour.

use flatbuffers::{
    FlatBufferBuilder, Follow, ForwardsUOffset, InvalidFlatbuffer, Table as FlatTable, Vector,
    Verifiable, Verifier, WIPOffset,
};
use rulestone_bench::Outcome;
use rulestone_bench::model::{self, Relation, Step};
use rulestone_bench::walk::{self, Table};

/// Tables with their slots: what `flatc` writes for a schema.
macro_rules! tables {
    ($a:lifetime $($table:ident { $($field:ident: $ty:ty = $slot:literal $required:literal,)* })*) => {$(
        #[derive(Clone, Copy)]
        struct $table<$a> {
            table: FlatTable<$a>,
        }

        impl<$a> Follow<$a> for $table<$a> {
            type Inner = $table<$a>;

            unsafe fn follow(buf: &$a [u8], loc: usize) -> Self::Inner {
                // SAFETY: the caller promises that a table lies there.
                $table { table: unsafe { FlatTable::new(buf, loc) } }
            }
        }

        impl<$a> Verifiable for $table<$a> {
            fn run_verifier(verifier: &mut Verifier, pos: usize) -> Result<(), InvalidFlatbuffer> {
                verifier.visit_table(pos)?
                    $(.visit_field::<$ty>(stringify!($field), $slot, $required)?)*
                    .finish();
                Ok(())
            }
        }

        impl<$a> $table<$a> {
            $(#[allow(dead_code, reason = "a walk reads no ids, but a service's rules have them")]
            fn $field(&self) -> Option<<$ty as Follow<$a>>::Inner> {
                // SAFETY: tables come from `root`, which has verified that this
                // slot holds this type.
                unsafe { self.table.get::<$ty>($slot, None) }
            })*
        }
    )*};
}

type List<'a, T> = ForwardsUOffset<Vector<'a, T>>;
type Tables<'a, T> = List<'a, ForwardsUOffset<T>>;

tables! { 'a
    Rules { rules: Tables<'a, Rule<'a>> = 4 true, }
    Rule {
        id: ForwardsUOffset<&'a str> = 4 true,
        all: Tables<'a, Test<'a>> = 6 true,
        any: Tables<'a, Group<'a>> = 8 true,
    }
    Group { branches: Tables<'a, Branch<'a>> = 4 true, }
    Branch { all: Tables<'a, Test<'a>> = 4 true, }
    Test {
        kind: u8 = 4 false,
        is: u8 = 6 false,
        fact: u16 = 8 false,
        int: i64 = 10 false,
        double: f64 = 12 false,
        labels: List<'a, u32> = 14 false,
        texts: Tables<'a, &'a str> = 16 false,
        steps: List<'a, u8> = 18 false,
        ints: List<'a, i64> = 20 false,
        doubles: List<'a, f64> = 22 false,
    }
}

const INT: u8 = 1;
const DOUBLE: u8 = 2;
const FLAG: u8 = 3;
const LABEL: u8 = 4;
const TEXT: u8 = 5;
const ITEM: u8 = 6;
const INT_SUM: u8 = 7;
const DOUBLE_SUM: u8 = 8;

/// Operators of steps; a fact's step is its number plus [`FACT`], a constant is
/// the next of the list of constants.
const OPERATORS: [Step; 5] =
    [Step::Add, Step::Subtract, Step::Multiply, Step::Divide, Step::Remainder];
const CONSTANT: u8 = 5;
const FACT: u8 = 6;

const RELATIONS: [Relation; 5] =
    [Relation::Below, Relation::AtMost, Relation::Equal, Relation::AtLeast, Relation::Above];

pub fn matching(bytes: &[u8], facts: &Table, matched: &mut Vec<u32>) -> Outcome<()> {
    let rules = flatbuffers::root::<Rules>(bytes)?;
    matched.clear();
    let holds_all = |tests: Option<Vector<'_, ForwardsUOffset<Test<'_>>>>| {
        tests.is_none_or(|tests| tests.iter().all(|test| holds(test, facts)))
    };
    for (number, rule) in (0..).zip(rules.rules().into_iter().flatten()) {
        let matches = holds_all(rule.all())
            && rule.any().into_iter().flatten().all(|group| {
                group.branches().into_iter().flatten().any(|branch| holds_all(branch.all()))
            });
        if matches {
            matched.push(number);
        }
    }
    Ok(())
}

fn holds(test: Test<'_>, facts: &Table) -> bool {
    let fact = usize::from(test.fact().unwrap_or_default());
    let is = RELATIONS.get(usize::from(test.is().unwrap_or_default())).copied();
    let is = is.unwrap_or(Relation::Equal);
    let mut texts = test.texts().into_iter().flatten();
    match test.kind().unwrap_or_default() {
        INT => is.holds(facts.ints[fact], test.int().unwrap_or_default()),
        DOUBLE => is.holds(facts.doubles[fact], test.double().unwrap_or_default()),
        FLAG => facts.flags[fact] == (test.int().unwrap_or_default() == 1),
        LABEL => test.labels().into_iter().flatten().any(|label| label == facts.labels[fact]),
        TEXT => texts.any(|text| text == facts.texts[fact]),
        ITEM => texts.any(|item| facts.lists[fact].iter().any(|one| one == item)),
        INT_SUM => {
            let constants = test.ints().into_iter().flatten().map(Step::Int);
            let sum = walk::int_sum(steps(test, constants), facts);
            sum.is_some_and(|sum| is.holds(sum, test.int().unwrap_or_default()))
        }
        DOUBLE_SUM => {
            let constants = test.doubles().into_iter().flatten().map(Step::Double);
            let sum = walk::double_sum(steps(test, constants), facts);
            sum.is_some_and(|sum| is.holds(sum, test.double().unwrap_or_default()))
        }
        _ => false,
    }
}

fn steps<'a>(
    test: Test<'a>,
    mut constants: impl Iterator<Item = Step> + 'a,
) -> impl Iterator<Item = Step> + 'a {
    test.steps().into_iter().flatten().map(move |step| match step {
        CONSTANT => constants.next().unwrap_or(Step::Int(0)),
        FACT.. => Step::Fact(u16::from(step - FACT)),
        operator => OPERATORS[usize::from(operator)],
    })
}

pub fn encode(rules: &[model::Rule]) -> Vec<u8> {
    let mut builder = FlatBufferBuilder::new();
    let mut written = Vec::new();
    for rule in rules {
        let any = rule.any.iter().map(|group| {
            let branches = group.branches.iter().map(|branch| {
                let all = tests(&mut builder, &branch.all);
                let start = builder.start_table();
                builder.push_slot_always(4, all);
                WIPOffset::<Branch>::new(builder.end_table(start).value())
            });
            let branches: Vec<_> = branches.collect();
            let branches = builder.create_vector(&branches);
            let start = builder.start_table();
            builder.push_slot_always(4, branches);
            WIPOffset::<Group>::new(builder.end_table(start).value())
        });
        let any: Vec<_> = any.collect();
        let any = builder.create_vector(&any);
        let all = tests(&mut builder, &rule.all);
        let id = builder.create_string(&rule.id);
        let start = builder.start_table();
        builder.push_slot_always(4, id);
        builder.push_slot_always(6, all);
        builder.push_slot_always(8, any);
        written.push(WIPOffset::<Rule>::new(builder.end_table(start).value()));
    }
    let written = builder.create_vector(&written);
    let start = builder.start_table();
    builder.push_slot_always(4, written);
    let root = builder.end_table(start);
    builder.finish(root, None);
    builder.finished_data().to_vec()
}

type Offsets<'b> = WIPOffset<Vector<'b, ForwardsUOffset<Test<'b>>>>;

fn tests<'b>(builder: &mut FlatBufferBuilder<'b>, tests: &[model::Test]) -> Offsets<'b> {
    let written: Vec<_> = tests.iter().map(|one| test(builder, one)).collect();
    builder.create_vector(&written)
}

fn test<'b>(builder: &mut FlatBufferBuilder<'b>, test: &model::Test) -> WIPOffset<Test<'b>> {
    let (mut labels, mut texts, mut steps, mut ints, mut doubles) = (None, None, None, None, None);
    let (kind, fact, is, int, double) = match test {
        model::Test::Int { fact, is, limit } => (INT, *fact, Some(*is), Some(*limit), None),
        model::Test::Double { fact, is, limit } => (DOUBLE, *fact, Some(*is), None, Some(*limit)),
        model::Test::Flag { fact, expected } => {
            (FLAG, *fact, None, Some(i64::from(*expected)), None)
        }
        model::Test::Label { fact, of } => {
            labels = Some(builder.create_vector(of));
            (LABEL, *fact, None, None, None)
        }
        model::Test::Text { fact, of } => {
            texts = Some(strings(builder, of));
            (TEXT, *fact, None, None, None)
        }
        model::Test::Item { fact, item } => {
            texts = Some(strings(builder, std::slice::from_ref(item)));
            (ITEM, *fact, None, None, None)
        }
        model::Test::IntSum { steps: all, is, limit } => {
            steps = Some(builder.create_vector(&step_bytes(all)));
            let constants = all.iter().filter_map(|step| match step {
                Step::Int(value) => Some(*value),
                _ => None,
            });
            ints = Some(builder.create_vector(&constants.collect::<Vec<_>>()));
            (INT_SUM, 0, Some(*is), Some(*limit), None)
        }
        model::Test::DoubleSum { steps: all, is, limit } => {
            steps = Some(builder.create_vector(&step_bytes(all)));
            let constants = all.iter().filter_map(|step| match step {
                Step::Double(value) => Some(*value),
                _ => None,
            });
            doubles = Some(builder.create_vector(&constants.collect::<Vec<_>>()));
            (DOUBLE_SUM, 0, Some(*is), None, Some(*limit))
        }
    };
    let start = builder.start_table();
    if let Some(int) = int {
        builder.push_slot_always(10, int);
    }
    if let Some(double) = double {
        builder.push_slot_always(12, double);
    }
    if let Some(labels) = labels {
        builder.push_slot_always(14, labels);
    }
    if let Some(texts) = texts {
        builder.push_slot_always(16, texts);
    }
    if let Some(steps) = steps {
        builder.push_slot_always(18, steps);
    }
    if let Some(ints) = ints {
        builder.push_slot_always(20, ints);
    }
    if let Some(doubles) = doubles {
        builder.push_slot_always(22, doubles);
    }
    builder.push_slot_always(8, fact);
    if let Some(is) = is.and_then(|is| RELATIONS.iter().position(|one| *one == is)) {
        builder.push_slot_always(6, is as u8);
    }
    builder.push_slot_always(4, kind);
    WIPOffset::new(builder.end_table(start).value())
}

fn strings<'b>(
    builder: &mut FlatBufferBuilder<'b>,
    all: &[String],
) -> WIPOffset<Vector<'b, ForwardsUOffset<&'b str>>> {
    let written: Vec<_> = all.iter().map(|one| builder.create_string(one)).collect();
    builder.create_vector(&written)
}

fn step_bytes(steps: &[Step]) -> Vec<u8> {
    let byte = |step: &Step| match step {
        Step::Fact(fact) => FACT + *fact as u8,
        Step::Int(_) | Step::Double(_) => CONSTANT,
        operator => OPERATORS.iter().position(|one| one == operator).unwrap_or_default() as u8,
    };
    steps.iter().map(byte).collect()
}
