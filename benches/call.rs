//! Measures the cost of a call over loopback, with and without TLS.
//!
//! The floor is reqwest with a request that was built beforehand, including its URL. All clients take
//! turns, and each ratio compares values of one round. The server is another process, so the CPU time
//! of this process is the client's. For some protocols only: `CALL_OVER=HTTP,HTTPS/2 cargo bench --bench call`.

mod support;

#[cfg(unix)]
fn main() {
    match support::process::role().as_deref() {
        Some([role, protocol, fault_every]) if role == "serve" => {
            support::loopback::serve(protocol, fault_every);
        }
        _ => unix::main(),
    }
}

#[cfg(not(unix))]
fn main() {
    support::report::skipped("call", "reading the CPU time of a process needs Unix");
}

#[cfg(unix)]
mod unix {
    use std::time::{Duration, Instant};

    use futures_util::future::join_all;
    use rustix::time::{ClockId, clock_gettime};
    use tokio::runtime::Runtime;

    use crate::support::clients::{Caller, Subject, http_client};
    use crate::support::loopback::{Loopback, Protocol};
    use crate::support::measure::{Rounds, nanos};
    use crate::support::report::{Figure, Goal, publish};

    const ROUNDS: usize = 41;
    /// The floor is the first.
    const SUBJECTS: [Subject; 5] = [
        Subject::ReadyUrl,
        Subject::TextUrl,
        Subject::FromClient,
        Subject::Reqwest,
        Subject::Hyper,
    ];
    /// In flight, and requests per round.
    const LOADS: [(u32, u32); 3] = [(1, 320), (16, 1_280), (64, 1_280)];
    const MICROSECONDS: (&str, f64) = ("µs", 1e3);

    pub(crate) fn main() {
        let selected = std::env::var("CALL_OVER").ok();
        let is_selected = |protocol: Protocol| {
            let names = selected.as_deref().unwrap_or(protocol.name());
            names.split(',').any(|name| name == protocol.name())
        };
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let mut figures = Vec::new();
        for protocol in Protocol::ALL.into_iter().filter(|protocol| is_selected(*protocol)) {
            let server = Loopback::start(protocol, 0);
            let http = http_client();
            let callers: Vec<_> = SUBJECTS
                .iter()
                .chain([&Subject::ReadyUrl])
                .map(|subject| subject.client(&http, &server.url()))
                .collect();
            for load in LOADS {
                let measured = measure(&runtime, &server, &callers, load);
                figures.extend(measured.figures(protocol, load.0));
            }
        }
        publish("call", &figures);
    }

    /// The values of all rounds, per request.
    struct Measured {
        cpu: Rounds,
        requests_per_second: Rounds,
        server_cpu: Rounds,
        /// The percentage of a core that the server uses.
        server_load: Rounds,
    }

    fn measure(
        runtime: &Runtime,
        server: &Loopback,
        callers: &[Caller],
        (in_flight, requests): (u32, u32),
    ) -> Measured {
        let rounds = || Rounds::with_others(SUBJECTS.len() - 1);
        let mut measured = Measured {
            cpu: rounds(),
            requests_per_second: rounds(),
            server_cpu: rounds(),
            server_load: rounds(),
        };
        // The first calls open the connections.
        for caller in callers {
            send(runtime, caller, in_flight, requests);
        }
        for round in 0..ROUNDS {
            for turn in 0..callers.len() {
                let subject = (turn + round) % callers.len();
                let (cpu, server_cpu) = (cpu_time(), server.cpu_time());
                let started = Instant::now();
                send(runtime, &callers[subject], in_flight, requests);
                let wall = nanos(started.elapsed());
                let cpu = nanos(cpu_time().saturating_sub(cpu));
                let requests = f64::from(requests);
                measured.cpu.push(subject, cpu / requests);
                measured.requests_per_second.push(subject, requests * 1e9 / wall);
                if let (Some(before), Some(now)) = (server_cpu, server.cpu_time()) {
                    let server_cpu = nanos(now.saturating_sub(before));
                    measured.server_cpu.push(subject, server_cpu / requests);
                    measured.server_load.push(subject, 100.0 * server_cpu / wall);
                }
            }
        }
        measured
    }

    impl Measured {
        fn figures(&self, protocol: Protocol, in_flight: u32) -> Vec<Figure> {
            let others = || SUBJECTS.iter().enumerate().skip(1);
            let named =
                |measure: &str| format!("{measure}, {}, {in_flight} at once", protocol.name());
            let mut figures = Vec::new();
            for (index, subject) in others() {
                let figure = self.cpu.figure(index, named("CPU of a call"), MICROSECONDS);
                figures.push(figure.of(subject.name()).goal(cpu_goal(*subject, protocol)));
            }
            if in_flight != 64 {
                return figures;
            }
            for (index, subject) in others() {
                let figure =
                    self.requests_per_second.figure(index, named("calls per second"), ("/s", 1.0));
                figures.push(figure.of(subject.name()).goal(throughput_goal(*subject, protocol)));
            }
            // A server at 100 % of its core limits the throughput of all clients.
            let last = SUBJECTS.len() - 1;
            let cpu = self.server_cpu.figure(last, named("CPU of the server"), MICROSECONDS);
            let load = self.server_load.figure(last, named("load of the server"), ("%", 1.0));
            figures.extend([cpu, load].map(|figure| figure.of(SUBJECTS[last].name())));
            figures
        }
    }

    fn cpu_goal(subject: Subject, protocol: Protocol) -> Option<Goal> {
        match subject {
            Subject::Hyper => Some(Goal::Times(0.9)),
            Subject::FromClient | Subject::Reqwest if protocol == Protocol::Http => {
                Some(Goal::Times(1.2))
            }
            _ => None,
        }
    }

    fn throughput_goal(subject: Subject, protocol: Protocol) -> Option<Goal> {
        match subject {
            _ if protocol != Protocol::Http => None,
            Subject::Hyper => Some(Goal::LeastTimes(1.1)),
            Subject::FromClient | Subject::Reqwest => Some(Goal::LeastTimes(0.85)),
            _ => None,
        }
    }

    /// Sends requests with a fixed concurrency.
    fn send(runtime: &Runtime, caller: &Caller, in_flight: u32, requests: u32) {
        runtime.block_on(join_all((0..in_flight).map(|_| async {
            for _ in 0..requests / in_flight {
                caller.call().await;
            }
        })));
    }

    fn cpu_time() -> Duration {
        let used = clock_gettime(ClockId::ProcessCPUTime);
        Duration::try_from(used).expect("CPU time is not negative")
    }
}
