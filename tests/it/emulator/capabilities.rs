//! Tests of what the emulator reports about itself, and of client tokens and access keys over HTTP.

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeClock;
use aliyun_dbs::operations::ALL;
use aliyun_dbs::v2021_01_01::operations::UNTYPED;
use aliyun_dbs::{Dbs20210101, RawRequest, SignatureVersion, v2021_01_01};
use serde_json::{Value, json};

use super::{EmulatorWorld, world};
use crate::support::create;

fn strings(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|entry| entry.as_str().unwrap()).collect()
}

#[tokio::test]
async fn capabilities_list_what_the_emulator_accepts() {
    let world = world().await;
    let response = world.control("GET /_emulator/capabilities", "").await;
    assert_eq!(response.status, 200, "{response:?}");
    let capabilities = response.json();
    assert_eq!(capabilities["name"], "aliyun-dbs emulator");
    assert_eq!(capabilities["version"], env!("CARGO_PKG_VERSION"));
    let api = &capabilities["apis"][0];
    assert_eq!((&api["product"], &api["version"]), (&json!("Dbs"), &json!("2019-03-06")));
    let operations: Vec<_> = ALL.iter().map(|info| info.action).collect();
    assert_eq!(strings(&api["operations"]), operations);
    assert_eq!(capabilities["signatures"], json!(["v3", "v1"]));
    assert_eq!(capabilities["formats"], json!(["JSON", "XML"]));
    assert_eq!(capabilities["clock"], json!({ "max_speed": FakeClock::MAX_SPEED }));
}

#[tokio::test]
async fn capabilities_list_both_versions() {
    let world = world().await;
    let capabilities = world.control("GET /_emulator/capabilities", "").await.json();
    let apis = capabilities["apis"].as_array().unwrap();
    let versions: Vec<_> = apis.iter().map(|api| api["version"].as_str().unwrap()).collect();
    assert_eq!(versions, ["2019-03-06", "2021-01-01"]);
    assert_eq!(apis[0]["refused"], json!([]));
    let typed: Vec<_> = v2021_01_01::operations::ALL.iter().map(|info| info.action).collect();
    assert_eq!(strings(&apis[1]["operations"]), typed);
    let refused: Vec<_> = UNTYPED.iter().map(|operation| operation.action).collect();
    assert_eq!(strings(&apis[1]["refused"]), refused);
    let client = world.client();
    for (names, is_refused) in [(typed, false), (refused, true)] {
        for name in names {
            let error = client.send(RawRequest::for_api::<Dbs20210101>(name)).await.err();
            let code = error.as_ref().and_then(aliyun_dbs::Error::code);
            assert_eq!(code == Some("Request.Forbidden"), is_refused, "{name}: {code:?}");
            assert_ne!(code, Some("InvalidAction.NotFound"), "{name}");
            // A fault rule can name it.
            let rule = json!({ "kind": "slow", "millis": 0, "operation": name }).to_string();
            assert_eq!(world.control("POST /_emulator/faults", &rule).await.status, 200, "{name}");
        }
    }
}

#[tokio::test]
async fn listed_operations_and_control_requests_exist() {
    let world = world().await;
    let capabilities = world.control("GET /_emulator/capabilities", "").await.json();
    for operation in strings(&capabilities["apis"][0]["operations"]) {
        let raw = RawRequest::new(operation.to_owned());
        if let Err(error) = world.client().send(raw).await {
            assert!(!error.to_string().contains("InvalidAction.NotFound"), "{error}");
        }
    }
    let control = strings(&capabilities["control"]);
    assert!(control.contains(&"GET capabilities") && control.contains(&"POST tokens"));
    for line in &control {
        let (method, resource) = line.split_once(' ').unwrap();
        let response = world.control(&format!("{method} /_emulator/{resource}"), "").await;
        assert!(![404, 405].contains(&response.status), "{line}: {response:?}");
        let wrong = world.control(&format!("PATCH /_emulator/{resource}"), "").await;
        assert_eq!(wrong.status, 405, "{line}");
        let allow = wrong.head.lines().find(|line| line.starts_with("allow: ")).unwrap();
        assert!(allow.contains(&method.to_ascii_lowercase()), "{line}: {allow}");
    }
    let unknown = world.control("GET /_emulator/nothing", "").await;
    for line in control {
        let resource = format!("`{}`", line.split_once(' ').unwrap().1);
        assert!(unknown.body.contains(&resource), "{}", unknown.body);
    }
}

#[tokio::test]
async fn listed_fault_kinds_are_those_of_the_rules() {
    let world = world().await;
    let capabilities = world.control("GET /_emulator/capabilities", "").await.json();
    let kinds = strings(&capabilities["fault_kinds"]);
    // The rejection of an unknown kind names all known ones.
    let rejected = world.control("POST /_emulator/faults", r#"{"kind":"magic"}"#).await;
    let error = rejected.json()["error"].as_str().unwrap().to_owned();
    let (_, expected) = error.split_once("expected one of ").unwrap();
    let known: Vec<_> = expected.split('`').skip(1).step_by(2).collect();
    assert_eq!(kinds, known);
    assert!(kinds.contains(&"drop_after_processing"), "{kinds:?}");
}

async fn buy(world: &EmulatorWorld, key: Credentials) -> String {
    let client = world.client_as(SignatureVersion::Acs3, key);
    let call = client.send(create()).client_token("orders".parse().unwrap());
    call.await.unwrap().backup_plan_id.to_string()
}

#[tokio::test]
async fn tokens_are_forgotten_on_request() {
    let world = world().await;
    let post = async |body: &str| world.control("POST /_emulator/tokens", body).await;
    let key = || world.dbs.credentials();
    let first = buy(&world, key()).await;
    let known = world.control("GET /_emulator/tokens", "").await.json();
    assert_eq!(known, json!({ "forget_after_seconds": null, "remembered": 1 }));

    let response = post(r#"{"forget_after_seconds":600}"#).await.json();
    assert_eq!(response, json!({ "forget_after_seconds": 600.0, "remembered": 1 }));
    world.control("POST /_emulator/clock", r#"{"advance_seconds":599}"#).await;
    assert_eq!(buy(&world, key()).await, first);
    world.control("POST /_emulator/clock", r#"{"advance_seconds":1}"#).await;
    let second = buy(&world, key()).await;
    assert_ne!(second, first);

    let response = post(r#"{"forget_now":true}"#).await.json();
    assert_eq!(response, json!({ "forget_after_seconds": 600.0, "remembered": 0 }));
    let third = buy(&world, key()).await;
    assert_ne!(third, second);

    let response = post(r#"{"forget_after_seconds":null}"#).await.json();
    assert_eq!(response, json!({ "forget_after_seconds": null, "remembered": 1 }));
    world.control("POST /_emulator/clock", r#"{"advance_seconds":31536000}"#).await;
    assert_eq!(buy(&world, key()).await, third);
    assert_eq!(world.dbs.plans().len(), 3);

    for bad in [
        r#"{"forget_after_seconds":-1}"#,
        r#"{"forget_after_seconds":"600"}"#,
        r#"{"forget_after_seconds":1e300}"#,
        r#"{"forget":true}"#,
        "",
    ] {
        let response = post(bad).await;
        assert_eq!(response.status, 400, "{bad}: {response:?}");
    }
}

#[tokio::test]
async fn access_keys_are_added_by_account() {
    let world = world().await;
    let add = async |body: &str| world.control("POST /_emulator/access_keys", body).await;
    let second = r#"{"access_key_id":"second","access_key_secret":"s-planted"}"#;
    let temporary =
        r#"{"access_key_id":"STS.1","access_key_secret":"s-planted","security_token":"t-planted"}"#;
    let other = r#"{"access_key_id":"other","access_key_secret":"s-planted","account":1}"#;
    for (body, account) in [(second, 0), (temporary, 0), (other, 1), (other, 1)] {
        let response = add(body).await;
        assert_eq!(response.status, 200, "{response:?}");
        assert!(!response.body.contains("planted"), "{response:?}");
        let id = &serde_json::from_str::<Value>(body).unwrap()["access_key_id"];
        assert_eq!(response.json(), json!({ "access_key_id": id, "account": account }));
    }
    let first = buy(&world, world.dbs.credentials()).await;
    assert_eq!(buy(&world, Credentials::new("second", "s-planted")).await, first);
    let key = Credentials::new("STS.1", "s-planted").with_security_token("t-planted");
    assert_eq!(buy(&world, key).await, first);
    assert_ne!(buy(&world, Credentials::new("other", "s-planted")).await, first);
    assert_eq!(world.dbs.plans().len(), 1);
}

#[tokio::test]
async fn invalid_access_keys_are_rejected() {
    let world = world().await;
    let long = "x".repeat(5000);
    for (key, says) in [
        (json!({ "access_key_id": "a" }), "missing field `access_key_secret`"),
        (json!({ "access_key_id": "", "access_key_secret": "s" }), "the access key id is empty"),
        (json!({ "access_key_id": "a b", "access_key_secret": "s" }), "the access key id contains"),
        (
            json!({ "access_key_id": "a", "access_key_secret": " " }),
            "the access key secret is empty",
        ),
        (json!({ "access_key_id": "a", "access_key_secret": 31337 }), "expected a string"),
        (
            json!({ "access_key_id": "a", "access_key_secret": "s", "security_token": "" }),
            "the security token is empty",
        ),
        (json!({ "access_key_id": "a", "access_key_secret": "s", "account": 2 }), "account 2"),
        (json!({ "access_key_id": "a", "access_key_secret": "s", "role": "x" }), "unknown field"),
        (json!({ "access_key_id": long, "access_key_secret": "s" }), "too long"),
        (json!({ "access_key_id": "a", "access_key_secret": long }), "too long"),
    ] {
        let response = world.control("POST /_emulator/access_keys", &key.to_string()).await;
        assert_eq!(response.status, 400, "{key}: {response:?}");
        assert!(response.body.contains(says), "{key}: {response:?}");
        assert!(!response.body.contains("31337"), "{response:?}");
    }
}

#[tokio::test]
async fn access_keys_and_accounts_are_bounded() {
    let world = world().await;
    let add = async |id: String, account: usize| {
        let key = json!({ "access_key_id": id, "access_key_secret": "s", "account": account });
        world.control("POST /_emulator/access_keys", &key.to_string()).await
    };
    for account in 1..100 {
        let _ = world.dbs.add_account();
        assert_eq!(add("moved".to_owned(), account).await.status, 200);
    }
    let refusal = add("new".to_owned(), 100).await;
    assert_eq!(refusal.status, 400);
    assert!(refusal.body.contains("too many accounts"), "{refusal:?}");
    for number in 101..1000 {
        world.dbs.add_credentials(Credentials::new(format!("key{number}"), "s"));
    }
    let refusal = add("new".to_owned(), 0).await;
    assert_eq!(refusal.status, 400);
    assert!(refusal.body.contains("too many access keys"), "{refusal:?}");
    // Replacing a key needs no space.
    assert_eq!(add("moved".to_owned(), 0).await.status, 200);
}
