//! Settings and the client's builder.

use std::time::Duration;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::transport::ScriptedTransport;
use aliyun_dbs::{Client, ClientBuilder, Config, Region};

use super::Catalog;

fn builder() -> ClientBuilder {
    Client::builder()
        .environment(|_| None)
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret"))
}

pub(super) fn print(catalog: &mut Catalog) {
    catalog.section("Settings", "Errors of `Config` and of `ClientBuilder::build`.");
    for (name, value) in [
        ("REGION", "cn hangzhou"),
        ("NETWORK", "lan"),
        ("ENDPOINT", "ftp://x"),
        ("TIMEOUT", "soon"),
        ("ATTEMPT_TIMEOUT", "0"),
        ("CONNECT_TIMEOUT", "0"),
        ("MAX_ATTEMPTS", "0"),
        ("MAX_ATTEMPTS", "few"),
        ("MAX_CONCURRENT_CALLS", "0"),
        ("RETRY_BASE_DELAY", "-1"),
        ("RATE_LIMITING", "perhaps"),
        ("SIGNATURE_VERSION", "v9"),
        ("PROXY", "socks5://127.0.0.1:1080"),
        ("PROXY", "http://me:hunter2@127.0.0.1:3128"),
        ("ALLOW_PLAIN_HTTP", "perhaps"),
        ("USER_AGENT_SUFFIX", "a\nb"),
    ] {
        let variable = format!("ALIYUN_DBS_{name}");
        let (wanted, value) = (variable.clone(), value.to_owned());
        let text = value.clone();
        let config = Config::from_env_with(move |name| (name == wanted).then(|| value.clone()));
        let error = match config {
            Err(error) => error,
            Ok(config) => {
                let built = builder().config(config).build();
                built.map(|_| ()).expect_err(&variable)
            }
        };
        catalog.add(format!("`{variable}={}`", text.escape_debug()), error);
    }
    for text in [r#"{"regions":"x"}"#, r#"{"timeout":"soon"}"#, r#"{"colour":1}"#, "[]"] {
        let error = serde_json::from_str::<Config>(text).unwrap_err();
        catalog.add(format!("`Config` from `{text}`"), error);
    }
    let transport = || ScriptedTransport::new();
    for (cause, builder) in [
        (
            "no region",
            Client::builder().environment(|_| None).credentials(Credentials::new("id", "secret")),
        ),
        ("no credentials", Client::builder().environment(|_| None).region(Region::Hangzhou)),
        (
            "an unencrypted endpoint of this machine, through a proxy",
            builder().endpoint("http://127.0.0.1").proxy("http://127.0.0.1:3128"),
        ),
        ("`endpoint(\"http://dbs.example\")`", builder().endpoint("http://dbs.example")),
        ("`timeout(Duration::ZERO)`", builder().timeout(Duration::ZERO)),
        ("`attempt_timeout(Duration::ZERO)`", builder().attempt_timeout(Duration::ZERO)),
        ("`connect_timeout(Duration::ZERO)`", builder().connect_timeout(Duration::ZERO)),
        ("`max_concurrent_calls(0)`", builder().max_concurrent_calls(0)),
        ("`user_agent_suffix(\"a\\nb\")`", builder().user_agent_suffix("a\nb")),
        ("`proxy(\"ftp://x\")`", builder().proxy("ftp://x")),
        ("`root_certificate_pem(\"x\")`", builder().root_certificate_pem("x")),
        ("`proxy` with a transport", builder().proxy("http://127.0.0.1:1").transport(transport())),
        (
            "`root_certificate_pem` with a transport",
            builder().root_certificate_pem("x").transport(transport()),
        ),
    ] {
        match builder.build() {
            Err(error) => catalog.add(cause, error),
            Ok(_) => catalog.add(cause, "(accepted)"),
        }
    }
}
