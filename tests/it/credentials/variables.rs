//! Tests of the variables of `docs/credentials.md`: one row per variable.

use aliyun_dbs::credentials::{
    CliProfileProvider, Credentials, CredentialsError, CredentialsProvider, DefaultChain,
    EnvironmentProvider, IniFileProvider, OidcProvider, RamRoleProvider, RoleSession,
};
use aliyun_dbs::transport::{RecordedRequest, ScriptedTransport};

use super::environment::{FAR, SECRET, TOKEN, assert_temporary, clean, io, keys, sts_response};

const ID: (&str, &str) = ("ALIBABA_CLOUD_ACCESS_KEY_ID", " LTAI\n");
const KEY: (&str, &str) = ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "planted-secret-5e1f\r\n");
const STS_REGION: &str = "ALIBABA_CLOUD_STS_REGION";
const VPC: &str = "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED";
const SESSION: &str = "ALIBABA_CLOUD_ROLE_SESSION_NAME";

#[tokio::test]
async fn access_key_is_trimmed_and_never_half() {
    for (token, has_token) in [("", false), (" \n", false), ("planted-token-77c0\n", true)] {
        let variables = [ID, KEY, ("ALIBABA_CLOUD_SECURITY_TOKEN", token)];
        let found = EnvironmentProvider::from_io(io(&variables, &[])).credentials().await.unwrap();
        assert_eq!(found.access_key_id(), "LTAI");
        assert_eq!(found.access_key_secret().expose(), SECRET);
        let found = found.security_token().map(|token| token.expose().to_owned());
        assert_eq!(found, has_token.then(|| TOKEN.to_owned()), "{token:?}");
    }
    for (variables, missing) in [
        (vec![ID], "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
        (vec![ID, ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", " \n")], "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
        (vec![("ALIBABA_CLOUD_ACCESS_KEY_ID", " "), KEY], "ALIBABA_CLOUD_ACCESS_KEY_ID"),
    ] {
        let chain = DefaultChain::builder().io(io(&variables, &[])).build();
        let error = clean(&chain.credentials().await.unwrap_err());
        assert!(error.contains(&format!("{missing} is not set, but")), "{error}");
    }
}

/// Returns the request that STS receives from each provider that calls it.
async fn sts_requests(variables: &[(&str, &str)], profile: &str) -> Vec<RecordedRequest> {
    let config = format!(
        r#"{{"profiles":[{{"name":"default","access_key_id":"LTAI","access_key_secret":"s",
            "mode":"RamRoleArn","ram_role_arn":"acs:ram::1:role/r"{profile}}}]}}"#
    );
    let ini = "[default]\ntype=ram_role_arn\nrole_arn=acs:ram::1:role/r\naccess_key_id=a\n\
        access_key_secret=s\n";
    let oidc = [
        ("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/r "),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/p\n"),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/token\n"),
    ];
    let variables = [variables, &oidc[..]].concat();
    let files = [
        ("/home/u/.aliyun/config.json", config.as_str()),
        ("/home/u/.alibabacloud/credentials", ini),
        ("/token", TOKEN),
    ];
    let mut requests = Vec::new();
    for number in 0..4 {
        let sts = ScriptedTransport::new().respond(200, sts_response("STS.role", FAR));
        let world = io(&variables, &files).with_transport(sts.clone());
        let key = Credentials::new("LTAI", "s");
        let found: Result<_, CredentialsError> = match number {
            0 => CliProfileProvider::new(None, world).credentials().await,
            1 => IniFileProvider::new(None, world).credentials().await,
            2 => OidcProvider::from_env(world).unwrap().credentials().await,
            _ => {
                let role = RoleSession::new("acs:ram::1:role/r");
                RamRoleProvider::new(key, role, world).credentials().await
            }
        };
        assert_temporary(&found.unwrap(), "STS.role");
        requests.extend(sts.requests());
    }
    assert_eq!(requests.len(), 4);
    requests
}

#[tokio::test]
async fn endpoint_of_sts_follows_the_variables() {
    for (variables, host) in [
        (&[][..], "sts.aliyuncs.com"),
        (&[(STS_REGION, " cn-beijing\n")], "sts.cn-beijing.aliyuncs.com"),
        (&[(STS_REGION, "cn-beijing"), (VPC, " TRUE ")], "sts-vpc.cn-beijing.aliyuncs.com"),
        (&[(STS_REGION, "cn-beijing"), (VPC, "false")], "sts.cn-beijing.aliyuncs.com"),
        (&[(VPC, "true")], "sts.aliyuncs.com"),
    ] {
        for request in sts_requests(variables, "").await {
            assert_eq!(request.uri().host(), Some(host), "{variables:?}");
        }
    }
    let variables = [(STS_REGION, "cn-beijing")];
    let requests = sts_requests(&variables, r#","sts_region":"cn-shanghai""#).await;
    assert_eq!(requests[0].uri().host(), Some("sts.cn-shanghai.aliyuncs.com"), "a profile wins");
    assert_eq!(requests[1].uri().host(), Some("sts.cn-beijing.aliyuncs.com"));
}

#[tokio::test]
async fn session_name_follows_the_variable() {
    for request in sts_requests(&[(SESSION, "pod-7\n")], "").await {
        assert_eq!(request.parameter("RoleSessionName"), Some("pod-7"));
    }
    let requests = sts_requests(&[(SESSION, "pod-7")], r#","ram_session_name":"own""#).await;
    assert_eq!(requests[0].parameter("RoleSessionName"), Some("own"));
}

#[tokio::test]
async fn uri_of_a_profile_defaults_to_the_variable() {
    let config = r#"{"profiles":[{"name":"default","mode":"CredentialsURI"}]}"#;
    let files = [("/home/u/.aliyun/config.json", config)];
    let variables = [("ALIBABA_CLOUD_CREDENTIALS_URI", " http://127.0.0.1/keys\n")];
    let server = ScriptedTransport::new().respond(200, keys("Success", FAR));
    let world = io(&variables, &files).with_transport(server.clone());
    let found = CliProfileProvider::new(None, world).credentials().await.unwrap();
    assert_temporary(&found, "STS.meta");
    assert_eq!(server.requests()[0].uri().path(), "/keys");
}

/// Returns what a profile and a section of an ECS role return, and the requests.
async fn ecs_roles(
    variables: &[(&str, &str)],
    role: Option<&str>,
) -> Vec<(Result<Credentials, CredentialsError>, Vec<RecordedRequest>)> {
    let name = role.map(|role| format!(r#","ram_role_name":"{role}""#)).unwrap_or_default();
    let config = |mode: &str| {
        format!(r#"{{"profiles":[{{"name":"default","mode":"{mode}","ram_role_arn":"r"{name}}}]}}"#)
    };
    let line = role.map(|role| format!("role_name={role}\n")).unwrap_or_default();
    let ini = format!("[default]\ntype=ecs_ram_role\n{line}");
    let (ecs, assumed) = (config("EcsRamRole"), config("RamRoleArnWithRoleName"));
    let mut found = Vec::new();
    for config in [Some(ecs), Some(assumed), None] {
        let metadata = ScriptedTransport::new()
            .respond(200, "meta")
            .respond(200, keys("Success", FAR))
            .respond(200, sts_response("STS.role", FAR));
        let files = match &config {
            Some(config) => [("/home/u/.aliyun/config.json", config.as_str())],
            None => [("/home/u/.alibabacloud/credentials", ini.as_str())],
        };
        let world = io(variables, &files).with_transport(metadata.clone());
        let result = match config {
            Some(_) => CliProfileProvider::new(None, world).credentials().await,
            None => IniFileProvider::new(None, world).credentials().await,
        };
        found.push((result, metadata.requests()));
    }
    found
}

#[tokio::test]
async fn role_of_a_profile_defaults_to_the_variable() {
    let variable = [("ALIBABA_CLOUD_ECS_METADATA", " backups\n")];
    for (role, path) in [(None, "backups"), (Some("own"), "own")] {
        for (found, requests) in ecs_roles(&variable, role).await {
            found.unwrap();
            assert!(requests[1].uri().path().ends_with(&format!("security-credentials/{path}")));
        }
    }
    let variables = [("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "True")];
    for (found, requests) in ecs_roles(&variables, Some("own")).await {
        let error = found.unwrap_err();
        let message = clean(&error);
        assert!(message.contains("ALIBABA_CLOUD_ECS_METADATA_DISABLED is `true`"), "{message}");
        assert!(message.contains("`default` in `/home/u/."), "{message}");
        assert!(requests.is_empty() && !error.is_not_configured(), "{message}");
    }
}

#[tokio::test]
async fn names_of_other_tools_are_not_read() {
    // The command-line tool reads these for itself; no other package does.
    let variables = [
        ("ALIBABACLOUD_ACCESS_KEY_ID", "other"),
        ("ALIBABACLOUD_ACCESS_KEY_SECRET", "other"),
        ("ALICLOUD_ACCESS_KEY_ID", "other"),
        ("ALICLOUD_ACCESS_KEY_SECRET", "other"),
        ("ACCESS_KEY_ID", "other"),
        ("ACCESS_KEY_SECRET", "other"),
    ];
    let chain = DefaultChain::builder().io(io(&variables, &[])).without_ecs_ram_role().build();
    let error = clean(&chain.credentials().await.unwrap_err());
    assert!(error.contains("ALIBABA_CLOUD_ACCESS_KEY_ID and"), "{error}");
}
