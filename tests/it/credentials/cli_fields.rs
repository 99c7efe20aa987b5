//! Tests of the fields of `config.json`: one row per field and mode of `docs/credentials.md`.

use aliyun_dbs::credentials::{
    CliProfileProvider, Credentials, CredentialsError, CredentialsProvider, IniFileProvider,
    ProcessRunner,
};
use aliyun_dbs::transport::{RecordedRequest, ScriptedTransport};

use super::environment::{FAR, SECRET, TOKEN, clean, io, keys, sts_response};
use crate::support::log::Log;
use crate::support::process::is_alone;

const CONFIG: &str = "/home/u/.aliyun/config.json";
const ROLE: &str = "acs:ram::1:role/r";
const KEY: &str = r#""access_key_id":"LTAI","access_key_secret":"planted-secret-5e1f""#;

#[derive(Debug)]
struct Prints;

#[async_trait::async_trait]
impl ProcessRunner for Prints {
    async fn run(&self, _: &str, _: &[String]) -> std::io::Result<String> {
        Ok(format!(
            r#"{{"access_key_id":"printed","access_key_secret":"s","sts_token":"{TOKEN}"}}"#
        ))
    }
}

/// Runs a profile with these fields, and returns the credentials and the requests.
async fn run(fields: &str) -> (Result<Credentials, CredentialsError>, Vec<RecordedRequest>) {
    let config = format!(
        r#"{{"current":"p","profiles":[{{"name":"p",{fields}}},
            {{"name":"base","mode":"StsToken",{KEY},"sts_token":"{TOKEN}"}},
            {{"name":"unset","mode":"AK"}}]}}"#
    );
    let script = match fields {
        _ if fields.contains("EcsRamRole") || fields.contains("RoleName") => {
            ScriptedTransport::new().respond(200, "meta").respond(200, keys("Success", FAR))
        }
        _ if fields.contains("CredentialsURI") => {
            ScriptedTransport::new().respond(200, keys("Success", FAR))
        }
        _ => ScriptedTransport::new(),
    };
    let script = script.respond(200, sts_response("STS.role", FAR));
    let world = io(&[], &[(CONFIG, &config), ("/token", "oidc-token")])
        .with_process_runner(Prints)
        .with_transport(script.clone());
    let found = CliProfileProvider::new(None, world).credentials().await;
    (found, script.requests())
}

fn sent<'a>(requests: &'a [RecordedRequest], name: &str) -> Option<&'a str> {
    requests.last().unwrap().parameter(name)
}

#[tokio::test]
async fn each_mode_returns_its_credentials() {
    let ecs = r#""mode":"EcsRamRole","ram_role_name":"r""#;
    let oidc = format!(
        r#""oidc_provider_arn":"acs:ram::1:oidc-provider/p","oidc_token_file":"/token",
           "ram_role_arn":"{ROLE}""#
    );
    for (fields, id) in [
        (format!(r#""mode":"AK",{KEY}"#), "LTAI"),
        (format!(r#""mode":"StsToken",{KEY},"sts_token":"{TOKEN}""#), "LTAI"),
        (format!(r#""mode":"RamRoleArn",{KEY},"ram_role_arn":"{ROLE}""#), "STS.role"),
        (ecs.to_owned(), "STS.meta"),
        (
            format!(
                r#""mode":"RamRoleArnWithRoleName","ram_role_name":"r","ram_role_arn":"{ROLE}""#
            ),
            "STS.role",
        ),
        (format!(r#""mode":"OIDC",{oidc}"#), "STS.oidc"),
        (
            format!(
                r#""mode":"ChainableRamRoleArn","source_profile":"base","ram_role_arn":"{ROLE}""#
            ),
            "STS.role",
        ),
        (
            r#""mode":"CredentialsURI","credentials_uri":"http://127.0.0.1/k""#.to_owned(),
            "STS.meta",
        ),
        (r#""mode":"External","process_command":"tool""#.to_owned(), "printed"),
        // The tool recognizes the mode of a profile without one.
        (KEY.to_owned(), "LTAI"),
        (format!(r#""mode":"",{KEY},"sts_token":"{TOKEN}""#), "LTAI"),
        (format!(r#""mode":null,{KEY},"ram_role_arn":"{ROLE}""#), "STS.role"),
        (r#""ram_role_name":"EcsRamRole""#.to_owned(), "STS.meta"),
        (r#""process_command":"tool""#.to_owned(), "printed"),
        (oidc.clone(), "STS.oidc"),
        // Leftovers of another mode do not change the identity.
        (format!(r#"{ecs},{KEY},"oidc_token_file":["x"]"#), "STS.meta"),
    ] {
        let (found, _) = run(&fields).await;
        let found = found.unwrap_or_else(|error| panic!("{fields}: {error}"));
        let id = if id == "STS.oidc" { "STS.role" } else { id };
        assert_eq!(found.access_key_id(), id, "{fields}");
        let has_token = fields.contains("sts_token") || id.starts_with("STS") || id == "printed";
        assert_eq!(found.security_token().is_some(), has_token, "{fields}");
    }
}

#[tokio::test]
async fn each_field_of_a_role_is_sent() {
    let role = |more: &str| {
        format!(
            r#""mode":"RamRoleArn",{KEY},"ram_role_arn":"{ROLE}","ram_session_name":"s1"{more}"#
        )
    };
    for (more, parameter, value) in [
        ("", "RoleArn", ROLE),
        ("", "RoleSessionName", "s1"),
        (r#","ram_session_name":null,"role_session_name":"s2""#, "", ""),
        (r#","expired_seconds":1800"#, "DurationSeconds", "1800"),
        (r#","expired_seconds":"1800""#, "DurationSeconds", "1800"),
        (r#","expired_seconds":1800.0"#, "DurationSeconds", "1800"),
        (r#","expired_seconds":0"#, "DurationSeconds", "3600"),
        (r#","expired_seconds":null"#, "DurationSeconds", "3600"),
        (r#","duration_seconds":1800"#, "DurationSeconds", "1800"),
        (r#","policy":"{}""#, "Policy", "{}"),
        (r#","external_id":"x y""#, "ExternalId", "x y"),
    ] {
        let (found, requests) = run(&role(more)).await;
        if parameter.is_empty() {
            let error = found.unwrap_err().to_string();
            assert!(error.contains("`ram_session_name` occurs twice"), "{error}");
            continue;
        }
        found.unwrap();
        assert_eq!(sent(&requests, parameter), Some(value), "{more}");
    }
    for (more, host) in [
        ("", "sts.aliyuncs.com"),
        (r#","sts_region":"cn-beijing""#, "sts.cn-beijing.aliyuncs.com"),
        (r#","sts_region":"cn-beijing","enable_vpc":true"#, "sts-vpc.cn-beijing.aliyuncs.com"),
        (r#","sts_region":"cn-beijing","enable_vpc":"true""#, "sts-vpc.cn-beijing.aliyuncs.com"),
        (r#","sts_region":"cn-beijing","sts_endpoint":"sts.example""#, "sts.example"),
    ] {
        let (found, requests) = run(&role(more)).await;
        found.unwrap();
        assert_eq!(requests.last().unwrap().uri().host(), Some(host), "{more}");
    }
    let (_, requests) = run(&role(&format!(r#","sts_token":"{TOKEN}""#))).await;
    assert_eq!(requests.last().unwrap().header("x-acs-security-token"), Some(TOKEN));
    let chained = format!(
        r#""mode":"ChainableRamRoleArn","source_profile":"base","ram_role_arn":"{ROLE}",
           "external_id":"x","sts_region":"cn-beijing","policy":"{{}}""#
    );
    let (_, requests) = run(&chained).await;
    assert_eq!(requests.last().unwrap().header("x-acs-security-token"), Some(TOKEN));
    assert_eq!(sent(&requests, "ExternalId"), Some("x"));
    assert_eq!(sent(&requests, "Policy"), Some("{}"));
    assert_eq!(requests.last().unwrap().uri().host(), Some("sts.cn-beijing.aliyuncs.com"));
}

#[tokio::test]
async fn every_mode_of_a_role_sends_every_field() {
    let oidc = r#""mode":"OIDC","oidc_provider_arn":"p","oidc_token_file":"/token""#;
    for (mode, token) in [
        (format!(r#""mode":"RamRoleArn",{KEY},"sts_token":"{TOKEN}""#), true),
        (r#""mode":"RamRoleArnWithRoleName","ram_role_name":"r""#.to_owned(), true),
        (r#""mode":"ChainableRamRoleArn","source_profile":"base""#.to_owned(), true),
        (oidc.to_owned(), false),
    ] {
        let names = [
            r#""ram_session_name":"s1","expired_seconds":1800"#,
            r#""role_session_name":"s1","duration_seconds":"1800""#,
            r#""ram_session_name":"s1","role_session_name":"s1","expired_seconds":1800,
               "duration_seconds":1800.0"#,
        ];
        for names in names {
            let fields = format!(
                r#"{mode},"ram_role_arn":"{ROLE}","policy":"{{}}","external_id":"x",
                   "sts_region":"cn-beijing","enable_vpc":1,{names}"#
            );
            let (found, requests) = run(&fields).await;
            found.unwrap_or_else(|error| panic!("{fields}: {error}"));
            let request = requests.last().unwrap();
            assert_eq!(sent(&requests, "RoleArn"), Some(ROLE), "{fields}");
            assert_eq!(sent(&requests, "RoleSessionName"), Some("s1"), "{fields}");
            assert_eq!(sent(&requests, "DurationSeconds"), Some("1800"), "{fields}");
            assert_eq!(sent(&requests, "Policy"), Some("{}"), "{fields}");
            let external_id = token.then_some("x");
            assert_eq!(sent(&requests, "ExternalId"), external_id, "{fields}");
            assert_eq!(request.uri().host(), Some("sts-vpc.cn-beijing.aliyuncs.com"), "{fields}");
            let is_signed_with_token = request.header("x-acs-security-token") == Some(TOKEN);
            assert_eq!(is_signed_with_token, token, "{fields}");
        }
    }
}

#[tokio::test]
async fn refused_field_is_named_with_file_and_profile() {
    let role = format!(r#""mode":"RamRoleArn",{KEY},"ram_role_arn":"{ROLE}""#);
    for (fields, says) in [
        (r#""mode":"AK","access_key_id":"LTAI""#.to_owned(), "missing `access_key_secret`"),
        (r#""mode":"AK","access_key_id":" ","access_key_secret":"s""#.into(), "`access_key_id`"),
        (format!(r#""mode":"StsToken",{KEY},"sts_token":" ""#), "missing `sts_token`"),
        (format!(r#""mode":"RamRoleArn",{KEY}"#), "missing `ram_role_arn`"),
        (r#""mode":"OIDC","ram_role_arn":"r""#.into(), "missing `oidc_provider_arn`"),
        (r#""mode":"ChainableRamRoleArn""#.into(), "missing `source_profile`"),
        (
            r#""mode":"ChainableRamRoleArn","source_profile":"unset","ram_role_arn":"r""#.into(),
            "profile `unset` in",
        ),
        (r#""mode":"CredentialsURI""#.into(), "missing `credentials_uri`"),
        (r#""mode":"External""#.into(), "missing `process_command`"),
        (r#""credentials_uri":"http://h/""#.into(), "missing `mode`"),
        (format!(r#""mode":["AK"],{KEY}"#), "expected a string for `mode`, got a list"),
        (r#""private_key":"k","key_pair_name":"n""#.into(), "unsupported `mode` `RsaKeyPair`"),
        (r#""mode":"BearerToken","bearer_token":"t""#.into(), "unsupported `mode` `BearerToken`"),
        (r#""bearer_token":"t""#.into(), "unsupported `mode` `BearerToken`"),
        (r#""mode":"Anonymous""#.into(), "unsupported `mode` `Anonymous`"),
        (r#""mode":"OAuth","oauth_site_type":"CN""#.into(), "unsupported `mode` `OAuth`"),
        (r#""cloud_sso_sign_in_url":"https://x""#.into(), "unsupported `mode` `CloudSSO`"),
        (format!(r#"{role},"expired_seconds":"soon""#), "number of seconds for `expired_seconds`"),
        (format!(r#"{role},"expired_seconds":3600.5"#), "number of seconds for `expired_seconds`"),
        (format!(r#"{role},"expired_seconds":1800,"duration_seconds":900"#), "differ"),
        (format!(r#"{role},"enable_vpc":"maybe""#), "`true` or `false` for `enable_vpc`"),
        (format!(r#"{role},"policy":{{"Version":"1"}}"#), "string for `policy`, got an object"),
        (format!(r#"{role},"external_id":["x"]"#), "string for `external_id`, got a list"),
        (format!(r#"{role},"ram_role_arn":"other""#), "`ram_role_arn` occurs twice"),
    ] {
        let (found, requests) = run(&fields).await;
        let error = found.expect_err(&fields);
        let message = clean(&error);
        assert!(message.contains(says), "{fields}: {message}");
        assert!(message.contains(CONFIG) && message.contains("profile `"), "{message}");
        assert!(!error.is_not_configured() && !error.is_transient(), "{message}");
        assert!(requests.is_empty(), "{fields}");
    }
}

#[tokio::test]
async fn odd_profile_does_not_affect_others() {
    let odd = [
        r#"{"name":"odd","oidc_token_file":null,"expired_seconds":"soon","mode":7}"#,
        r#"{"name":{"a":1},"mode":[]}"#,
        r#"{"name":null}"#,
        "null",
        "[]",
        "\"text\"",
        "7",
        "{}",
    ];
    for odd in odd {
        let config = format!(
            r#"{{"current":"p","meta_path":{{}},"profiles":[{odd},{{"name":"p","mode":"AK",{KEY}}}]}}"#
        );
        let found = CliProfileProvider::new(None, io(&[], &[(CONFIG, &config)]));
        let found = found.credentials().await.unwrap();
        assert_eq!(found, Credentials::new("LTAI", SECRET), "{odd}");
    }
    for (config, not_configured) in [
        (r#"{"profiles":null}"#, true),
        (r#"{"current":null,"profiles":[]}"#, true),
        (r#"{"current":["x"],"profiles":[]}"#, false),
        (r#"{"profiles":{}}"#, false),
        ("[]", false),
        ("null", false),
    ] {
        let found = CliProfileProvider::new(None, io(&[], &[(CONFIG, config)]));
        let error = found.credentials().await.unwrap_err();
        assert_eq!(error.is_not_configured(), not_configured, "{config}: {error}");
        assert!(error.to_string().contains(CONFIG), "{error}");
    }
}

#[tokio::test]
async fn warning_names_fields_that_are_not_used() {
    if !is_alone("credentials::cli_fields::warning_names_fields_that_are_not_used") {
        return;
    }
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).init();
    for (fields, unused) in [
        (
            format!(r#""mode":"AK",{KEY},"sts_token":"{TOKEN}""#),
            "mode `AK` does not use `sts_token`",
        ),
        (
            format!(r#""mode":"AK",{KEY},"policy":["x"],"external_id":"x","verified":"no""#),
            "mode `AK` does not use `policy`, `external_id`",
        ),
        (
            format!(r#"{KEY},"sts_token":"{TOKEN}","ram_role_arn":"{ROLE}""#),
            "mode `StsToken` does not use `ram_role_arn`",
        ),
        (
            format!(r#""mode":"External",{KEY},"process_command":"t","ram_role_arn":"{ROLE}""#),
            "mode `External` does not use `ram_role_arn`",
        ),
    ] {
        run(&fields).await.0.unwrap();
        assert!(log.text().contains(unused), "{fields}: {}", log.text());
    }
    let ini =
        "[default]\ntype=access_key\naccess_key_id=i\naccess_key_secret=s\nrole_arn=r\ntimeout=9\n";
    let world = io(&[], &[("/home/u/.alibabacloud/credentials", ini)]);
    IniFileProvider::new(None, world).credentials().await.unwrap();
    let unused = "type `access_key` does not use `role_arn`, `timeout`";
    assert!(log.text().contains(unused), "{}", log.text());
    assert!(!log.text().contains(SECRET) && !log.text().contains(TOKEN), "{}", log.text());
    assert_eq!(log.text().matches("WARN").count(), 5, "{}", log.text());
}
