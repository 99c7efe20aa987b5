//! Tests of client tokens and access keys of the fake: several keys, accounts, forgotten tokens.

use std::time::Duration;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::types::BackupPlanId;
use aliyun_dbs::{Client, Clock, Error, Region, RetryPolicy};

use crate::support::create;

fn client(dbs: &FakeDbs, credentials: Credentials) -> Client {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(credentials)
        .transport(dbs.clone())
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
}

/// Buys a plan with the same client token in every call.
async fn buy(client: &Client) -> Result<BackupPlanId, Error> {
    let purchase = client.send(create()).client_token("orders".parse().unwrap());
    purchase.await.map(|plan| plan.backup_plan_id.clone())
}

#[tokio::test]
async fn keys_of_one_account_share_client_tokens() {
    let dbs = FakeDbs::with_seed(1);
    let own = Credentials::new("second", "s").with_security_token("t");
    dbs.add_credentials(own.clone());
    let keys = [
        dbs.credentials(),
        own,
        dbs.add_access_key(),
        dbs.add_access_key(),
        dbs.add_temporary_key(Duration::from_secs(3600)),
        dbs.add_temporary_key(Duration::from_secs(3600)),
    ];
    let mut plans = Vec::new();
    for key in keys {
        plans.push(buy(&client(&dbs, key)).await.unwrap());
    }
    plans.dedup();
    assert_eq!((plans.len(), dbs.plans().len()), (1, 1));
}

#[tokio::test]
async fn keys_of_two_accounts_share_no_tokens() {
    let dbs = FakeDbs::with_seed(1);
    let other = dbs.add_account();
    let plan = buy(&client(&dbs, dbs.credentials())).await.unwrap();
    let second = buy(&client(&dbs, other.credentials())).await.unwrap();
    assert_ne!(plan, second);
    assert_eq!((dbs.plans().len(), other.plans().len()), (1, 1));
    assert_eq!(buy(&client(&dbs, dbs.credentials())).await.unwrap(), plan);
}

#[tokio::test]
async fn added_keys_belong_to_the_account_of_the_handle() {
    let dbs = FakeDbs::with_seed(1);
    let other = dbs.add_account();
    let plan = buy(&client(&dbs, other.credentials())).await.unwrap();
    assert_eq!(buy(&client(&dbs, other.add_access_key())).await.unwrap(), plan);
    let key = other.add_temporary_key(Duration::from_secs(60));
    assert_eq!(buy(&client(&dbs, key)).await.unwrap(), plan);
    assert_eq!((dbs.plans().len(), other.plans().len()), (0, 1));
}

#[tokio::test]
async fn temporary_key_expires_with_the_fake_clock() {
    let dbs = FakeDbs::with_seed(1);
    let key = dbs.add_temporary_key(Duration::from_secs(900));
    assert!(key.security_token().is_some());
    assert_eq!(key.expiration(), Some(dbs.clock().now() + Duration::from_secs(900)));
    dbs.clock().advance(Duration::from_secs(899));
    // Without the expiration, the client cannot know that the key expired.
    let token = key.security_token().unwrap().clone();
    let key = Credentials::new(key.access_key_id(), key.access_key_secret().clone())
        .with_security_token(token);
    let client = client(&dbs, key);
    buy(&client).await.unwrap();
    dbs.clock().advance(Duration::from_secs(1));
    let error = buy(&client).await.unwrap_err();
    assert!(error.to_string().contains("InvalidSecurityToken.Expired"), "{error}");
    // A lifetime that no time can express ends at the last one.
    let last = dbs.add_temporary_key(Duration::MAX).expiration();
    assert!(last > Some(dbs.clock().now() + Duration::from_secs(900)));
}

#[tokio::test]
async fn token_is_forgotten_after_the_memory() {
    let dbs = FakeDbs::with_seed(1);
    let client = client(&dbs, dbs.credentials());
    let plan = buy(&client).await.unwrap();
    dbs.clock().advance(Duration::from_secs(30 * 86400));
    assert_eq!(buy(&client).await.unwrap(), plan, "remembered without limit by default");

    dbs.forget_tokens_after(Duration::from_secs(600));
    let second = buy(&client).await.unwrap();
    assert_ne!(second, plan);
    for _ in 0..2 {
        dbs.clock().advance(Duration::from_millis(299_999));
        assert_eq!(buy(&client).await.unwrap(), second);
    }
    // The repeated requests did not extend the memory.
    dbs.clock().advance(Duration::from_millis(2));
    let third = buy(&client).await.unwrap();
    assert_ne!(third, second);

    dbs.forget_tokens_after(None);
    dbs.clock().advance(Duration::from_secs(30 * 86400));
    assert_eq!(buy(&client).await.unwrap(), third);
    assert_eq!(dbs.plans().len(), 3);
}

#[tokio::test]
async fn forgotten_token_buys_again() {
    let dbs = FakeDbs::with_seed(1);
    let other = dbs.add_account();
    let client_of = |dbs: &FakeDbs| client(dbs, dbs.credentials());
    for dbs in [&dbs, &other] {
        let plan = buy(&client_of(dbs)).await.unwrap();
        assert_eq!(buy(&client_of(dbs)).await.unwrap(), plan);
    }
    dbs.forget_tokens();
    for dbs in [&dbs, &other] {
        let plan = buy(&client_of(dbs)).await.unwrap();
        assert_eq!(buy(&client_of(dbs)).await.unwrap(), plan, "remembered again");
        assert_eq!(dbs.plans().len(), 2);
    }
}

#[tokio::test]
async fn zero_memory_executes_every_request() {
    let dbs = FakeDbs::with_seed(1);
    dbs.forget_tokens_after(Duration::ZERO);
    let client = client(&dbs, dbs.credentials());
    for plans in 1..=3 {
        buy(&client).await.unwrap();
        assert_eq!(dbs.plans().len(), plans);
    }
}

#[tokio::test]
async fn reset_forgets_tokens_and_keeps_their_memory() {
    let dbs = FakeDbs::with_seed(1);
    let key = dbs.add_access_key();
    dbs.forget_tokens_after(Duration::from_secs(600));
    let client = client(&dbs, key);
    let plan = buy(&client).await.unwrap();
    dbs.reset();
    // The ids start again, so the new plan has the same one.
    assert_eq!(buy(&client).await.unwrap(), plan);
    assert_eq!(dbs.plans().len(), 1);
    dbs.clock().advance(Duration::from_secs(600));
    assert_ne!(buy(&client).await.unwrap(), plan);
}
