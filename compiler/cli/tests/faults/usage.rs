//! Wrong use: status 2, and a line of JSON where JSON is wanted.

use crate::child::{Limits, run};
use crate::support::Folder;
use serde_json::Value;

#[test]
fn wrong_use_is_a_line_of_json_where_json_is_wanted() {
    let folder = Folder::new();
    for (arguments, message) in [
        (&["--format", "json", "chek", "x"][..], "unrecognized subcommand 'chek'"),
        (&["eval", "x", "--strct", "--format=json"], "unexpected argument '--strct' found"),
        (&["--format", "json", "eval", "x"], "arguments were not provided: --facts <FILE>"),
        (&["--format", "json", "bench", "x", "--facts", "y", "--seconds", "no"], "'no'"),
        (&["--format", "json", "eval", "-", "--facts", "-"], "only one of the arguments"),
    ] {
        let ended = run(&folder, arguments, Limits::default()).expect(2);
        assert_eq!(ended.stdout, "");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
        let error: Value = serde_json::from_str(&ended.stderr).expect("JSON");
        assert_eq!(error["severity"], "error");
        let found = error["message"].as_str().expect("a message");
        assert!(found.contains(message) && !found.starts_with("error"), "{found}");
        assert!(!ended.stderr.contains('\x1b') && !ended.stderr.contains("\\u001b"), "{found}");
    }
    let error = run(&folder, &["--format", "json", "chek"], Limits::default()).expect(2).stderr;
    let error: Value = serde_json::from_str(&error).expect("JSON");
    assert!(error["help"].as_str().is_some_and(|help| help.contains("'check'")), "{error}");
}

#[test]
fn wrong_use_is_text_where_it_is_not() {
    let folder = Folder::new();
    for arguments in [
        &["chek"][..],
        &["eval", "x"],
        &["check", "--format", "text", "--strct", "x"],
        // The value belongs to another option, or stands behind the options.
        &["test", "--filter", "json", "--nothing"],
        &["expr", "--nothing", "--", "--format", "json"],
    ] {
        let ended = run(&folder, arguments, Limits::default()).expect(2);
        assert!(ended.stderr.starts_with("error: "), "{ended:?}");
        assert!(ended.stderr.contains("Usage: "), "{ended:?}");
    }
}
