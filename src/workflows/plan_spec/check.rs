//! The rules between the fields of a plan that the types do not express.

use super::location::DatabaseLocation;
use super::source::PlanSpecSource;
use super::spec::PlanSpec;
use crate::rpc::value::InvalidValue;
use crate::v2019_03_06::types::{BackupMethod, Billing};
use crate::workflows::subscription::shortest_days;

const MAX_NAME: usize = 128;

impl PlanSpec {
    /// Checks the rules between fields that the types do not express.
    ///
    /// Reading a file checks them too.
    ///
    /// # Errors
    ///
    /// Returns the first rule that does not hold:
    ///
    /// * The name has 1 to 128 characters, and no control characters.
    /// * `log_interval` is at least 1 second, and only for physical backups.
    /// * `renew_before` and `renew_for` are both set or neither, and only for a subscription. The
    ///   period is longer than `renew_before`, else every run would renew the plan again.
    /// * Only MongoDB is at [`Dds`](DatabaseLocation::Dds), and SQL Server is not behind a gateway.
    /// * User, database, SID and the names of objects are not empty. Only Redis may omit the
    ///   objects.
    pub fn check(&self) -> Result<(), InvalidValue> {
        self.check_name()?;
        self.check_log_interval()?;
        self.check_renewal()?;
        check_source(&self.source)
    }

    fn check_name(&self) -> Result<(), InvalidValue> {
        let length = self.name.chars().count();
        let is_blank = self.name.trim().is_empty();
        if is_blank || length > MAX_NAME || self.name.chars().any(char::is_control) {
            let given = if is_blank { "" } else { &self.name };
            let expected = "expected 1 to 128 characters, without control characters";
            return Err(InvalidValue::new("name", given, expected));
        }
        Ok(())
    }

    fn check_log_interval(&self) -> Result<(), InvalidValue> {
        let Some(seconds) = self.log_interval else { return Ok(()) };
        let expected = match self.method {
            BackupMethod::Physical if seconds > 0 => return Ok(()),
            BackupMethod::Physical => "expected at least 1 second".to_owned(),
            method => format!("only physical backups have it, and the method is `{method}`"),
        };
        Err(InvalidValue::new("log_interval", seconds, expected))
    }

    fn check_renewal(&self) -> Result<(), InvalidValue> {
        let (before, period) = match (self.renew_before, self.renew_for) {
            (None, None) => return Ok(()),
            (Some(_), None) => {
                return Err(InvalidValue::new("renew_for", "", "required with `renew_before`"));
            }
            (None, Some(_)) => {
                return Err(InvalidValue::new("renew_before", "", "required with `renew_for`"));
            }
            (Some(before), Some(period)) => (before, period),
        };
        if self.billing == Billing::PayAsYouGo {
            let expected = "only a subscription is renewed, and the billing is `pay_as_you_go`";
            return Err(InvalidValue::new("renew_before", before, expected));
        }
        let days = shortest_days(period);
        if before >= days {
            let expected = format!("expected fewer days than `renew_for` may last ({days})");
            return Err(InvalidValue::new("renew_before", before, expected));
        }
        Ok(())
    }
}

fn check_source(source: &PlanSpecSource) -> Result<(), InvalidValue> {
    match (source.location(), source) {
        (DatabaseLocation::Dds { .. }, PlanSpecSource::MongoDb(_)) => {}
        (DatabaseLocation::Dds { .. }, _) => {
            return Err(InvalidValue::new(
                "at",
                "dds",
                "expected a location other than `dds`, which only MongoDB has",
            ));
        }
        (DatabaseLocation::Gateway { .. }, PlanSpecSource::SqlServer(_)) => {
            let expected =
                "the gateway reads SQL Server with its own account; use `FleetSpec::new`";
            return Err(InvalidValue::new("at", "gateway", expected));
        }
        _ => {}
    }
    let not_empty = |name, value: Option<&str>| match value {
        Some("") => Err(InvalidValue::new(name, "", "expected a non-empty string")),
        _ => Ok(()),
    };
    not_empty("user", source.user())?;
    not_empty("database", source.database())?;
    not_empty("sid", source.sid())?;
    if source.object_list().is_empty() && !matches!(source, PlanSpecSource::Redis(_)) {
        return Err(InvalidValue::new("objects", "", "expected at least one database"));
    }
    source.object_list().iter().try_for_each(|object| {
        let tables = object.table_includes.iter().chain(&object.table_excludes);
        let mut names = tables.map(|table| table.table_name.as_str()).chain([&*object.db_name]);
        if names.any(str::is_empty) || object.schema_name.as_deref() == Some("") {
            return Err(InvalidValue::new("objects", "", "expected names that are not empty"));
        }
        Ok(())
    })
}
