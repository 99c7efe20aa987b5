//! Sources of credentials.

use std::sync::Arc;

use aliyun_dbs::credentials::{
    Cached, CliProfileProvider, Credentials, CredentialsError, CredentialsProvider, DefaultChain,
    EcsRamRoleProvider, EnvironmentProvider, IniFileProvider, Io, OidcProvider, ProcessProvider,
    ProcessRunner, RamRoleProvider, RoleSession, StsEndpoint, UriProvider,
};
use aliyun_dbs::fake::FakeClock;
use aliyun_dbs::transport::{ScriptedTransport, TransportError};
use async_trait::async_trait;

use super::Catalog;

const CLI: &str = "/home/u/.aliyun/config.json";
const INI: &str = "/home/u/.alibabacloud/credentials";

/// Environment variables, files and HTTP of a test; everything else does not exist.
fn io(
    variables: &[(&'static str, &'static str)],
    files: &[(&'static str, &str)],
    http: ScriptedTransport,
) -> Io {
    let variables = variables.to_vec();
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, (*text).to_owned())).collect();
    Io::system()
        .with_env(move |name| {
            let home = (name == "HOME").then_some("/home/u");
            let set = variables.iter().find(|(set, _)| *set == name).map(|(_, value)| *value);
            set.or(home).map(str::to_owned)
        })
        .with_files(move |path| match files.iter().find(|(file, _)| path.to_str() == Some(file)) {
            Some((_, text)) if text == "(locked)" => {
                Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, "permission denied"))
            }
            Some((_, text)) => Ok(text.clone()),
            None => Err(std::io::Error::new(std::io::ErrorKind::NotFound, "file not found")),
        })
        .with_transport(http)
        .with_clock(Arc::new(FakeClock::seeded(1)))
}

fn scripted(responses: &[(u16, &'static str)]) -> ScriptedTransport {
    let mut transport = ScriptedTransport::new();
    for (status, body) in responses {
        transport = transport.respond(*status, *body);
    }
    transport
}

async fn fails(catalog: &mut Catalog, cause: &str, provider: impl CredentialsProvider) {
    match provider.credentials().await {
        Err(error) => catalog.add(cause, error),
        Ok(_) => panic!("{cause} gives credentials"),
    }
}

#[derive(Debug)]
struct Prints(Result<&'static str, &'static str>);

#[async_trait]
impl ProcessRunner for Prints {
    async fn run(&self, _: &str, _: &[String]) -> std::io::Result<String> {
        self.0.map(str::to_owned).map_err(std::io::Error::other)
    }
}

async fn environment(catalog: &mut Catalog) {
    catalog.section("Credentials: environment variables", "`EnvironmentProvider`.");
    for (cause, set) in [
        ("no variable is set", &[][..]),
        ("only the id is set", &["ALIBABA_CLOUD_ACCESS_KEY_ID"]),
        ("only the secret is set", &["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]),
    ] {
        let provider =
            EnvironmentProvider::with_reader(|name| set.contains(&name).then(|| "x".to_owned()));
        fails(catalog, cause, provider).await;
    }
}

async fn cli_profile(catalog: &mut Catalog) {
    catalog.section("Credentials: CLI profile", "`CliProfileProvider`, `~/.aliyun/config.json`.");
    let none = || ScriptedTransport::new();
    fails(catalog, "no file", CliProfileProvider::new(None, io(&[], &[], none()))).await;
    for (cause, text) in [
        ("a home directory that the process cannot access", "(locked)"),
        ("a file that is not JSON", "{"),
        ("no such profile", r#"{"current":"x","profiles":[]}"#),
        ("a profile that was never configured", r#"{"profiles":[{"name":"default","mode":"AK"}]}"#),
        ("an empty file", ""),
        ("a file that ends early", r#"{"profiles":[{"name":"default""#),
        ("a `current` of another kind", r#"{"current":[]}"#),
        (
            "a field of another kind",
            r#"{"profiles":[{"name":"default","mode":"AK","access_key_id":["i"]}]}"#,
        ),
        ("a field twice", r#"{"profiles":[{"name":"default","mode":"AK","mode":"OIDC"}]}"#),
        ("no mode", r#"{"profiles":[{"name":"default","external_id":"x"}]}"#),
        ("another unsupported mode", r#"{"profiles":[{"name":"default","mode":"RsaKeyPair"}]}"#),
        ("another unknown mode", r#"{"profiles":[{"name":"default","mode":"password"}]}"#),
        ("a missing field", r#"{"profiles":[{"name":"default","mode":"AK","access_key_id":"i"}]}"#),
        ("an unsupported mode", r#"{"profiles":[{"name":"default","mode":"CloudSSO"}]}"#),
        ("an unknown mode", r#"{"profiles":[{"name":"default","mode":"ak"}]}"#),
        (
            "a source profile that does not exist",
            r#"{"profiles":[{"name":"default","mode":"ChainableRamRoleArn","source_profile":"x","ram_role_arn":"acs:ram::1:role/r"}]}"#,
        ),
        (
            "a cycle of source profiles",
            r#"{"profiles":[{"name":"default","mode":"ChainableRamRoleArn","source_profile":"default","ram_role_arn":"acs:ram::1:role/r"}]}"#,
        ),
    ] {
        fails(catalog, cause, CliProfileProvider::new(None, io(&[], &[(CLI, text)], none()))).await;
    }
}

async fn ini(catalog: &mut Catalog) {
    catalog.section("Credentials: ini file", "`IniFileProvider`, `~/.alibabacloud/credentials`.");
    let none = || ScriptedTransport::new();
    fails(catalog, "no file", IniFileProvider::new(None, io(&[], &[], none()))).await;
    for (cause, text) in [
        ("a home directory that the process cannot access", "(locked)"),
        ("no such section", "[other]\ntype = access_key\n"),
        ("an empty file", ""),
        ("a key before the first section", "type = sts\n[default]\n"),
        ("an invalid section", "[default\n"),
        ("an invalid line", "[default]\ntype: sts\n"),
        ("an open quote", "[default]\ntype = 'sts\n"),
        ("more after a quote", "[default]\ntype = 'sts'x\n"),
        ("a disabled section", "[default]\nenable = false\n"),
        ("a proxy", "[default]\nproxy = http://p\n"),
        (
            "an invalid number",
            "[default]\ntype = ram_role_arn\naccess_key_id = i\naccess_key_secret = s\nrole_arn = r\nrole_session_expiration = x\n",
        ),
        ("no type", "[default]\naccess_key_id = i\n"),
        ("a missing key", "[default]\ntype = access_key\naccess_key_id = i\n"),
        ("an unsupported type", "[default]\ntype = rsa_key_pair\n"),
        ("an unknown type", "[default]\ntype = password\n"),
    ] {
        fails(catalog, cause, IniFileProvider::new(None, io(&[], &[(INI, text)], none()))).await;
    }
}

async fn metadata(catalog: &mut Catalog) {
    catalog.section("Credentials: ECS RAM role", "`EcsRamRoleProvider`, the metadata service.");
    let disabled =
        io(&[("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")], &[], ScriptedTransport::new());
    catalog.add("disabled", EcsRamRoleProvider::from_env(disabled).unwrap_err());
    for (cause, responses) in [
        ("no token, and version 1 is disabled", &[(404, "")]),
        ("a token that is not a valid header, and version 1 is disabled", &[(200, "a\nb")]),
    ] {
        let strict = io(&[("ALIBABA_CLOUD_IMDSV1_DISABLED", "true")], &[], scripted(responses));
        fails(catalog, cause, EcsRamRoleProvider::new(None, strict)).await;
    }
    for (cause, role, responses) in [
        ("the instance has no role", None, &[(200, "token"), (404, ""), (404, "")][..]),
        ("another server at its address", None, &[(200, "token"), (200, "<html>login</html>")]),
        ("an unknown role", Some("r"), &[(200, "token"), (404, ""), (404, "")]),
        ("a response that is not JSON", Some("r"), &[(200, "token"), (200, "x")]),
        ("an error code", Some("r"), &[(200, "token"), (200, r#"{"Code":"Failed"}"#)]),
        ("a missing key", Some("r"), &[(200, "token"), (200, r#"{"Code":"Success"}"#)]),
    ] {
        let provider =
            EcsRamRoleProvider::new(role.map(str::to_owned), io(&[], &[], scripted(responses)));
        fails(catalog, cause, provider).await;
    }
    let away = ScriptedTransport::new().fail(TransportError::not_sent("connection refused"));
    fails(catalog, "no connection", EcsRamRoleProvider::new(Some("r".into()), io(&[], &[], away)))
        .await;
}

async fn uri_and_process(catalog: &mut Catalog) {
    catalog.section("Credentials: URI", "`UriProvider`.");
    let unset = io(&[], &[], ScriptedTransport::new());
    catalog.add("not set", UriProvider::from_env(unset).unwrap_err());
    for (cause, uri, responses) in [
        ("not a URL", "a b", &[][..]),
        ("another scheme", "ftp://127.0.0.1/k", &[]),
        ("a user", "http://me:x@127.0.0.1/k", &[]),
        ("HTTP 500", "http://127.0.0.1/k", &[(500, "")]),
        ("a response that is not JSON", "http://127.0.0.1/k", &[(200, "x")]),
        ("an error code", "http://127.0.0.1/k", &[(200, r#"{"Code":"Failed"}"#)]),
        ("a missing field", "http://127.0.0.1/k", &[(200, r#"{"Code":"Success"}"#)]),
    ] {
        fails(catalog, cause, UriProvider::new(uri, io(&[], &[], scripted(responses)))).await;
    }
    for (cause, error) in [
        ("no connection", TransportError::not_sent("refused")),
        ("no connection, permanently", TransportError::not_sent("refused").permanent()),
        ("a timeout", TransportError::timeout("slow")),
        ("a broken connection", TransportError::interrupted("reset")),
        ("an invalid response", TransportError::invalid_response("too large")),
    ] {
        let http = ScriptedTransport::new().fail(error);
        fails(catalog, cause, UriProvider::new("http://127.0.0.1/k", io(&[], &[], http))).await;
    }

    catalog.section("Credentials: program", "`ProcessProvider`, `process_command`.");
    for (cause, command, output) in [
        ("an unterminated quote", "tool 'a", Ok("")),
        ("an empty command", " ", Ok("")),
        ("a variable assignment before the program", "A=b tool", Ok("")),
        ("a program that fails", "tool", Err("exit status 1")),
        ("output that is not JSON", "tool", Ok("x")),
        ("no keys", "tool", Ok(r#"{"mode":"AK"}"#)),
        ("empty keys", "tool", Ok(r#"{"mode":"AK","access_key_id":"","access_key_secret":""}"#)),
        (
            "no token",
            "tool",
            Ok(r#"{"mode":"StsToken","access_key_id":"i","access_key_secret":"s"}"#),
        ),
        (
            "an unknown mode",
            "tool",
            Ok(r#"{"mode":"x","access_key_id":"i","access_key_secret":"s"}"#),
        ),
        (
            "an invalid expiration",
            "tool",
            Ok(r#"{"mode":"AK","access_key_id":"i","access_key_secret":"s","expiration":"soon"}"#),
        ),
    ] {
        let io = io(&[], &[], ScriptedTransport::new()).with_process_runner(Prints(output));
        fails(catalog, cause, ProcessProvider::new(command, io)).await;
    }
}

async fn roles(catalog: &mut Catalog) {
    catalog.section("Credentials: RAM role and OIDC", "`RamRoleProvider` and `OidcProvider`, STS.");
    let keys = || Credentials::new("id", "secret");
    let session = || RoleSession::new("acs:ram::1:role/backups");
    let none = || ScriptedTransport::new();
    for (cause, session) in [
        ("an invalid session name", session().session_name("a b")),
        ("an invalid duration", session().duration_seconds(1)),
    ] {
        fails(catalog, cause, RamRoleProvider::new(keys(), session, io(&[], &[], none()))).await;
    }
    for (cause, endpoint) in [
        ("an invalid endpoint", StsEndpoint::host("ftp://sts.example")),
        ("an unencrypted endpoint", StsEndpoint::host("http://sts.example")),
        ("an invalid region", StsEndpoint::region("a b")),
    ] {
        let provider =
            RamRoleProvider::new(keys(), session(), io(&[], &[], none())).endpoint(endpoint);
        fails(catalog, cause, provider).await;
    }
    for (cause, status, body) in [
        (
            "rejected",
            403,
            r#"{"Code":"NoPermission","Message":"m","RequestId":"6894B13B-6D71-4EF5-88FA-F32781734A7F"}"#,
        ),
        (
            "throttled",
            400,
            r#"{"Code":"Throttling.User","Message":"m","RequestId":"6894B13B-6D71-4EF5-88FA-F32781734A7F"}"#,
        ),
        ("no credentials in the response", 200, r#"{"RequestId":"R-1"}"#),
    ] {
        let io = io(&[], &[], scripted(&[(status, body)]));
        fails(catalog, cause, RamRoleProvider::new(keys(), session(), io)).await;
    }
    for (cause, error) in [
        ("no connection", TransportError::not_sent("refused")),
        ("a timeout", TransportError::timeout("slow")),
        ("a broken connection", TransportError::interrupted("reset")),
        ("an invalid response", TransportError::invalid_response("too large")),
    ] {
        let io = io(&[], &[], ScriptedTransport::new().fail(error));
        fails(catalog, cause, RamRoleProvider::new(keys(), session(), io)).await;
    }
    let source = EnvironmentProvider::with_reader(|_| None);
    let provider = RamRoleProvider::new(source, session(), io(&[], &[], none()));
    fails(catalog, "no source credentials", provider).await;

    let some = [("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/r")];
    catalog
        .add("OIDC is not configured", OidcProvider::from_env(io(&[], &[], none())).unwrap_err());
    let half = [some[0], ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/token")];
    catalog
        .add("half of the variables", OidcProvider::from_env(io(&half, &[], none())).unwrap_err());
    for (cause, files) in [("no token file", &[][..]), ("an empty token file", &[("/token", " ")])]
    {
        let io = io(&[], files, none());
        fails(
            catalog,
            cause,
            OidcProvider::new("acs:ram::1:oidc-provider/p", "/token", session(), io),
        )
        .await;
    }
}

#[derive(Debug)]
struct Source(Credentials);

#[async_trait]
impl CredentialsProvider for Source {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        Ok(self.0.clone())
    }
}

pub(super) async fn print(catalog: &mut Catalog) {
    environment(catalog).await;
    cli_profile(catalog).await;
    ini(catalog).await;
    metadata(catalog).await;
    uri_and_process(catalog).await;
    roles(catalog).await;

    catalog.section("Credentials: chain and cache", "`DefaultChain` and `Cached`.");
    let nothing = ScriptedTransport::new().fail(TransportError::not_sent("refused").permanent());
    let chain = || DefaultChain::builder().io(io(&[], &[], nothing.clone()));
    fails(catalog, "no source is configured", chain().without_ecs_ram_role().build()).await;
    let named = chain().profile("nightly").build();
    fails(catalog, "a named profile that does not exist", named).await;
    let broken = io(&[("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")], &[], ScriptedTransport::new());
    fails(catalog, "a broken source", DefaultChain::builder().io(broken).build()).await;
    let clock = Arc::new(FakeClock::seeded(1));
    let expired =
        Credentials::new("id", "secret").with_expiration(time::OffsetDateTime::UNIX_EPOCH);
    fails(catalog, "credentials that have expired", Cached::new(Source(expired), clock)).await;
}
