//! `Inventory`: the databases that must be protected.

use std::collections::HashMap;

use crate::v2019_03_06::operations::BackupPlanDetail;
use crate::v2019_03_06::types::InstanceId;

/// The databases that must be protected, and which of them have a plan.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    /// As the caller wrote them, and whether a plan was found.
    databases: Vec<(String, bool)>,
    /// The index of each, by its [`key`].
    by_key: HashMap<String, usize>,
}

/// Returns the form in which databases are compared.
///
/// Ids and host names ignore case, and a host name may end with a dot.
fn key(database: &str) -> String {
    let key = database.trim().to_lowercase();
    match key.rsplit_once(':') {
        Some((host, port)) => format!("{}:{port}", host.trim_end_matches('.')),
        None => key.trim_end_matches('.').to_owned(),
    }
}

/// Returns the names of the database of a plan, the one that reports show first.
pub(super) fn names(plan: &BackupPlanDetail) -> Vec<String> {
    let port = plan.source_endpoint_port;
    let instance = plan.source_endpoint_instance_id.as_ref().map(InstanceId::as_str);
    let host = plan.source_endpoint_host.as_deref().filter(|host| !host.trim().is_empty());
    let with_port = |host: &str| port.map(|port| format!("{host}:{port}"));
    [
        instance.map(str::to_owned),
        plan.source_endpoint_ip_port.clone(),
        host.and_then(with_port),
        instance.and_then(with_port),
    ]
    .into_iter()
    .flatten()
    .filter(|name| !name.trim().is_empty())
    .collect()
}

impl Inventory {
    pub(super) fn new(databases: Vec<String>) -> Self {
        let mut inventory = Self::default();
        for database in databases {
            let key = key(&database);
            let index = inventory.databases.len();
            if !key.is_empty() && !inventory.by_key.contains_key(&key) {
                inventory.by_key.insert(key, index);
                inventory.databases.push((database.trim().to_owned(), false));
            }
        }
        inventory
    }

    /// Records that a plan has one of these names, and returns whether the inventory has it.
    ///
    /// `None` if the plan has no name.
    pub(super) fn find(&mut self, names: &[String]) -> Option<bool> {
        let found: Vec<usize> =
            names.iter().filter_map(|name| self.by_key.get(&key(name)).copied()).collect();
        for index in &found {
            self.databases[*index].1 = true;
        }
        (!names.is_empty()).then_some(!found.is_empty())
    }

    /// Returns the databases without a plan, in the caller's order.
    pub(super) fn into_unseen(self) -> impl Iterator<Item = String> + Send {
        self.databases.into_iter().filter(|(_, seen)| !seen).map(|(database, _)| database)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_are_compared_by_any_name() {
        let list = ["rm-1", " DB.example.com.:3306", "r-2:6379", "RM-1", "", "gone"];
        let mut inventory = Inventory::new(list.map(str::to_owned).to_vec());
        let mut find = |names: &[&str]| {
            inventory.find(&names.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        assert_eq!(find(&["Rm-1", "10.0.0.1:3306"]), Some(true));
        assert_eq!(find(&["db.example.com:3306"]), Some(true));
        assert_eq!(find(&["db.example.com:3307"]), Some(false));
        assert_eq!(find(&["r-2", "r-2:6379"]), Some(true));
        assert_eq!(find(&[]), None);
        assert_eq!(inventory.into_unseen().collect::<Vec<_>>(), ["gone"]);
    }

    #[test]
    fn plan_has_the_names_of_its_database() {
        let names_of = |fields: &str| {
            let json = format!(r#"{{"BackupPlanId":"dbs1",{fields}}}"#);
            names(&serde_json::from_str(&json).unwrap())
        };
        let rds = r#""BackupPlanStatus":"running","SourceEndpointInstanceID":"rm-1""#;
        assert_eq!(names_of(rds), ["rm-1"]);
        let ecs = r#""SourceEndpointInstanceID":"i-1","SourceEndpointPort":"3306",
            "SourceEndpointIpPort":"10.0.0.1:3306","SourceEndpointHost":"10.0.0.1""#;
        assert_eq!(names_of(ecs), ["i-1", "10.0.0.1:3306", "10.0.0.1:3306", "i-1:3306"]);
        let host = r#""SourceEndpointHost":"db.example.com","SourceEndpointPort":"3306""#;
        assert_eq!(names_of(host), ["db.example.com:3306"]);
        assert_eq!(names_of(r#""SourceEndpointHost":"db.example.com""#), [""; 0]);
        assert_eq!(names_of(r#""SourceEndpointHost":" ","SourceEndpointPort":"3306""#), [""; 0]);
    }
}
