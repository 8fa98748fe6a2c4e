//! Tables and plots of figures that were kept.
//!
//! In: the lines that benchmarks leave (`bench/*.jsonl` in the target folder) and
//! a Markdown file with markers. Out: the file with its tables replaced, and one
//! SVG a plot. Nothing is measured here, and nothing is made up: what has no line
//! has no row.

pub mod bars;
pub mod lines;
pub mod records;
pub mod style;
pub mod tables;

use crate::Outcome;
use records::Records;
use std::fs;
use std::path::Path;

/// Replaces the tables of a Markdown file, and writes the plots into a folder.
/// Says which files it wrote.
///
/// # Errors
/// Those of the file system; a line that isn't JSON; a marker without its end.
pub fn write(bench: &Path, markdown: &Path, plots: &Path) -> Outcome<Vec<String>> {
    let records = Records::read(bench)?;
    let mut text =
        fs::read_to_string(markdown).map_err(|error| format!("{}: {error}", markdown.display()))?;
    let mut written = Vec::new();
    for (name, table) in tables::all(&records) {
        text = replaced(&text, name, &table)
            .map_err(|error| format!("{}: {error}", markdown.display()))?;
    }
    fs::write(markdown, text)?;
    written.push(markdown.display().to_string());
    fs::create_dir_all(plots)?;
    for (name, svg) in [lines::all(&records), bars::all(&records)].concat() {
        let path = plots.join(format!("{name}.svg"));
        fs::write(&path, svg)?;
        written.push(path.display().to_string());
    }
    Ok(written)
}

/// The text with what stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`
/// replaced. A text without the markers stays as it is.
fn replaced(text: &str, name: &str, table: &str) -> Result<String, String> {
    let (begin, end) = (format!("<!-- {name}:begin -->"), format!("<!-- {name}:end -->"));
    let Some((before, rest)) = text.split_once(&begin) else { return Ok(text.to_owned()) };
    let Some((_, after)) = rest.split_once(&end) else {
        return Err(format!("`{begin}` has no `{end}` after it"));
    };
    Ok(format!("{before}{begin}\n{}\n{end}{after}", table.trim_end()))
}

/// A duration for people: three digits, and the unit that fits.
pub fn duration(ns: f64) -> String {
    let units = [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns")];
    let (scale, unit) =
        units.into_iter().find(|(scale, _)| ns >= scale * 0.9995).unwrap_or((1.0, "ns"));
    let value = ns / scale;
    let decimals = match value {
        _ if value >= 99.95 => 0,
        _ if value >= 9.995 => 1,
        _ => 2,
    };
    format!("{value:.decimals$} {unit}")
}

/// A whole number with commas.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_markers_is_replaced() {
        let text = "a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb <!-- y:begin -->";
        let replaced_text = replaced(text, "x", "new\n").expect("both markers are there");
        assert_eq!(replaced_text, "a\n<!-- x:begin -->\nnew\n<!-- x:end -->\nb <!-- y:begin -->");
        assert_eq!(replaced(&replaced_text, "x", "new").as_ref(), Ok(&replaced_text));
        assert_eq!(replaced(text, "z", "new").as_deref(), Ok(text));
        assert!(replaced(text, "y", "new").is_err());
    }

    #[test]
    fn durations_have_three_digits_and_the_unit_that_fits() {
        assert_eq!(duration(7.0), "7.00 ns");
        assert_eq!(duration(604.4), "604 ns");
        assert_eq!(duration(999.8), "1.00 µs");
        assert_eq!(duration(4_745.0), "4.75 µs");
        assert_eq!(duration(12_345_678.0), "12.3 ms");
        assert_eq!(duration(37e9), "37.0 s");
    }

    #[test]
    fn large_numbers_have_commas() {
        let numbers = [5, 999, 1_000, 71_371_904].map(grouped);
        assert_eq!(numbers, ["5", "999", "1,000", "71,371,904"]);
    }
}
