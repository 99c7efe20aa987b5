//! Unit tests of `ReqwestTransport` alone; `http/tests.rs` has those of all built-in transports.

use super::*;

#[test]
fn url_equals_the_parsed_uri_for_any_first_host() {
    let transport = ReqwestTransport::from_client(reqwest::Client::new());
    for uri in [
        "http://127.0.0.1:8080/?A=1%202&B=%E4%B8%AD",
        "http://127.0.0.1:8080/",
        "http://127.0.0.1:8080/latest/meta-data/ram/security-credentials/a%20role",
        "http://[::1]:8080/?A=1",
        "https://dbs-api.cn-hangzhou.aliyuncs.com/?A=~b-_.&C=",
        "https://127.0.0.1:8080/?A=1",
        "http://127.0.0.1:8080/?A=1",
    ] {
        let url = transport.url(&uri.parse().unwrap()).unwrap();
        assert_eq!(url, uri.parse().unwrap());
    }
    let transport = ReqwestTransport::from_client(reqwest::Client::new());
    let uri = "http://user:hunter2@127.0.0.1:8080/".parse().unwrap();
    assert_eq!(transport.url(&uri).unwrap().password(), Some("hunter2"));
    assert!(transport.first_host.get().is_none(), "a password is not kept");
    assert!(!format!("{transport:?}").contains("127.0.0.1"));
    for uri in ["/?A=1", "ftp:/x"] {
        let Ok(uri) = uri.parse() else { continue };
        let error = transport.url(&uri).unwrap_err().to_string();
        assert!(error.contains("invalid request URL"), "{error}");
    }
}
