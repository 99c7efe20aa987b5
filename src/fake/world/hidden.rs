//! `Hidden`: what an endpoint of other regions does not show.

use super::advanced_download::AdvancedDownload;
use super::download::Download;
use super::gateway::Gateway;
use super::instance::Instance;
use super::plan::Plan;
use super::restore::RestoreTask;
use super::sandbox::Sandbox;
use super::state::World;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::BackupPlanId;

/// What is taken out of the world while a request is executed, with its positions.
pub(crate) struct Hidden {
    plans: Vec<(usize, Plan)>,
    restores: Vec<(usize, RestoreTask)>,
    downloads: Vec<(usize, Download)>,
    gateways: Vec<(usize, Gateway)>,
    instances: Vec<(usize, Instance)>,
    advanced_downloads: Vec<(usize, AdvancedDownload)>,
    sandboxes: Vec<(usize, Sandbox)>,
}

impl World {
    /// Takes out what is not in one of these regions.
    pub(crate) fn hide_except(&mut self, regions: &[Region]) -> Hidden {
        let plans = take(&mut self.plans, |plan| !regions.contains(&plan.purchase.region));
        let is_hidden = |id: &BackupPlanId| plans.iter().any(|(_, plan)| plan.id == *id);
        Hidden {
            restores: take(&mut self.restores, |task| is_hidden(&task.order.backup_plan_id)),
            downloads: take(&mut self.downloads, |download| is_hidden(&download.set.plan_id)),
            gateways: take(&mut self.gateways, |gateway| !regions.contains(&gateway.region)),
            sandboxes: take(&mut self.sandboxes, |sandbox| is_hidden(&sandbox.plan_id)),
            instances: take(&mut self.instances, |instance| !regions.contains(&instance.region)),
            advanced_downloads: take(&mut self.advanced_downloads, |task| {
                !regions.contains(&task.order.region)
            }),
            plans,
        }
    }

    /// Puts back what was taken out.
    pub(crate) fn show(&mut self, hidden: Hidden) {
        let Hidden {
            plans,
            restores,
            downloads,
            gateways,
            instances,
            advanced_downloads,
            sandboxes,
        } = hidden;
        put_back(&mut self.plans, plans);
        put_back(&mut self.restores, restores);
        put_back(&mut self.downloads, downloads);
        put_back(&mut self.gateways, gateways);
        put_back(&mut self.instances, instances);
        put_back(&mut self.advanced_downloads, advanced_downloads);
        put_back(&mut self.sandboxes, sandboxes);
    }
}

/// Takes out the items that match, with their positions.
fn take<T>(items: &mut Vec<T>, matches: impl Fn(&T) -> bool) -> Vec<(usize, T)> {
    if !items.iter().any(&matches) {
        return Vec::new();
    }
    let (taken, kept) =
        items.drain(..).enumerate().partition::<Vec<_>, _>(|(_, item)| matches(item));
    items.extend(kept.into_iter().map(|(_, item)| item));
    taken
}

/// Puts items back at their positions.
fn put_back<T>(items: &mut Vec<T>, taken: Vec<(usize, T)>) {
    for (position, item) in taken {
        items.insert(position.min(items.len()), item);
    }
}
