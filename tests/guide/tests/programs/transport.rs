//! A transport that adds a header and logs attempts, with the crate's own re-exports only.

use std::sync::{Arc, Mutex};

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::DescribeRegions;
use aliyun_dbs::reexport::async_trait;
use aliyun_dbs::reexport::bytes::Bytes;
use aliyun_dbs::reexport::http::{HeaderValue, Request, Response};
use aliyun_dbs::transport::{AttemptContext, RecordedRequest, Transport, TransportError};
use aliyun_dbs::{Client, Region};

#[derive(Clone, Debug)]
struct Tagged<T> {
    inner: T,
    log: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl<T: Transport> Transport for Tagged<T> {
    async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let context = request.extensions().get::<AttemptContext>().cloned();
        let number = context.map_or(0, |context| context.attempt);
        let recorded = RecordedRequest::from(request.clone()); // shows no secret
        self.log.lock().unwrap().push(format!("{number} {}", recorded.operation()));
        request.headers_mut().insert("x-team", HeaderValue::from_static("backups"));
        self.inner.send(request).await
    }

    fn inner(&self) -> Option<&dyn Transport> {
        Some(&self.inner)
    }

    fn uses_attempt_context(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn wrapper_tags_and_logs_each_attempt() {
    let dbs = FakeDbs::new();
    dbs.faults().drop_before_processing("DescribeRegions");
    let transport = Tagged { inner: dbs.clone(), log: Arc::default() };
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(transport.clone())
        .build()
        .unwrap();
    client.send(DescribeRegions::builder().build()).await.unwrap();
    assert_eq!(*transport.log.lock().unwrap(), ["1 DescribeRegions", "2 DescribeRegions"]);
    assert!(dbs.requests().iter().all(|request| request.header("x-team") == Some("backups")));
}
