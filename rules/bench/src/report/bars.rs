//! Plots of several ways side by side, as bars on a logarithmic axis.
//!
//! In: records. Out: SVGs by name. Each bar has its name before it and its figure
//! behind it.

use super::figures::{duration, grouped};
use super::records::{Record, Records};
use super::style::{self, text};
use super::tables::WAYS;
use std::fmt::Write;

const WIDTH: f64 = 860.0;
const LEFT: f64 = 270.0;
const RIGHT: f64 = 690.0;
const TOP: f64 = 62.0;
const BAR: f64 = 22.0;
const GAP: f64 = 12.0;

/// By file name: the plot of benchmark "story", of its smallest size.
pub fn all(records: &Records) -> Vec<(String, String)> {
    let record = records.of("story").first();
    record.map(|record| ("story".to_owned(), story(record))).into_iter().collect()
}

fn story(record: &Record) -> String {
    let mut ways: Vec<(&str, f64, Option<f64>, bool)> = WAYS
        .iter()
        .filter_map(|(name, title)| {
            let ns = record.ns(name).filter(|ns| *ns > 0.0)?;
            Some((*title, ns, record.allocations(name), *name == "rulestone"))
        })
        .collect();
    ways.sort_by(|a, b| b.1.total_cmp(&a.1));
    let title = format!("What {} rules cost a request", grouped(record.rules));
    let low = ways.iter().map(|way| way.1).fold(f64::INFINITY, f64::min).log10().floor();
    let high = ways.iter().map(|way| way.1).fold(1.0, f64::max).log10().ceil().max(low + 1.0);
    let at = |ns: f64| LEFT + (ns.log10() - low) / (high - low) * (RIGHT - LEFT);
    let bottom = TOP + ways.len() as f64 * (BAR + GAP);

    let mut body = text(20.0, 26.0, "fg title", "start", &title);
    body += &text(20.0, 44.0, "muted", "start", "time a request; the axis is logarithmic");
    for exponent in low as i32..=high as i32 {
        let decade = 10_f64.powi(exponent);
        let x = at(decade);
        let _ = writeln!(body, "<path class=\"grid\" d=\"M{x:.1} {TOP}L{x:.1} {bottom:.1}\"/>");
        let label = duration(decade).replace(".00", "").replace(".0", "");
        body += &text(x, bottom + 20.0, "muted", "middle", &label);
    }
    for (number, (title, ns, allocations, is_strong)) in ways.iter().enumerate() {
        let y = TOP + GAP / 2.0 + number as f64 * (BAR + GAP);
        let (colour, bold) = if *is_strong { (0, " bold") } else { (5, "") };
        let _ = writeln!(
            body,
            "<rect class=\"f{colour}\" x=\"{LEFT}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{BAR}\" rx=\"2\"/>",
            (at(*ns) - LEFT).max(2.0)
        );
        let middle = y + BAR / 2.0 + 4.5;
        body += &text(LEFT - 10.0, middle, &format!("fg{bold}"), "end", title);
        let mut figure = duration(*ns);
        match allocations {
            Some(count) if *count >= 0.5 => {
                let _ = write!(figure, ", {} allocations", grouped(count.round() as u64));
            }
            _ => {}
        }
        body += &text(at(*ns) + 8.0, middle, &format!("fg halo{bold}"), "start", &figure);
    }
    style::svg(WIDTH, bottom + 36.0, &title, &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_way_that_was_measured_has_a_bar() {
        let contenders = json!({
            "json": { "ns": 70_000.0, "allocations": 539.0 },
            "rulestone": { "ns": 250.0, "allocations": 0.0 },
        });
        let mut records = Records::default();
        records.add(json!({ "bench": "story", "rules": 100, "contenders": contenders }));
        let all = all(&records);
        let [(_, svg)] = all.as_slice() else { panic!("one plot") };
        assert_eq!(svg.matches("<rect class=\"f").count(), 2);
        assert!(svg.contains("70.0 µs, 539 allocations"));
        assert!(svg.contains(">250 ns</text>"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }
}
