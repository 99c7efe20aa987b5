//! The report over HTTP: a page for people, metrics for Prometheus.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aliyun_dbs::workflows::report::Report;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio::time::timeout;

use crate::Source;
use crate::support::BoxError;

/// Serves reports until Ctrl-C, at first the one that was made before.
pub(crate) async fn serve(
    address: &str,
    source: Arc<Source>,
    first: Report,
) -> Result<(), BoxError> {
    // As in other programs, `:9100` means all addresses of the machine.
    let all = format!("0.0.0.0{address}");
    let address = if address.starts_with(':') { &all } else { address };
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("could not listen on `{address}`: {error}"))?;
    println!("listening on http://{}/", listener.local_addr()?);
    let (last, _) = watch::channel((Instant::now(), Arc::new(first)));
    let reports = Arc::new(Reports { source, last, making: Mutex::new(()) });
    loop {
        let connection = tokio::select! {
            connection = listener.accept() => connection,
            _ = tokio::signal::ctrl_c() => return Ok(()),
        };
        // The client closed the connection, or the limit of open files is reached.
        let Ok((stream, _)) = connection else {
            tokio::task::yield_now().await;
            continue;
        };
        let reports = Arc::clone(&reports);
        tokio::spawn(async move {
            let service = service_fn(|request| respond(&reports, request));
            // A broken connection concerns only its client.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// How long a request waits for a new report, if it can get the last one instead.
///
/// Prometheus ends a scrape after 10 seconds by default, which many plans exceed.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

type Made = (Instant, Arc<Report>);

struct Reports {
    source: Arc<Source>,
    last: watch::Sender<Made>,
    /// Locked while a report is made, so that requests at the same time share it.
    making: Mutex<()>,
}

impl Reports {
    /// Returns a report that is new enough, or the last one if a new one takes long.
    async fn current(self: &Arc<Self>) -> Arc<Report> {
        if !self.is_fresh() {
            // A task, because a client that closes its connection must not end the report.
            let renewed = tokio::spawn(Arc::clone(self).renew());
            let _ = timeout(LONGEST_WAIT, renewed).await;
        }
        Arc::clone(&self.last.borrow().1)
    }

    fn is_fresh(&self) -> bool {
        self.last.borrow().0.elapsed() < self.source.options.every
    }

    async fn renew(self: Arc<Self>) {
        let begun = Instant::now();
        let _making = self.making.lock().await;
        // Another request may have made one in the meantime.
        if !self.is_fresh() && self.last.borrow().0 < begun {
            let report = Arc::new(self.source.report().await);
            self.last.send_replace((Instant::now(), report));
        }
    }
}

async fn respond(
    reports: &Arc<Reports>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let render: fn(&Source, &Report) -> String = match request.uri().path() {
        "/" => |_, report| report.html(),
        "/metrics" => |_, report| report.prometheus(),
        "/report.svg" => |_, report| report.svg(),
        "/report.json" => |_, report| serde_json::to_string(report).unwrap_or_default(),
        "/alerts.yml" => |source, report| source.alert_rules(report),
        _ => {
            let mut response = Response::new(Full::from("not found\n"));
            *response.status_mut() = StatusCode::NOT_FOUND;
            return Ok(response);
        }
    };
    let content_type = match request.uri().path() {
        "/" => "text/html; charset=utf-8",
        "/report.svg" => "image/svg+xml",
        "/report.json" => "application/json",
        // The version of the text format of Prometheus.
        "/metrics" => "text/plain; version=0.0.4; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    };
    let report = reports.current().await;
    let mut response = Response::new(Full::from(render(&reports.source, &report)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, hyper::header::HeaderValue::from_static("no-store"));
    Ok(response)
}
