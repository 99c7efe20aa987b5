//! Counts the instructions of a signature, a page and a call with Valgrind.
//!
//! Also counts the share of retries, spans and observers in a call that succeeds without a subscriber
//! or an observer. The counts do not depend on the load of the machine, and the output compares them
//! with the previous run. Needs Valgrind and the `gungraun-runner` of gungraun's version (`cargo
//! install gungraun-runner`); without them the benchmark is skipped.

mod support;

use std::process::{Command, Stdio};

use aliyun_dbs::Client;
use bytes::Bytes;
use support::report::{Figure, Goal, directory, publish, skipped};
use support::subject::{CREATED, RespondsAtOnce, client, purchase};
use tokio::runtime::Runtime;

/// The variable with the number of calls that a child process makes.
const CALLS: &str = "ALIYUN_DBS_BENCH_CALLS";

fn main() {
    // The runner starts this program once per benchmark.
    if std::env::args().any(|argument| argument == "--gungraun-run") {
        return counted::run();
    }
    if let Ok(calls) = std::env::var(CALLS) {
        return make_calls(calls.parse().expect("a number"));
    }
    let missing: Vec<_> = ["valgrind", "gungraun-runner"]
        .into_iter()
        .filter(|program| !is_installed(program))
        .collect();
    if missing.is_empty() {
        counted::run();
        publish("instructions", &instrumentation());
    } else {
        skipped("instructions", &format!("{} is not installed", missing.join(" and ")));
    }
}

fn is_installed(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok()
}

/// Returns a client whose calls need no network, and a runtime for it.
fn caller(response: Bytes) -> (Runtime, Client) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    (runtime.expect("a runtime"), client(RespondsAtOnce(response)).build().expect("a client"))
}

fn make_calls(calls: u32) {
    let (runtime, client) = caller(Bytes::from_static(CREATED));
    for _ in 0..calls {
        runtime.block_on(async { client.send(purchase()).await }).expect("a response");
    }
}

/// Measures the share of retries, spans and observers in the instructions of a call.
///
/// Counts inlined code, too. Excludes SHA-256: Valgrind does not support the SHA instructions of the
/// processor, and their software replacement would hide the rest.
fn instrumentation() -> Vec<Figure> {
    const COUNTED: u32 = 2_000;
    let profile = directory().join("call.callgrind");
    let program = std::env::current_exe().expect("this program");
    let made = std::fs::create_dir_all(directory()).and_then(|()| {
        Command::new("valgrind")
            .arg("--tool=callgrind")
            .arg(format!("--callgrind-out-file={}", profile.display()))
            .arg(program)
            .env(CALLS, COUNTED.to_string())
            .stderr(Stdio::null())
            .status()
    });
    let listing = made.and_then(|_| {
        Command::new("callgrind_annotate")
            .args(["--threshold=100", "--auto=no"])
            .arg(&profile)
            .output()
    });
    let listing = match listing {
        Ok(listing) => String::from_utf8_lossy(&listing.stdout).into_owned(),
        Err(error) => {
            skipped("the share of retries, spans and observers", &error.to_string());
            return Vec::new();
        }
    };
    // "1,234 ( 0.1%)  file:function [object]"
    let rows = listing.lines().filter_map(|line| {
        let (count, place) = line.trim_start().split_once(" (")?;
        let count: f64 = count.replace(',', "").parse().ok()?;
        Some((count, place.split_once(')')?.1))
    });
    let (mut all, mut instrumented, mut sha) = (0.0, 0.0, 0.0);
    for (count, place) in rows {
        if place.contains("PROGRAM TOTALS") {
            all = count;
        } else if place.contains("sha2::") && place.contains("compress") {
            sha += count;
        } else if ["src/rpc/client/trace.rs", "src/rpc/retry.rs", "src/rpc/observe/", "/tracing-"]
            .iter()
            .any(|part| place.contains(part))
        {
            instrumented += count;
        }
    }
    let calls = f64::from(COUNTED);
    vec![
        Figure::new("instructions per call, without SHA-256", "", (all - sha) / calls),
        Figure::new("  in retries, spans and observers", "", instrumented / calls),
        Figure::new(
            "  share of retries, spans and observers",
            "%",
            100.0 * instrumented / (all - sha),
        )
        .goal(Goal::Most(2.0)),
    ]
}

/// The benchmarks that gungraun compares from run to run.
#[allow(unused_qualifications, reason = "gungraun's macros use qualified names of imported items")]
mod counted {
    use std::hint::black_box;

    use aliyun_dbs::operations::DescribeBackupPlanList;
    use aliyun_dbs::unversioned::sign::acs3;
    use aliyun_dbs::{ApiRequest, Client};
    use bytes::Bytes;
    use gungraun::prelude::*;
    use tokio::runtime::Runtime;

    use super::caller;
    use crate::support::subject::{
        ACCESS_KEY_ID, ACCESS_KEY_SECRET, CREATED, canonical, page, purchase,
    };

    fn key() -> acs3::SigningKey {
        acs3::SigningKey::new(ACCESS_KEY_SECRET)
    }

    fn purchases() -> (Runtime, Client) {
        let caller = caller(Bytes::from_static(CREATED));
        // The first call initializes what later calls reuse.
        call(&caller);
        caller
    }

    fn listings() -> (Runtime, Client) {
        let caller = caller(page(100).into());
        list(&caller);
        caller
    }

    fn call((runtime, client): &(Runtime, Client)) {
        runtime.block_on(async { client.send(purchase()).await }).expect("a response");
    }

    fn list((runtime, client): &(Runtime, Client)) {
        let request = DescribeBackupPlanList::builder().build();
        runtime.block_on(async { client.send(request).await }).expect("a page");
    }

    #[library_benchmark(setup = purchase)]
    fn encode(request: aliyun_dbs::operations::CreateBackupPlan) -> aliyun_dbs::Parameters {
        black_box(request.parameters().expect("parameters"))
    }

    #[library_benchmark(setup = key)]
    fn build_encode_and_sign(key: acs3::SigningKey) -> acs3::AuthorizedRequest {
        black_box(canonical(&purchase()).authorize(ACCESS_KEY_ID, &key))
    }

    #[library_benchmark(setup = purchases)]
    fn call_without_network(caller: (Runtime, Client)) -> (Runtime, Client) {
        call(&caller);
        caller
    }

    #[library_benchmark(setup = listings)]
    fn page_of_100_plans(caller: (Runtime, Client)) -> (Runtime, Client) {
        list(&caller);
        caller
    }

    library_benchmark_group!(
        name = counts,
        benchmarks = [encode, build_encode_and_sign, call_without_network, page_of_100_plans]
    );

    gungraun::main!(library_benchmark_groups = counts);

    pub(super) fn run() {
        main();
    }
}
