//! What a whole call over loopback costs, against the same reqwest client that sends bytes which
//! were built beforehand.
//!
//! The server is a process of its own, so the CPU time of this process is the client's.

mod support;

#[cfg(unix)]
fn main() {
    support::loopback::serve_if_asked();
    unix::main();
}

#[cfg(not(unix))]
fn main() {
    println!("skipped: the CPU time of a process is read on Unix only");
}

#[cfg(unix)]
mod unix {
    use std::time::{Duration, Instant};

    use aliyun_dbs::transport::ReqwestTransport;
    use aliyun_dbs::{Client, RetryPolicy};
    use bytes::Bytes;
    use futures_util::future::join_all;
    use rustix::time::{ClockId, clock_gettime};
    use tokio::runtime::Runtime;

    use crate::support::loopback::Loopback;
    use crate::support::measure::{median, nanos};
    use crate::support::report::{Figure, Goal, publish};
    use crate::support::subject::{captured, client, purchase};

    const ROUNDS: usize = 25;

    /// What a round used, per request.
    struct Used {
        cpu: Vec<f64>,
        wall: Vec<f64>,
    }

    pub(crate) fn main() {
        let server = Loopback::start(0);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .build()
            .expect("a client");
        let ours = client(ReqwestTransport::from_client(http.clone()))
            .endpoint(format!("http://{}", server.address))
            .retry(RetryPolicy::never())
            .build()
            .expect("a client");
        let prebuilt = prebuilt(&server);

        let mut figures = Vec::new();
        for (in_flight, requests, goal) in [(1, 1_000, 1.15), (16, 6_400, 1.25), (64, 6_400, 1.25)]
        {
            let mut raw = Used { cpu: Vec::new(), wall: Vec::new() };
            let mut typed = Used { cpu: Vec::new(), wall: Vec::new() };
            for _ in 0..ROUNDS {
                round(&runtime, &mut raw, in_flight, requests, || send_raw(&http, &prebuilt));
                round(&runtime, &mut typed, in_flight, requests, || send_typed(&ours));
            }
            let (raw_wall, typed_wall) = (median(raw.wall), median(typed.wall));
            figures.push(
                Figure::new(
                    format!("CPU of a call, {in_flight} in flight"),
                    "µs",
                    median(typed.cpu) / 1e3,
                )
                .over(median(raw.cpu) / 1e3)
                .goal(Goal::Times(goal)),
            );
            let throughput = Figure::new(
                format!("calls per second, {in_flight} in flight"),
                "/s",
                1e9 / typed_wall,
            )
            .over(1e9 / raw_wall);
            figures.push(if in_flight == 64 {
                throughput.goal(Goal::LeastTimes(0.85))
            } else {
                throughput
            });
        }
        publish("call", &figures);
    }

    /// Sends requests, a number of them at a time, and takes down the time.
    fn round<F: Future<Output = ()>>(
        runtime: &Runtime,
        used: &mut Used,
        in_flight: u32,
        requests: u32,
        send: impl Fn() -> F,
    ) {
        let (cpu, wall) = (cpu_time(), Instant::now());
        runtime.block_on(join_all((0..in_flight).map(|_| async {
            for _ in 0..requests / in_flight {
                send().await;
            }
        })));
        let requests = f64::from(requests);
        used.cpu.push(nanos(cpu_time().saturating_sub(cpu)) / requests);
        used.wall.push(nanos(wall.elapsed()) / requests);
    }

    fn cpu_time() -> Duration {
        let used = clock_gettime(ClockId::ProcessCPUTime);
        Duration::try_from(used).expect("it grows")
    }

    /// A request as the client signs it, taken apart.
    fn prebuilt(server: &Loopback) -> (reqwest::Url, http::HeaderMap) {
        let request = captured();
        let query = request.uri().query().expect("a query");
        let url = format!("http://{}/?{query}", server.address).parse().expect("a URL");
        let mut headers = request.headers().clone();
        headers.remove("host");
        (url, headers)
    }

    async fn send_raw(http: &reqwest::Client, (url, headers): &(reqwest::Url, http::HeaderMap)) {
        let mut request = reqwest::Request::new(reqwest::Method::POST, url.clone());
        *request.headers_mut() = headers.clone();
        *request.body_mut() = Some(Bytes::new().into());
        let answer = http.execute(request).await.expect("an answer");
        assert!(answer.status().is_success());
        assert!(!answer.bytes().await.expect("a body").is_empty());
    }

    async fn send_typed(client: &Client) {
        let created = client.send(purchase()).await.expect("an answer");
        assert_eq!(created.backup_plan_id.as_str(), "dbstooi01exmp");
    }
}
