//! The colours and symbols of SVG and HTML, for light and dark.

use super::super::verdict::Verdict;

/// A colour: its name, and its value on a light and on a dark ground.
pub(super) struct Color {
    pub(super) name: &'static str,
    pub(super) light: &'static str,
    pub(super) dark: &'static str,
}

const fn color(name: &'static str, light: &'static str, dark: &'static str) -> Color {
    Color { name, light, dark }
}

/// All colours. Those of verdicts have the verdicts' names.
///
/// Verdicts differ by symbol and word too, because not everybody distinguishes colours.
pub(super) const COLORS: [Color; 15] = [
    color("page", "#f4f6f9", "#0e131a"),
    color("card", "#ffffff", "#161c25"),
    color("ink", "#17202b", "#e7ecf3"),
    color("soft", "#566272", "#9aa7b7"),
    color("line", "#e2e7ed", "#28313d"),
    color("future", "#f1f4f8", "#1c2430"),
    color("bar", "#4f8fe6", "#3f7bd0"),
    color("backup", "#0f2f66", "#d6e6ff"),
    color("unprotected", "#a8123e", "#ff8aa3"),
    color("failing", "#bf360c", "#ff9b6b"),
    color("stale", "#8a5a00", "#eab54a"),
    color("unknown", "#59636e", "#a3aebb"),
    color("expiring", "#6f42c1", "#c3a1ff"),
    color("orphan", "#0b6b7d", "#5fc9dc"),
    color("protected", "#1a7340", "#5bd18f"),
];

/// Returns the custom properties of all colours, for light and dark.
pub(super) fn custom_properties() -> String {
    let mut css = String::from(":root{color-scheme:light dark");
    for color in &COLORS {
        put!(css, ";--{}:{}", color.name, color.light);
    }
    css += "}\n@media (prefers-color-scheme:dark){:root{--theme:dark";
    for color in &COLORS {
        put!(css, ";--{}:{}", color.name, color.dark);
    }
    css += "}}\n";
    css
}

/// Returns classes that fill (`f-`) and stroke (`s-`) with each colour.
///
/// These are plain rules, because programs that convert SVG do not know custom properties.
pub(super) fn svg_classes() -> String {
    let mut css = String::new();
    for color in &COLORS {
        put!(css, ".f-{0}{{fill:{1}}}.s-{0}{{stroke:{1}}}", color.name, color.light);
    }
    css += "\n@media (prefers-color-scheme:dark){";
    for color in &COLORS {
        put!(css, ".f-{0}{{fill:{1}}}.s-{0}{{stroke:{1}}}", color.name, color.dark);
    }
    css += "}\n";
    css
}

/// Returns the symbol of a verdict: a path to stroke, in a square of 12.
pub(super) const fn symbol(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Unprotected => "M2.5 2.5L9.5 9.5M9.5 2.5L2.5 9.5",
        Verdict::Failing => "M6 1.5L11 10.5H1ZM6 5V7.3M6 8.9V9",
        Verdict::Stale => "M6 1A5 5 0 1 1 5.99 1ZM6 3.3V6L8 7.5",
        Verdict::Unknown => "M3.7 4.2A2.3 2.3 0 1 1 6 6.6V7.8M6 10.2V10.3",
        Verdict::Expiring => {
            "M2.5 1.2H9.5M2.5 10.8H9.5M3.5 1.2C3.5 5.5 8.5 6.5 8.5 10.8M8.5 1.2C8.5 5.5 3.5 6.5 3.5 10.8"
        }
        Verdict::Orphan => "M6 1L11 6L6 11L1 6Z",
        Verdict::Protected => "M1.8 6.6L4.7 9.4L10.3 2.8",
    }
}

/// Returns the symbols of all verdicts, for [`html_symbol`].
pub(super) fn html_symbols() -> String {
    let mut html = String::from(
        "<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\"><defs>",
    );
    for verdict in Verdict::ALL {
        put!(html, "<path id=\"{verdict}\" d=\"{}\"/>", symbol(*verdict));
    }
    html + "</defs></svg>\n"
}

/// Returns the symbol of a verdict, in a page that contains [`html_symbols`].
pub(super) fn html_symbol(verdict: Verdict) -> String {
    format!(
        "<svg class=\"i\" viewBox=\"0 0 12 12\" aria-hidden=\"true\">\
         <use href=\"#{verdict}\"/></svg>"
    )
}

/// Returns what a verdict means, in one sentence.
pub(super) const fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Unprotected => "The database has no plan, or nothing that can be restored.",
        Verdict::Failing => {
            "The plan or its last full backup failed, or the plan is paused, locked or not started."
        }
        Verdict::Stale => "The newest restorable point is older than allowed.",
        Verdict::Unknown => "A fact is missing, so that nothing can be concluded.",
        Verdict::Expiring => "The subscription ends soon, or has ended.",
        Verdict::Orphan => "The plan backs up a database that is not in the inventory.",
        Verdict::Protected => "Every fact is known, and none of the above holds.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channels(hex: &str) -> [f64; 3] {
        let channel = |at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        [channel(1), channel(3), channel(5)]
    }

    fn luminance(color: [f64; 3]) -> f64 {
        let linear =
            color.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    /// The contrast of WCAG 2, from 1 to 21.
    fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    fn named(name: &str, is_dark: bool) -> [f64; 3] {
        let color = COLORS.iter().find(|color| color.name == name).unwrap();
        channels(if is_dark { color.dark } else { color.light })
    }

    #[test]
    fn colors_have_enough_contrast() {
        for is_dark in [false, true] {
            let texts = Verdict::ALL.iter().map(|verdict| verdict.as_str());
            for name in texts.chain(["ink", "soft"]) {
                let text = named(name, is_dark);
                for ground in ["page", "card", "future"] {
                    let ground = named(ground, is_dark);
                    assert!(contrast(text, ground) >= 4.5, "{name} {is_dark}");
                }
                // A badge is tinted with its own colour.
                let card = named("card", is_dark);
                let tinted = std::array::from_fn(|at| 0.1 * text[at] + 0.9 * card[at]);
                assert!(contrast(text, tinted) >= 4.5, "{name} {is_dark}: badge");
            }
            let bar = named("bar", is_dark);
            assert!(contrast(named("backup", is_dark), bar) >= 3.0, "{is_dark}: backups on bars");
            assert!(contrast(bar, named("card", is_dark)) >= 3.0, "{is_dark}: bars");
        }
    }
}
