//! Tests of each credentials provider.

use aliyun_dbs::credentials::{
    CliProfileProvider, Credentials, CredentialsError, CredentialsProvider, EcsRamRoleProvider,
    IniFileProvider, Io, OidcProvider, ProcessProvider, ProcessRunner, RamRoleProvider,
    RoleSession, StsEndpoint, UriProvider,
};

use super::environment::{FAR, SECRET, TOKEN, assert_temporary, clean, io, keys, sts_response};
use super::server::{ReceivedRequest, Server};

async fn fails(provider: impl CredentialsProvider) -> String {
    let shown = format!("{provider:?}");
    assert!(!shown.contains(SECRET) && !shown.contains(TOKEN), "{shown}");
    clean(&provider.credentials().await.unwrap_err())
}

fn form(request: &ReceivedRequest) -> Vec<(String, String)> {
    url::form_urlencoded::parse(request.body.as_bytes()).into_owned().collect()
}

fn value<'a>(form: &'a [(String, String)], name: &str) -> &'a str {
    &form.iter().find(|(known, _)| known == name).unwrap().1
}

#[tokio::test]
async fn assume_role_sends_a_signed_call_with_a_body() {
    let server = Server::start(|_| (200, sts_response("STS.role", FAR))).await;
    let by = Credentials::new("LTAI", SECRET).with_security_token(TOKEN);
    let session = RoleSession::new("acs:ram::1:role/backups")
        .session_name("nightly@home")
        .duration_seconds(900)
        .policy(r#"{"a": "b c"}"#)
        .external_id("x y");
    let role =
        RamRoleProvider::new(by, session, io(&[], &[])).endpoint(StsEndpoint::host(&server.url));
    assert_temporary(&role.credentials().await.unwrap(), "STS.role");

    let [request] = &server.requests()[..] else { panic!("expected one request") };
    assert_eq!(request.line, "POST / HTTP/1.1");
    assert_eq!(request.header("x-acs-action"), Some("AssumeRole"));
    assert_eq!(request.header("x-acs-version"), Some("2015-04-01"));
    assert_eq!(request.header("x-acs-security-token"), Some(TOKEN));
    assert!(
        request.header("authorization").unwrap().starts_with("ACS3-HMAC-SHA256 Credential=LTAI,")
    );
    let form = form(request);
    assert_eq!(value(&form, "RoleArn"), "acs:ram::1:role/backups");
    assert_eq!(value(&form, "RoleSessionName"), "nightly@home");
    assert_eq!(value(&form, "DurationSeconds"), "900");
    assert_eq!(value(&form, "Policy"), r#"{"a": "b c"}"#);
    assert_eq!(value(&form, "ExternalId"), "x y");
    assert!(!request.body.contains('+'), "a space is %20, as in the signature: {}", request.body);
}

#[tokio::test]
async fn sts_errors_show_code_and_request_id_but_no_message() {
    const ID: &str = "6894B13B-6D71-4EF5-88FA-F32781734A7F";
    let refusal = format!(r#"{{"Code":"NoPermission","Message":"{SECRET}","RequestId":"{ID}"}}"#);
    let half = format!(r#"{{"Credentials":{{"AccessKeyId":"a","AccessKeySecret":"{SECRET}"}}}}"#);
    for (status, body, says) in [
        (
            403,
            refusal,
            "NoPermission (HTTP 403, request id 6894B13B-6D71-4EF5-88FA-F32781734A7F); allow `sts:AssumeRole`",
        ),
        (500, format!("<html>{SECRET}</html>"), "failed: the service returned an error (HTTP 500)"),
        (200, half, "the response contains no credentials"),
        (200, sts_response("a", "soon"), "the response contains no credentials"),
        (200, String::new(), "the response contains no credentials"),
    ] {
        let server = Server::start(move |_| (status, body.clone())).await;
        let by = Credentials::new("LTAI", SECRET);
        let role = RamRoleProvider::new(by, RoleSession::new("acs:ram::1:role/r"), io(&[], &[]))
            .endpoint(StsEndpoint::host(&server.url));
        let error = fails(role).await;
        assert!(error.contains(says) && error.contains("acs:ram::1:role/r"), "{error}");
    }
    let by = Credentials::new("LTAI", SECRET);
    let unreachable = RamRoleProvider::new(by, RoleSession::new("acs:ram::1:role/r"), io(&[], &[]))
        .endpoint(StsEndpoint::host("http://127.0.0.1:9"));
    assert!(fails(unreachable).await.contains("could not be established"));
}

#[tokio::test]
async fn unencrypted_sts_endpoint_is_rejected() {
    let key = Credentials::new("id", SECRET);
    let session = RoleSession::new("acs:ram::1:role/backups");
    let role = RamRoleProvider::new(key, session, io(&[], &[]));
    let error = fails(role.endpoint(StsEndpoint::host("http://sts.example"))).await;
    assert!(error.contains("would expose the keys"), "{error}");
}

#[tokio::test]
async fn role_session_is_validated_before_sending() {
    for (session, says) in [
        (RoleSession::new("r").duration_seconds(899), "at least 900 seconds"),
        (RoleSession::new("r").session_name("x"), "2 to 64"),
        (RoleSession::new("r").session_name("a b"), "2 to 64"),
    ] {
        let role = RamRoleProvider::new(Credentials::new("LTAI", SECRET), session, io(&[], &[]))
            .endpoint(StsEndpoint::host("http://127.0.0.1:9"));
        let error = fails(role).await;
        assert!(error.contains(says), "{error}");
    }
}

#[tokio::test]
async fn oidc_sends_trimmed_token_in_an_unsigned_body() {
    let server = Server::start(|_| (200, sts_response("STS.oidc", FAR))).await;
    let variables = [
        ("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/pod"),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/ack"),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/var/run/token"),
        ("ALIBABA_CLOUD_ROLE_SESSION_NAME", "pod-7"),
    ];
    let world = io(&variables, &[("/var/run/token", "eyJ.planted-token-77c0\n")]);
    let oidc = OidcProvider::from_env(world).unwrap();
    let oidc = oidc.endpoint(StsEndpoint::host(&server.url));
    assert_temporary(&oidc.credentials().await.unwrap(), "STS.oidc");

    let [request] = &server.requests()[..] else { panic!("expected one request") };
    assert!(request.line.starts_with("POST /?Action=AssumeRoleWithOIDC&Format=JSON&Timestamp="));
    assert!(
        !request.line.contains("Signature") && !request.line.contains("eyJ"),
        "{}",
        request.line
    );
    assert_eq!(request.header("authorization"), None);
    let form = form(request);
    assert_eq!(value(&form, "OIDCToken"), "eyJ.planted-token-77c0");
    assert_eq!(value(&form, "OIDCProviderArn"), "acs:ram::1:oidc-provider/ack");
    assert_eq!(value(&form, "RoleSessionName"), "pod-7");

    let expired = format!(
        r#"{{"Code":"AuthenticationFail.OIDCToken.Expired","Message":"{TOKEN}","RequestId":"R-2"}}"#
    );
    let server = Server::start(move |_| (400, expired.clone())).await;
    let oidc = OidcProvider::from_env(io(&variables, &[("/var/run/token", TOKEN)])).unwrap();
    let error = fails(oidc.endpoint(StsEndpoint::host(&server.url))).await;
    assert!(
        error.contains("OIDCToken.Expired") && error.contains("check the token file"),
        "{error}"
    );

    for (files, says) in [
        (vec![], "`/var/run/token` failed"),
        (vec![("/var/run/token", " \n")], "got an empty file"),
    ] {
        let error = fails(OidcProvider::from_env(io(&variables, &files)).unwrap()).await;
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn partial_oidc_environment_names_missing_variables() {
    let error =
        OidcProvider::from_env(io(&[("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/t")], &[])).unwrap_err();
    assert!(!error.is_not_configured());
    let text = error.to_string();
    assert!(text.contains("ALIBABA_CLOUD_ROLE_ARN and ALIBABA_CLOUD_OIDC_PROVIDER_ARN are not"));
    let role_only = io(&[("ALIBABA_CLOUD_ROLE_ARN", "r")], &[]);
    assert!(OidcProvider::from_env(role_only).unwrap_err().is_not_configured());
}

/// Responds as the metadata service of an instance with the role `backups`.
fn metadata(request: &ReceivedRequest) -> (u16, String) {
    let with_token = request.header("x-aliyun-ecs-metadata-token") == Some("meta-token");
    match request.line.as_str() {
        "PUT /latest/api/token HTTP/1.1" => {
            assert_eq!(request.header("x-aliyun-ecs-metadata-token-ttl-seconds"), Some("21600"));
            (200, "meta-token".into())
        }
        "GET /latest/meta-data/ram/security-credentials/ HTTP/1.1" if with_token => {
            (200, "backups\n".into())
        }
        "GET /latest/meta-data/ram/security-credentials/backups HTTP/1.1" if with_token => {
            (200, keys("Success", FAR))
        }
        _ => (404, String::new()),
    }
}

#[tokio::test]
async fn ecs_instance_provides_its_role_credentials() {
    let server = Server::start(metadata).await;
    let role = EcsRamRoleProvider::new(None, io(&[], &[])).endpoint(&server.url);
    assert_temporary(&role.credentials().await.unwrap(), "STS.meta");
    assert_eq!(server.requests().len(), 4, "a token and a request, twice");

    let server = Server::start(metadata).await;
    let world = io(&[("ALIBABA_CLOUD_ECS_METADATA", "backups")], &[]);
    let role = EcsRamRoleProvider::from_env(world).unwrap().endpoint(&server.url);
    role.credentials().await.unwrap();
    assert_eq!(server.requests().len(), 2, "the name of the role is known");

    let wrong = EcsRamRoleProvider::new(Some("other".into()), io(&[], &[])).endpoint(&server.url);
    let error = fails(wrong).await;
    assert!(
        error.contains("RAM role `other` failed: the metadata service returned HTTP 404"),
        "{error}"
    );
}

#[tokio::test]
async fn falls_back_to_imds_v1_unless_disabled() {
    let old = |request: &ReceivedRequest| match request.line.as_str() {
        line if line.starts_with("PUT") => (405, String::new()),
        line if line.contains("credentials/ ") => (200, "backups".into()),
        _ => (200, keys("Success", FAR)),
    };
    let server = Server::start(old).await;
    let role = EcsRamRoleProvider::new(None, io(&[], &[])).endpoint(&server.url);
    assert_temporary(&role.credentials().await.unwrap(), "STS.meta");

    let strict = io(&[("ALIBABA_CLOUD_IMDSV1_DISABLED", "True")], &[]);
    let before = server.requests().len();
    let error = fails(EcsRamRoleProvider::new(None, strict.clone()).endpoint(&server.url)).await;
    assert!(error.contains("ALIBABA_CLOUD_IMDSV1_DISABLED"), "{error}");
    assert_eq!(server.requests().len(), before + 1, "only the token is requested");

    let server = Server::start(metadata).await;
    let role = EcsRamRoleProvider::new(Some("other".into()), strict).endpoint(&server.url);
    fails(role).await;
    assert_eq!(server.requests().len(), 2, "a rejected token is not left out");
}

#[tokio::test]
async fn distinguishes_bad_metadata_from_missing_metadata() {
    type Case = (fn(&ReceivedRequest) -> (u16, String), bool, &'static str);
    let cases: [Case; 5] = [
        (|_| (404, String::new()), true, "no RAM role"),
        (|_| (200, "<html>login</html>".into()), true, "at the address of the metadata service"),
        (
            |request| match request.line.as_str() {
                line if line.contains("credentials/b") => (200, keys("Failed", FAR)),
                _ => (200, "b".into()),
            },
            false,
            "expected `Code` to be `Success`",
        ),
        (
            |request| match request.line.as_str() {
                line if line.contains("credentials/b") => (200, "{".into()),
                _ => (200, "b".into()),
            },
            false,
            "is not JSON",
        ),
        (
            |request| match request.line.as_str() {
                line if line.contains("credentials/b") => {
                    (200, format!(r#"{{"Code":"Success","AccessKeySecret":"{SECRET}"}}"#))
                }
                _ => (200, "b".into()),
            },
            false,
            "expected `AccessKeyId`",
        ),
    ];
    for (response, absent, says) in cases {
        let server = Server::start(response).await;
        let role = EcsRamRoleProvider::new(None, io(&[], &[])).endpoint(&server.url);
        let error = role.credentials().await.unwrap_err();
        assert_eq!(error.is_not_configured(), absent, "{error}");
        assert!(clean(&error).contains(says), "{error}");
    }
    let unreachable = EcsRamRoleProvider::new(None, io(&[], &[])).endpoint("http://127.0.0.1:9");
    assert!(unreachable.credentials().await.unwrap_err().is_not_configured());
    let off = io(&[("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")], &[]);
    assert!(EcsRamRoleProvider::from_env(off).unwrap_err().is_not_configured());
}

#[tokio::test]
async fn uri_provides_credentials() {
    let server = Server::start(|_| (200, keys("Success", FAR))).await;
    let uri = format!("{}/creds?token={TOKEN}", server.url);
    let world = io(&[("ALIBABA_CLOUD_CREDENTIALS_URI", &uri)], &[]);
    let provider = UriProvider::from_env(world).unwrap();
    assert_temporary(&provider.credentials().await.unwrap(), "STS.meta");
    assert_eq!(server.requests()[0].line, format!("GET /creds?token={TOKEN} HTTP/1.1"));

    for (status, body, says) in [
        (404, String::new(), "HTTP 200, got 404"),
        (200, keys("Failed", FAR), "expected `Code` to be `Success`"),
        (200, keys("Success", "soon"), "expected `AccessKeyId`"),
        (200, SECRET.to_owned(), "expected a JSON object"),
    ] {
        let server = Server::start(move |_| (status, body.clone())).await;
        let provider = UriProvider::new(format!("{}/x?{TOKEN}", server.url), io(&[], &[]));
        let error = fails(provider).await;
        assert!(error.contains(says) && error.contains("127.0.0.1"), "{error}");
    }
}

#[derive(Debug)]
struct Prints(&'static str);

#[async_trait::async_trait]
impl ProcessRunner for Prints {
    async fn run(&self, program: &str, arguments: &[String]) -> std::io::Result<String> {
        assert_eq!(
            (program, arguments),
            ("/bin/tool", &["--for".to_owned(), "a b".to_owned()][..])
        );
        match self.0 {
            "" => Err(std::io::Error::other("it ended with status 1")),
            text => Ok(text.to_owned()),
        }
    }
}

#[tokio::test]
async fn process_provides_credentials() {
    let run = |text| {
        let world = io(&[], &[]).with_process_runner(Prints(text));
        ProcessProvider::new("/bin/tool --for 'a b'", world)
    };
    let permanent =
        r#"{"mode":"AK","access_key_id":"a","access_key_secret":"planted-secret-5e1f"}"#;
    assert_eq!(run(permanent).credentials().await.unwrap(), Credentials::new("a", SECRET));
    let temporary = r#"{"mode":"StsToken","access_key_id":"STS.p","expiration":"2099-01-01T00:00:00Z",
        "access_key_secret":"planted-secret-5e1f","sts_token":"planted-token-77c0"}"#;
    assert_temporary(&run(temporary).credentials().await.unwrap(), "STS.p");
    for (text, says) in [
        ("", "ended with status 1"),
        ("planted-secret-5e1f", "expected a JSON object"),
        (r#"{"mode":"AK","access_key_secret":"planted-secret-5e1f"}"#, "missing `access_key_id`"),
        (
            r#"{"mode":"StsToken","access_key_id":"a","access_key_secret":"planted-secret-5e1f"}"#,
            "missing `sts_token`",
        ),
        (r#"{"mode":"x","access_key_id":"a","access_key_secret":"s"}"#, "expected `mode`"),
    ] {
        let error = fails(run(text)).await;
        assert!(error.contains(says) && error.contains("/bin/tool"), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn runs_processes_without_a_shell() {
    let run = |command: &str| ProcessProvider::new(command, Io::system());
    let json = r#"{"mode":"AK","access_key_id":"a","access_key_secret":"b$HOME"}"#;
    let printed = run(&format!("printf %s '{json}'")).credentials().await.unwrap();
    assert_eq!(printed, Credentials::new("a", "b$HOME"));
    assert!(fails(run("false")).await.contains("exit status"), "the error shows the exit status");
    assert!(fails(run("/no/such/tool")).await.contains("`/no/such/tool` failed"));
}

#[tokio::test]
async fn reads_profiles_of_the_cli() {
    let server = Server::start(|_| (200, sts_response("STS.role", FAR))).await;
    let config = r#"{"current":"ak","new_member":1,"profiles":[
        {"name":"ak","mode":"AK","access_key_id":"LTAI","access_key_secret":"planted-secret-5e1f"},
        {"name":"sts","mode":"StsToken","access_key_id":"STS.x",
         "access_key_secret":"planted-secret-5e1f","sts_token":"planted-token-77c0"},
        {"name":"proc","mode":"External","process_command":"/bin/tool --for 'a b'"},
        {"name":"half","mode":"AK","access_key_id":"LTAI"},
        {"name":"empty","mode":"AK","access_key_id":"","access_key_secret":""},
        {"name":"sso","mode":"CloudSSO"},{"name":"lower","mode":"ak"},
        {"name":"a","mode":"ChainableRamRoleArn","source_profile":"b","ram_role_arn":"r"},
        {"name":"b","mode":"ChainableRamRoleArn","source_profile":"a","ram_role_arn":"r"},
        {"name":"lost","mode":"ChainableRamRoleArn","source_profile":"gone","ram_role_arn":"r"},
        {"name":"short","mode":"RamRoleArn","access_key_id":"LTAI",
         "access_key_secret":"planted-secret-5e1f","ram_role_arn":"r","expired_seconds":60}]}"#;
    let profile = |name: Option<&str>| {
        let world = io(&[], &[("/home/u/.aliyun/config.json", config)]).with_process_runner(
            Prints(r#"{"mode":"AK","access_key_id":"p","access_key_secret":"s"}"#),
        );
        CliProfileProvider::new(name.map(str::to_owned), world)
    };
    let current = profile(None).credentials().await.unwrap();
    assert_eq!(current, Credentials::new("LTAI", SECRET));
    let sts = profile(Some("sts")).credentials().await.unwrap();
    assert_eq!(sts.security_token().unwrap().expose(), TOKEN);
    let printed = profile(Some("proc")).credentials().await.unwrap();
    assert_eq!(printed.access_key_id(), "p");
    for (name, says) in [
        ("half", "profile `half` in `/home/u/.aliyun/config.json`: missing `access_key_secret`"),
        ("sso", "unsupported `mode` `CloudSSO`"),
        ("lower", "unknown `mode`: did you mean `AK`?"),
        ("a", "a -> b -> a"),
        (
            "lost",
            "profile `lost` in `/home/u/.aliyun/config.json`: its `source_profile` does not exist",
        ),
        ("short", "at least 900 seconds"),
    ] {
        let error = fails(profile(Some(name))).await;
        assert!(error.contains(says), "{error}");
    }
    for absent in ["empty", "gone"] {
        let error = profile(Some(absent)).credentials().await.unwrap_err();
        assert!(error.to_string().contains(absent), "{error}");
    }
    drop(server);
}

#[tokio::test]
async fn reads_sections_of_the_ini_file() {
    let ini = "[default]\nenable = true\ntype = access_key\naccess_key_id = LTAI\n\
        access_key_secret = planted#secret # really\n[none]\naccess_key_id = x\n[odd]\ntype = rsa\n";
    let path = "/home/u/.alibabacloud/credentials.ini";
    let section = |name: Option<&str>, variables: &[(&str, &str)]| {
        IniFileProvider::new(name.map(str::to_owned), io(variables, &[(path, ini)]))
    };
    let default = section(None, &[]).credentials().await.unwrap();
    assert_eq!(default, Credentials::new("LTAI", "planted#secret"));
    for (name, says) in
        [("none", "missing `type`"), ("odd", "unknown `type`; expected `access_key`")]
    {
        let error = fails(section(Some(name), &[])).await;
        assert!(error.contains(says) && error.contains(path), "{error}");
    }
    let named = section(None, &[("ALIBABA_CLOUD_PROFILE", "gone")]);
    let error = named.credentials().await.unwrap_err();
    assert!(
        error.is_not_configured() && error.to_string().contains("section `gone` not found"),
        "{error}"
    );
    let elsewhere = section(None, &[("ALIBABA_CLOUD_CREDENTIALS_FILE", "/etc/none")]);
    let error: CredentialsError = elsewhere.credentials().await.unwrap_err();
    assert!(!error.is_not_configured() && error.to_string().contains("/etc/none"), "{error}");
}
