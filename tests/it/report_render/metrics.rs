//! A strict reader of the text format of Prometheus.

use std::collections::{BTreeMap, BTreeSet};

type Labels = BTreeMap<String, String>;

/// Samples by metric.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    samples: BTreeMap<String, Vec<(Labels, f64)>>,
}

impl Metrics {
    /// Returns the names of metrics that have samples.
    pub(crate) fn all(&self) -> impl Iterator<Item = String> + '_ {
        self.samples.keys().cloned()
    }

    pub(crate) fn series(&self, name: &str) -> impl Iterator<Item = &(Labels, f64)> {
        self.samples.get(name).into_iter().flatten()
    }

    /// Returns the value of the only sample that has these labels.
    pub(crate) fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let has = |found: &Labels| {
            labels.iter().all(|(label, value)| found.get(*label).is_some_and(|is| is == value))
        };
        let mut found = self.series(name).filter(|(found, _)| has(found));
        let value = found.next().map(|(_, value)| *value);
        assert!(found.next().is_none(), "several samples of {name} {labels:?}");
        value
    }

    pub(crate) fn label_values<'a>(&'a self, label: &'a str) -> impl Iterator<Item = &'a str> {
        let samples = self.samples.values().flatten();
        samples.filter_map(move |(labels, _)| labels.get(label).map(String::as_str))
    }
}

/// Reads the text. Panics if Prometheus would reject it, or warn about it.
pub(crate) fn parse_metrics(text: &str) -> Metrics {
    assert!(text.ends_with('\n'));
    let mut metrics = Metrics::default();
    let (mut described, mut typed) = (BTreeSet::new(), BTreeSet::new());
    let mut current = String::new();
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, help) = help.split_once(' ').unwrap();
            assert!(described.insert(name.to_owned()), "described twice: {name}");
            assert!(!help.is_empty() && !help.contains('\\'));
            name.clone_into(&mut current);
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            assert_eq!(kind, format!("{current} gauge"));
            assert!(typed.insert(current.clone()), "typed twice: {current}");
        } else {
            let (name, labels, value) = parse_sample(line);
            assert_eq!(name, current, "outside of its group");
            assert!(typed.contains(name), "without type: {name}");
            let samples = metrics.samples.entry(name.to_owned()).or_default();
            assert!(samples.iter().all(|(other, _)| *other != labels), "repeated: {line}");
            samples.push((labels, value));
        }
    }
    metrics
}

fn parse_sample(line: &str) -> (&str, Labels, f64) {
    let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
    let end = line.find(|c| !is_name(c)).unwrap();
    let (name, mut rest) = line.split_at(end);
    let mut labels = Labels::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        while !rest.starts_with('}') {
            let (label, value) = rest.split_once("=\"").unwrap();
            assert!(!label.is_empty() && label.chars().all(is_name), "{line}");
            let (value, after) = parse_value(value);
            assert!(labels.insert(label.to_owned(), value).is_none(), "repeated label: {line}");
            rest = after.strip_prefix(',').unwrap_or(after);
        }
        rest = &rest[1..];
    }
    let value: f64 = rest.strip_prefix(' ').unwrap().parse().unwrap();
    assert!(value.is_finite() && !rest.contains('e'), "{line}");
    (name, labels, value)
}

/// Returns the value of a label, and what follows its quote.
fn parse_value(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.push(match chars.next() {
                Some((_, 'n')) => '\n',
                Some((_, c @ ('\\' | '"'))) => c,
                other => panic!("an escape: {other:?}"),
            }),
            c => value.push(c),
        }
    }
    panic!("a label without end: {text}");
}

#[test]
fn invalid_metrics_are_rejected() {
    let head = "# HELP a b\n# TYPE a gauge\n";
    assert_eq!(parse_metrics(&format!("{head}a{{b=\"\\\\\\\"\"}} 1\n")).all().count(), 1);
    for text in ["a 1", "a{b=\"c} 1\n", "a{b=\"\\x\"} 1\n", "a NaN\n", "a 1\na 1\n", "c 1\n"] {
        let text = format!("{head}{text}");
        assert!(std::panic::catch_unwind(|| parse_metrics(&text)).is_err(), "{text}");
    }
}
