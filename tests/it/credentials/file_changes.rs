//! Tests that a profile file is read again when it changes, also in the middle of its rewrite.

use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aliyun_dbs::credentials::{
    CliProfileProvider, CredentialsProvider, DefaultChain, FileStamp, IniFileProvider, Io,
    OidcProvider, RoleSession,
};
use aliyun_dbs::fake::{FakeClock, FakeDbs};
use aliyun_dbs::operations::DescribeRegions;
use aliyun_dbs::transport::ScriptedTransport;
use aliyun_dbs::{Client, Clock, Region};

use super::environment::{FAR, clean, sts_response};

/// A file that a test rewrites, and its stamp.
#[derive(Clone)]
struct TestFile(Arc<FileState>);

struct FileState {
    path: &'static str,
    content: Mutex<Option<String>>,
    modified: Mutex<SystemTime>,
    /// Contents of the next reads, before `content`.
    next: Mutex<Vec<Option<String>>>,
    reads: AtomicUsize,
    has_stamps: bool,
    clock: Arc<FakeClock>,
}

const CLI: &str = "/home/u/.aliyun/config.json";
const INI: &str = "/home/u/.alibabacloud/credentials";

fn json(id: &str) -> String {
    format!(
        r#"{{"profiles":[{{"name":"default","mode":"AK","access_key_id":"{id}","access_key_secret":"s"}}]}}"#
    )
}

fn ini(id: &str) -> String {
    format!("[default]\ntype = access_key\naccess_key_id = {id}\naccess_key_secret = s\n")
}

impl TestFile {
    fn new(path: &'static str, content: String, has_stamps: bool) -> Self {
        let clock = Arc::new(FakeClock::seeded(1));
        let modified = SystemTime::from(clock.now()) - Duration::from_secs(3600);
        Self(Arc::new(FileState {
            path,
            content: Mutex::new(Some(content)),
            modified: Mutex::new(modified),
            next: Mutex::default(),
            reads: AtomicUsize::new(0),
            has_stamps,
            clock,
        }))
    }

    fn io(&self) -> Io {
        let (read, stamp) = (self.clone(), self.clone());
        Io::system()
            .with_env(|name| (name == "HOME").then(|| "/home/u".to_owned()))
            .with_clock(self.0.clock.clone())
            .with_files(move |path| {
                let state = &read.0;
                if path.to_str() != Some(state.path) {
                    return Err(ErrorKind::NotFound.into());
                }
                state.reads.fetch_add(1, Ordering::SeqCst);
                let next = state.next.lock().unwrap().pop();
                let content = next.unwrap_or_else(|| state.content.lock().unwrap().clone());
                content.ok_or_else(|| io::Error::from(ErrorKind::NotFound))
            })
            .with_file_stamps(move |path| {
                let state = &stamp.0;
                let content = state.content.lock().unwrap();
                let length = content.as_ref().map_or(0, String::len) as u64;
                (state.has_stamps && path.to_str() == Some(state.path))
                    .then(|| FileStamp::new(*state.modified.lock().unwrap(), length))
            })
    }

    /// Rewrites the file now, and makes the change old enough to be read.
    fn write(&self, content: Option<String>) {
        *self.0.content.lock().unwrap() = content;
        *self.0.modified.lock().unwrap() = self.0.clock.now().into();
        self.0.clock.advance(Duration::from_secs(5));
    }

    fn reads(&self) -> usize {
        self.0.reads.load(Ordering::SeqCst)
    }
}

async fn id(provider: &dyn CredentialsProvider) -> String {
    provider.credentials().await.unwrap().access_key_id().to_owned()
}

#[tokio::test]
async fn file_is_read_again_only_when_it_changes() {
    for (path, content) in [(CLI, json as fn(&str) -> String), (INI, ini)] {
        let file = TestFile::new(path, content("one"), true);
        let chain = DefaultChain::builder().io(file.io()).without_ecs_ram_role().build();
        for _ in 0..100 {
            assert_eq!(id(&chain).await, "one");
            file.0.clock.advance(Duration::from_secs(1));
        }
        assert_eq!(file.reads(), 1, "{path}");
        file.write(Some(content("two")));
        for _ in 0..100 {
            assert_eq!(id(&chain).await, "two");
        }
        assert_eq!(file.reads(), 2, "{path}");
    }
}

#[tokio::test]
async fn change_is_read_once_it_is_a_second_old() {
    let file = TestFile::new(INI, ini("one"), true);
    let provider = IniFileProvider::new(None, file.io());
    assert_eq!(id(&provider).await, "one");
    file.write(Some(ini("two")));
    // Another change, whose end may be missing.
    *file.0.content.lock().unwrap() = Some("[default]\ntype = access_key\naccess".to_owned());
    *file.0.modified.lock().unwrap() = file.0.clock.now().into();
    assert_eq!(id(&provider).await, "one", "the file is still being written");
    *file.0.content.lock().unwrap() = Some(ini("two"));
    file.0.clock.advance(Duration::from_secs(2));
    assert_eq!(id(&provider).await, "two");
}

#[tokio::test]
async fn last_key_is_kept_while_the_file_is_rewritten() {
    let half = |content: String| content[..content.len() / 2].to_owned();
    for has_stamps in [true, false] {
        for (path, content) in [(CLI, json as fn(&str) -> String), (INI, ini)] {
            for broken in [None, Some(String::new()), Some("\n".into()), Some(half(content("one")))]
            {
                let file = TestFile::new(path, content("one"), has_stamps);
                let chain = DefaultChain::builder().io(file.io()).without_ecs_ram_role().build();
                assert_eq!(id(&chain).await, "one");
                file.write(broken.clone());
                assert_eq!(id(&chain).await, "one", "{path}: {broken:?}");
                file.write(Some(content("two")));
                assert_eq!(id(&chain).await, "two", "{path}: {broken:?}");
                file.write(broken.clone());
                assert_eq!(id(&chain).await, "two", "{path}: {broken:?}");
                file.0.clock.advance(Duration::from_secs(61));
                let error = chain.credentials().await.unwrap_err();
                let is_half_ini = path == INI && broken.as_ref().is_some_and(|b| b.len() > 1);
                assert_eq!(error.is_transient(), !is_half_ini, "{path}, {broken:?}: {error}");
                assert!(!error.is_not_configured(), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn call_waits_for_a_file_that_is_being_written() {
    let dbs = FakeDbs::new();
    let key = dbs.credentials();
    let whole = json(key.access_key_id())
        .replace(r#""s""#, &format!("{:?}", key.access_key_secret().expose()));
    for first in [String::new(), whole[..whole.len() / 2].to_owned()] {
        let file = TestFile::new(CLI, whole.clone(), false);
        file.0.next.lock().unwrap().push(Some(first));
        let chain = DefaultChain::builder().io(file.io()).without_ecs_ram_role().build();
        let client = Client::builder()
            .region(Region::Hangzhou)
            .credentials(chain)
            .transport(dbs.clone())
            .build()
            .unwrap();
        let response = client.send(DescribeRegions::builder().build()).await.unwrap();
        assert_eq!(response.attempts(), 1, "nothing was sent without a key");
        assert_eq!(file.reads(), 2);
    }
}

#[tokio::test]
async fn recent_part_of_an_ini_file_is_not_the_whole() {
    let whole = ini("one");
    for end in [0, 5, 9, 15, whole.len() - 3] {
        let file = TestFile::new(INI, whole[..end].to_owned(), true);
        // Written just now, so that the rest may follow.
        *file.0.modified.lock().unwrap() = file.0.clock.now().into();
        let chain = DefaultChain::builder().io(file.io()).without_ecs_ram_role().build();
        let error = chain.credentials().await.unwrap_err();
        assert!(error.is_transient() && !error.is_not_configured(), "{end}: {error}");
        file.write(Some(whole.clone()));
        assert_eq!(id(&chain).await, "one", "{end}");

        let old = TestFile::new(INI, whole[..end].to_owned(), true);
        let chain = DefaultChain::builder().io(old.io()).without_ecs_ram_role().build();
        assert!(!chain.credentials().await.unwrap_err().is_transient(), "{end}");
    }
    // A complete file is an error at once.
    let file = TestFile::new(CLI, r#"{"profiles":[{"name":"default","mode":"x"}]}"#.into(), true);
    *file.0.modified.lock().unwrap() = file.0.clock.now().into();
    let error = CliProfileProvider::new(None, file.io()).credentials().await.unwrap_err();
    assert!(!error.is_transient(), "{error}");
}

#[tokio::test]
async fn rejected_key_is_read_again_at_once() {
    let file = TestFile::new(CLI, json("one"), true);
    let chain = DefaultChain::builder().io(file.io()).without_ecs_ram_role().build();
    let rejected = chain.credentials().await.unwrap();
    *file.0.content.lock().unwrap() = Some(json("two"));
    *file.0.modified.lock().unwrap() = file.0.clock.now().into();
    assert_eq!(id(&chain).await, "one");
    assert_eq!(chain.refresh(&rejected).await.unwrap().access_key_id(), "two");
    assert_eq!(id(&chain).await, "two");
}

#[tokio::test]
async fn profile_that_is_removed_fails_after_a_minute() {
    let file = TestFile::new(CLI, json("one"), true);
    let provider = CliProfileProvider::new(None, file.io());
    assert_eq!(id(&provider).await, "one");
    file.write(Some(r#"{"profiles":[]}"#.to_owned()));
    assert_eq!(id(&provider).await, "one");
    file.0.clock.advance(Duration::from_secs(61));
    let error = provider.credentials().await.unwrap_err();
    assert!(error.to_string().contains("profile `default` not found"), "{error}");
}

#[tokio::test]
async fn absent_or_empty_oidc_token_is_waited_for() {
    for first in [None, Some(String::new()), Some(" \n".to_owned())] {
        let file = TestFile::new("/var/run/token", "the-token\n".to_owned(), false);
        file.0.next.lock().unwrap().push(first);
        let sts = ScriptedTransport::new().respond(200, sts_response("STS.pod", FAR));
        let role = RoleSession::new("acs:ram::1:role/pod");
        let world = file.io().with_transport(sts.clone());
        let oidc = OidcProvider::new("acs:ram::1:oidc-provider/p", "/var/run/token", role, world);
        let error = oidc.credentials().await.unwrap_err();
        assert!(error.is_transient() && clean(&error).contains("/var/run/token"), "{error}");
        assert_eq!(id(&oidc).await, "STS.pod");
        assert_eq!(sts.requests()[0].parameter("OIDCToken"), Some("the-token"));
    }
}
