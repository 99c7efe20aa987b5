//! Tests that plant a secret in every position that a provider reads, and search all output for it.

use std::fmt::Debug;
use std::sync::{Arc, OnceLock};

use aliyun_dbs::Client;
use aliyun_dbs::credentials::{
    Credentials, CredentialsError, CredentialsProvider, DefaultChain, EcsRamRoleProvider, Io,
    OidcProvider, ProcessProvider, ProcessRunner, RamRoleProvider, RoleSession, StsEndpoint,
    UriProvider,
};
use aliyun_dbs::fake::FakeClock;
use aliyun_dbs::transport::ScriptedTransport;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::environment::io;
use crate::support::log::Log;
use crate::support::process::is_alone;

/// The secret of this process.
static SECRET: OnceLock<&str> = OnceLock::new();

fn secret() -> &'static str {
    SECRET.get().unwrap()
}

const CLI: &str = "/home/u/.aliyun/config.json";
const INI: &str = "/home/u/.alibabacloud/credentials";

/// Returns the spellings of the secret to search for: it is case-insensitive.
fn spellings() -> Vec<String> {
    let planted = secret();
    let hex = planted.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    // Base64, except the characters that depend on what surrounds the secret.
    let base64 = STANDARD.encode(planted).to_lowercase();
    vec![planted.to_lowercase(), hex, base64[2..14].to_owned()]
}

#[derive(Default)]
struct Output(Vec<(String, String)>);

impl Output {
    fn debug(&mut self, position: &str, value: &dyn Debug) {
        self.0.push((position.to_owned(), format!("{value:?} {value:#?}")));
    }

    fn error(&mut self, position: &str, error: &CredentialsError) {
        let first: &dyn std::error::Error = error;
        for error in std::iter::successors(Some(first), |error| error.source()) {
            self.0.push((position.to_owned(), format!("{error} {error:?}")));
        }
    }

    async fn provider(&mut self, position: &str, provider: &dyn CredentialsProvider) {
        self.debug(position, &provider);
        match provider.credentials().await {
            // The id of a key is not a secret.
            Ok(_) => {}
            Err(error) => self.error(position, &error),
        }
    }

    fn leaks(&self) -> Vec<String> {
        let leak = |text: &str| spellings().iter().any(|s| text.to_lowercase().contains(s));
        let leaks = self.0.iter().filter(|(_, text)| leak(text));
        leaks.map(|(position, text)| format!("{position}: {text}")).collect()
    }
}

fn offline(files: &[(&str, &str)]) -> Io {
    let planted = secret();
    io(&[("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")], files)
        .with_transport(ScriptedTransport::new())
        .with_process_runner(Prints(planted.to_owned()))
        .with_clock(Arc::new(FakeClock::seeded(1)))
}

#[derive(Debug)]
struct Prints(String);

#[async_trait::async_trait]
impl ProcessRunner for Prints {
    async fn run(&self, _: &str, _: &[String]) -> std::io::Result<String> {
        Ok(self.0.clone())
    }
}

/// Every field of a profile, and of the file, has the secret as a value of each kind.
async fn config_files(output: &mut Output) {
    let planted = secret();
    let modes = [
        "AK",
        "StsToken",
        "RamRoleArn",
        "EcsRamRole",
        "OIDC",
        "ChainableRamRoleArn",
        "RamRoleArnWithRoleName",
        "CredentialsURI",
        "External",
        "CloudSSO",
        "",
    ];
    let fields = [
        "mode",
        "access_key_secret",
        "sts_token",
        "ram_role_arn",
        "ram_role_name",
        "ram_session_name",
        "role_session_name",
        "expired_seconds",
        "duration_seconds",
        "policy",
        "external_id",
        "sts_region",
        "sts_endpoint",
        "enable_vpc",
        "oidc_provider_arn",
        "oidc_token_file",
        "source_profile",
        "credentials_uri",
        "private_key",
        planted,
    ];
    for mode in modes {
        for field in fields {
            for value in [
                format!("{planted:?}"),
                format!("[{planted:?}]"),
                format!("{{{planted:?}:1}}"),
                format!("\"https://u:{planted}@h/\""),
                format!("\"h?{planted}\""),
                format!("\"a {planted}\\n\""),
                planted.to_string(),
            ] {
                let config = format!(
                    r#"{{"current":"p","profiles":[{{"name":"p","mode":"{mode}","access_key_id":"i",
                    "access_key_secret":"s","sts_token":"t","ram_role_arn":"acs:ram::1:role/r",
                    "oidc_provider_arn":"p","oidc_token_file":"/t","source_profile":"p",
                    "process_command":"tool"}},{{"name":"q"}}]}}"#
                );
                let start = config.find("\"access_key_id\"").unwrap();
                // The last of two fields of one name would be a contradiction.
                let rest = config[start..].replacen(&format!("\"{field}\""), "\"other\"", 1);
                let mut head = config[..start].to_owned();
                if field == "mode" {
                    head = head.replacen(&format!("\"mode\":\"{mode}\","), "", 1);
                }
                let config = format!("{head}{field:?}:{value},{rest}");
                let chain = DefaultChain::builder().io(offline(&[(CLI, &config)])).build();
                output.provider(&format!("config.json {mode} {field} {value}"), &chain).await;
            }
        }
    }
    for config in [
        planted.to_owned(),
        format!("{planted:?}"),
        format!("[{planted:?}]"),
        format!(r#"{{"current":{planted:?},"profiles":[{{"name":"p"}}]}}"#),
        format!(r#"{{"current":[{planted:?}]}}"#),
        format!(r#"{{"profiles":{planted:?}}}"#),
        format!(r#"{{"profiles":{{{planted:?}:1}}}}"#),
    ] {
        let chain = DefaultChain::builder().io(offline(&[(CLI, &config)])).build();
        output.provider(&format!("config.json {config}"), &chain).await;
    }
}

async fn ini_files(output: &mut Output) {
    let planted = secret();
    let types =
        ["access_key", "sts", "ecs_ram_role", "ram_role_arn", "oidc_role_arn", "rsa_key_pair", ""];
    let keys = [
        "type",
        "enable",
        "access_key_secret",
        "security_token",
        "role_name",
        "role_arn",
        "role_session_name",
        "role_session_expiration",
        "policy",
        "oidc_provider_arn",
        "proxy",
        "host",
        "private_key_file",
        planted,
    ];
    for section_type in types {
        for key in keys {
            for line in [
                format!("{key} = {planted}"),
                format!("{key}: {planted}"),
                format!("{key} = '{planted}"),
                format!("{key} = \"{planted}\" {planted}"),
                format!("{key} = a b\n  {planted}"),
                format!("{key} = https://u:{planted}@h"),
            ] {
                let first =
                    if key == "type" { String::new() } else { format!("type={section_type}\n") };
                let ini =
                    format!("[default]\n{first}access_key_id=i\n{line}\nrole_session_name=s\n");
                let chain = DefaultChain::builder().io(offline(&[(INI, &ini)])).build();
                output.provider(&format!("ini {section_type} {line}"), &chain).await;
            }
        }
    }
    for ini in [planted.to_owned(), format!("[{planted}\n"), format!("[default] {planted}\n")] {
        let chain = DefaultChain::builder().io(offline(&[(INI, &ini)])).build();
        output.provider(&format!("ini {ini}"), &chain).await;
    }
}

fn scripted(responses: &[(u16, String)]) -> Io {
    let script = responses.iter().fold(ScriptedTransport::new(), |script, (status, body)| {
        script.respond(*status, body.clone())
    });
    offline(&[]).with_transport(script)
}

/// Returns bodies that no source should send.
fn bodies() -> Vec<String> {
    let planted = secret();
    vec![
        planted.to_owned(),
        format!("{planted:?}"),
        format!(r#"{{"password":{planted:?}}}"#),
        format!(r#"{{"Code":{planted:?},"RequestId":{planted:?},"Message":{planted:?}}}"#),
        format!(r#"{{"Code":"Throttling.{planted}","RequestId":"R"}}"#),
        format!(r#"{{"Code":"NoPermission {planted}","RequestId":"R {planted}"}}"#),
        format!(r#"{{"Code":"Success","AccessKeyId":{{{planted:?}:1}}}}"#),
        format!(r#"{{"Code":"Success","AccessKeyId":"a","AccessKeySecret":{planted:?}}}"#),
        format!(r#"{{"Credentials":{{"AccessKeyId":"a","AccessKeySecret":{planted:?}}}}}"#),
        format!(
            r#"{{"AccessKeyId":"a","AccessKeySecret":"s","SecurityToken":"t","Expiration":{planted:?}}}"#
        ),
        format!("<html>{planted}</html>"),
        format!("<Error><Code>{planted}</Code><RequestId>{planted}</RequestId></Error>"),
    ]
}

async fn servers(output: &mut Output) {
    let role = || RoleSession::new("acs:ram::1:role/r");
    for status in [200, 302, 400, 403, 429, 500, 503] {
        for body in bodies() {
            let position = format!("HTTP {status} {body}");
            let sts = RamRoleProvider::new(
                Credentials::new("i", "s"),
                role(),
                scripted(&[(status, body.clone())]),
            );
            output.provider(&format!("STS {position}"), &sts).await;
            let uri = UriProvider::new("http://127.0.0.1/k", scripted(&[(status, body.clone())]));
            output.provider(&format!("URI {position}"), &uri).await;
            let listing = [(200, "t".into()), (status, body.clone()), (200, "t".into())];
            let listing = [&listing[..], &[(status, body.clone())]].concat();
            let ecs = EcsRamRoleProvider::new(None, scripted(&listing));
            output.provider(&format!("role listing {position}"), &ecs).await;
            let named = [(200, "t".to_owned()), (status, body.clone()), (status, body.clone())];
            let ecs = EcsRamRoleProvider::new(Some("r".to_owned()), scripted(&named));
            output.provider(&format!("role {position}"), &ecs).await;
            let token = [(status, body.clone()), (404, String::new()), (404, String::new())];
            let ecs = EcsRamRoleProvider::new(None, scripted(&token));
            output.provider(&format!("metadata token {position}"), &ecs).await;
            let io = offline(&[]).with_process_runner(Prints(body.clone()));
            output.provider(&format!("program {body}"), &ProcessProvider::new("tool", io)).await;
        }
    }
}

/// Values that code and variables set.
async fn settings(output: &mut Output) {
    let planted = secret();
    let key = || Credentials::new("i", planted).with_security_token(planted);
    let role = || RoleSession::new("acs:ram::1:role/r");
    for host in [
        format!("https://user:{planted}@sts.example"),
        format!("https://{planted}@sts.example"),
        format!("https://user:a/{planted}@sts.example"),
        format!("https://user:{planted}%40sts.example"),
        format!("https://sts.example?{planted}"),
        format!("https://sts.example/?x=@{planted}"),
        format!("https://sts.example#{planted}"),
        format!("https://sts.example/{planted}"),
        format!("ftp://sts.example/{planted}"),
    ] {
        let endpoint = StsEndpoint::host(&host);
        output.debug(&format!("StsEndpoint {host}"), &endpoint);
        let sts = RamRoleProvider::new(key(), role(), offline(&[])).endpoint(endpoint);
        output.provider(&format!("STS endpoint {host}"), &sts).await;
        let builder = Client::builder().endpoint(&host).credentials(key());
        output.debug(&format!("ClientBuilder {host}"), &builder);
        let error = builder.build().unwrap_err();
        output.0.push((format!("ClientBuilder {host}"), format!("{error} {error:?}")));
    }
    for endpoint in [StsEndpoint::region(format!("{planted} x")), StsEndpoint::vpc(" ")] {
        let sts = RamRoleProvider::new(key(), role(), offline(&[])).endpoint(endpoint);
        output.provider("STS region", &sts).await;
    }
    for session in [
        RoleSession::new(planted).duration_seconds(1),
        RoleSession::new(planted),
        role().session_name(format!("{planted} x")),
        role().policy(planted).external_id(planted).session_name(planted),
    ] {
        output.debug("RoleSession", &session);
        let sts = RamRoleProvider::new(key(), session, scripted(&[(403, String::new())]));
        output.provider("role session", &sts).await;
    }
    for uri in [
        format!("http://user:{planted}@127.0.0.1/"),
        format!("http://{planted}@127.0.0.1/"),
        format!("http://user:a/{planted}@127.0.0.1/"),
        format!("http://{planted}/"),
        format!("http://127.0.0.1/{planted}?{planted}#{planted}"),
        format!("ftp://{planted}/"),
        planted.to_owned(),
    ] {
        let provider = UriProvider::new(uri.clone(), scripted(&[(403, String::new())]));
        output.provider(&format!("credentials URI {uri}"), &provider).await;
    }
    for token_file in [format!("e30.{planted}.sig"), format!("eyJ.{planted}"), planted.to_owned()] {
        let oidc = OidcProvider::new("p", token_file, role(), offline(&[]));
        output.provider("OIDC token as path", &oidc).await;
    }
    let oidc = OidcProvider::new("p", "/t", role(), offline(&[("/t", &format!("a {planted}"))]));
    output.provider("OIDC token", &oidc).await;
    let ecs = EcsRamRoleProvider::new(Some(format!("a/{planted}")), offline(&[]));
    output.provider("RAM role", &ecs).await;
    let ecs =
        EcsRamRoleProvider::new(None, scripted(&[])).endpoint(format!("http://u:{planted}@h"));
    output.debug("metadata endpoint", &ecs);
    for command in
        [format!("TOKEN={planted} tool"), format!("tool '{planted}"), format!("tool {planted}")]
    {
        output.provider("program", &ProcessProvider::new(command, offline(&[]))).await;
    }
    output.debug("Credentials", &key());
}

/// The secret is one word, which has the form of an id, a name of a role or a host.
#[tokio::test]
async fn no_position_of_a_secret_is_shown() {
    if is_alone("credentials::planted::no_position_of_a_secret_is_shown") {
        search_with("Hunter2x5e1f").await;
    }
}

/// The secret has only letters, as a code has.
#[tokio::test]
async fn secret_of_letters_is_not_shown_as_a_code() {
    if is_alone("credentials::planted::secret_of_letters_is_not_shown_as_a_code") {
        search_with("HunterOnlyLetters").await;
    }
}

async fn search_with(planted: &'static str) {
    SECRET.set(planted).unwrap();
    let log = Log::of_the_process();
    let mut output = Output::default();
    config_files(&mut output).await;
    ini_files(&mut output).await;
    servers(&mut output).await;
    settings(&mut output).await;
    // With a real connection, the layers below log too.
    for uri in
        [format!("http://user:{planted}@127.0.0.1:9/"), format!("http://127.0.0.1:9/?{planted}")]
    {
        let world = io(&[], &[]);
        output.provider("a real connection", &UriProvider::new(uri, world)).await;
    }
    assert!(output.0.len() > 1000, "only {} outputs", output.0.len());
    for line in log.text().lines() {
        output.0.push(("log".to_owned(), line.to_owned()));
    }
    let leaks = output.leaks();
    let shown: Vec<_> = leaks.iter().take(20).map(String::as_str).collect();
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), shown.join("\n"));
}
