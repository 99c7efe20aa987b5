//! Measures the start of a program: from the start of the process to its first request over HTTPS.
//!
//! The server notes when it has read the request. Each run is a new process, which trusts the root
//! certificates of the system and that of the server.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use aliyun_dbs::RetryPolicy;
use serde::{Deserialize, Serialize};
use support::clients::{Subject, counts, http_client, library};
use support::loopback::{AUTHORITY, Loopback, Protocol, serve, unix_nanos};
use support::measure::{Rounds, median};
use support::process::{role, this_program_as};
use support::report::{Figure, Goal, directory, publish};
use support::subject::{builder, purchase};
use tokio::runtime::Runtime;

const RUNS: usize = 21;
/// The floor is the first.
const SUBJECTS: [Subject; 2] = [Subject::Reqwest, Subject::Hyper];
const MILLISECONDS: (&str, f64) = ("ms", 1e6);
/// The directory and the file of root certificates on most systems.
const SYSTEM_DIRECTORY: &str = "/etc/ssl/certs";
const SYSTEM_FILE: &str = "/etc/ssl/certs/ca-certificates.crt";

fn main() {
    let role = role().unwrap_or_default();
    match role.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", protocol, fault_every] => serve(protocol, fault_every),
        ["start", subject, clients, url] => start(subject, clients.parse().expect("a number"), url),
        _ => measure(),
    }
}

/// What a started program reports of its last client, in nanoseconds.
#[derive(Serialize, Deserialize)]
struct Times {
    /// The time to build the client.
    build: f64,
    /// The time of its first call.
    call: f64,
}

/// Builds clients one after the other, makes a call with each, and prints the times of the last one.
#[expect(clippy::print_stdout, reason = "the other process reads it")]
fn start(subject: &str, clients: usize, url: &str) {
    let runtime = runtime();
    let mut last = Times { build: 0.0, call: 0.0 };
    for _ in 0..clients {
        let started = Instant::now();
        let client = builder().http_library(library(subject)).no_proxy().endpoint(url);
        let client = client.retry(RetryPolicy::never()).build().expect("a client");
        let build = support::measure::nanos(started.elapsed());
        runtime.block_on(async { client.send(purchase()).await }).expect("a response");
        last = Times { build, call: support::measure::nanos(started.elapsed()) - build };
    }
    println!("{}", serde_json::to_string(&last).expect("JSON"));
}

fn measure() {
    let server = Loopback::start(Protocol::Https1, 0);
    let (runtime, http, roots) = (runtime(), http_client(), roots());
    let run = |subject: Subject, clients: &str| {
        let mut program = this_program_as(&["start", subject.name(), clients, &server.url()]);
        program.env("SSL_CERT_FILE", &roots);
        if Path::new(SYSTEM_DIRECTORY).exists() {
            program.env("SSL_CERT_DIR", SYSTEM_DIRECTORY);
        }
        let started = unix_nanos(SystemTime::now());
        let output = program.output().expect("a process");
        let times: Times = serde_json::from_slice(&output.stdout).expect("times");
        let received = runtime.block_on(counts(&http, &server.url())).last_request;
        (nanos_between(started, received), times)
    };

    let mut until_request = Rounds::with_others(SUBJECTS.len() - 1);
    let mut first: [Vec<Times>; SUBJECTS.len()] = Default::default();
    let mut second: [Vec<Times>; SUBJECTS.len()] = Default::default();
    for _ in 0..RUNS {
        for (index, subject) in SUBJECTS.into_iter().chain([SUBJECTS[0]]).enumerate() {
            let (elapsed, times) = run(subject, "1");
            until_request.push(index, elapsed);
            if index < SUBJECTS.len() {
                first[index].push(times);
                second[index].push(run(subject, "2").1);
            }
        }
    }

    let measure = "process start until the first request, HTTPS";
    let hyper = until_request.figure(1, measure, MILLISECONDS);
    let mut figures = vec![hyper.of(SUBJECTS[1].name()).goal(Goal::Times(1.0))];
    for (which, times) in [("first", &first), ("second", &second)] {
        for (subject, times) in SUBJECTS.iter().zip(times) {
            let of = |value: fn(&Times) -> f64| median(times.iter().map(value).collect()) / 1e6;
            let build = Figure::new(format!("build(), {which} client"), "ms", of(|t| t.build));
            let goal = (*subject == Subject::Hyper).then_some(Goal::Most(1.0));
            figures.push(build.of(subject.name()).goal(goal));
            let call = Figure::new(format!("first call, {which} client"), "ms", of(|t| t.call));
            figures.push(call.of(subject.name()));
        }
    }
    publish("start", &figures);
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Writes a file with the root certificates of the system and that of the server.
fn roots() -> PathBuf {
    let path = directory().join("roots.pem");
    let system = fs::read_to_string(SYSTEM_FILE).unwrap_or_default();
    fs::create_dir_all(directory()).expect("a directory");
    fs::write(&path, format!("{system}\n{AUTHORITY}")).expect("a file");
    path
}

#[expect(clippy::cast_precision_loss, reason = "seconds in nanoseconds")]
fn nanos_between(earlier: u64, later: u64) -> f64 {
    later.saturating_sub(earlier) as f64
}
