//! The run without a file: `examples/plans.yaml` before and after edits.

use std::time::Duration;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::types::{InstanceClass, Weekday, start_time};
use aliyun_dbs::workflows::plan_spec::{PlanSpec, PlanSpecSchedule, PlanSpecSource};
use aliyun_dbs::{Client, Clock};

use crate::options::Options;
use crate::support::BoxError;
use crate::{reconcile, support};

const PLANS: &str = include_str!("../../plans.yaml");

/// Applies the file, edits it, applies it again, and returns whether no difference is left.
pub(crate) async fn run(
    dbs: &FakeDbs,
    client: &Client,
    options: &Options,
) -> Result<bool, BoxError> {
    let mut plans = support::parse_plans(PLANS)?;
    println!("A fake account, in which others have plans. The file has three more.\n");
    println!("$ reconcile examples/plans.yaml --apply");
    reconcile(client, plans.clone(), options, None, true).await?;

    dbs.clock().advance(Duration::from_secs(86_400));
    let now = dbs.clock().now().replace_nanosecond(0)?;
    edit(&mut plans, "orders-nightly", |plan| {
        plan.class = InstanceClass::Medium;
        if let PlanSpecSource::MySql(source) = &mut plan.source {
            source.password.rotated = Some(now);
        }
    });
    edit(&mut plans, "ledger-weekly", |plan| {
        let days = Weekday::Wednesday | Weekday::Sunday;
        plan.schedule = Some(PlanSpecSchedule::Weekly { days, at: start_time!("03:00") });
    });
    edit(&mut plans, "catalog-nightly", |plan| plan.class = InstanceClass::Micro);
    println!(
        "\nA day later, the password of `orders-nightly` is another one. In the file, it also gets a"
    );
    println!(
        "larger class, `catalog-nightly` a smaller one, and `ledger-weekly` another schedule.\n"
    );
    println!("$ reconcile examples/plans.yaml --apply");
    reconcile(client, plans.clone(), options, None, true).await?;

    edit(&mut plans, "catalog-nightly", |plan| plan.class = InstanceClass::Small);
    println!("\nIn the file, `catalog-nightly` has its earlier class again.\n");
    println!("$ reconcile examples/plans.yaml");
    reconcile(client, plans, options, None, false).await
}

fn edit(plans: &mut [PlanSpec], name: &str, edit: impl FnMut(&mut PlanSpec)) {
    plans.iter_mut().filter(|plan| plan.name == name).for_each(edit);
}
