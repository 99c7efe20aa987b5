//! Tests of the default chain against a table of environments.

use aliyun_dbs::credentials::{
    Credentials, CredentialsProvider, DefaultChain, RamRoleProvider, RoleSession, StsEndpoint,
};

use super::environment::{FAR, SECRET, TOKEN, clean, io, keys};
use super::server::Server;
use crate::support::log::Log;
use crate::support::process::is_alone;

const CLI: &str = "/home/u/.aliyun/config.json";
const INI: &str = "/home/u/.alibabacloud/credentials";

const CLI_TEXT: &str = r#"{"current":"d","profiles":[{"name":"d","mode":"AK",
    "access_key_id":"cli","access_key_secret":"planted-secret-5e1f"}]}"#;
const INI_TEXT: &str = "[default]\ntype=access_key\naccess_key_id=ini\n\
    access_key_secret=planted-secret-5e1f\n[other]\ntype=access_key\naccess_key_id=other\n\
    access_key_secret=planted-secret-5e1f\n";

const ID: (&str, &str) = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "env");
const KEY: (&str, &str) = ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET);
const NO_ECS: (&str, &str) = ("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");

struct Case {
    variables: &'static [(&'static str, &'static str)],
    files: &'static [(&'static str, &'static str)],
    /// The key that the chain finds, or parts of its error.
    outcome: Result<&'static str, &'static [&'static str]>,
}

const CASES: &[Case] = &[
    Case { variables: &[ID, KEY], files: &[(CLI, CLI_TEXT)], outcome: Ok("env") },
    Case { variables: &[NO_ECS], files: &[(CLI, CLI_TEXT), (INI, INI_TEXT)], outcome: Ok("cli") },
    Case { variables: &[NO_ECS], files: &[(INI, INI_TEXT)], outcome: Ok("ini") },
    // An incomplete pair is configured, but broken.
    Case {
        variables: &[ID, NO_ECS],
        files: &[(CLI, CLI_TEXT)],
        outcome: Err(&[
            "credentials source `environment` failed",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set",
        ]),
    },
    Case {
        variables: &[("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/t"), NO_ECS],
        files: &[(CLI, CLI_TEXT)],
        outcome: Err(&["credentials source `OIDC` failed", "tried (1) environment"]),
    },
    Case {
        variables: &[NO_ECS],
        files: &[(CLI, "{ not json"), (INI, INI_TEXT)],
        outcome: Err(&["credentials source `CLI profile` failed", "line 1, column 3", "OIDC:"]),
    },
    // The next sources are the role of the instance, and a URI.
    Case {
        variables: &[("ALIBABA_CLOUD_CREDENTIALS_URI", "http://127.0.0.1:1/")],
        files: &[(INI, "[default]\ntype=access_key\naccess_key_id=ini\n")],
        outcome: Err(&["credentials source `ini file` failed", "access_key_secret"]),
    },
    // A role that is named configures the metadata service, here without one.
    Case {
        variables: &[
            ("ALIBABA_CLOUD_ECS_METADATA", "not a role"),
            ("ALIBABA_CLOUD_CREDENTIALS_URI", "http://127.0.0.1:1/"),
        ],
        files: &[],
        outcome: Err(&["credentials source `ECS RAM role` failed", "invalid name"]),
    },
    // A named profile that exists in only one of the files.
    Case {
        variables: &[("ALIBABA_CLOUD_PROFILE", "other"), NO_ECS],
        files: &[(CLI, CLI_TEXT), (INI, INI_TEXT)],
        outcome: Ok("other"),
    },
    // A profile that no file has: the chain must not use the identity of the machine.
    Case {
        variables: &[
            ("ALIBABA_CLOUD_PROFILE", "missing"),
            ("ALIBABA_CLOUD_CREDENTIALS_URI", "http://127.0.0.1:1/"),
        ],
        files: &[(CLI, CLI_TEXT), (INI, INI_TEXT)],
        outcome: Err(&[
            "profile `missing` not found",
            "DefaultChainBuilder::profile`; tried (1) environment",
            "ini file:",
        ]),
    },
    Case {
        variables: &[("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "TRUE"), NO_ECS],
        files: &[(CLI, CLI_TEXT), (INI, INI_TEXT)],
        outcome: Ok("ini"),
    },
    Case {
        variables: &[NO_ECS],
        files: &[],
        outcome: Err(&[
            "no source is configured; tried (1) environment: ALIBABA_CLOUD_ACCESS_KEY_ID and",
            "CLI profile: `/home/u/.aliyun/config.json` does not exist",
            "ini file: `/home/u/.alibabacloud/credentials` and",
            "ECS RAM role: ALIBABA_CLOUD_ECS_METADATA_DISABLED is `true`",
            "credentials URI: ALIBABA_CLOUD_CREDENTIALS_URI is not set",
        ]),
    },
];

#[tokio::test]
async fn chain_uses_the_first_configured_source() {
    for (number, case) in CASES.iter().enumerate() {
        let chain = DefaultChain::builder().io(io(case.variables, case.files)).build();
        match (chain.credentials().await, case.outcome) {
            (Ok(found), Ok(key)) => assert_eq!(found.access_key_id(), key, "case {number}"),
            (Err(error), Err(says)) => {
                let text = clean(&error);
                for part in says {
                    assert!(text.contains(part), "case {number}: {text}");
                }
            }
            (Ok(found), Err(_)) => panic!("case {number}: {}", found.access_key_id()),
            (Err(error), Ok(_)) => panic!("case {number}: {error}"),
        }
    }
}

#[tokio::test]
async fn chain_ends_with_uri_and_can_skip_sources() {
    let server = Server::start(|_| (200, keys("Success", FAR))).await;
    let uri = server.url.clone();
    let variables = [ID, KEY, ("ALIBABA_CLOUD_CREDENTIALS_URI", uri.as_str())];
    let chain = DefaultChain::builder()
        .io(io(&variables, &[(CLI, CLI_TEXT), (INI, INI_TEXT)]))
        .without_environment()
        .without_oidc()
        .without_cli_profile()
        .without_ini_file()
        .without_ecs_ram_role()
        .build();
    let found = chain.credentials().await.unwrap();
    assert_eq!(found.security_token().unwrap().expose(), TOKEN);
    chain.credentials().await.unwrap();
    assert_eq!(server.requests().len(), 1, "the chain caches the credentials");
}

#[tokio::test]
async fn chain_keeps_the_source_that_worked() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    let gone = Arc::new(AtomicBool::new(false));
    let read = gone.clone();
    let world = io(&[NO_ECS], &[(CLI, CLI_TEXT)]).with_env(move |name| match name {
        "HOME" => Some("/home/u".to_owned()),
        _ if read.load(Ordering::Relaxed) => None,
        "ALIBABA_CLOUD_ACCESS_KEY_ID" => Some("env".to_owned()),
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET" => Some(SECRET.to_owned()),
        _ => None,
    });
    let chain = DefaultChain::builder().io(world).build();
    assert_eq!(chain.credentials().await.unwrap().access_key_id(), "env");
    gone.store(true, Ordering::Relaxed);
    let error = clean(&chain.credentials().await.unwrap_err());
    assert!(
        error.contains("`environment`, selected earlier, failed"),
        "the chain must not change its identity: {error}"
    );
}

/// Has STS echo a secret in a rejection, in a failure and in an incomplete session.
async fn echo_secrets_from_sts() {
    for (status, body) in [
        (403, format!(r#"{{"Code":"NoPermission","Message":"{SECRET}","RequestId":"R"}}"#)),
        (400, format!(r#"{{"Code":"the key is {SECRET}","RequestId":"of {SECRET}"}}"#)),
        (500, format!("<html>{SECRET}</html>")),
        (200, format!(r#"{{"Credentials":{{"AccessKeyId":"a","AccessKeySecret":"{SECRET}"}}}}"#)),
        (200, format!(r#"{{"Credentials":{{"AccessKeyId":{{"{SECRET}":1}}}}}}"#)),
    ] {
        let sts = Server::start(move |_| (status, body.clone())).await;
        let role = RoleSession::new("acs:ram::1:role/r");
        let role = RamRoleProvider::new(Credentials::new("LTAI", "other"), role, io(&[], &[]))
            .endpoint(StsEndpoint::host(&sts.url));
        clean(&role.credentials().await.unwrap_err());
    }
}

#[tokio::test]
async fn logs_contain_no_secret_of_any_source() {
    if !is_alone("credentials::chain::logs_contain_no_secret_of_any_source") {
        return;
    }
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);

    let server = Server::start(|request| match request.line.split(' ').next() {
        Some("GET") => (200, keys("Success", FAR)),
        _ => (200, super::environment::sts_response("STS.role", FAR)),
    })
    .await;
    let uri = format!("{}/?{TOKEN}", server.url);
    for case in CASES {
        let chain = DefaultChain::builder().io(io(case.variables, case.files)).build();
        let _ = chain.credentials().await;
        let _ = format!("{chain:?}");
    }
    let chain = DefaultChain::builder()
        .io(io(&[NO_ECS, ("ALIBABA_CLOUD_CREDENTIALS_URI", &uri)], &[]))
        .build();
    echo_secrets_from_sts().await;
    chain.credentials().await.unwrap();
    let failing = DefaultChain::builder()
        .io(io(
            &[NO_ECS, ("ALIBABA_CLOUD_CREDENTIALS_URI", "http://127.0.0.1:9/?planted-token-77c0")],
            &[],
        ))
        .build();
    clean(&failing.credentials().await.unwrap_err());

    let logged = log.text();
    assert!(logged.contains("credentials fetched"), "{logged}");
    assert!(logged.contains("AssumeRole failed"), "{logged}");
    assert!(!logged.contains(SECRET) && !logged.contains(TOKEN), "{logged}");
}
