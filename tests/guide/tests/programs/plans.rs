//! Plans from a YAML file with a template, compared with an account in a pipeline.

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::types::Secret;
use aliyun_dbs::workflows::plan_spec::{
    PlanSpec, PlanSpecError, SecretError, SecretRef, SecretStore, from_deserializer,
};
use aliyun_dbs::{Client, Region};

const PLANS: &str = "
- &orders
  name: orders-nightly
  region: cn-hangzhou
  class: small
  method: logical
  billing: 1 year
  source: &source
    mysql:
      at: { rds: { region: cn-hangzhou, instance: rm-bp1orders } }
      user: dbs_backup
      password: { env: ORDERS_PASSWORD }
      objects: [orders]
  schedule: { weekly: { days: [Monday, Thursday], at: \"02:30\" } }
- name: orders-weekly
  region: cn-hangzhou
  class: micro
  method: logical
  billing: 1 year
  source: *source
  schedule: { weekly: { days: [Sunday], at: \"03:00\" } }
";

fn read(yaml: &str) -> Result<Vec<PlanSpec>, PlanSpecError> {
    from_deserializer(serde_yaml_ng::Deserializer::from_str(yaml))
}

/// Gets passwords where the company has them.
struct Vault;

impl SecretStore for Vault {
    fn read(&self, _: &SecretRef) -> Result<Secret, SecretError> {
        Ok(Secret::new("correct horse"))
    }
}

#[tokio::test]
async fn edited_file_shows_and_makes_its_changes() {
    let dbs = FakeDbs::with_seed(3);
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    let client = builder.transport(dbs.clone()).build().unwrap();
    let drift = client.drift(read(PLANS).unwrap()).secrets(Vault).await.unwrap();
    assert_eq!(drift.changes().iter().filter(|change| change.is_purchase()).count(), 2);
    assert_eq!(drift.apply().await.bought, 2);

    let edited = PLANS.replace("class: small", "class: medium");
    let drift = client.drift(read(&edited).unwrap()).secrets(Vault).await.unwrap();
    let shown = drift.to_string();
    assert!(shown.contains("~ class") && shown.contains("small → medium"), "{shown}");
    assert!(drift.apply().await.is_complete());
    let drift = client.drift(read(&edited).unwrap()).secrets(Vault).await.unwrap();
    assert!(drift.is_empty(), "{drift}");
}

#[test]
fn mistake_in_the_file_has_field_and_line() {
    let error = read(&PLANS.replace("class: micro", "class: mikro")).unwrap_err();
    assert_eq!((error.field(), error.line()), ("[1].class", Some(17)), "{error}");
    assert!(error.to_string().contains("did you mean `micro`?"), "{error}");
}
