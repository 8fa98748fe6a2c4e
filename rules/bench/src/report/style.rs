//! What the plots have in common: colours, text, and the frame of an SVG.
//!
//! In: shapes as SVG text. Out: a whole SVG. It brings its own background and has
//! colours for a light and a dark page (`prefers-color-scheme`), so that it can
//! be read on either. Styles are plain classes, which every renderer knows.

use std::fmt::Write;

/// Colours of the series, on light and on dark ground. The first is for what it
/// is all about.
const COLOURS: [(&str, &str); 10] = [
    ("#cf222e", "#ff7b72"),
    ("#e0787f", "#d0736d"),
    ("#0969da", "#58a6ff"),
    ("#1a7f37", "#3fb950"),
    ("#8250df", "#bc8cff"),
    ("#6e7781", "#9198a1"),
    ("#9a6700", "#d29922"),
    ("#0f7b8a", "#39c5cf"),
    ("#bf3989", "#f778ba"),
    ("#5c6f2b", "#a5b85a"),
];

/// A whole SVG of this size, in pixels.
pub fn svg(width: f64, height: f64, title: &str, body: &str) -> String {
    let mut light = String::new();
    let mut dark = String::new();
    for (number, (on_light, on_dark)) in COLOURS.iter().enumerate() {
        for (style, colour) in [(&mut light, on_light), (&mut dark, on_dark)] {
            let _ = write!(style, ".s{number}{{stroke:{colour}}}.f{number}{{fill:{colour}}}");
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" \
         font-family=\"-apple-system,'Segoe UI',Helvetica,Arial,sans-serif\" font-size=\"13\">\n\
         <title>{}</title>\n<style>\n\
         .bg{{fill:#ffffff}}.fg{{fill:#24292f}}.muted{{fill:#57606a}}\
         .grid{{stroke:#d8dee4;fill:none}}.minor{{stroke:#eff2f5;fill:none}}.axis{{stroke:#8c959f;fill:none}}\
         .halo{{stroke:#ffffff;stroke-width:4px;paint-order:stroke}}{light}\n\
         .line{{fill:none;stroke-width:1.75;stroke-linejoin:round}}.strong{{stroke-width:3.25}}\
         .bold{{font-weight:600}}.title{{font-size:16px;font-weight:600}}\n\
         @media (prefers-color-scheme:dark){{.bg{{fill:#0d1117}}.fg{{fill:#e6edf3}}.muted{{fill:#9198a1}}\
         .grid{{stroke:#30363d}}.minor{{stroke:#1b2028}}.axis{{stroke:#6e7681}}.halo{{stroke:#0d1117}}{dark}}}\n\
         </style>\n<rect class=\"bg\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>\n{body}</svg>\n",
        escaped(title)
    )
}

/// The number of a colour: they come round again.
pub fn colour(number: usize) -> usize {
    number % COLOURS.len()
}

/// Text as XML has it.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A text; `anchor` is start, middle or end.
pub fn text(x: f64, y: f64, class: &str, anchor: &str, text: &str) -> String {
    format!(
        "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\" text-anchor=\"{anchor}\">{}</text>\n",
        escaped(text)
    )
}

/// Moves positions apart that are closer than `gap`, as little as it takes, and
/// keeps their order. They are ascending.
pub fn spread(positions: &mut [f64], gap: f64) {
    // Groups that touch are laid out around their common middle; a group that
    // then touches the one before it joins it.
    let mut groups: Vec<(f64, usize)> = Vec::new();
    for &position in positions.iter() {
        groups.push((position, 1));
        while let [.., (above, many), (below, more)] = groups.as_slice() {
            let (above, many, below, more) = (*above, *many, *below, *more);
            let half = |count: usize| (count as f64 - 1.0) / 2.0 * gap;
            if above + half(many) + gap <= below - half(more) {
                break;
            }
            let middle = (above * many as f64 + below * more as f64) / (many + more) as f64;
            groups.truncate(groups.len() - 2);
            groups.push((middle, many + more));
        }
    }
    let mut next = positions.iter_mut();
    for (middle, count) in groups {
        for place in 0..count {
            if let Some(position) = next.next() {
                *position = middle + (place as f64 - (count as f64 - 1.0) / 2.0) * gap;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_moved_apart_and_keep_their_order() {
        let mut positions = [10.0, 11.0, 12.0, 100.0, 27.0_f64.max(28.0)];
        positions.sort_by(f64::total_cmp);
        spread(&mut positions, 14.0);
        assert!(positions.windows(2).all(|pair| pair[1] - pair[0] >= 14.0 - 1e-9), "{positions:?}");
        assert!((positions[4] - 100.0).abs() < 1e-9, "the one that touches none stays");
    }

    #[test]
    fn text_cannot_break_the_svg() {
        assert!(svg(10.0, 10.0, "a < b & c", "").contains("<title>a &lt; b &amp; c</title>"));
    }
}
