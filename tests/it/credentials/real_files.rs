//! Tests with real files: pipes, devices and large files neither block the runtime nor fill memory.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use aliyun_dbs::credentials::{
    CliProfileProvider, Credentials, CredentialsProvider, EnvironmentProvider, IniFileProvider, Io,
    OidcProvider, RoleSession,
};
use aliyun_dbs::{Client, Region};

use crate::support::process::run_alone;

/// A folder that is removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("aliyun-dbs-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Returns the providers that read the file.
fn providers(path: &Path) -> Vec<Box<dyn CredentialsProvider>> {
    let path = path.to_str().unwrap().to_owned();
    let file = path.clone();
    let io = Io::system().with_env(move |name| {
        let is_file = name.ends_with("_CONFIG_FILE") || name.ends_with("_CREDENTIALS_FILE");
        is_file.then(|| file.clone())
    });
    let role = RoleSession::new("acs:ram::1:role/r");
    vec![
        Box::new(CliProfileProvider::new(None, io.clone())),
        Box::new(IniFileProvider::new(None, io.clone())),
        Box::new(OidcProvider::new("acs:ram::1:oidc-provider/p", path, role, io)),
    ]
}

#[tokio::test]
async fn only_regular_files_up_to_1_mib_are_read() {
    let folder = Folder::new("kinds");
    let pipe = folder.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let sparse = folder.path("sparse");
    fs::File::create(&sparse).unwrap().set_len(1_500_000_000).unwrap();
    let link = folder.path("link");
    symlink(&pipe, &link).unwrap();
    let binary = folder.path("binary");
    fs::write(&binary, [0xff, 0xfe, b'{']).unwrap();
    for (path, says) in [
        (pipe, "expected a regular file, got a pipe, device or socket"),
        (link, "expected a regular file, got a pipe, device or socket"),
        (PathBuf::from("/dev/zero"), "expected a regular file, got a pipe, device or socket"),
        (folder.0.clone(), "expected a regular file, got a directory"),
        (sparse, "the file is larger than 1 MiB"),
        (binary, "the file is not UTF-8"),
    ] {
        for provider in providers(&path) {
            let started = Instant::now();
            let read = tokio::time::timeout(Duration::from_secs(20), provider.credentials());
            let error = read.await.expect("the read ends").unwrap_err();
            assert!(error.to_string().contains(says), "{provider:?}: {error}");
            assert!(!error.is_not_configured() && !error.is_transient(), "{error}");
            assert!(started.elapsed() < Duration::from_secs(10), "{provider:?}");
        }
    }
}

#[tokio::test]
async fn real_file_is_read_and_followed() {
    let folder = Folder::new("follow");
    let path = folder.path("config.json");
    let content = |id: &str| {
        format!(
            r#"{{"profiles":[{{"name":"default","access_key_id":"{id}","access_key_secret":"s"}}]}}"#
        )
    };
    fs::write(&path, content("one")).unwrap();
    let provider = &providers(&path)[0];
    let first = provider.credentials().await.unwrap();
    assert_eq!(first, Credentials::new("one", "s"));
    fs::write(&path, content("two")).unwrap();
    assert_eq!(provider.refresh(&first).await.unwrap(), Credentials::new("two", "s"));
}

#[test]
fn file_is_read_without_a_runtime() {
    use std::future::Future;
    use std::task::{Context, Poll, Waker};

    let folder = Folder::new("plain");
    let path = folder.path("credentials");
    fs::write(&path, "[default]\ntype=access_key\naccess_key_id=a\naccess_key_secret=s\n").unwrap();
    let provider = &providers(&path)[1];
    let mut read = std::pin::pin!(provider.credentials());
    match read.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(found) => assert_eq!(found.unwrap(), Credentials::new("a", "s")),
        Poll::Pending => panic!("the read waits for a runtime"),
    }
}

#[test]
fn variable_that_is_not_utf8_is_not_ignored() {
    let invalid = OsStr::from_bytes(b"/no/such\xff");
    run_alone("credentials::real_files::child_reads_variables", |child| {
        for name in ["ALIBABA_CLOUD_CONFIG_FILE", "ALIBABA_CLOUD_CREDENTIALS_FILE", "HTTPS_PROXY"] {
            child.env(name, invalid);
        }
        for name in ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"] {
            child.env(name, OsStr::from_bytes(b"key\xff"));
        }
        child.env_remove("NO_PROXY").env_remove("no_proxy");
    });
}

#[tokio::test]
#[ignore = "another test runs it with its variables"]
async fn child_reads_variables() {
    let cli = CliProfileProvider::new(None, Io::system()).credentials().await.unwrap_err();
    let ini = IniFileProvider::new(None, Io::system()).credentials().await.unwrap_err();
    for error in [cli, ini] {
        assert!(error.to_string().contains("/no/such"), "{error}");
        assert!(!error.is_not_configured(), "{error}");
    }
    let key = EnvironmentProvider::new().load().unwrap();
    let client = |key: Credentials| Client::builder().region(Region::Hangzhou).credentials(key);
    let error = client(key.clone()).build().unwrap_err().to_string();
    assert!(error.contains("HTTPS_PROXY"), "{error}");
    let client = client(key).no_proxy().build().unwrap();
    let request = aliyun_dbs::operations::DescribeRegions::builder().build();
    let error = client.send(request).await.unwrap_err();
    assert_eq!(error.attempts(), 0, "{error}");
    assert!(error.to_string().contains("the access key id contains"), "{error}");
}
