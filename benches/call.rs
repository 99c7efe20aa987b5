//! Measures the cost of a call over loopback.
//!
//! The baseline is the same reqwest client sending a request that was built in advance. The server is
//! another process, so the CPU time of this process is the client's.

mod support;

#[cfg(unix)]
fn main() {
    support::loopback::serve_if_child();
    unix::main();
}

#[cfg(not(unix))]
fn main() {
    println!("skipped: this benchmark reads the CPU time of a process, which needs Unix");
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

    use crate::support::loopback::{Loopback, http_client};
    use crate::support::measure::{median, nanos};
    use crate::support::report::{Figure, Goal, publish};
    use crate::support::subject::{captured, client, purchase};

    const ROUNDS: usize = 25;

    /// The time per request, one value per round.
    struct Timings {
        cpu: Vec<f64>,
        wall: Vec<f64>,
    }

    impl Timings {
        const NONE: Self = Self { cpu: Vec::new(), wall: Vec::new() };
    }

    pub(crate) fn main() {
        let server = Loopback::start(0);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let http = http_client();
        let ours = client(ReqwestTransport::from_client(http.clone()))
            .endpoint(format!("http://{}", server.address))
            .retry(RetryPolicy::never())
            .build()
            .expect("a client");
        let prebuilt = prebuilt(&server);

        let mut figures = Vec::new();
        for (in_flight, requests, goal) in [(1, 1_000, 1.15), (16, 6_400, 1.25), (64, 6_400, 1.25)]
        {
            let [mut raw, mut parsed, mut typed] = [const { Timings::NONE }; 3];
            for _ in 0..ROUNDS {
                round(&runtime, &mut raw, in_flight, requests, || send_raw(&http, &prebuilt));
                round(&runtime, &mut parsed, in_flight, requests, || send_parsed(&http, &prebuilt));
                round(&runtime, &mut typed, in_flight, requests, || send_typed(&ours));
            }
            let (raw_wall, typed_wall) = (median(raw.wall), median(typed.wall));
            let (raw, parsed, typed) = (median(raw.cpu), median(parsed.cpu), median(typed.cpu));
            let measure = format!("CPU of a call, {in_flight} in flight");
            figures.push(
                Figure::new(measure, "µs", typed / 1e3).over(raw / 1e3).goal(Goal::Times(goal)),
            );
            let measure = "  against a URL that was also parsed in advance";
            figures.push(Figure::new(measure, "µs", typed / 1e3).over(parsed / 1e3));
            let measure = format!("calls per second, {in_flight} in flight");
            let throughput = Figure::new(measure, "/s", 1e9 / typed_wall).over(1e9 / raw_wall);
            figures.push(match in_flight {
                64 => throughput.goal(Goal::LeastTimes(0.85)),
                _ => throughput,
            });
        }
        publish("call", &figures);
    }

    /// Sends requests with a fixed concurrency, and records the time.
    fn round<F: Future<Output = ()>>(
        runtime: &Runtime,
        timings: &mut Timings,
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
        timings.cpu.push(nanos(cpu_time().saturating_sub(cpu)) / requests);
        timings.wall.push(nanos(wall.elapsed()) / requests);
    }

    fn cpu_time() -> Duration {
        let used = clock_gettime(ClockId::ProcessCPUTime);
        Duration::try_from(used).expect("CPU time is not negative")
    }

    /// A request that the client has signed, in the parts that reqwest needs.
    struct Prebuilt {
        url: String,
        parsed: reqwest::Url,
        headers: http::HeaderMap,
    }

    fn prebuilt(server: &Loopback) -> Prebuilt {
        let request = captured();
        let query = request.uri().query().expect("a query");
        let url = format!("http://{}/?{query}", server.address);
        let mut headers = request.headers().clone();
        headers.remove("host");
        Prebuilt { parsed: url.parse().expect("a URL"), url, headers }
    }

    /// Sends it with a URL string, because each signed request has a new URL.
    async fn send_raw(http: &reqwest::Client, prebuilt: &Prebuilt) {
        let request = http.post(&prebuilt.url).headers(prebuilt.headers.clone()).body(Bytes::new());
        read(request.send().await.expect("a response")).await;
    }

    /// Sends it with a URL parsed in advance, which a signed request cannot have.
    async fn send_parsed(http: &reqwest::Client, prebuilt: &Prebuilt) {
        let mut request = reqwest::Request::new(reqwest::Method::POST, prebuilt.parsed.clone());
        *request.headers_mut() = prebuilt.headers.clone();
        *request.body_mut() = Some(Bytes::new().into());
        read(http.execute(request).await.expect("a response")).await;
    }

    async fn read(response: reqwest::Response) {
        assert!(response.status().is_success());
        assert!(!response.bytes().await.expect("a body").is_empty());
    }

    async fn send_typed(client: &Client) {
        let created = client.send(purchase()).await.expect("a response");
        assert_eq!(created.backup_plan_id.as_str(), "dbstooi01exmp");
    }
}
