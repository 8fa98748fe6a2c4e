//! Plots of cost against the number of rules, both axes logarithmic: a line with
//! slope 1 is a cost that grows as the rules do.
//!
//! In: records. Out: SVGs by name. Each line has its name at its end.

use super::figures::{duration, grouped};
use super::records::{Record, Records};
use super::style::{self, text};
use super::tables::{CONTENDERS, STAGES};
use std::fmt::Write;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 560.0;
/// Of the plot's area; names stand to its right.
const LEFT: f64 = 72.0;
const RIGHT: f64 = 650.0;
const TOP: f64 = 64.0;
const BOTTOM: f64 = 500.0;

/// Names need so much height.
const LABEL: f64 = 15.0;

/// A line: its name, and nanoseconds by number of rules.
#[derive(Debug, Clone)]
struct Series {
    title: String,
    points: Vec<(f64, f64)>,
    is_strong: bool,
}

/// File name, title, what it shows, contenders with their titles, and which of
/// them is strong.
type Plot<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);

/// By file name: each plot for which there are records of two sizes or more.
pub fn all(records: &Records) -> Vec<(String, String)> {
    let boot = [
        ("open", "open and check"),
        ("verify", "checks alone"),
        ("memcpy", "memcpy of the archive"),
        ("first_decision", "first decision"),
        ("reload", "reload"),
    ];
    let plots: [Plot<'_>; 3] = [
        ("hunt", "All matching rules of a request", "time a request", &CONTENDERS, "rulestone"),
        ("boot", "From a file to a ruleset that decides", "time", &boot, "open"),
        ("compile", "From YAML to an archive", "time, stage by stage", &STAGES, "total"),
    ];
    let mut all = Vec::new();
    for (bench, title, shown, contenders, strong) in plots {
        let subtitle = format!("{shown}, by the number of rules; both axes are logarithmic");
        let of = records.of(bench);
        let series = contenders.iter().map(|(name, title)| Series {
            title: (*title).to_owned(),
            points: points(of, name),
            is_strong: *name == strong,
        });
        if of.len() >= 2 {
            all.push((bench.to_owned(), plot(title, &subtitle, &series.collect::<Vec<_>>())));
        }
    }
    all
}

fn points(records: &[Record], contender: &str) -> Vec<(f64, f64)> {
    let point = |record: &Record| Some((record.rules as f64, record.ns(contender)?));
    records.iter().filter_map(point).filter(|(_, ns)| *ns > 0.0).collect()
}

/// A logarithmic axis over whole decades.
#[derive(Debug, Clone, Copy)]
struct Axis {
    /// Exponents of ten.
    low: i32,
    high: i32,
    /// Pixels at both.
    from: f64,
    to: f64,
}

impl Axis {
    fn of(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Axis {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values {
            low = low.min(value.log10());
            high = high.max(value.log10());
        }
        // A value just above a decade begins a new one only if it is well above.
        let low = (low + 0.02).floor() as i32;
        Axis { low, high: ((high - 0.02).ceil() as i32).max(low + 1), from, to }
    }

    fn at(&self, value: f64) -> f64 {
        let part = (value.log10() - f64::from(self.low)) / f64::from(self.high - self.low);
        self.from + part * (self.to - self.from)
    }

    fn decades(&self) -> impl Iterator<Item = f64> + use<> {
        (self.low..=self.high).map(|exponent| 10_f64.powi(exponent))
    }
}

fn plot(title: &str, subtitle: &str, series: &[Series]) -> String {
    let all = || series.iter().flat_map(|series| &series.points);
    let x = Axis::of(all().map(|point| point.0), LEFT, RIGHT);
    let y = Axis::of(all().map(|point| point.1), BOTTOM, TOP);
    let mut body = text(LEFT, 26.0, "fg title", "start", title);
    body += &text(LEFT, 45.0, "muted", "start", subtitle);
    body += &grid(&x, &y);
    // The strong line last, above the others.
    for is_strong in [false, true] {
        for (number, one) in series.iter().enumerate().filter(|(_, one)| one.is_strong == is_strong)
        {
            body += &line(one, style::colour(number), &x, &y);
        }
    }
    body += &labels(series, &x, &y);
    style::svg(WIDTH, HEIGHT, title, &body)
}

fn grid(x: &Axis, y: &Axis) -> String {
    let mut body = String::new();
    let rule = |class: &str, x1: f64, y1: f64, x2: f64, y2: f64| {
        format!("<path class=\"{class}\" d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\"/>\n")
    };
    for decade in y.decades().take((y.high - y.low) as usize) {
        for minor in 2..10 {
            let at = y.at(decade * f64::from(minor));
            body += &rule("minor", LEFT, at, RIGHT, at);
        }
    }
    for decade in y.decades() {
        let at = y.at(decade);
        body += &rule("grid", LEFT, at, RIGHT, at);
        let label = duration(decade);
        // A decade is 1, 10 or 100 of its unit: no decimals.
        let label = label.replace(".00", "").replace(".0", "");
        body += &text(LEFT - 10.0, at + 4.5, "muted", "end", &label);
    }
    for decade in x.decades() {
        let at = x.at(decade);
        body += &rule("grid", at, TOP, at, BOTTOM);
        body += &rule("axis", at, BOTTOM, at, BOTTOM + 5.0);
        body += &text(at, BOTTOM + 22.0, "muted", "middle", &grouped(decade as u64));
    }
    body += &rule("axis", LEFT, BOTTOM, RIGHT, BOTTOM);
    body += &text((LEFT + RIGHT) / 2.0, BOTTOM + 44.0, "muted", "middle", "rules");
    body
}

fn line(series: &Series, colour: usize, x: &Axis, y: &Axis) -> String {
    let mut path = String::new();
    let mut dots = String::new();
    for (number, (rules, ns)) in series.points.iter().enumerate() {
        let (at_x, at_y) = (x.at(*rules), y.at(*ns));
        let _ = write!(path, "{}{at_x:.1} {at_y:.1}", if number == 0 { 'M' } else { 'L' });
        let radius = if series.is_strong { 4.5 } else { 3.0 };
        let _ = writeln!(
            dots,
            "<circle class=\"f{colour}\" cx=\"{at_x:.1}\" cy=\"{at_y:.1}\" r=\"{radius}\">\
             <title>{}, {} rules: {}</title></circle>",
            style::escaped(&series.title),
            grouped(*rules as u64),
            duration(*ns)
        );
    }
    let strong = if series.is_strong { " strong" } else { "" };
    format!("<path class=\"line s{colour}{strong}\" d=\"{path}\"/>\n{dots}")
}

/// The names, in one column to the right, with a thin line to each line's end
/// where that isn't beside it.
fn labels(series: &[Series], x: &Axis, y: &Axis) -> String {
    let mut ends: Vec<(f64, f64, usize)> = series
        .iter()
        .enumerate()
        .filter_map(|(number, series)| {
            let (rules, ns) = series.points.last()?;
            Some((x.at(*rules), y.at(*ns), number))
        })
        .collect();
    ends.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut places: Vec<f64> = ends.iter().map(|end| end.1).collect();
    style::spread(&mut places, LABEL);
    let mut body = String::new();
    for ((end_x, end_y, number), place) in ends.into_iter().zip(places) {
        let Some(series) = series.get(number) else { continue };
        let colour = style::colour(number);
        if end_x < RIGHT - 1.0 || (place - end_y).abs() > 1.0 {
            let dash = if end_x < RIGHT - 1.0 { " stroke-dasharray=\"2 3\"" } else { "" };
            let _ = writeln!(
                body,
                "<path class=\"s{colour}\" fill=\"none\" stroke-width=\"1\" opacity=\"0.7\"{dash} \
                 d=\"M{:.1} {end_y:.1}L{:.1} {place:.1}\"/>",
                end_x + 6.0,
                RIGHT + 14.0
            );
        }
        let bold = if series.is_strong { " bold" } else { "" };
        let class = format!("f{colour}{bold}");
        body += &text(RIGHT + 18.0, place + 4.5, &class, "start", &series.title);
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_cover_whole_decades() {
        let axis = Axis::of([14.0, 900.0].into_iter(), 0.0, 100.0);
        assert_eq!((axis.low, axis.high), (1, 3));
        assert!((axis.at(100.0) - 50.0).abs() < 1e-9);
        assert_eq!(axis.decades().collect::<Vec<_>>(), [10.0, 100.0, 1_000.0]);
        // A single value has an axis, too.
        let axis = Axis::of([1_000.0].into_iter(), 0.0, 100.0);
        assert!(axis.high > axis.low);
    }

    #[test]
    fn every_series_has_a_line_and_a_name() {
        let series = |title: &str, points: &[(f64, f64)]| Series {
            title: title.to_owned(),
            points: points.to_vec(),
            is_strong: false,
        };
        let svg = plot(
            "A plot",
            "of something",
            &[
                series("one", &[(10.0, 5.0), (100.0, 50.0)]),
                series("two", &[(10.0, 5.0), (100.0, 52.0)]),
                series("none", &[]),
            ],
        );
        assert_eq!(svg.matches("<circle").count(), 4);
        assert!(svg.contains(">one</text>") && svg.contains(">two</text>"));
        assert!(!svg.contains(">none</text>"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }
}
