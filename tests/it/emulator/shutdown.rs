//! Tests of the shutdown of the emulator.

use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use super::{read_all, with, world};
use crate::support::create;

#[tokio::test]
async fn shutdown_drains_requests_and_closes_idle_ones() {
    let world = world().await;
    let mut idle = TcpStream::connect(world.address).await.unwrap();
    world.dbs.faults().delay("CreateBackupPlan", Duration::from_secs(60));
    let client = world.client();
    let call = tokio::spawn(async move { client.send(create()).await.map(drop) });
    while world.dbs.plans().is_empty() {
        tokio::task::yield_now().await;
    }
    world.stop.send(()).unwrap();
    assert_eq!(read_all(&mut idle).await, "");
    assert!(TcpStream::connect(world.address).await.is_err());
    assert!(!world.server.is_finished());
    world.dbs.clock().advance(Duration::from_secs(60));
    call.await.unwrap().unwrap();
    world.server.await.unwrap();
}

#[tokio::test]
async fn drain_timeout_aborts_running_requests() {
    let world = with(|emulator| emulator.drain_timeout(Duration::from_millis(50))).await;
    world.dbs.faults().delay("CreateBackupPlan", Duration::from_secs(3600));
    let client = world.client();
    let call = tokio::spawn(async move {
        client.send(create()).retry(aliyun_dbs::RetryPolicy::never()).await.map(drop)
    });
    while world.dbs.plans().is_empty() {
        tokio::task::yield_now().await;
    }
    let begin = Instant::now();
    world.stop.send(()).unwrap();
    world.server.await.unwrap();
    assert!(begin.elapsed() < Duration::from_secs(2));
    assert!(call.await.unwrap().unwrap_err().may_have_executed());
}
