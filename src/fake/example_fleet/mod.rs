//! The example fleet: plans with a history, of which some are not well.

mod databases;
mod history;

use time::OffsetDateTime;

use self::databases::ExampleDatabase;
use self::history::Condition;
use super::dbs::FakeDbs;
use super::world::state::World;

impl FakeDbs {
    /// Adds a believable fleet, of which some plans are not well.
    ///
    /// Returns the databases that must be protected, for the inventory of a report: the ids of
    /// instances, or `host:port`. One of them has no plan, and one more per 100 plans.
    ///
    /// The plans have names, engines and addresses of their own, and 60 days of full backups whose
    /// sizes grow. Of the first 12, one each
    ///
    /// | plan | how it got there |
    /// | --- | --- |
    /// | has an old newest restorable point | its log backups ended 3 days ago, and it backs up weekly |
    /// | has failing backups | the password of its database changed 2 days ago |
    /// | failed | the database removed a log before it was backed up |
    /// | expires | its subscription ends in 9 days |
    /// | was never configured | it was bought 2 days ago |
    /// | backs up a database that is not in the inventory | |
    /// | has a gap in its log backups, and works | they were interrupted for 30 hours 13 days ago |
    /// | is billed as pay-as-you-go, and works | |
    ///
    /// and the others work. Of further plans every sixth is not well. The plans are in regions
    /// that the public endpoint of Hangzhou serves. With a [seed](Self::with_seed), a fleet is the
    /// same in every run. A second call adds plans with other names.
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::fake::FakeDbs;
    ///
    /// let dbs = FakeDbs::with_seed(1);
    /// let inventory = dbs.populate_example_fleet(12);
    /// assert_eq!(dbs.plans().len(), 12);
    /// assert_eq!(inventory.len(), 11); // 10 of the plans, and a database without plan
    /// ```
    pub fn populate_example_fleet(&self, plans: usize) -> Vec<String> {
        self.with_world(|world, now| populate(world, plans, now))
    }
}

/// Adds the plans, and returns the databases that must be protected.
fn populate(world: &mut World, plans: usize, now: OffsetDateTime) -> Vec<String> {
    let mut random = world.ids.fork();
    let taken = world.plans.len();
    let mut inventory = Vec::new();
    for index in 0..plans {
        let condition = Condition::of(index);
        let Ok(database) = ExampleDatabase::new(taken + index, &mut random) else { continue };
        let plan = history::plan(&database, condition, &mut world.ids, &mut random, now);
        let Ok(plan) = plan else { continue };
        if !matches!(condition, Condition::NotConfigured | Condition::NotInInventory) {
            inventory.push(database.id);
        }
        world.plans.push(plan);
    }
    world.plans.sort_by_key(|plan| plan.created_at);
    for extra in 0..=plans / 100 {
        if let Ok(database) = ExampleDatabase::new(extra, &mut random) {
            inventory.push(database.id);
        }
    }
    inventory
}
