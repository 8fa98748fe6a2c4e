//! `eval` of more lines than one core is asked for: all that a few lines promise holds of
//! them, too.

mod support;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use support::{Folder, KIM, KIMS_DECISION};

/// Bytes beyond which cores share the work, several times.
const MANY: usize = 3 << 20;

/// Lines of all kinds, and what is printed for them.
fn lines(bytes: usize) -> (String, String) {
    let (mut input, mut output) = (String::new(), String::new());
    for number in 1.. {
        if input.len() >= bytes {
            break;
        }
        match number % 1_000 {
            7 => input += " \t\n",
            500 => {
                input += "{\"now\":0}\n";
                output += &format!("{{\"error\":\"line {number}: player.level: missing\"}}\n");
            }
            _ => {
                // Requests that take longer than others, and decisions that are longer.
                let gold = vec!["\"gold\""; number % 5].join(",");
                let level = number % 90 + 10;
                input += &KIM.replace("12", &level.to_string()).replace("\"gold\"", &gold);
                input.push('\n');
                let decision = KIMS_DECISION.replace("120", &(10 * level).to_string());
                output += &match number % 5 {
                    0 => decision
                        .replace(",\"vip\"", "")
                        .replace("1.5", "1.0")
                        .replace("\"crown\"", ""),
                    _ => decision,
                };
                output.push('\n');
            }
        }
    }
    (input, output)
}

#[test]
fn decisions_and_errors_stand_in_the_order_of_their_lines() {
    let folder = Folder::with_shop();
    let (input, expected) = lines(MANY);
    folder.write("facts.jsonl", &input);
    for (facts, given) in [("facts.jsonl", ""), ("-", input.as_str())] {
        let ran = folder.run_with(&["eval", "shop.yaml", "--facts", facts], given).expect(1);
        assert!(ran.stdout == expected, "the lines differ");
        assert_eq!(ran.stderr, "");
    }
    // Without a line break at the end, and with all lines good.
    let good: String = input.lines().filter(|line| line.len() > 20).collect::<Vec<_>>().join("\n");
    let ran = folder.run_with(&["eval", "shop.yaml", "--facts", "-"], &good).expect(0);
    assert_eq!(ran.lines().len(), good.lines().count());
}

#[test]
fn long_lines_among_many_are_decided_in_their_place() {
    let folder = Folder::with_shop();
    let (some, decisions) = lines(1 << 20);
    let long = KIM.replace("\"now\":0", &format!("\"now\":0,\"x\":\"{}\"", "x".repeat(3 << 20)));
    let input =
        [&some, &long, "\n", &some, &" ".repeat(1 << 20), "\n", &long, "\n", &some].concat();
    let ran = folder.run_with(&["eval", "shop.yaml", "--facts", "-"], &input).expect(1);
    let count = decisions.lines().count();
    let found = ran.lines();
    assert_eq!(found.len(), 3 * count + 2);
    assert_eq!((found[count], found[2 * count + 1]), (KIMS_DECISION, KIMS_DECISION));
    let bad = found.iter().rposition(|line| line.contains("error")).expect("one is bad");
    let number = input.lines().collect::<Vec<_>>().iter().rposition(|line| *line == "{\"now\":0}");
    let expected = format!("{{\"error\":\"line {}: player.level: missing\"}}", number.unwrap() + 1);
    assert_eq!(found[bad], expected);
}

fn start(mut command: Command) -> (Child, ChildStdin, BufReader<ChildStdout>) {
    command.args(["eval", "shop.yaml", "--facts", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let stdin = child.stdin.take().expect("a pipe");
    let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    (child, stdin, stdout)
}

#[test]
fn a_line_that_comes_alone_is_answered_before_the_next_also_behind_many() {
    let folder = Folder::with_shop();
    let (mut child, mut stdin, mut stdout) = start(folder.command());
    let (input, expected) = lines(MANY);
    std::thread::scope(|scope| {
        scope.spawn(|| stdin.write_all(input.as_bytes()).expect("it reads"));
        for expected in expected.lines() {
            let mut line = String::new();
            stdout.read_line(&mut line).expect("it answers");
            assert_eq!(line.trim_end(), expected);
        }
    });
    for _ in 0..100 {
        writeln!(stdin, "{KIM}").expect("it reads");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("it answers");
        assert_eq!(line.trim_end(), KIMS_DECISION);
    }
    drop(stdin);
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_amid_many_lines_is_no_error() {
    let folder = Folder::with_shop();
    let (child, mut stdin, mut stdout) = start(folder.command());
    let (input, _) = lines(MANY);
    let output = std::thread::scope(|scope| {
        // Somebody who would go on asking.
        scope.spawn(move || while stdin.write_all(input.as_bytes()).is_ok() {});
        let mut line = String::new();
        stdout.read_line(&mut line).expect("it answers");
        drop(stdout);
        child.wait_with_output().expect("it ends")
    });
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}
