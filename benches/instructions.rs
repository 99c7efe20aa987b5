//! Counts the instructions of a call, over loopback and without network, with Valgrind's Callgrind.
//!
//! The counts do not depend on the load of the machine. They exclude SHA-256: Valgrind does not support
//! the SHA instructions of the processor, and their software replacement would hide the rest. Without
//! Valgrind the benchmark is skipped.

mod support;

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};

use aliyun_dbs::operations::DescribeBackupPlanList;
use aliyun_dbs::unversioned::sign::acs3;
use aliyun_dbs::{ApiRequest, Client};
use bytes::Bytes;
use futures_util::future::join_all;
use support::clients::{Subject, http_client};
use support::loopback::{Loopback, Protocol, serve};
use support::process::{role, under};
use support::report::{Figure, Goal, directory, publish, skipped};
use support::subject::{
    ACCESS_KEY_ID, ACCESS_KEY_SECRET, CREATED, RespondsAtOnce, canonical, client, page, purchase,
};
use tokio::runtime::Runtime;

/// The number of calls that are counted, after a tenth of it that is not.
const CALLS: u32 = 640;
/// The number of pages instead, which are a hundred times as large.
const PAGES: u32 = 50;

fn main() {
    let role = role().unwrap_or_default();
    match role.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", protocol, fault_every] => serve(protocol, fault_every),
        ["send", subject, in_flight, url] => {
            send(subject.parse().expect("an index"), in_flight.parse().expect("a number"), url);
        }
        ["work", work] => without_network(work),
        _ if !is_installed("valgrind") => skipped("instructions", "Valgrind is not installed"),
        _ => publish("instructions", &[over_loopback(), of_the_crate()].concat()),
    }
}

fn is_installed(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok()
}

/// Counts the calls of each client over loopback. The server runs without Valgrind.
fn over_loopback() -> Vec<Figure> {
    let mut figures = Vec::new();
    for in_flight in ["1", "64"] {
        let server = Loopback::start(Protocol::Http, 0);
        let mut floor = None;
        for (index, subject) in Subject::ALL.iter().enumerate() {
            let role = ["send", &index.to_string(), in_flight, &server.url()];
            let counted = without_sha_256(&count(&role)) / f64::from(CALLS);
            let floor = *floor.get_or_insert(counted);
            let measure = format!("instructions of a call, {in_flight} at once");
            figures.push(Figure::new(measure, "", counted).of(subject.name()).over(floor));
        }
    }
    figures
}

/// Counts the crate's own work in a call that succeeds, without network, subscriber or observer.
fn of_the_crate() -> Vec<Figure> {
    let per_call = |instructions: f64| instructions / f64::from(CALLS);
    let rows = count(&["work", "call"]);
    let all = without_sha_256(&rows);
    let of = |is_counted: &dyn Fn(&Row) -> bool| sum(rows.iter().filter(|row| is_counted(row)));
    let functions = of(&|row| row.function.contains("aliyun_dbs::"));
    // Callgrind shortens the paths below the current directory.
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../");
    let root = Path::new(root).canonicalize().expect("the folder of the crate");
    let source = root.join("src");
    let lines =
        of(&|row| row.file.starts_with("src/") || Path::new(&row.file).starts_with(&source));
    let instrumented = of(&|row| {
        ["src/rpc/client/trace.rs", "src/rpc/retry.rs", "src/rpc/observe/", "/tracing-"]
            .iter()
            .any(|part| row.file.contains(part))
    });

    let measure = "instructions of a call without network";
    let mut figures = vec![
        Figure::new(measure, "", per_call(all)).goal(Goal::Most(27_500.0)),
        Figure::new(measure, "", per_call(functions))
            .of("functions of the crate")
            .goal(Goal::Most(11_700.0)),
    ];
    // A build without debug information has no lines.
    if lines > 0.0 {
        figures.push(Figure::new(measure, "", per_call(lines)).of("lines of the crate"));
        let share = 100.0 * instrumented / all;
        let measure = "  share of retries, spans and observers";
        figures.push(Figure::new(measure, "%", share).goal(Goal::Most(2.0)));
    }
    for (work, measure) in [
        ("encode", "instructions to build and encode the parameters"),
        ("sign", "instructions to build, encode and sign"),
        ("page", "instructions of a page of 100 plans"),
    ] {
        let times = if work == "page" { PAGES } else { CALLS };
        let counted = without_sha_256(&count(&["work", work])) / f64::from(times);
        figures.push(Figure::new(measure, "", counted));
    }
    figures
}

/// The instructions of a function that come from one file, which may be inlined.
struct Row {
    instructions: f64,
    file: String,
    function: String,
}

fn without_sha_256(rows: &[Row]) -> f64 {
    sum(rows
        .iter()
        .filter(|row| !(row.function.contains("sha2::") && row.function.contains("compress"))))
}

fn sum<'r>(rows: impl Iterator<Item = &'r Row>) -> f64 {
    rows.map(|row| row.instructions).sum()
}

/// Runs this program in a role under Callgrind, which counts inside [`counted`].
fn count(role: &[&str]) -> Vec<Row> {
    let profile = directory().join("callgrind.out");
    std::fs::create_dir_all(directory()).expect("a directory");
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--toggle-collect=instructions::counted"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .stderr(Stdio::null());
    let status = under(valgrind, role).status().expect("Valgrind");
    assert!(status.success(), "the program failed under Valgrind");
    let listing = Command::new("callgrind_annotate")
        .args(["--threshold=100", "--auto=no"])
        .arg(&profile)
        .output()
        .expect("callgrind_annotate");
    let listing = String::from_utf8_lossy(&listing.stdout).into_owned();
    // "1,234 ( 0.1%)  file:function [object]"
    let rows = listing.lines().filter_map(|line| {
        let (instructions, place) = line.trim_start().split_once(" (")?;
        let (file, function) = place.split_once(")  ")?.1.split_once(':')?;
        Some(Row {
            instructions: instructions.replace(',', "").parse().ok()?,
            file: file.to_owned(),
            function: function.to_owned(),
        })
    });
    rows.collect()
}

/// Runs work whose instructions Callgrind counts.
#[inline(never)]
fn counted(work: &mut dyn FnMut()) {
    work();
    // So that the call above does not replace this function on the stack.
    black_box(());
}

/// Runs work a number of times, after a first part without counting, which fills caches and opens
/// connections.
fn run(times: u32, mut work: impl FnMut(u32)) {
    work(times / 10);
    counted(&mut || work(times));
}

fn send(subject: usize, in_flight: u32, url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let caller = Subject::ALL[subject].client(&http_client(), url);
    run(CALLS, |calls| {
        runtime.block_on(join_all((0..in_flight).map(|_| async {
            for _ in 0..calls / in_flight {
                caller.call().await;
            }
        })));
    });
}

fn without_network(work: &str) {
    let repeat =
        |times, work: &mut dyn FnMut()| run(times, |times| (0..times).for_each(|_| work()));
    match work {
        "encode" => repeat(CALLS, &mut || {
            black_box(purchase().parameters().expect("parameters"));
        }),
        "sign" => {
            let key = acs3::SigningKey::new(ACCESS_KEY_SECRET);
            repeat(CALLS, &mut || {
                black_box(canonical(&purchase()).authorize(ACCESS_KEY_ID, &key));
            });
        }
        "call" => {
            let (runtime, client) = caller(Bytes::from_static(CREATED));
            repeat(CALLS, &mut || {
                runtime.block_on(async { client.send(purchase()).await }).expect("a response");
            });
        }
        _ => {
            let (runtime, client) = caller(page(100).into());
            repeat(PAGES, &mut || {
                let request = DescribeBackupPlanList::builder().build();
                runtime.block_on(async { client.send(request).await }).expect("a page");
            });
        }
    }
}

/// Returns a client whose calls need no network, and a runtime for it.
fn caller(response: Bytes) -> (Runtime, Client) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    (runtime.expect("a runtime"), client(RespondsAtOnce(response)).build().expect("a client"))
}
