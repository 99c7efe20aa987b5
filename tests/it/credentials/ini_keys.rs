//! Tests of the keys of the ini file: one row per key and type of `docs/credentials.md`.

use aliyun_dbs::credentials::{
    Credentials, CredentialsError, CredentialsProvider, IniFileProvider,
};
use aliyun_dbs::transport::{RecordedRequest, ScriptedTransport};

use super::environment::{FAR, SECRET, TOKEN, clean, io, keys, sts_response};

const INI: &str = "/home/u/.alibabacloud/credentials";
const KEY: &str = "access_key_id = LTAI\naccess_key_secret = planted-secret-5e1f\n";
const ROLE: &str = "role_arn = acs:ram::1:role/r\n";

/// Runs the section `default` with these lines, and returns the credentials and the requests.
async fn run(lines: &str) -> (Result<Credentials, CredentialsError>, Vec<RecordedRequest>) {
    let ini = format!("[default]\n{lines}\n[other]\nkey: value\n");
    let script = if lines.contains("ecs_ram_role") {
        ScriptedTransport::new().respond(200, "meta").respond(200, keys("Success", FAR))
    } else {
        ScriptedTransport::new().respond(200, sts_response("STS.role", FAR))
    };
    let world = io(&[], &[(INI, &ini), ("/token", "oidc-token")]).with_transport(script.clone());
    (IniFileProvider::new(None, world).credentials().await, script.requests())
}

#[tokio::test]
async fn each_type_returns_its_credentials() {
    let oidc = "oidc_provider_arn = p\noidc_token_file_path = /token\n";
    for (lines, id) in [
        (format!("type = access_key\n{KEY}"), "LTAI"),
        (format!("type = sts\n{KEY}security_token = {TOKEN}\n"), "LTAI"),
        ("type = ecs_ram_role\nrole_name = r\n".to_owned(), "STS.meta"),
        (format!("type = ram_role_arn\n{KEY}{ROLE}"), "STS.role"),
        (format!("type = oidc_role_arn\n{oidc}{ROLE}"), "STS.role"),
        (format!("enable = true\ntype = 'access_key'\n{KEY}"), "LTAI"),
        (format!("type = access_key\n{KEY}{KEY}"), "LTAI"),
        ("type=access_key\naccess_key_id='LTAI'\naccess_key_secret=\"s\" # c".into(), "LTAI"),
        ("type=access_key\naccess_key_id=LTAI\naccess_key_secret=a#b;c%d".into(), "LTAI"),
        ("type=access_key\n  access_key_id=LTAI\n\taccess_key_secret=s".into(), "LTAI"),
        ("TYPE=access_key\nAccess_Key_Id=LTAI\naccess_key_secret=s".into(), "LTAI"),
    ] {
        let (found, _) = run(&lines).await;
        let found = found.unwrap_or_else(|error| panic!("{lines}: {error}"));
        assert_eq!(found.access_key_id(), id, "{lines}");
        let has_token = lines.contains("security_token") || id.starts_with("STS");
        assert_eq!(found.security_token().is_some(), has_token, "{lines}");
    }
}

#[tokio::test]
async fn each_key_of_a_role_is_sent() {
    for (more, parameter, value) in [
        ("", "RoleArn", "acs:ram::1:role/r"),
        ("", "DurationSeconds", "3600"),
        ("role_session_name = s1", "RoleSessionName", "s1"),
        ("role_session_expiration = 1800", "DurationSeconds", "1800"),
        ("policy = {\"Version\": \"1\"}", "Policy", "{\"Version\": \"1\"}"),
    ] {
        let (found, requests) = run(&format!("type = ram_role_arn\n{KEY}{ROLE}{more}")).await;
        found.unwrap();
        assert_eq!(requests.last().unwrap().parameter(parameter), Some(value), "{more}");
    }
    let oidc = "type = oidc_role_arn\noidc_provider_arn = p\noidc_token_file_path = /token\n\
        role_session_name = s1\npolicy = {}\n";
    let (_, requests) = run(&format!("{oidc}{ROLE}")).await;
    for (parameter, value) in [
        ("RoleArn", "acs:ram::1:role/r"),
        ("OIDCProviderArn", "p"),
        ("OIDCToken", "oidc-token"),
        ("RoleSessionName", "s1"),
        ("Policy", "{}"),
        ("DurationSeconds", "3600"),
    ] {
        assert_eq!(requests.last().unwrap().parameter(parameter), Some(value));
    }
    let lines = format!("type = ram_role_arn\n{KEY}{ROLE}security_token = {TOKEN}");
    let (_, requests) = run(&lines).await;
    assert_eq!(requests.last().unwrap().header("x-acs-security-token"), Some(TOKEN));
}

#[tokio::test]
async fn refused_key_is_named_with_file_and_section() {
    let key = format!("type = access_key\n{KEY}");
    for (lines, says) in [
        (KEY.to_owned(), "missing `type`"),
        ("type = access_key\naccess_key_id = LTAI".into(), "missing `access_key_secret`"),
        ("type = access_key\naccess_key_id = ''\naccess_key_secret = s".into(), "`access_key_id`"),
        (format!("type = sts\n{KEY}"), "missing `security_token`"),
        (format!("{key}security_token = {TOKEN}"), "write `type = sts`"),
        (format!("type = ram_role_arn\n{KEY}"), "missing `role_arn`"),
        (format!("type = oidc_role_arn\n{ROLE}"), "missing `oidc_provider_arn`"),
        ("type = rsa_key_pair\npublic_key_id = x".into(), "unsupported `type` `rsa_key_pair`"),
        ("type = bearer\nbearer_token = x".into(), "unsupported `type` `bearer`"),
        ("type = STS".into(), "unknown `type`"),
        (format!("{key}enable = false"), "`enable` is `false`"),
        (format!("{key}proxy = http://p"), "unsupported `proxy`"),
        (format!("{key}host = sts.example"), "unsupported `host`"),
        (format!("{key}access_key_id = other"), "`access_key_id` occurs twice"),
        (
            format!("type = ram_role_arn\n{KEY}{ROLE}role_session_expiration = soon"),
            "number of seconds for `role_session_expiration`",
        ),
        (format!("{key}region_id: cn-hangzhou"), "line 5: expected `key = value`"),
        (format!("{key}  continued"), "line 5: expected `key = value`"),
        (format!("{key}policy = a\\"), "line 5: continued lines are not supported"),
        ("type = bearer_token".into(), "unknown `type`"),
        ("type = ".into(), "missing `type`"),
        ("type = access_key\naccess_key_id = 'LTAI".into(), "line 3: a quote is not closed"),
    ] {
        let (found, requests) = run(&lines).await;
        let error = found.expect_err(&lines);
        let message = clean(&error);
        assert!(message.contains(says), "{lines}: {message}");
        assert!(message.contains(INI) && message.contains("section `default`"), "{message}");
        assert!(!error.is_not_configured() && !error.is_transient(), "{message}");
        assert!(requests.is_empty(), "{lines}");
    }
    // The other section has an invalid line, which does not affect this one.
    assert_eq!(run(&key).await.0.unwrap(), Credentials::new("LTAI", SECRET));
}
