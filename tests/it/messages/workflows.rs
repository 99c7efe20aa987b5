//! Waits, provisioning and the blocking client.

use std::time::Duration;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{DescribeRegions, StartBackupPlan, StopBackupPlan};
use aliyun_dbs::types::{BackupPlanId, StopMethod};
use aliyun_dbs::wait::{
    DownloadReady, FullBackupFinished, GatewayDatabases, PlanConfigurable, PlanRunning, PollStatus,
    PreCheckPassed, RestoreFinished, until,
};
use aliyun_dbs::{Client, Clock, Region};

use super::Catalog;
use crate::support::{configure, create};

fn service() -> (FakeDbs, Client) {
    let dbs = FakeDbs::with_seed(1);
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .build()
        .unwrap();
    (dbs, client)
}

macro_rules! waits {
    ($catalog:ident, $client:ident: $($cause:literal, $condition:expr);+ $(;)?) => {
        $(match $client.wait_for($condition).await {
            Err(error) => $catalog.add($cause, error),
            Ok(_) => panic!("{} ends well", $cause),
        })+
    };
}

async fn bought(client: &Client) -> BackupPlanId {
    let plan = client.send(create()).await.unwrap().backup_plan_id.clone();
    client.wait_for(PlanConfigurable::new(plan.clone())).await.unwrap();
    plan
}

type Prepare = fn(&FakeDbs);

pub(super) async fn print(catalog: &mut Catalog) {
    catalog.section("Waits", "`Client::wait_for`, `WaitError`.");
    let (dbs, client) = service();
    let absent = || "dbs1".parse::<BackupPlanId>().unwrap();
    waits! { catalog, client:
        "a plan that does not exist", PlanRunning::new(absent());
        "a plan to configure that does not exist", PlanConfigurable::new(absent());
        "a pre-check of a plan that does not exist", PreCheckPassed::new(absent());
        "a backup that does not exist", FullBackupFinished::new(absent(), "set1".parse().unwrap());
        "a restore that does not exist", RestoreFinished::new("r1".parse().unwrap());
        "a download that does not exist", DownloadReady::new("d1".parse().unwrap());
        "a gateway that does not exist", GatewayDatabases::new(1.into(), 2.into());
    }
    let never = until("regions to vanish", DescribeRegions::builder().build(), |list| {
        PollStatus::pending(format!("{} regions", list.regions.len()))
    });
    let error = client.wait_for(never).timeout(Duration::from_secs(30)).await.unwrap_err();
    catalog.add("a timeout", error);
    dbs.faults().gateway_error("DescribeRegions", 403, "Request.Forbidden", "not allowed");
    waits! { catalog, client: "a poll that fails",
    until("regions", DescribeRegions::builder().build(), |_| PollStatus::pending("")) }
    let plan = bought(&client).await;
    dbs.fail_next_pre_check("Network", "cannot reach the database");
    client.send(configure(&plan, "x")).await.unwrap();
    waits! { catalog, client:
        "a pre-check that fails", PreCheckPassed::new(plan.clone());
        "a plan whose pre-check failed", PlanRunning::new(plan.clone());
    }
    assert!(dbs.fail_plan(&plan, "disk full"));
    waits! { catalog, client: "a plan that failed", PlanRunning::new(plan.clone()) }
    let locked = bought(&client).await;
    assert!(dbs.lock_plan(&locked));
    waits! { catalog, client:
        "a locked plan", PlanRunning::new(locked.clone());
        "a locked plan to configure", PlanConfigurable::new(locked);
    }
    let running = client.provision(create(), |id| configure(&id, "x")).await.unwrap();
    waits! { catalog, client:
    "a running plan to configure", PlanConfigurable::new(running.backup_plan_id.clone()) }

    catalog.section("Provisioning", "`Client::provision`, `ProvisionError`.");
    let causes: [(&str, Prepare); 5] = [
        ("the purchase is rejected", |dbs| {
            dbs.faults().business_error("CreateBackupPlan", "BackupPlanNotCreate", "no stock");
        }),
        ("the configuration is rejected", |dbs| {
            dbs.faults()
                .business_error("ConfigureBackupPlan", "Param.NotFound", "unknown value")
                .always();
        }),
        ("the pre-check fails", |dbs| {
            dbs.fail_next_pre_check("Network", "cannot reach the database");
        }),
        ("the start is forbidden", |dbs| {
            dbs.faults()
                .gateway_error("StartBackupPlan", 403, "Request.Forbidden", "not allowed")
                .always();
        }),
        ("no connection", |dbs| {
            dbs.faults().refuse_connection("CreateBackupPlan").always();
        }),
    ];
    for (cause, prepare) in causes {
        let (dbs, client) = service();
        prepare(&dbs);
        let token = "orders-nightly".parse().unwrap();
        let run = client.provision(create(), |id| configure(&id, "x")).client_token(token);
        match run.await {
            Err(error) => catalog.add(cause, error),
            Ok(_) => panic!("{cause} ends well"),
        }
    }
    let (_dbs, client) = service();
    let again = || {
        client
            .provision(create(), |id| configure(&id, "x"))
            .client_token("orders-nightly".parse().unwrap())
    };
    let plan = again().await.unwrap().backup_plan_id;
    let stop = StopBackupPlan::builder().backup_plan_id(plan.clone()).stop_method(StopMethod::All);
    client.send(stop.build()).await.unwrap();
    catalog.add("the plan was paused meanwhile", again().await.unwrap_err());
    client.send(StartBackupPlan::builder().backup_plan_id(plan).build()).await.unwrap();
    let error = again().timeout(Duration::from_secs(2)).await;
    if let Err(error) = error {
        catalog.add("a timeout", error);
    }
    let mut used = again();
    while let Some(step) = used.next().await {
        step.unwrap();
    }
    let mut failed =
        client.provision(create(), |id| configure(&id, "x")).timeout(Duration::from_secs(1));
    while let Some(step) = failed.next().await {
        if let Err(error) = step {
            catalog.add("a timeout while it settles", error);
        }
    }
    catalog.add("awaited again after it has ended", failed.await.unwrap_err());
    forgotten_purchases(catalog).await;
}

async fn forgotten_purchases(catalog: &mut Catalog) {
    let (dbs, client) = service();
    let since = dbs.clock().now();
    let run = || {
        let run = client.provision(create(), |id| configure(&id, "x"));
        run.client_token("orders-nightly".parse().unwrap())
    };
    let failing = run().record(|_| async { Err("the disk is full") });
    catalog.add("the hook that records the plan fails", failing.await.unwrap_err());
    let plan = dbs.plans()[0].backup_plan_id.clone();
    let absent = run().resume("dbs1".parse().unwrap()).await.unwrap_err();
    catalog.add("the plan to resume does not exist", absent);
    dbs.clock().advance(Duration::from_secs(3600));
    let one = run().token_since(since).await.unwrap_err();
    catalog.add("an old purchase may have been executed, 1 plan matches", one);
    client.send(create()).await.unwrap();
    let two = run().token_since(since).await.unwrap_err();
    catalog.add("an old purchase may have been executed, 2 plans match", two);
    let later = since + Duration::from_secs(999_999);
    let unknown = run().token_since(later).await.unwrap_err();
    catalog.add("the time of the token is in the future", unknown);
    for plan in [plan, dbs.plans()[1].backup_plan_id.clone()] {
        run().resume(plan).await.unwrap();
    }
    let none = run().token_since(since).await.unwrap_err();
    catalog.add("an old purchase may have been executed, no plan matches", none);
}
