//! Fuzzes the files of credentials: no panic, errors of one line, and no secret in any output.
#![no_main]

use std::io::{Error, ErrorKind};
use std::sync::LazyLock;

use aliyun_dbs::credentials::{
    CliProfileProvider, CredentialsProvider, IniFileProvider, Io, ProcessRunner,
};
use aliyun_dbs::transport::{ScriptedTransport, TransportError};
use libfuzzer_sys::fuzz_target;
use tokio::runtime::{Builder, Runtime};

/// The string of the seeds that stands for a secret.
const SECRET: &str = "hunter2x5e1f";

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_time().build().expect("a runtime"));

/// Values of these fields are shown: the path of a program or file, a role, a chain of profiles.
const SHOWN_FIELDS: [&str; 4] = ["process_command", "oidc_token_file", "role_arn", "source_profile"];

fn check(provider: &dyn CredentialsProvider, is_shown: bool) {
    for _ in 0..2 {
        let shown = match RUNTIME.block_on(provider.credentials()) {
            Ok(found) => {
                let id = found.access_key_id();
                assert_eq!(id, id.trim());
                assert!(!id.is_empty() && !found.access_key_secret().is_empty());
                // The id of a key is not a secret.
                if id.to_lowercase().contains(SECRET) { String::new() } else { format!("{found:?}") }
            }
            Err(error) => {
                assert!(!error.to_string().contains('\n'), "{error}");
                format!("{error} {error:?}")
            }
        };
        let shown = format!("{shown} {provider:?}").to_lowercase();
        assert!(is_shown || !shown.contains(SECRET), "{shown}");
    }
}

fuzz_target!(|content: &str| {
    // JSON may spell the names with escape sequences.
    let is_shown =
        content.contains("\\u") || SHOWN_FIELDS.iter().any(|field| content.contains(field));
    let content = content.to_owned();
    let offline = (0..8).fold(ScriptedTransport::new(), |script, _| {
        script.fail(TransportError::not_sent("offline").permanent())
    });
    let io = Io::system()
        .with_env(|name| name.ends_with("_FILE").then(|| "/f".to_owned()))
        .with_files(move |path| {
            let is_file = path.to_str() == Some("/f");
            if is_file { Ok(content.clone()) } else { Err(Error::from(ErrorKind::NotFound)) }
        })
        .with_process_runner(NoPrograms)
        .with_transport(offline);
    // Both formats have profiles of these names in the seeds.
    for profile in [None, Some("p".to_owned())] {
        check(&CliProfileProvider::new(profile.clone(), io.clone()), is_shown);
        check(&IniFileProvider::new(profile, io.clone()), is_shown);
    }
});

#[derive(Debug)]
struct NoPrograms;

#[async_trait::async_trait]
impl ProcessRunner for NoPrograms {
    async fn run(&self, _: &str, _: &[String]) -> std::io::Result<String> {
        Err(Error::from(ErrorKind::NotFound))
    }
}
