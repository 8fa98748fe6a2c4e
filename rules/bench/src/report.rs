//! Tables and plots of figures that were kept.
//!
//! In: the lines that benchmarks leave (`bench/*.jsonl` in the target folder) and
//! a Markdown file with markers. Out: the file with its tables replaced, and one
//! SVG a plot. Nothing is measured here, and nothing is made up: what has no line
//! has no row.

pub mod bars;
pub mod figures;
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
}
