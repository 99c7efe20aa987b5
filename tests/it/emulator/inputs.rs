//! Tests that invalid requests are rejected or closed, and that the next request succeeds.

use std::time::Duration;

use aliyun_dbs::operations::DescribeRegions;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{EmulatorWorld, RawResponse, read_all, with, world};

/// Checks that the server still responds.
async fn assert_serving(world: &EmulatorWorld) {
    world.client().send(DescribeRegions::builder().build()).await.unwrap();
}

#[tokio::test]
async fn rejects_garbage() {
    let world = world().await;
    let inputs: [&[u8]; 10] = [
        b"\r\n\r\n",
        b"\0\0\0\0\xff\xfe\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"GET /?%ff=%zz&Action=%00&Signature HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ];
    for input in inputs {
        let mut stream = TcpStream::connect(world.address).await.unwrap();
        stream.write_all(input).await.unwrap();
        stream.shutdown().await.unwrap();
        let text = read_all(&mut stream).await;
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 4"), "{input:?}: {text}");
    }
    assert_serving(&world).await;
}

#[tokio::test]
async fn rejects_requests_without_an_action() {
    let world = world().await;
    let response = world.http("GET /", "", "").await;
    assert_eq!(response.status, 400);
    assert!(response.body.contains("<Code>MissingAction</Code>"), "{response:?}");
    let response = world.http("POST /?Format=JSON&Action=DescribeRegions", "", "").await;
    assert_eq!((response.status, &response.json()["Code"]), (400, &"IncompleteSignature".into()));
}

#[tokio::test]
async fn limits_the_size_of_headers() {
    let world = world().await;
    let padding = "a".repeat(100_000);
    let many: String =
        (b'a'..=b'z').flat_map(|n| [char::from(n).into(), ": x\r\n".to_owned()]).collect();
    let many = many.repeat(8);
    for request in [
        format!("GET /?Action={padding} HTTP/1.1\r\nHost: a\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: a\r\nX-Long: {padding}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n"),
    ] {
        let text = world.raw(request).await;
        let is_too_large = text.starts_with("HTTP/1.1 431") || text.starts_with("HTTP/1.1 414");
        assert!(text.is_empty() || is_too_large, "{text}");
    }
    assert!(world.dbs.requests().is_empty());
    assert_serving(&world).await;
}

#[tokio::test]
async fn limits_the_size_of_bodies() {
    let world = world().await;
    let head = "POST /?Format=JSON HTTP/1.1\r\nHost: a\r\n\
                Content-Type: application/x-www-form-urlencoded\r\n";
    let text = world.raw(format!("{head}Content-Length: 1048577\r\n\r\n")).await;
    let response = RawResponse::of(&text);
    assert_eq!((response.status, &response.json()["Code"]), (413, &"RequestTooLarge".into()));
    assert!(response.head.contains("connection: close"), "{}", response.head);

    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000));
    let text =
        world.raw(format!("{head}Transfer-Encoding: chunked\r\n\r\n{}", chunk.repeat(32))).await;
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 413"), "{text}");

    let text = world.raw(format!("{head}Content-Length: 99999999999999999999999\r\n\r\n")).await;
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 4"), "{text}");
    assert_serving(&world).await;
}

#[tokio::test]
async fn slow_clients_time_out() {
    let world = with(|emulator| emulator.read_timeout(Duration::from_millis(150))).await;
    for beginning in [
        "",
        "GET / HT",
        "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
        "POST /_emulator/faults HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc",
    ] {
        let begin = std::time::Instant::now();
        let text = world.raw(beginning).await;
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 408"), "{text}");
        assert!(begin.elapsed() < Duration::from_secs(2));
    }
    assert_serving(&world).await;
}

#[tokio::test]
async fn rejects_other_methods_paths_and_content_types() {
    let world = world().await;
    for (line, headers, body, status) in [
        ("PUT /?Format=JSON", "", "", 405),
        ("DELETE /", "", "", 405),
        ("BREW /", "", "", 405),
        ("GET /favicon.ico", "", "", 404),
        ("GET /../etc/passwd", "", "", 404),
        ("POST /", "Content-Type: application/json\r\n", "{}", 415),
        ("POST /", "Content-Type: multipart/form-data; boundary=x\r\n", "--x--", 415),
        ("POST /", "", "Action=DescribeRegions", 415),
    ] {
        let response = world.http(line, headers, body).await;
        assert_eq!(response.status, status, "{line}: {response:?}");
        assert!(response.body.contains("Code"), "{response:?}");
    }
    assert_serving(&world).await;
}

#[tokio::test]
async fn limits_the_request_history() {
    let world = world().await;
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let request = format!("GET /?Action=A{} HTTP/1.1\r\nHost: a\r\n\r\n", "b".repeat(9000));
    for _ in 0..1100 {
        stream.write_all(request.as_bytes()).await.unwrap();
        // Sequential, so that neither side fills the socket buffers.
        let mut head = [0; 12];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut head).await.unwrap();
        drain(&mut stream).await;
    }
    assert_eq!(world.dbs.requests().len(), 1000);
    let calls = world.control("GET /_emulator/requests", "").await.json();
    let calls = calls["requests"].as_array().unwrap();
    assert_eq!(calls.len(), 1000);
    assert!(calls[0]["operation"].as_str().unwrap().len() < 100);
}

/// Reads the rest of an XML response.
async fn drain(stream: &mut TcpStream) {
    let mut text = Vec::new();
    while !text.ends_with(b"</Error>") {
        let byte = tokio::io::AsyncReadExt::read_u8(stream).await.unwrap();
        text.push(byte);
    }
}
