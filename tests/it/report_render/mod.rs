//! What a report looks like: as a table, SVG, HTML, and text for Prometheus.

pub(crate) mod metrics;
mod rows;
pub(crate) mod xml;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use aliyun_dbs::types::{ChargeType, FullBackupStatus, Open};
use aliyun_dbs::workflows::report::{
    AlertOptions, LastBackup, Reason, ReasonKind, Report, ReportFailure, ReportRow, Verdict,
    alert_rules,
};
use metrics::parse_metrics;
use rows::{now, report};
use time::OffsetDateTime;
use xml::{Element, parse_xml};

/// Names that a terminal, a browser or a parser could interpret.
const ODD: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onload='alert(1)",
    "a&b &amp; &#0; ]]> -->",
    "two\nlines\r\nand\ttabs",
    "\u{1b}[31mred\u{1b}[0m \u{1b}]8;;http://evil.example\u{7}link",
    "\u{202e}reversed\u{202c}",
    "نسخة احتياطية",
    "数据库备份-生产",
    "back\\slash \"quoted\" {brace=\"x\"} 1",
    "nul\0 and \u{fffe} and \u{2028}",
    "url(javascript:alert(1)) 'yaml: {{ $value }} # no comment'",
];

/// Returns a report whose strings are odd or very long, also those of the service.
fn odd_report() -> Report {
    let long = "very-long-".repeat(20);
    let names = ODD.into_iter().chain([long.as_str(), ""]);
    let rows = names.enumerate().map(|(index, name)| {
        let mut row = ReportRow::default();
        row.account = Some(name.to_owned());
        row.name = Some(name.to_owned());
        row.plan = Some(format!("dbs{index}").parse().unwrap());
        row.region = Some(Open::from_wire(name));
        row.engine = Some(name.into());
        row.status = Some(name.into());
        row.database = Some(name.to_owned());
        row.verdict = Verdict::ALL[index % Verdict::ALL.len()];
        row.reasons = vec![Reason::new(ReasonKind::BackupFailed, name)];
        let mut last = LastBackup::new("set".parse().unwrap(), name);
        last.error = Some(name.to_owned());
        row.last_full_backup = Some(last);
        row.monthly_price = Some([f64::NAN, f64::INFINITY, 12.5][index % 3]);
        row
    });
    let mut odd = Report::new(now(), rows.collect());
    odd.errors = ODD.map(|name| ReportFailure::new(Some(name.to_owned()), name)).to_vec();
    odd
}

/// All formats of a report, by name.
fn formats(report: &Report) -> [(&'static str, String); 5] {
    [
        ("table", report.table().to_string()),
        ("svg", report.svg()),
        ("html", report.html()),
        ("prometheus", report.prometheus()),
        ("alerts", alert_rules(&AlertOptions::from(report))),
    ]
}

#[test]
fn odd_names_are_not_interpreted() {
    for (format, text) in formats(&odd_report()) {
        let interpreted = |c: char| {
            (c.is_control() && c != '\n')
                || ('\u{202a}'..='\u{202e}').contains(&c)
                || ['\u{2028}', '\u{fffe}'].contains(&c)
        };
        let found: Vec<_> = text.chars().filter(|c| interpreted(*c)).collect();
        assert!(found.is_empty(), "{format}: {found:?}");
    }
    let html = odd_report().html();
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(html.contains("数据库备份-生产") && html.contains("نسخة احتياطية"));
}

#[test]
fn pages_are_well_formed_and_load_nothing() {
    for report in [report(0), report(1), report(3), report(300), odd_report()] {
        for (format, page) in [("svg", report.svg()), ("html", report.html())] {
            for element in &parse_xml(&page) {
                let Element { name, attributes, .. } = element;
                let allowed = ["xmlns", "href"];
                for (attribute, value) in attributes {
                    assert!(!attribute.starts_with("on"), "{format}: {element:?}");
                    let loads = ["src", "srcset", "action", "data", "style-src", "xlink:href"];
                    assert!(!loads.contains(&attribute.as_str()), "{format}: {element:?}");
                    match attribute.as_str() {
                        "xmlns" => assert_eq!(value, "http://www.w3.org/2000/svg"),
                        "href" => assert!(value.starts_with('#'), "{format}: {element:?}"),
                        "style" => assert!(!value.contains("url"), "{format}: {element:?}"),
                        _ => assert!(!allowed.contains(&attribute.as_str())),
                    }
                }
                let loading = ["img", "link", "iframe", "object", "embed", "image", "base"];
                assert!(!loading.contains(&name.as_str()), "{format}: {element:?}");
                if name == "style" || name == "script" {
                    for word in ["url(", "@import", "http", "fetch", "eval", "innerHTML"] {
                        assert!(!element.text.contains(word), "{format}: {word}");
                    }
                }
            }
        }
    }
}

#[test]
fn html_has_a_sortable_cell_per_head() {
    for mut report in [report(13), odd_report()] {
        report.rows[0].monthly_price = Some(99.5);
        let elements = parse_xml(&report.html());
        let heads: Vec<_> = elements.iter().filter(|element| element.name == "th").collect();
        let rows: Vec<_> = elements
            .iter()
            .filter(|element| element.name == "tr" && element.has_parent("tbody"))
            .collect();
        assert_eq!(rows.len(), report.rows.len());
        for (row, expected) in rows.iter().zip(&report.rows) {
            assert_eq!(row.attribute("class"), Some(expected.verdict.as_str()));
            let cells: Vec<_> = elements
                .iter()
                .filter(|cell| cell.name == "td" && cell.parents.contains(&row.id))
                .collect();
            assert_eq!(cells.len(), heads.len());
            for (head, cell) in heads.iter().zip(cells) {
                let key = cell.attribute("data-v");
                let is_text = head.attribute("data-text").is_some();
                match (head.attribute("data-first"), key) {
                    (None, None) => assert!(head.attribute("class") == Some("t")),
                    (Some(_), Some("")) => {}
                    (Some(_), Some(key)) if !is_text => {
                        let key: f64 = key.parse().unwrap();
                        assert!(key.is_finite());
                    }
                    (Some(_), Some(_)) => {}
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}

/// The number, by verdict, in the tiles of the page and in the metrics.
#[test]
fn all_formats_count_the_same() {
    let report = report(300);
    let elements = parse_xml(&report.html());
    let samples = parse_metrics(&report.prometheus());
    let svg = report.svg();
    for verdict in Verdict::ALL {
        let number = report.summary.by_verdict[verdict];
        let tile = elements
            .iter()
            .find(|element| element.attribute("data-verdict") == Some(verdict.as_str()))
            .unwrap();
        let text = elements
            .iter()
            .find(|element| element.name == "b" && element.parents.contains(&tile.id))
            .unwrap();
        assert_eq!(text.text, number.to_string());
        let plans = samples.value("dbs_report_plans", &[("verdict", verdict.as_str())]);
        assert_eq!(plans, Some(f64::from(u32::try_from(number).unwrap())));
        assert!(svg.contains(&format!(">{number} {verdict}<")), "{verdict}");
        let table = report.to_string();
        assert!(table.contains(&format!("{number} {verdict}")), "{verdict}");
    }
}

#[test]
fn more_rows_than_a_page_shows_are_counted() {
    let rows = |number: usize| Report::new(now(), vec![ReportRow::default(); number]);
    assert!(!rows(1000).svg().contains("not shown"));
    assert!(rows(1001).svg().contains("1 row not shown"));
    assert!(!rows(5000).html().contains("not shown"));
    assert!(rows(5002).html().contains("2 rows not shown"));
    assert_eq!(rows(5002).to_string().lines().count(), 5002 + 4, "the table shows all");
}

#[test]
fn empty_report_says_so() {
    let report = report(0);
    assert!(report.html().contains("There are no plans."));
    assert!(report.svg().contains(">no plans<"));
    let expected = "0 plans\n0 bytes stored; the newest restorable point may be 24 h old";
    assert_eq!(report.to_string(), expected);
    let samples = parse_metrics(&report.prometheus());
    assert_eq!(samples.value("dbs_report_plans", &[("verdict", "stale")]), Some(0.0));
    assert_eq!(samples.series("dbs_plan_verdict").count(), 0);
}

#[test]
fn incomplete_report_says_so() {
    let mut report = report(3);
    report.errors = vec![ReportFailure::new(Some("prod".to_owned()), "Throttling.User")];
    assert!(report.html().contains("prod: Throttling.User"));
    assert!(report.svg().contains("not complete"));
    let table = report.to_string();
    let expected = "\nnot complete: a list of plans of account prod: Throttling.User";
    assert!(table.ends_with(expected), "{table}");
    assert!(report.prometheus().contains("\ndbs_report_errors 1\n"));
    report.errors.clear();
    for (format, text) in formats(&report) {
        assert!(!text.contains("not complete") || format == "alerts", "{format}");
    }
}

/// What is not known is neither good nor bad: it has no sample, and the page says so.
#[test]
fn missing_facts_have_no_value() {
    let mut row = ReportRow::default();
    row.plan = Some("dbs1".parse().unwrap());
    let report = Report::new(now(), vec![row]);
    let samples = parse_metrics(&report.prometheus());
    let rows: Vec<_> = samples.all().filter(|name| !name.starts_with("dbs_report_")).collect();
    assert_eq!(rows, ["dbs_plan_verdict"]);
    let table = report.to_string();
    assert_eq!(table.matches("not known").count(), 5, "{table}");
    let html = report.html();
    assert!(!html.contains("class=\"x\"") && !html.contains("class=\"r\" d="), "no marks");
    assert!(html.contains("what can be restored is not known"));
}

#[test]
fn metrics_have_the_values_of_rows() {
    let report = report(300);
    let text = report.prometheus();
    assert!(text.ends_with('\n'));
    let samples = parse_metrics(&text);
    for row in &report.rows {
        let Some(plan) = &row.plan else { continue };
        let value = |name| samples.value(name, &[("plan", plan.as_str())]);
        let seconds_of = |at: OffsetDateTime| (at - OffsetDateTime::UNIX_EPOCH).as_seconds_f64();
        let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
        let age = value("dbs_newest_restorable_point_age_seconds");
        assert_eq!(age, seconds(row.newest_point_age));
        assert_eq!(value("dbs_plan_expires_in_seconds"), seconds(row.expires_in));
        let newest = value("dbs_newest_restorable_point_timestamp_seconds");
        assert_eq!(newest, row.newest_point.map(seconds_of));
        let is_finished = |last: &LastBackup| last.status == FullBackupStatus::Finish;
        let success = row.last_full_backup.as_ref().map(|last| f64::from(is_finished(last)));
        assert_eq!(value("dbs_last_full_backup_success"), success);
        let is_subscription = row.billing.as_ref().unwrap() == &ChargeType::Prepay;
        assert_eq!(row.expires_in.is_some(), is_subscription);
        let labels = [("plan", plan.as_str()), ("verdict", row.verdict.as_str())];
        assert_eq!(samples.value("dbs_plan_verdict", &labels), Some(1.0));
    }
    assert_eq!(samples.value("dbs_report_timestamp_seconds", &[]), Some(1_795_917_600.0));
    assert_eq!(samples.value("dbs_report_duration_seconds", &[]), Some(1.234));
}

#[test]
fn metric_labels_keep_odd_names() {
    let samples = parse_metrics(&odd_report().prometheus());
    let names: HashSet<_> = samples.label_values("name").collect();
    assert_eq!(names.len(), ODD.len() + 2, "names stay distinct");
    for name in ["two\nlines \nand tabs", "back\\slash \"quoted\" {brace=\"x\"} 1"] {
        assert!(names.contains(name), "{names:?}");
    }
}

#[test]
fn repeated_rows_are_one_series() {
    let row = report(1).rows.remove(0);
    let report = Report::new(now(), vec![row.clone(), row]);
    assert_eq!(parse_metrics(&report.prometheus()).series("dbs_plan_verdict").count(), 1);
}

#[test]
fn alert_rules_use_existing_metrics() {
    let metrics: BTreeSet<String> = parse_metrics(&report(300).prometheus()).all().collect();
    let mut options = AlertOptions::default();
    options.rpo = Duration::from_secs(4 * 3600);
    options.report_every = Duration::from_secs(60);
    let yaml: serde_yaml_ng::Value = serde_yaml_ng::from_str(&alert_rules(&options)).unwrap();
    let groups = yaml["groups"].as_sequence().unwrap();
    assert_eq!(groups.len(), 1);
    let mut expressions = BTreeMap::new();
    for rule in groups[0]["rules"].as_sequence().unwrap() {
        let expression = rule["expr"].as_str().unwrap();
        let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let used: Vec<_> = words.filter(|word| word.starts_with("dbs_")).collect();
        assert!(!used.is_empty() && used.iter().all(|name| metrics.contains(*name)), "{used:?}");
        assert!(rule["labels"]["severity"].is_string());
        for annotation in ["summary", "description"] {
            let text = rule["annotations"][annotation].as_str().unwrap();
            assert_eq!(text.matches("{{").count(), text.matches("}}").count(), "{text}");
            assert!(!text.contains("{{{"), "{text}");
        }
        expressions.insert(rule["alert"].as_str().unwrap(), expression);
    }
    let orphans = "unless ignoring (verdict) dbs_plan_verdict{verdict=\"orphan\"}";
    let stale = "time() - dbs_newest_restorable_point_timestamp_seconds > 14400";
    assert_eq!(expressions["DbsPlanStale"], format!("{stale} {orphans}"));
    let silent = "time() - max(dbs_report_timestamp_seconds) > 180 or \
                  absent(dbs_report_timestamp_seconds) == 1";
    assert_eq!(expressions["DbsReportSilent"], silent);
    assert_eq!(expressions.len(), 7);
}

/// Names in these tests have characters of one or two columns.
fn columns(line: &str) -> usize {
    line.chars().map(|c| if c >= '\u{2e80}' && c != '\u{fffd}' { 2 } else { 1 }).sum()
}

#[test]
fn table_fits_its_width() {
    for report in [report(13), odd_report()] {
        let widest = report.to_string().lines().map(columns).max().unwrap();
        for width in 40..widest + 5 {
            let table = report.table().width(width).to_string();
            for line in table.lines() {
                assert!(columns(line) <= width, "{width}: {} {line}", columns(line));
            }
            assert!(
                table.contains("VERDICT") && table.contains("PLAN") && table.contains("REASON")
            );
        }
        assert_eq!(report.table().width(widest).to_string(), report.to_string());
        assert_eq!(report.table().width(1).to_string(), report.table().width(40).to_string());
    }
}

#[test]
fn colors_change_nothing_else() {
    let report = report(13);
    let mut plain = String::new();
    let mut rest = report.table().color(true).to_string();
    assert!(rest.contains("\u{1b}[1;31munprotected\u{1b}[0m"));
    while let Some(start) = rest.find('\u{1b}') {
        let end = start + rest[start..].find('m').unwrap();
        plain += &rest[..start];
        rest = rest[end + 1..].to_owned();
    }
    assert_eq!(plain + &rest, report.to_string());
}

#[test]
fn table_shows_all_verdicts() {
    let expected = "\
VERDICT      PLAN             NEWEST POINT  FULL BACKUP          EXPIRES        STORAGE  REASON
unprotected  dbs1h000008      none          –                    in 200 days    0 bytes  the plan was bought and is not…
unprotected  rm-bp100006c44   none          –                    –              –        no plan backs up the database `…
";
    let table = report(13).table().width(121).to_string();
    assert!(table.starts_with(expected), "{table}");
    let mut verdicts: Vec<_> =
        table.lines().skip(1).map_while(|line| line.split(' ').next()).collect();
    verdicts.truncate(13);
    verdicts.dedup();
    let all: Vec<_> = Verdict::ALL.iter().map(|verdict| verdict.as_str()).collect();
    assert_eq!(verdicts, all);
}

#[test]
fn table_shows_accounts_if_there_are_any() {
    let mut report = report(3);
    assert!(!report.to_string().contains("ACCOUNT"));
    report.rows[1].account = Some("staging".to_owned());
    let table = report.to_string();
    assert!(table.contains("ACCOUNT") && table.contains("staging"), "{table}");
}
