//! Downloads a backup set of a database instance, or its state at a moment, and prints the addresses.
//!
//! ```text
//! cargo run --example download
//! cargo run --example download -- --live --instance rm-bp1imnmcjxdz7 --set 1460051234 --format sql
//! cargo run --example download -- --live --instance rm-bp1imnmcjxdz7 --resume dt-qxnsfq5s8xo1
//! cargo run --example download -- --live --instance rm-bp1imnmcjxdz7 --set 1460051234 --format sql \
//!     --since 2026-03-01T09:00:00Z
//! ```
//!
//! Without `--live` or `--endpoint URL`, it downloads from an instance of a fake service. `--live` may
//! cost money, so it needs `--instance` and one of `--set`, `--at` and `--resume`. Whoever has an address
//! can fetch the files, so the addresses are printed without their signatures unless `--show-urls` is set.
//!
//! It prints the time of its start. After a crash, run it again with this time as `--since`: it then finds
//! the download of the first run in any state but expired, and creates no second one.

#[macro_use]
#[path = "../support/mod.rs"]
mod support;
mod options;

use std::process::ExitCode;

use aliyun_dbs::Client;
use aliyun_dbs::fake::{FakeDbs, InstanceEngine};
use aliyun_dbs::v2021_01_01::operations::CreateDownload;
use aliyun_dbs::v2021_01_01::types::{DownloadSource, DownloadTarget, SignedUrl};
use aliyun_dbs::workflows::{Download, DownloadStep, Downloaded};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use indicatif::{ProgressBar, ProgressStyle};
use options::Options;
use support::BoxError;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = Options::parse();
    let has_source = options.set.is_some() || options.at.is_some() || options.resume.is_some();
    if options.service.is_remote() && !(options.instance.is_some() && has_source) {
        let message = "missing `--instance ID` with `--set ID`, `--at RFC3339` or `--resume TASK`: \
                       a download may cost money";
        Options::command().error(ErrorKind::MissingRequiredArgument, message).exit()
    }
    support::exit_code(run(options).await)
}

async fn run(options: Options) -> Result<(), BoxError> {
    let dbs = FakeDbs::new();
    let client = options.service.client(&dbs)?;
    let show_urls = options.show_urls;
    let download = prepare(&client, &dbs, options)?;
    let done = watch(download).await?;
    print(&done, show_urls);
    Ok(())
}

/// Prepares the download; for the fake, also its instance.
fn prepare(client: &Client, dbs: &FakeDbs, options: Options) -> Result<Download, BoxError> {
    let region = options.service.region();
    let instance = options.instance.map_or_else(|| "rm-orders".parse(), Ok)?;
    let mut source = match (options.set, options.at) {
        (Some(set), _) => Some(set.into()),
        (None, at) => at.map(DownloadSource::Moment),
    };
    if !options.service.is_remote() {
        let fake = dbs.add_instance(region, instance.clone(), InstanceEngine::RdsMySql);
        let first = fake.backup_sets.into_iter().next();
        source = source.or_else(|| Some(first?.id.into()));
    }
    let target = match (options.oss, options.oss_region, options.path) {
        (Some(bucket), Some(region), Some(path)) => DownloadTarget::Oss { bucket, region, path },
        _ => DownloadTarget::Url,
    };
    println!("instance        {instance}");
    let request = CreateDownload::builder()
        .region_code(region)
        .instance_name(instance)
        // A download that is continued has its source already.
        .source(source.unwrap_or(DownloadSource::Moment(OffsetDateTime::UNIX_EPOCH)))
        .format(options.format)
        .target(target)
        .build();
    let download = client.download(request);
    if let Some(task) = options.resume {
        return Ok(download.resume(task));
    }
    let start = client.server_time().replace_nanosecond(0)?;
    println!("start           {}", start.format(&Rfc3339)?);
    Ok(match options.since {
        Some(first_start) => download.since(first_start),
        None => download,
    })
}

/// Runs the download, and shows its steps.
async fn watch(mut download: Download) -> Result<Downloaded, BoxError> {
    let bar = ProgressBar::new(100).with_style(ProgressStyle::with_template("[{bar:40}] {msg}")?);
    while let Some(step) = download.next().await {
        match step? {
            DownloadStep::Created { task, found } => {
                let how = if found { " (it existed)" } else { "" };
                bar.suspend(|| println!("task            {task}{how}"));
            }
            DownloadStep::Waiting { summary, progress } => {
                bar.set_position(progress.unwrap_or(0).into());
                bar.set_message(summary.clone());
                if bar.is_hidden() {
                    println!("progress        {summary}");
                }
            }
            _ => {}
        }
    }
    bar.finish_and_clear();
    Ok(download.await?)
}

fn print(done: &Downloaded, show_urls: bool) {
    let Some(addresses) = &done.addresses else {
        println!("target          {}", done.task.target_path.as_deref().unwrap_or("the bucket"));
        return;
    };
    let shown = |url: &SignedUrl| {
        if show_urls { url.expose().to_owned() } else { format!("{}?…", url.redacted()) }
    };
    for (name, url) in [("public", &addresses.public_url), ("private", &addresses.private_url)] {
        if let Some(url) = url {
            println!("{name:15} {}", shown(url));
        }
    }
    if let Some(at) = addresses.expiration_time {
        let at = at.to_offset(time::UtcOffset::UTC);
        println!("valid until     {} {} UTC", at.date(), at.time());
    }
    if !show_urls {
        println!("                the signatures are hidden: use --show-urls");
    }
}
