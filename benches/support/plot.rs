//! Plots figures with a floor and a goal as an SVG file.

use std::error::Error;
use std::path::{Path, PathBuf};

use plotters::prelude::*;

use super::report::{Figure, Goal, Verdict, directory};

const WIDTH: i32 = 980;
const ROW: i32 = 20;
/// The left edge of the bars, and the length of a bar with ratio 1, in pixels.
const LEFT: i32 = 400;
const UNIT: f64 = 220.0;

const FLOOR: RGBColor = RGBColor(225, 225, 225);
const MET: RGBColor = RGBColor(56, 120, 88);
const MISSED: RGBColor = RGBColor(190, 90, 50);
const NOISY: RGBColor = RGBColor(150, 150, 90);

/// Draws the figures that have a floor and a goal, one group per measure, and returns the file.
pub(crate) fn draw(figures: &[Figure]) -> Result<PathBuf, Box<dyn Error>> {
    let bars: Vec<_> = figures
        .iter()
        .filter_map(|figure| {
            let (Goal::Times(goal) | Goal::LeastTimes(goal)) = figure.goal? else { return None };
            Some((figure, figure.ratio?.median, goal))
        })
        .collect();
    let groups: Vec<_> = bars.chunk_by(|(a, ..), (b, ..)| a.measure == b.measure).collect();

    let path = directory().join("performance.svg");
    let height = 60 + ROW * i32::try_from(bars.len())? + ROW / 2 * i32::try_from(groups.len())?;
    write_plot(&path, height, &groups)?;
    Ok(path)
}

fn write_plot(
    path: &Path,
    height: i32,
    groups: &[&[(&Figure, f64, f64)]],
) -> Result<(), Box<dyn Error>> {
    let size = (WIDTH.unsigned_abs(), height.unsigned_abs());
    let area = SVGBackend::new(path, size).into_drawing_area();
    area.fill(&WHITE)?;
    let text = ("sans-serif", 14).into_font().color(&BLACK);
    let title = "aliyun-dbs as a multiple of its floor (grey: the floor, line: the goal)";
    area.draw(&Text::new(title, (12, 14), ("sans-serif", 16).into_font().color(&BLACK)))?;
    let mut top = 48;
    for group in groups {
        area.draw(&Text::new(group[0].0.measure.trim(), (12, top), text.clone()))?;
        for (figure, ratio, goal) in *group {
            let colour = match figure.verdict() {
                Some(Verdict::Met) => MET,
                Some(Verdict::Noisy) => NOISY,
                _ => MISSED,
            };
            let bar = |ratio: f64, inset: i32| {
                [(LEFT, top + inset), (LEFT + pixels(ratio), top + ROW - 4 - inset)]
            };
            area.draw(&Rectangle::new(bar(1.0, 0), FLOOR.filled()))?;
            area.draw(&Rectangle::new(bar(*ratio, 3), colour.filled()))?;
            let line = LEFT + pixels(*goal);
            let line = vec![(line, top - 1), (line, top + ROW - 3)];
            area.draw(&PathElement::new(line, BLACK.stroke_width(2)))?;
            let label = format!("{ratio:.2} {}", figure.subject.as_deref().unwrap_or_default());
            let beside = LEFT + pixels(ratio.max(*goal).max(1.0)) + 8;
            area.draw(&Text::new(label.trim().to_owned(), (beside, top), text.clone()))?;
            top += ROW;
        }
        top += ROW / 2;
    }
    area.present()?;
    Ok(())
}

/// Returns the length of a bar, limited to the width of the plot.
#[expect(clippy::cast_possible_truncation, reason = "clamped to the width of the plot")]
fn pixels(ratio: f64) -> i32 {
    (ratio * UNIT).clamp(0.0, f64::from(WIDTH - LEFT - 60)) as i32
}
