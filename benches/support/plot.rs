//! Plots all figures with a floor and a goal as an SVG file.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use plotters::prelude::*;

use super::report::{Figure, Goal, directory};

const WIDTH: i32 = 900;
const ROW: i32 = 34;
/// The left edge of the bars, and the length of a bar with ratio 1, in pixels.
const LEFT: i32 = 420;
const UNIT: f64 = 200.0;

const MET: RGBColor = RGBColor(56, 120, 88);
const MISSED: RGBColor = RGBColor(190, 90, 50);

/// Draws the saved figures of all benchmarks, and returns the path of the plot.
pub(crate) fn draw() -> Result<PathBuf, Box<dyn Error>> {
    let mut figures = Vec::new();
    for benchmark in ["sign", "decode", "call", "growth", "soak"] {
        if let Ok(json) = fs::read_to_string(directory().join(format!("{benchmark}.json"))) {
            let saved: Vec<Figure> = serde_json::from_str(&json)?;
            figures.extend(saved.into_iter().filter(|figure| figure.goal.is_some()));
        }
    }
    let bars: Vec<_> = figures
        .iter()
        .filter_map(|figure| {
            let (Goal::Times(goal) | Goal::LeastTimes(goal)) = figure.goal? else { return None };
            Some((figure, figure.ratio()?, goal))
        })
        .collect();

    let path = directory().join("performance.svg");
    let height = 70 + ROW * i32::try_from(bars.len())?;
    let area =
        SVGBackend::new(&path, (WIDTH.unsigned_abs(), height.unsigned_abs())).into_drawing_area();
    area.fill(&WHITE)?;
    let text = ("sans-serif", 14).into_font().color(&BLACK);
    let title = "aliyun-dbs as a multiple of its floor (grey: the floor, line: the goal)";
    area.draw(&Text::new(title, (12, 16), ("sans-serif", 16).into_font().color(&BLACK)))?;
    let mut top = 50;
    for (figure, ratio, goal) in bars {
        let colour = if figure.is_met() { MET } else { MISSED };
        let end = |ratio: f64| LEFT + pixels(ratio);
        let bar = |to: i32, from: i32, height: i32| [(LEFT, from), (to, from + height)];
        area.draw(&Text::new(figure.measure.trim(), (12, top + 2), text.clone()))?;
        area.draw(&Rectangle::new(bar(end(1.0), top, 20), RGBColor(225, 225, 225).filled()))?;
        area.draw(&Rectangle::new(bar(end(ratio), top + 4, 12), colour.filled()))?;
        let line = vec![(end(goal), top - 2), (end(goal), top + 22)];
        area.draw(&PathElement::new(line, BLACK.stroke_width(2)))?;
        let beside = end(ratio.max(goal).max(1.0)) + 8;
        area.draw(&Text::new(format!("{ratio:.2}"), (beside, top + 2), text.clone()))?;
        top += ROW;
    }
    area.present()?;
    drop(area);
    Ok(path)
}

/// Returns the length of a bar, limited to the width of the plot.
#[expect(clippy::cast_possible_truncation, reason = "clamped to the width of the plot")]
fn pixels(ratio: f64) -> i32 {
    (ratio * UNIT).clamp(0.0, f64::from(WIDTH - LEFT - 60)) as i32
}
