//! Rulesets that try to take longer than they are stated to.
//!
//! In: nothing. Out: sources by name, each with much of one kind of work, as much as a loader
//! for strangers' archives accepts or nearly so.

use std::fmt::Write;

/// A ruleset's name and source.
pub type Heavy = (&'static str, String);

/// All of them.
pub fn rulesets() -> Vec<Heavy> {
    let mut all = of_one_condition();
    all.extend([
        ("windows", windows()),
        ("days", days()),
        ("fence-of-many-corners", fence(10_000)),
        ("many-fences", fences()),
        ("circles", circles()),
        ("dictionary", dictionary()),
        ("words", words()),
        ("long-words", long_words()),
        ("alternatives", alternatives()),
        ("groups", groups("unique")),
        ("first-of-many", groups("first")),
        ("templates", templates()),
        ("collected-text", collected()),
        ("collected-lists", collected_lists()),
        ("failing-outputs", failing()),
        ("rollouts", rollouts()),
        ("optional-facts", optional()),
        ("nested-facts", nested()),
        ("points", points()),
        ("ranks", ranks()),
        ("variables", variables()),
        ("regexes", regexes()),
        ("combined", combined()),
    ]);
    all
}

fn source(facts: &str, rest: &str) -> String {
    format!("rulestone: v1\nruleset: heavy\nfacts:\n{facts}{rest}")
}

/// Facts by their kind, in one line each.
const TEXTS: &str =
    "  t: {type: string, max_length: 65536}\n  u: {type: string, max_length: 65536}\n";
const HALF: &str = "  t: {type: string, max_length: 32768}\n";
const SHORT: &str =
    "  t: {type: string, max_length: 4096}\n  u: {type: string, max_length: 4096}\n";
const LISTS: &str = "  l: {list: int, max_items: 300}\n  m: {list: int, max_items: 300}\n";
const FEWER: &str = "  l: {list: int, max_items: 200}\n  m: {list: int, max_items: 200}\n";
const STRINGS: &str = "  l: {list: {type: string, max_length: 64}, max_items: 256}\n  \
     m: {list: {type: string, max_length: 64}, max_items: 256}\n";
const MAPS: &str = "  a: {map: int, max_items: 1024}\n  b: {map: int, max_items: 1024}\n";
const SOME: &str = "  a: {map: int, max_items: 300}\n  b: {map: int, max_items: 300}\n";
const NUMBERS: &str = "  d: double\n  n: int\n  now: timestamp\n  span: duration\n";

/// Of each kind one condition, written `copies` times with another number in it.
fn of_one_condition() -> Vec<Heavy> {
    let huge = "  t: {type: string, max_length: 262144}\n  u: {type: string, max_length: 262144}\n";
    let times = "  l: {list: timestamp, max_items: 1024}\n";
    let list: [(&'static str, &str, &str, usize); 48] = [
        ("regex", HALF, r"t.matches('(a|b)*c.*d{NN}$')", 1),
        ("regex-of-characters", SHORT, r"t.matches(r'\\pL+\\d{NN}$')", 2),
        ("regex-of-repeats", SHORT, r"t.matches('(a{1,20}){1,20}b{NN}')", 1),
        ("contains", TEXTS, "t.contains(u + 'NN')", 3),
        ("contains-256k", huge, "t.contains(u)", 1),
        ("equal-256k", huge, "t == u", 1),
        ("ordered-64k", TEXTS, "t + 'NN' < u", 20),
        ("starts-64k", TEXTS, "t.startsWith(u) && t.endsWith(u) && u.size() != NN", 20),
        ("index-of", TEXTS, "t.indexOf(u, NN) == 1 || t.lastIndexOf(u, NN) == 1", 2),
        ("index-of-one", TEXTS, "t.indexOf('b', NN) == 1 || t.lastIndexOf('b') == NN", 3),
        ("replace", SHORT, "t.replace('a', 'bbNN').size() == 7", 6),
        ("replace-all", SHORT, "t.replace('', 'NN').size() == 7", 2),
        ("split", SHORT, "t.split('').size() == NN", 4),
        ("split-join", SHORT, "t.split('a').join('bNN') == u", 3),
        ("lower", TEXTS, "t.lowerAscii() + 'NN' == u.upperAscii()", 5),
        ("trim", TEXTS, "t.trim() == 'NN'", 5),
        ("reverse", TEXTS, "t.reverse() == u + 'NN'", 3),
        ("quote", SHORT, "strings.quote(t) == 'NN'", 20),
        (
            "characters",
            TEXTS,
            "t.charAt(t.size() - 1) == 'NN' || t.substring(NN, t.size() - 2) == u",
            5,
        ),
        ("int-of-text", TEXTS, "int(t) == NN || double(u) == 1.0", 3),
        ("time-of-text", TEXTS, "timestamp(t) == timestamp(NN)", 4),
        ("span-of-text", SHORT, "duration(t) == duration(NN)", 10),
        ("bytes-of-text", TEXTS, "string(bytes(t)) == 'NN' || size(bytes(u)) == NN", 4),
        ("nested-loops", FEWER, "l.exists(x, m.exists(y, x + y == NN - 900000))", 1),
        ("loop-of-in", LISTS, "l.all(x, x in m || x == NN)", 1),
        ("sets", FEWER, "sets.contains(l, m + [NN]) || sets.equivalent(l, m)", 1),
        ("sets-of-text", STRINGS, "sets.intersects(l, m.map(x, x + 'NN'))", 1),
        ("lists-equal", LISTS, "l + [NN] == m + [NN] || l.map(x, x) == m", 40),
        ("lists-of-text-equal", STRINGS, "l == m && l.size() != NN", 30),
        ("in-text", STRINGS, "'abcNN' in l.map(x, x + 'a')", 8),
        ("in-a-long-list", NUMBERS, "(n + NN) in [LONG]", 3),
        ("greatest", LISTS, "math.greatest(l) - math.least(m) == NN", 100),
        ("filters", LISTS, "l.filter(x, x > NN).map(x, x * 2).exists_one(x, x == 4)", 20),
        ("maps-equal", MAPS, "a == b && a.size() != NN", 6),
        ("maps-looked-up", SOME, "a.all(k, v, k in b && b[k] != NN)", 1),
        ("maps-made", SOME, "a.transformMap(k, v, v + NN) == b", 1),
        ("entries-made", SOME, "a.transformMapEntry(k, v, {k + 'NN': v}).size() == 7", 1),
        ("formats", NUMBERS, "'%.99f %e'.format([d, d + NN.0]) == ''", 28),
        ("formats-short", NUMBERS, "'%s %s %s %x'.format([d, now, span, n]) == 'NN'", 200),
        ("formats-of-lists", LISTS, "'%s'.format([l]) == 'NN'", 10),
        ("clocks", times, "l.exists(x, x.getHours('America/New_York') == NN)", 4),
        (
            "dates-of-lists",
            times,
            "l.exists(x, x.getFullYear('Europe/London') == NN || x.getDayOfYear() == NN)",
            2,
        ),
        ("text-of-times", times, "l.map(x, string(x)).exists(x, x == 'NN')", 1),
        (
            "numbers",
            NUMBERS,
            "math.sqrt(d * NN.0) + math.round(d) > 7.0 && n / (NN + 1) % 7 == 3",
            300,
        ),
        ("numbers-of-text", NUMBERS, "string(d + NN.5) == string(n * NN)", 300),
        (
            "bindings",
            NUMBERS,
            "cel.bind(x, n * NN, cel.bind(y, x + n, cel.bind(z, y - x, z * y == x)))",
            300,
        ),
        ("buckets", TEXTS, "bucket(t, 'seedNN') == NN", 20),
        ("one-comparison", huge, "t == 'NN'", 1),
    ];
    let long: Vec<String> = (0..5_000).map(|number| (number * 7).to_string()).collect();
    let made = list.into_iter().map(|(name, facts, condition, copies)| {
        let mut rules = "rules:\n".to_owned();
        for number in 0..copies {
            let number = (number + 1).to_string();
            let condition = condition.replace("NN", &number).replace("LONG", &long.join(","));
            let condition = condition.replace('"', "\\\"");
            let _ = writeln!(rules, "  - {{id: r{number}, condition: \"{condition}\"}}");
        }
        (name, source(facts, &rules))
    });
    made.collect()
}

/// Rules of a number each.
fn rules(count: usize, rule: impl Fn(usize) -> String) -> String {
    let mut rules = "rules:\n".to_owned();
    for number in 0..count {
        let _ = writeln!(rules, "  - id: r{number}\n    {}", rule(number));
    }
    rules
}

fn windows() -> String {
    source(
        "  now: timestamp\n",
        &rules(100, |number| {
            let minute = number % 60;
            format!(
                "schedule: {{timezone: Europe/London, start: 2026-01-01T00:00:00, end: 2027-06-01T00:00:00, \
                 days: [mon, wed, sat], daily: {{from: \"07:{minute:02}\", to: \"19:{minute:02}\"}}}}"
            )
        }),
    )
}

/// Every day of some weeks, at another time for each rule.
fn days() -> String {
    let rule = |number: usize| {
        let (hour, minute) = (number / 60, number % 60);
        format!(
            "schedule: {{timezone: America/New_York, start: 2026-06-01T00:00:00, end: 2026-07-20T00:00:00, \
             daily: {{from: \"0{hour}:{minute:02}\", to: \"1{hour}:{minute:02}\"}}}}"
        )
    };
    source("  now: timestamp\n", &rules(400, rule))
}

/// The corners of a ring.
fn ring(corners: usize, shift: f64) -> String {
    let corner = |number: usize| {
        let angle = number as f64 * std::f64::consts::TAU / corners as f64;
        let radius = 10.0 + (number % 7) as f64;
        format!(
            "{{lat: {:.6}, lon: {:.6}}}",
            shift + radius * angle.sin(),
            shift + radius * angle.cos()
        )
    };
    (0..corners).map(corner).collect::<Vec<_>>().join(", ")
}

fn fence(corners: usize) -> String {
    let fences = format!("fences:\n  f: {{polygon: [{}]}}\n", ring(corners, 0.5));
    let rule = rules(1, |_| "condition: geo.within(p, fences.f)".to_owned());
    source("  p: point\n", &(fences + &rule))
}

fn fences() -> String {
    let mut fences = "fences:\n".to_owned();
    for number in 0..200 {
        let _ = writeln!(fences, "  f{number}: {{polygon: [{}]}}", ring(60, number as f64 / 100.0));
    }
    let rule = |number| {
        format!("condition: geo.within(p, fences.f{number}) || geo.within(q, fences.f{number})")
    };
    source("  p: point\n  q: point\n", &(fences + &rules(200, rule)))
}

fn circles() -> String {
    let mut fences = "fences:\n".to_owned();
    for number in 0..500 {
        let lat = number % 60;
        let _ = writeln!(
            fences,
            "  f{number}: {{circle: {{center: {{lat: {lat}.5, lon: {number}e-2}}, radius: {}km}}}}",
            5000 + number
        );
    }
    source(
        "  p: point\n",
        &(fences + &rules(500, |number| format!("condition: geo.within(p, fences.f{number})"))),
    )
}

fn dictionary() -> String {
    let rule =
        |number| format!("condition: t == 'a{number}' || u == '{}'", "x".repeat(number % 200));
    source(SHORT, &rules(900, rule))
}

fn words() -> String {
    let facts = "  l: {list: {type: string, max_length: 64}, max_items: 2048}\n  n: int\n";
    source(facts, &rules(900, |number| format!("condition: \"'w{number}' in l && n > {number}\"")))
}

fn long_words() -> String {
    let facts = "  l: {list: {type: string, max_length: 1024}, max_items: 128}\n";
    let word = |number: usize| "x".repeat(1000 - number) + "y";
    source(facts, &rules(90, |number| format!("condition: \"'{}' in l\"", word(number))))
}

fn alternatives() -> String {
    let facts: String = (0..30).map(|number| format!("  f{number}: int\n")).collect();
    let rule = |number: usize| {
        let any: Vec<String> = (0..30).map(|fact| format!("f{fact} > {}", number * fact)).collect();
        format!("condition: {{any: ['{}']}}", any.join("', '"))
    };
    source(&facts, &rules(150, rule))
}

fn groups(policy: &str) -> String {
    let mut groups = "groups:\n".to_owned();
    for number in 0..200 {
        let _ = writeln!(groups, "  g{number}: {{hit_policy: {policy}}}");
    }
    let rule = |number| format!("group: g{}\n    condition: n != {number}", number % 200);
    source("  n: int\n", &(groups + &rules(1000, rule)))
}

/// Outputs of a type, and rules that set them all.
fn outputs(
    facts: &str,
    kind: &str,
    count: usize,
    each: usize,
    value: impl Fn(usize) -> String,
) -> String {
    let mut outputs = "outputs:\n".to_owned();
    for number in 0..count {
        let _ = writeln!(outputs, "  o{number}: {kind}");
    }
    let rule = |rule: usize| {
        let set: Vec<String> = (0..count)
            .map(|number| format!("o{number}: {}", value(rule * count + number)))
            .collect();
        format!("output: {{{}}}", set.join(", "))
    };
    source(facts, &(outputs + &rules(each, rule)))
}

fn templates() -> String {
    let facts = format!("  t: {{type: string, max_length: 256}}\n{NUMBERS}");
    outputs(&facts, "{type: string}", 20, 20, |number| {
        format!("\"{number} ${{t}} ${{n}} ${{d}} ${{now}}\"")
    })
}

fn collected() -> String {
    let facts = "  t: {type: string, max_length: 64}\n";
    outputs(facts, "{type: string, combine: collect}", 4, 200, |number| {
        format!("\"${{t}} {number}\"")
    })
}

fn collected_lists() -> String {
    outputs(LISTS, "{type: {list: int}, combine: collect}", 1, 40, |number| {
        format!("\"l + [{number}]\"")
    })
}

fn failing() -> String {
    outputs("  n: int\n", "{type: int, combine: sum}", 10, 90, |number| {
        format!("9223372036854775807 - n * {number} + 9223372036854775807")
    })
}

fn rollouts() -> String {
    let rule = |number| format!("rollout: {{percentage: 50, by: t, seed: seed-{number}}}");
    source("  t: {type: string, max_length: 4096}\n", &rules(500, rule))
}

fn optional() -> String {
    let facts: String = (0..250)
        .map(|number| format!("  f{number}: {{type: string, max_length: 8, optional: true}}\n"))
        .collect();
    let rule = |number| {
        format!("condition: has(f{number}) && f{number} != 'x' || !has(f{})", (number + 7) % 250)
    };
    source(&facts, &rules(250, rule))
}

fn nested() -> String {
    let facts = "  l: {list: {list: {list: {type: string, max_length: 4}, max_items: 32}, max_items: 32}, \
         max_items: 32}\n  n: int\n";
    source(facts, &rules(1, |_| "condition: n == 1".to_owned()))
}

fn points() -> String {
    let facts = "  p: point\n  l: {list: point, max_items: 256}\n";
    source(
        facts,
        &rules(8, |number| format!("condition: l.exists(x, geo.distance(x, p) < {number}.0)")),
    )
}

fn ranks() -> String {
    let facts: String = (0..20).map(|number| format!("  f{number}: double\n")).collect();
    let rule = |number| {
        let all: Vec<String> =
            (0..20).map(|fact| format!("f{fact} > {}.{fact}", number as i64 - 5000)).collect();
        format!("condition: {}", all.join(" && "))
    };
    source(&facts, &rules(990, rule))
}

fn variables() -> String {
    let mut variables = "variables:\n".to_owned();
    for number in 0..200 {
        let _ = writeln!(variables, "  v{number}: t + '{number}'");
    }
    let rule = |number| {
        format!("condition: variables.v{} == u || variables.v{} < u", number % 200, number / 2)
    };
    source(
        "  t: {type: string, max_length: 512}\n  u: {type: string, max_length: 512}\n",
        &(variables + &rules(400, rule)),
    )
}

fn regexes() -> String {
    let rule = |number| format!("condition: \"t.matches('^a*[b-x]{number}+(foo|bar)')\"");
    source("  t: {type: string, max_length: 512}\n", &rules(100, rule))
}

/// Outputs that are compared with each other to be combined.
fn combined() -> String {
    let facts = "  t: {type: string, max_length: 1024}\n";
    outputs(facts, "{type: string, combine: max}", 1, 300, |number| format!("\"${{t}}{number}\""))
}
