//! Creates, lists and retries the advanced downloads of instances, and returns their addresses.

use time::{Duration, OffsetDateTime};

use super::handle::Handle;
use super::list_page::ListPage;
use crate::fake::error_response::ErrorResponse;
use crate::fake::responses::Envelope;
use crate::fake::world::advanced_download::{AdvancedDownload, DownloadOrder, TABLES};
use crate::fake::world::state::World;
use crate::fake::world::times::millis;
use crate::rpc::api::Api;
use crate::rpc::sign::acs3::payload_hash;
use crate::v2019_03_06::types::PageSize;
use crate::v2021_01_01::api::Dbs20210101;
use crate::v2021_01_01::operations::{
    CreateDownload, Data, DescribeDownloadBackupSetStorageInfo, DescribeDownloadSupport,
    DescribeDownloadSupportResponse, DescribeDownloadTask, DownloadAddresses, DownloadTask,
    DownloadTaskPage, RetryDownloadTask, RetryDownloadTaskResponse,
};
use crate::v2021_01_01::types::{
    DatasourceId, DownloadTarget, DownloadTargetKind, OrderDirection, PageNumber, SignedUrl,
};

const INVALID_PARAMETER: &str = "DBS.ParamIsInValid";
/// The number of items per page by default. The vendor does not publish it.
const PAGE_SIZE: u8 = 30;

fn row(task: &AdvancedDownload, now: OffsetDateTime) -> DownloadTask {
    let tables = task.finished_tables(now);
    let read = task.size / u64::from(TABLES) * u64::from(tables.unwrap_or(0));
    let (target_type, target_path) = match &task.order.target {
        DownloadTarget::Url => (DownloadTargetKind::Url, String::new()),
        DownloadTarget::Oss { path, .. } => (DownloadTargetKind::Oss, path.clone()),
    };
    DownloadTask {
        task_id: task.id.clone(),
        bak_set_id: task.order.set_id().cloned(),
        backup_set_time: Some(task.data_time),
        gmt_create: Some(task.created_at),
        db_list: Some("testdb".to_owned()),
        download_status: task.status(now).into(),
        export_data_size: Some(read / 4),
        import_data_size: Some(read),
        format: Some(task.order.format.into()),
        progress: Some(tables.map_or("0/0".to_owned(), |done| format!("{done}/{TABLES}"))),
        region_code: Some(task.order.region),
        target_path: Some(target_path),
        target_type: Some(target_type.into()),
    }
}

impl Handle for CreateDownload {
    const REQUIRED: &'static [&'static str] = &["RegionCode", "InstanceName"];
    const ENVELOPE: Envelope = Envelope::V2021;
    const NUMBERS: &'static [&'static str] =
        &["BackupSetTime", "ExportDataSize", "GmtCreate", "ImportDataSize"];
    const MISSING: &'static str = INVALID_PARAMETER;
    const INVALID: &'static str = INVALID_PARAMETER;

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let order = DownloadOrder {
            region: self.region_code,
            instance: self.instance_name,
            cluster: self.cluster_name,
            source: self.source,
            format: self.format,
            target: self.target,
        };
        Ok(Data { data: row(world.create_download(order, now)?, now) })
    }
}

impl Handle for DescribeDownloadTask {
    const REQUIRED: &'static [&'static str] = &["RegionCode"];
    const ENVELOPE: Envelope = Envelope::V2021;
    const MISSING: &'static str = INVALID_PARAMETER;
    const INVALID: &'static str = INVALID_PARAMETER;

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let (instance, region) = (&self.instance_name, self.region_code);
        world.instance(instance, region)?;
        let source = DatasourceId::of(instance, region);
        let has_source = self.datasource_id.is_none_or(|id| id == source);
        let matches = |task: &&AdvancedDownload| {
            let created = millis(task.created_at);
            has_source
                && task.order.is_of(instance, region)
                && self
                    .cluster_name
                    .as_ref()
                    .is_none_or(|name| task.order.cluster.as_ref() == Some(name))
                && self.backup_set_id.as_ref().is_none_or(|id| task.order.set_id() == Some(id))
                && self.start_time.is_none_or(|start| millis(start) <= created)
                && self.end_time.is_none_or(|end| created <= millis(end))
                && self.state.is_none_or(|state| task.status(now) == state)
                && self.task_type.is_none_or(|kind| task.order.kind() == kind)
        };
        let mut rows: Vec<_> = world.advanced_downloads.iter().filter(matches).collect();
        // Tasks are in the order in which they were created, the only column to order by.
        if self.order_direct != Some(OrderDirection::Asc) {
            rows.reverse();
        }
        let number = self.current_page.map(PageNumber::get);
        let size = self.page_size.map_or(PAGE_SIZE, PageSize::get);
        let page = ListPage::of(rows, number, Dbs20210101::FIRST_PAGE, size);
        let data = DownloadTaskPage {
            page_number: Some(page.number),
            page_size: Some(page.size),
            total_pages: Some(page.pages),
            total_elements: Some(page.total_items),
            extra: Some(String::new()),
            items: page.items.into_iter().map(|task| row(task, now)).collect(),
        };
        Ok(Data { data })
    }
}

impl Handle for DescribeDownloadBackupSetStorageInfo {
    const REQUIRED: &'static [&'static str] = &["RegionCode", "Duration"];
    const ENVELOPE: Envelope = Envelope::V2021;
    const MISSING: &'static str = INVALID_PARAMETER;
    const INVALID: &'static str = INVALID_PARAMETER;

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let task = world.finished_download(self.region_code, &self.selection, now)?;
        let lifetime = Duration::seconds(self.duration.get().into());
        let expiration_time = now.saturating_add(lifetime);
        let file = task
            .order
            .set_id()
            .map_or_else(|| millis(task.data_time).to_string(), ToString::to_string);
        let extension = task.order.format.as_str().to_ascii_lowercase();
        let path = format!("{}/{file}.{extension}", task.id);
        let url = |network: &str| {
            let expires = expiration_time.unix_timestamp();
            let signature = payload_hash(format!("{network} {path} {expires}").as_bytes());
            SignedUrl::new(format!(
                "http://dbs-fake.oss{network}.example/{path}?Expires={expires}&Signature={signature}"
            ))
        };
        Ok(Data {
            data: DownloadAddresses {
                public_url: Some(url("")),
                private_url: Some(url("-internal")),
                expiration_time: Some(expiration_time),
            },
        })
    }
}

impl Handle for DescribeDownloadSupport {
    const REQUIRED: &'static [&'static str] = &["RegionCode", "InstanceName"];
    const ENVELOPE: Envelope = Envelope::V2021;
    const MISSING: &'static str = INVALID_PARAMETER;
    const INVALID: &'static str = INVALID_PARAMETER;

    fn handle(self, world: &mut World, _: OffsetDateTime) -> Result<Self::Response, ErrorResponse> {
        let instance = world.instance(&self.instance_name, self.region_code)?;
        let supported = Some(!instance.engine.formats().is_empty());
        Ok(DescribeDownloadSupportResponse { supported })
    }
}

impl Handle for RetryDownloadTask {
    const REQUIRED: &'static [&'static str] = &[];
    const ENVELOPE: Envelope = Envelope::V2021Capital;
    const MISSING: &'static str = INVALID_PARAMETER;
    const INVALID: &'static str = INVALID_PARAMETER;

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        world.retry_download(self.region_code, &self.instance_name, &self.task_id, now)?;
        Ok(RetryDownloadTaskResponse { data: Some(String::new()) })
    }
}
