//! How each plan of the example fleet got into its present state.

use fastrand::Rng;
use time::{Duration, OffsetDateTime, UtcOffset};

use super::databases::{ExampleDatabase, login_error, lost_log_error};
use crate::fake::world::backup::FullBackup;
use crate::fake::world::configuration::Configuration;
use crate::fake::world::failures::PlannedFailures;
use crate::fake::world::ids::Ids;
use crate::fake::world::plan::Plan;
use crate::fake::world::world_error::WorldError;
use crate::v2019_03_06::operations::{ConfigureBackupPlan, CreateBackupPlan};
use crate::v2019_03_06::types::{
    BackupMethod, BackupObject, BackupPlanId, BackupSchedule, BackupStorage, Billing, DatabaseType,
    InstanceClass, Period, StartTime, Weekday, Weekdays, retention_days, start_time,
};

/// How far back the backups of a plan go: they are deleted after this time.
const HISTORY: Duration = Duration::days(60);

/// Times at which databases are quiet.
const START_TIMES: [StartTime; 8] = [
    start_time!("16:30"),
    start_time!("17:00"),
    start_time!("17:45"),
    start_time!("18:15"),
    start_time!("19:00"),
    start_time!("19:30"),
    start_time!("20:10"),
    start_time!("21:05"),
];

/// What happened to a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Daily,
    Weekly,
    PayAsYouGo,
    /// The log backups were interrupted, and continue since.
    LogGap,
    /// The log backups ended, and full backups are rare.
    LogsEnded,
    BackupsFail,
    Failed,
    Expires,
    NotConfigured,
    NotInInventory,
}

impl Condition {
    const FIRST: [Self; 12] = [
        Self::Daily,
        Self::LogsEnded,
        Self::BackupsFail,
        Self::LogGap,
        Self::Expires,
        Self::Weekly,
        Self::NotConfigured,
        Self::PayAsYouGo,
        Self::Failed,
        Self::Daily,
        Self::NotInInventory,
        Self::Daily,
    ];
    const WELL: [Self; 7] = [
        Self::Daily,
        Self::Weekly,
        Self::Daily,
        Self::PayAsYouGo,
        Self::Daily,
        Self::LogGap,
        Self::Daily,
    ];
    const NOT_WELL: [Self; 6] = [
        Self::LogsEnded,
        Self::BackupsFail,
        Self::Expires,
        Self::NotConfigured,
        Self::Failed,
        Self::NotInInventory,
    ];

    /// Returns the condition of a plan by its position in the fleet.
    pub(super) fn of(index: usize) -> Self {
        let Some(later) = index.checked_sub(Self::FIRST.len()) else { return Self::FIRST[index] };
        if later % 6 == 5 {
            Self::NOT_WELL[later / 6 % Self::NOT_WELL.len()]
        } else {
            Self::WELL[later % Self::WELL.len()]
        }
    }
}

/// Returns a plan with its history up to now.
pub(super) fn plan(
    database: &ExampleDatabase,
    condition: Condition,
    ids: &mut Ids,
    random: &mut Rng,
    now: OffsetDateTime,
) -> Result<Plan, WorldError> {
    let within_a_day = Duration::minutes(random.i64(0..24 * 60));
    let age = within_a_day
        + match condition {
            Condition::NotConfigured => Duration::days(2),
            Condition::Expires => Duration::days(365 - 10),
            _ => Duration::days(random.i64(65..700)),
        };
    // Backups of 60 days fit into the storage that a subscription includes, but for the largest.
    let gibibytes = 1 << random.u32(..5);
    let purchase = purchase(database, billing(condition, age), gibibytes);
    let mut plan = Plan::new(purchase.into(), ids, now.saturating_sub(age))?;
    if condition == Condition::NotConfigured {
        return Ok(plan);
    }
    plan.name = Some(database.name.clone());
    let begin = now.saturating_sub(HISTORY + within_a_day);
    let mut run = Run { failures: PlannedFailures::default(), plan: &mut plan };
    let schedule = schedule(condition, random, now);
    run.plan.apply_configuration(
        configuration(database, run.plan.id.clone(), condition, schedule),
        begin,
        &mut run.failures,
    )?;
    run.experience(condition, database.engine, now);
    // The first backup ran when the plan started, outside the schedule, and is deleted by now.
    if plan.backups.len() > 1 {
        plan.backups.remove(0);
    }
    let mut size = (gibibytes << 30) + random.u64(..1 << 30);
    for backup in &mut plan.backups {
        backup.size = size;
        size += size / 1000 * random.u64(..8);
    }
    Ok(plan)
}

/// A plan whose time passes independently of other plans.
struct Run<'a> {
    plan: &'a mut Plan,
    failures: PlannedFailures,
}

impl Run<'_> {
    /// Applies all events up to a time.
    fn until(&mut self, end: OffsetDateTime) {
        while let Some(event) = self.plan.next_event()
            && event.at <= end
        {
            self.plan.apply_event(event, &mut self.failures);
        }
    }

    /// Lets time pass up to now, with what happens to the plan in between.
    fn experience(&mut self, condition: Condition, engine: DatabaseType, now: OffsetDateTime) {
        let ago = |duration| now.saturating_sub(duration);
        match condition {
            Condition::LogGap => {
                let (closed, opened) =
                    (ago(Duration::days(13)), ago(Duration::hours(13 * 24 - 30)));
                self.until(closed);
                self.plan.logs.close(closed);
                self.until(opened);
                self.plan.logs.open(opened);
            }
            Condition::LogsEnded => {
                let closed = ago(Duration::hours(75));
                self.until(closed);
                self.plan.logs.close(closed);
            }
            Condition::Failed => {
                let failed = ago(Duration::hours(40));
                self.until(failed);
                self.plan.fail(lost_log_error(engine).to_owned(), failed);
            }
            _ => {}
        }
        self.until(now);
        if condition == Condition::BackupsFail {
            self.fail_last_backups(login_error(engine));
        }
    }

    /// Makes the last two backups fail, the first of which has ended in any case.
    fn fail_last_backups(&mut self, message: &str) {
        let well = self.plan.backups.len().saturating_sub(2);
        for backup in &mut self.plan.backups[well..] {
            self.plan.logs.close(backup.created_at);
            *backup = FullBackup::new(
                backup.id.clone(),
                backup.created_at,
                backup.size,
                Some(message.to_owned()),
                backup.objects.clone(),
            );
        }
    }
}

/// Returns the smallest subscription of years that does not expire soon.
fn billing(condition: Condition, age: Duration) -> Billing {
    let years = match condition {
        Condition::PayAsYouGo => return Billing::PayAsYouGo,
        Condition::Expires => 1,
        _ => (age.whole_days() + 45) / 365 + 1,
    };
    let period = u8::try_from(years).ok().and_then(|years| Period::try_years(years).ok());
    period.unwrap_or(Period::years::<3>()).into()
}

fn purchase(database: &ExampleDatabase, billing: Billing, gibibytes: u64) -> CreateBackupPlan {
    let method = match database.engine {
        DatabaseType::SqlServer | DatabaseType::Oracle => BackupMethod::Physical,
        _ => BackupMethod::Logical,
    };
    let class = match gibibytes {
        ..2 => InstanceClass::Micro,
        2..4 => InstanceClass::Small,
        4..8 => InstanceClass::Medium,
        8..16 => InstanceClass::Large,
        16.. => InstanceClass::Xlarge,
    };
    CreateBackupPlan::builder()
        .region(database.region)
        .database_type(database.engine)
        .instance_class(class)
        .backup_method(method)
        .billing(billing)
        .build()
}

fn schedule(condition: Condition, random: &mut Rng, now: OffsetDateTime) -> BackupSchedule {
    let days: Weekdays = match condition {
        Condition::LogsEnded => weekday(now.saturating_sub(Duration::days(4))).into(),
        Condition::Weekly => Weekday::ALL[random.usize(..Weekday::ALL.len())].into(),
        Condition::LogGap => Weekday::Monday | Weekday::Wednesday | Weekday::Friday,
        _ => Weekdays::EVERY_DAY,
    };
    BackupSchedule::weekly(days, START_TIMES[random.usize(..START_TIMES.len())])
}

/// Returns the day of the week, UTC.
fn weekday(at: OffsetDateTime) -> Weekday {
    let number = at.to_offset(UtcOffset::UTC).weekday().number_days_from_monday();
    Weekday::ALL[usize::from(number) % Weekday::ALL.len()]
}

fn configuration(
    database: &ExampleDatabase,
    plan: BackupPlanId,
    condition: Condition,
    schedule: BackupSchedule,
) -> Configuration {
    // A plan that backs up daily can do without logs.
    let has_logs = match condition {
        Condition::LogGap | Condition::LogsEnded | Condition::Weekly => true,
        _ => database.engine != DatabaseType::Redis,
    };
    ConfigureBackupPlan::builder()
        .backup_plan_id(plan)
        .backup_plan_name(&database.name)
        .source_endpoint(database.endpoint.clone())
        .backup_objects(BackupObject::database(database.schema))
        .schedule(schedule)
        .auto_start_backup(true)
        .enable_backup_log(has_logs)
        .storage(BackupStorage::System)
        .backup_retention_period(retention_days!(60))
        .duplication_infrequent_access_period(15)
        .duplication_archive_period(30)
        .build()
        .into()
}
