//! Tests of the life of advanced downloads, API version 2021-01-01.

use aliyun_dbs::fake::{FakeInstance, InstanceEngine};
use aliyun_dbs::v2021_01_01::operations::{
    CreateDownload, DescribeDownloadBackupSetStorageInfo, DescribeDownloadSupport,
    DescribeDownloadTask, DownloadTask, RetryDownloadTask,
};
use aliyun_dbs::v2021_01_01::types::{
    AddressLifetime, AddressSelection, AdvancedDownloadState, DownloadFormat, DownloadKind,
    DownloadSource, DownloadTarget, DownloadTaskId, OrderDirection, page_number,
};

use super::*;

const REGION: Region = Region::Hangzhou;

fn mysql(world: &FakeWorld) -> FakeInstance {
    world.dbs.add_instance(REGION, "rm-orders".parse().unwrap(), InstanceEngine::RdsMySql)
}

fn create_of(
    instance: &FakeInstance,
    source: impl Into<DownloadSource>,
    format: DownloadFormat,
) -> CreateDownload {
    CreateDownload::builder()
        .region_code(instance.region)
        .instance_name(instance.instance_name.clone())
        .source(source)
        .format(format)
        .target(DownloadTarget::Url)
        .build()
}

fn first(instance: &FakeInstance) -> CreateDownload {
    create_of(instance, instance.backup_sets[0].id.clone(), DownloadFormat::Csv)
}

fn to_oss(request: CreateDownload) -> CreateDownload {
    let (bucket, path) = ("bucket".parse().unwrap(), "a/b".to_owned());
    let mut request = request;
    request.target = DownloadTarget::Oss { bucket, region: REGION, path };
    request
}

fn tasks(instance: &FakeInstance) -> DescribeDownloadTask {
    DescribeDownloadTask::builder()
        .region_code(instance.region)
        .instance_name(instance.instance_name.clone())
        .build()
}

fn addresses(selection: impl Into<AddressSelection>) -> DescribeDownloadBackupSetStorageInfo {
    DescribeDownloadBackupSetStorageInfo::builder().region_code(REGION).selection(selection).build()
}

fn retry(instance: &FakeInstance, task: &DownloadTaskId) -> RetryDownloadTask {
    RetryDownloadTask::builder()
        .region_code(instance.region)
        .instance_name(instance.instance_name.clone())
        .task_id(task.clone())
        .build()
}

impl FakeWorld {
    async fn tasks(&self, instance: &FakeInstance) -> Vec<DownloadTask> {
        self.ok(tasks(instance)).await.into_inner().items
    }

    async fn newest(&self, instance: &FakeInstance) -> DownloadTask {
        self.tasks(instance).await.remove(0)
    }

    async fn code_of<R: ApiRequest + 'static>(&self, request: R) -> String
    where
        R::Response: std::fmt::Debug,
    {
        self.refused(request).await.code().unwrap().to_owned()
    }
}

#[tokio::test]
async fn download_has_each_state_at_its_second() {
    let world = world();
    let instance = mysql(&world);
    let created = world.ok(first(&instance)).await.into_inner();
    assert_eq!(created.bak_set_id.as_ref(), Some(&instance.backup_sets[0].id));
    assert_eq!(created.progress.as_deref(), Some("0/0"));
    let mut passed = 0;
    for (second, state, progress) in [
        (0, AdvancedDownloadState::Initializing, "0/0"),
        (4, AdvancedDownloadState::Initializing, "0/0"),
        (5, AdvancedDownloadState::Queueing, "0/0"),
        (9, AdvancedDownloadState::Queueing, "0/0"),
        (10, AdvancedDownloadState::Running, "0/12"),
        (35, AdvancedDownloadState::Running, "5/12"),
        (69, AdvancedDownloadState::Running, "11/12"),
        (70, AdvancedDownloadState::Finished, "12/12"),
        (70 + 3 * 86_400 - 1, AdvancedDownloadState::Finished, "12/12"),
        (70 + 3 * 86_400, AdvancedDownloadState::Expired, "12/12"),
    ] {
        world.wait(second - passed);
        passed = second;
        let task = world.newest(&instance).await;
        assert_eq!(task.download_status, state, "after {second} s");
        assert_eq!(task.progress.as_deref(), Some(progress), "after {second} s");
        assert_eq!(task.task_id, created.task_id);
    }
    let task = &world.dbs.advanced_downloads()[0];
    assert_eq!((task.status, task.progress), (AdvancedDownloadState::Expired, 100));
    assert_eq!(task.expires_at, Some(world.now()));
    assert_eq!(world.code_of(addresses(created.task_id)).await, "DBS.DownloadTask.CannotFind");
}

#[tokio::test]
async fn files_in_a_bucket_never_expire() {
    let world = world();
    let instance = mysql(&world);
    let created = world.ok(to_oss(first(&instance))).await.into_inner();
    assert_eq!(created.target_path.as_deref(), Some("a/b"));
    world.wait(30 * 86_400);
    assert_eq!(world.newest(&instance).await.download_status, AdvancedDownloadState::Finished);
    assert_eq!(world.dbs.advanced_downloads()[0].expires_at, None);
    assert_eq!(world.code_of(addresses(created.task_id)).await, "DBS.DownloadTask.CannotFind");
}

#[tokio::test]
async fn numbers_are_numbers_only_in_create_download() {
    let world = world();
    let instance = mysql(&world);
    let raw = |action: &'static str| {
        RawRequest::for_api::<aliyun_dbs::Dbs20210101>(action)
            .parameter("RegionCode", "cn-hangzhou")
            .parameter("InstanceName", "rm-orders")
    };
    let request = raw("CreateDownload")
        .parameter("BakSetType", "full")
        .parameter("BakSetId", instance.backup_sets[0].id.as_str())
        .parameter("FormatType", "SQL")
        .parameter("TargetType", "URL");
    let created: serde_json::Value = world.ok(request).await.decode().unwrap();
    let listed: serde_json::Value = world.ok(raw("DescribeDownloadTask")).await.decode().unwrap();
    let row = &listed["Data"]["Content"]["List"][0];
    for name in ["BackupSetTime", "ExportDataSize", "GmtCreate", "ImportDataSize"] {
        assert!(created["Data"][name].is_number(), "{name}: {created}");
        assert!(row[name].is_string(), "{name}: {listed}");
    }
}

#[tokio::test]
async fn one_download_of_an_instance_is_active() {
    let world = world();
    let instance = mysql(&world);
    let second = create_of(&instance, instance.backup_sets[1].id.clone(), DownloadFormat::Csv);
    world.ok(first(&instance)).await;
    let error = world.refused(first(&instance)).await;
    assert!(error.is(ErrorCode::DownloadTaskJobAlreadyExist), "{error}");
    assert!(!error.may_have_executed());
    let busy = "DBS.DownloadTask.OnlyOneRunningOrFailedTask";
    assert_eq!(world.code_of(second.clone()).await, busy);
    let other = world.dbs.add_instance(REGION, "rm-2".parse().unwrap(), InstanceEngine::MongoDb);
    let of_other = create_of(&other, other.backup_sets[0].id.clone(), DownloadFormat::Bson);
    world.ok(of_other).await;
    world.wait(69);
    assert_eq!(world.code_of(second.clone()).await, busy);
    world.wait(1);
    world.ok(second).await;
    world.wait(70);
    // The same download is refused for 10 minutes, also after it has finished.
    world.wait(459);
    let same = "DBS.DownloadTask.JobAlreadyExist";
    assert_eq!(world.code_of(first(&instance)).await, same);
    world.wait(1);
    world.ok(first(&instance)).await;
    assert_eq!(world.tasks(&instance).await.len(), 3);
}

#[tokio::test]
async fn another_target_or_format_is_another_download() {
    let world = world();
    let instance = mysql(&world);
    let set = &instance.backup_sets[0];
    let mut sized = first(&instance);
    sized.source = DownloadSource::BackupSet { id: set.id.clone(), size: Some(set.size) };
    world.ok(first(&instance)).await;
    // A size only describes the backup set.
    assert_eq!(world.code_of(sized).await, "DBS.DownloadTask.JobAlreadyExist");
    for request in [
        create_of(&instance, set.id.clone(), DownloadFormat::QpXb),
        to_oss(first(&instance)),
        create_of(&instance, set.created_at, DownloadFormat::Csv),
        create_of(&instance, world.now(), DownloadFormat::Csv),
    ] {
        world.wait(70);
        world.ok(request).await;
    }
}

#[tokio::test]
async fn invalid_downloads_are_refused() {
    let world = world();
    let instance = mysql(&world);
    let engine = InstanceEngine::RdsSqlServer;
    let unsupported = world.dbs.add_instance(REGION, "rm-2".parse().unwrap(), engine);
    let set = &instance.backup_sets[0];
    let second = Duration::from_secs(1);
    let mut elsewhere = first(&instance);
    elsewhere.region_code = Region::Beijing;
    let mut unknown = first(&instance);
    unknown.instance_name = "rm-3".parse().unwrap();
    for request in [
        elsewhere,
        unknown,
        first(&unsupported),
        create_of(&instance, set.id.clone(), DownloadFormat::Bson),
        create_of(&instance, unsupported.backup_sets[0].id.clone(), DownloadFormat::Csv),
        create_of(&instance, world.now() + second, DownloadFormat::Csv),
        create_of(&instance, set.created_at - second, DownloadFormat::Csv),
    ] {
        let text = format!("{request:?}");
        assert_eq!(world.code_of(request).await, "DBS.ParamIsInValid", "{text}");
    }
    assert!(world.dbs.advanced_downloads().is_empty());
    let supports = |instance: &FakeInstance| {
        DescribeDownloadSupport::builder()
            .region_code(REGION)
            .instance_name(instance.instance_name.clone())
            .build()
    };
    assert_eq!(world.ok(supports(&instance)).await.supported, Some(true));
    assert_eq!(world.ok(supports(&unsupported)).await.supported, Some(false));
}

#[tokio::test]
async fn failed_download_can_be_retried() {
    let world = world();
    let instance = mysql(&world);
    world.dbs.fail_next_download();
    let task = world.ok(first(&instance)).await.task_id.clone();
    let not_failed = "DBS.ParamIsInValid";
    world.wait(39);
    assert_eq!(world.code_of(retry(&instance, &task)).await, not_failed);
    world.wait(1);
    let row = world.newest(&instance).await;
    assert_eq!(row.download_status, AdvancedDownloadState::Failed);
    assert_eq!(row.progress.as_deref(), Some("6/12"));
    // A retried download can fail again.
    world.dbs.fail_next_download();
    world.ok(retry(&instance, &task)).await;
    assert_eq!(world.newest(&instance).await.download_status, AdvancedDownloadState::Initializing);
    world.wait(40);
    assert_eq!(world.newest(&instance).await.download_status, AdvancedDownloadState::Failed);
    world.ok(retry(&instance, &task)).await;
    world.wait(70);
    let rows = world.tasks(&instance).await;
    assert_eq!((rows.len(), &rows[0].task_id), (1, &task));
    assert_eq!(rows[0].download_status, AdvancedDownloadState::Finished);
    assert_eq!(world.code_of(retry(&instance, &task)).await, not_failed);
    let unknown = "dt-unknown".parse().unwrap();
    assert_eq!(world.code_of(retry(&instance, &unknown)).await, "DBS.DownloadTask.CannotFind");
}

#[tokio::test]
async fn failed_download_blocks_until_it_is_retried() {
    let world = world();
    let instance = mysql(&world);
    world.dbs.fail_next_download();
    let task = world.ok(first(&instance)).await.task_id.clone();
    world.wait(30 * 86_400);
    let second = create_of(&instance, instance.backup_sets[1].id.clone(), DownloadFormat::Csv);
    let error = world.refused(second.clone()).await;
    assert!(error.is(ErrorCode::DownloadTaskOnlyOneRunningOrFailedTask), "{error}");
    assert!(error.to_string().contains(&format!("`{task}`")), "{error}");
    let other = world.dbs.add_instance(REGION, "rm-2".parse().unwrap(), InstanceEngine::RdsMySql);
    world.ok(first(&other)).await;
    world.ok(retry(&instance, &task)).await;
    world.wait(70);
    world.ok(second).await;
}

#[tokio::test]
async fn addresses_are_those_of_the_finished_download() {
    let world = world();
    let instance = mysql(&world);
    let task = world.ok(first(&instance)).await.task_id.clone();
    world.wait(69);
    assert_eq!(world.code_of(addresses(task.clone())).await, "DBS.ParamIsInValid");
    let by_set = AddressSelection::BackupSet {
        instance_name: instance.instance_name.clone(),
        backup_set_id: instance.backup_sets[0].id.clone(),
    };
    assert_eq!(world.code_of(addresses(by_set.clone())).await, "DBS.DownloadTask.CannotFind");
    world.wait(1);
    let mut request = addresses(task.clone());
    request.duration = AddressLifetime::MIN;
    let found = world.ok(request.clone()).await.into_inner();
    let url = found.public_url.as_ref().unwrap();
    let file = format!("/{task}/{}.csv", instance.backup_sets[0].id);
    assert!(url.redacted().ends_with(&file), "{url:?}");
    assert!(url.expose().contains("Expires=") && url.expose().contains("&Signature="));
    assert_ne!(found.private_url, found.public_url);
    let lifetime = (found.expiration_time.unwrap() - world.now()).as_seconds_f64();
    assert!((lifetime - 300.0).abs() < 0.01, "{lifetime}");
    request.selection = by_set;
    assert_eq!(world.ok(request).await.into_inner(), found);
    let unknown = addresses(DownloadTaskId::new("dt-unknown").unwrap());
    assert_eq!(world.code_of(unknown).await, "DBS.DownloadTask.CannotFind");
}

#[tokio::test]
async fn downloads_are_filtered_ordered_and_paged() {
    let world = world();
    let instance = mysql(&world);
    let (set, at) = (&instance.backup_sets[0].id, instance.backup_sets[1].created_at);
    let mut all = Vec::new();
    for number in 0..35_u32 {
        let moment = at + Duration::from_secs(number.into());
        let request = match number {
            0 => create_of(&instance, set.clone(), DownloadFormat::Csv),
            _ => create_of(&instance, moment, DownloadFormat::Csv),
        };
        all.push(world.ok(request).await.task_id.clone());
        world.wait(70);
    }
    let page = world.ok(tasks(&instance)).await.into_inner();
    let numbers = (page.page_number, page.page_size, page.total_pages, page.total_elements);
    assert_eq!(numbers, (Some(1), Some(30), Some(2), Some(35)));
    let found = world.client.items(tasks(&instance)).collect().await.unwrap();
    let mut found: Vec<_> = found.into_iter().map(|task| task.task_id).collect();
    found.reverse();
    assert_eq!(found, all);
    let list = |change: &dyn Fn(&mut DescribeDownloadTask)| {
        let mut request = tasks(&instance);
        change(&mut request);
        let call = world.ok(request);
        async move {
            let rows = call.await.into_inner().items;
            rows.into_iter().map(|task| task.task_id).collect::<Vec<_>>()
        }
    };
    let second = list(&|request| {
        request.current_page = Some(page_number!(2));
        request.page_size = Some(10.try_into().unwrap());
        request.order_direct = Some(OrderDirection::Asc);
    });
    assert_eq!(second.await, all[10..20]);
    let of_set = list(&|request| request.backup_set_id = Some(set.clone()));
    assert_eq!(of_set.await, all[..1]);
    let full = list(&|request| request.task_type = Some(DownloadKind::Full));
    assert_eq!(full.await, all[..1]);
    let running = list(&|request| request.state = Some(AdvancedDownloadState::Running));
    assert!(running.await.is_empty());
    let created = world.dbs.advanced_downloads()[20].created_at;
    let then = list(&|request| {
        request.start_time = Some(created);
        request.end_time = Some(created);
    });
    assert_eq!(then.await, all[20..21]);
    let source = list(&|request| request.datasource_id = Some("ds-other".parse().unwrap()));
    assert!(source.await.is_empty());
}

#[tokio::test]
async fn others_see_no_instance_and_no_download() {
    let world = world();
    let instance = mysql(&world);
    let task = world.ok(first(&instance)).await.task_id.clone();
    world.wait(70);
    let client = |dbs: &FakeDbs, region| {
        let builder = Client::builder().region(region).credentials(dbs.credentials());
        builder.transport(world.dbs.clone()).build().unwrap()
    };
    let account = world.dbs.add_account();
    for client in [client(&world.dbs, Region::London), client(&account, REGION)] {
        let error = client.send(tasks(&instance)).await.unwrap_err();
        assert_eq!(error.code(), Some("DBS.ParamIsInValid"), "{error}");
        let error = client.send(addresses(task.clone())).await.unwrap_err();
        assert_eq!(error.code(), Some("DBS.DownloadTask.CannotFind"), "{error}");
    }
    assert!(account.instances().is_empty() && account.advanced_downloads().is_empty());
    // They are back for the region.
    assert_eq!(world.tasks(&instance).await.len(), 1);
    // Replacing an instance keeps its downloads.
    let replaced = mysql(&world);
    assert_ne!(replaced.backup_sets[0].id, instance.backup_sets[0].id);
    assert_eq!((world.dbs.instances().len(), world.tasks(&instance).await.len()), (1, 1));
    world.dbs.reset();
    assert!(world.dbs.instances().is_empty() && world.dbs.advanced_downloads().is_empty());
}
