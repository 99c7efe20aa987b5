//! The plans of a file, their secrets, and the progress of a fleet.

use std::path::Path;

use aliyun_dbs::types::Secret;
use aliyun_dbs::workflows::fleet::Fleet;
use aliyun_dbs::workflows::plan_spec::{
    PlanSpec, SecretError, SecretRef, SecretStore, SystemSecrets, from_deserializer,
};
use indicatif::{ProgressBar, ProgressStyle};

use super::{BoxError, ServiceArgs};

/// Reads a list of plans from a YAML or JSON file, such as `examples/plans.yaml`.
pub(crate) fn read_plans(file: &Path) -> Result<Vec<PlanSpec>, BoxError> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("could not read `{}`: {error}", file.display()))?;
    parse_plans(&text).map_err(|error| format!("{}: {error}", file.display()).into())
}

/// Reads a list of plans from YAML, which also contains JSON.
pub(crate) fn parse_plans(text: &str) -> Result<Vec<PlanSpec>, BoxError> {
    Ok(from_deserializer(serde_yaml_ng::Deserializer::from_str(text))?)
}

/// Returns the secrets that plans name: real ones, or one for all databases of the fake.
pub(crate) fn secrets(service: &ServiceArgs) -> impl SecretStore + Clone + use<> {
    let is_remote = service.is_remote();
    move |secret: &SecretRef| -> Result<Secret, SecretError> {
        if is_remote { SystemSecrets.read(secret) } else { Ok(Secret::from("correct horse")) }
    }
}

/// Runs a fleet to its end, shows its progress, and ends it early on Ctrl-C.
pub(crate) async fn watch(fleet: &mut Fleet) -> Result<(), BoxError> {
    let handle = fleet.handle();
    let bar = match handle.progress().total {
        Some(total) => ProgressBar::new(total.try_into()?),
        None => ProgressBar::no_length(),
    };
    let style = ProgressStyle::with_template("[{bar:40}] {pos}/{len} plans, {msg}, {elapsed}")?;
    let bar = bar.with_style(style);
    let mut is_draining = false;
    loop {
        tokio::select! {
            outcome = fleet.next() => {
                if outcome.is_none() {
                    break;
                }
                let progress = handle.progress();
                let left = progress.eta.unwrap_or_default().as_secs();
                bar.inc(1);
                bar.set_message(format!("{} failed, {left} s left", progress.failed));
            }
            Ok(()) = tokio::signal::ctrl_c() => {
                if is_draining {
                    handle.cancel();
                } else {
                    bar.println("finishing the plans in progress; interrupt again to cancel them");
                    handle.drain();
                }
                is_draining = true;
            }
        }
    }
    bar.finish_and_clear();
    Ok(())
}
