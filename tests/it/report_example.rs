//! The example `report`: the files that it writes, and what it serves.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use crate::examples::example;
use crate::report_render::metrics::{Metrics, parse_metrics};
use crate::report_render::xml::parse_xml;

/// Returns standard output and error of a run of the example, and its exit code.
fn run(arguments: &[&str]) -> Option<(String, String, Option<i32>)> {
    let output = example("report")?.args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Some((text(output.stdout), text(output.stderr), output.status.code()))
}

#[test]
fn report_rejects_invalid_options() {
    for (arguments, expected) in [
        (&["--rpo", "4"][..], "expected a number and `s`, `m`, `h` or `d`, such as `4h`"),
        (&["--rpo", "99999999999d"], "expected a number and"),
        (&["--region", "cn-hangzou"], "did you mean `cn-hangzhou`?"),
    ] {
        let Some((_, error, code)) = run(arguments) else { return };
        assert_eq!(code, Some(2), "{error}");
        assert!(error.contains(expected), "{error}");
    }
    let Some((_, error, code)) = run(&["--inventory", "missing.txt"]) else { return };
    assert_eq!(code, Some(1), "{error}");
    assert!(error.starts_with("error: could not read `missing.txt`: "), "{error}");
}

#[test]
fn report_writes_all_files() {
    let folder = std::env::temp_dir().join(format!("aliyun-dbs report {}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let files = ["html", "svg", "prometheus", "alerts", "json"];
    let mut arguments = vec!["--plans".to_owned(), "12".to_owned()];
    arguments.extend(files.iter().flat_map(|name| [format!("--{name}"), path(name)]));
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let Some((table, error, code)) = run(&arguments) else { return };
    assert_eq!(code, Some(0), "{error}");
    assert_eq!(error, "", "no progress without a terminal");
    assert!(table.starts_with("VERDICT ") && !table.contains('\u{1b}'), "{table}");

    let [html, svg, prometheus, alerts, json] =
        files.map(|name| std::fs::read_to_string(folder.join(name)).unwrap());
    let rows = parse_xml(&html).iter().filter(|element| element.name == "tr").count();
    assert_eq!(rows, 1 + 13, "a head, 12 plans, and a database without a plan");
    assert!(parse_xml(&svg).len() > 13);
    let samples = parse_metrics(&prometheus);
    for verdict in ["unprotected", "failing", "stale", "expiring", "orphan", "protected"] {
        let plans = samples.value("dbs_report_plans", &[("verdict", verdict)]);
        assert!(plans > Some(0.0), "{verdict}: {plans:?}");
    }
    assert!(alerts.contains("alert: DbsReportSilent"));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["summary"]["plans"], 12);
    assert_eq!(json["rows"].as_array().unwrap().len(), 13);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn report_reads_the_inventory_and_the_limit() {
    let file = std::env::temp_dir().join(format!("aliyun-dbs inventory {}", std::process::id()));
    std::fs::write(&file, "# databases\nrm-missing1 # of orders\n\n  10.9.9.9:3306\n").unwrap();
    let arguments = ["--plans", "12", "--rpo", "90m", "--inventory", file.to_str().unwrap()];
    let Some((table, error, _)) = run(&arguments) else { return };
    assert_eq!(error, "");
    for database in ["rm-missing1", "10.9.9.9:3306"] {
        assert!(table.contains(&format!("no plan backs up the database `{database}`")), "{table}");
    }
    assert!(table.contains("may be 90 min old"), "{table}");
    assert!(table.contains("2 databases without a plan"), "{table}");
    std::fs::remove_file(&file).unwrap();
}

/// Ends the example when the test ends, also by a panic.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Returns the status line with the headers, and the body.
fn get(address: &str, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

#[test]
fn report_serves_fresh_metrics() {
    let Some(mut command) = example("report") else { return };
    let arguments = ["--plans", "3", "--every", "0s", "--serve", "127.0.0.1:0"];
    let mut server = Server(command.args(arguments).stdout(Stdio::piped()).spawn().unwrap());
    let output = BufReader::new(server.0.stdout.take().unwrap());
    let address = output
        .lines()
        .map(Result::unwrap)
        .find_map(|line| line.strip_prefix("listening on http://").map(str::to_owned))
        .unwrap();
    let address = address.trim_end_matches('/');

    let metrics = || -> Metrics {
        let (head, body) = get(address, "/metrics");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(head.contains("text/plain; version=0.0.4"), "{head}");
        parse_metrics(&body)
    };
    let made = |metrics: Metrics| metrics.value("dbs_report_timestamp_seconds", &[]).unwrap();
    let (first, second) = (made(metrics()), made(metrics()));
    assert!(first < second, "{first} and {second}");

    let (head, page) = get(address, "/");
    assert!(head.contains("text/html") && page.contains("Backup report"), "{head}");
    parse_xml(&page);
    let (_, json) = get(address, "/report.json");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["summary"]["plans"], 3);
    assert!(get(address, "/alerts.yml").1.contains("dbs-report"));
    assert!(get(address, "/report.svg").1.starts_with("<svg "));
    assert!(get(address, "/missing").0.starts_with("HTTP/1.1 404"));
}
