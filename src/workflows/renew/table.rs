//! The table of a `RenewalReport`.

use std::fmt;

use super::renewal::{RenewalOutcome, RenewalReport};
use crate::rpc::value::one_line::one_line;

impl fmt::Display for RenewalReport {
    /// Writes a line for each plan, and a line with the numbers, without a line break at the end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = vec![["PLAN", "NAME", "ENDS", "OUTCOME"].map(str::to_owned)];
        let (mut due, mut renewed, mut refused, mut failed) = (0, 0, 0, 0);
        for renewal in &self.renewals {
            let (count, outcome) = match &renewal.outcome {
                RenewalOutcome::Due => (&mut due, "due".to_owned()),
                RenewalOutcome::Renewed { order: Some(order) } => {
                    (&mut renewed, format!("renewed, order {order}"))
                }
                RenewalOutcome::Renewed { order: None } => (&mut renewed, "renewed".to_owned()),
                RenewalOutcome::Refused { reason } => {
                    (&mut refused, format!("refused: {}", reason.text()))
                }
                RenewalOutcome::Failed { error } => (&mut failed, format!("failed: {error}")),
            };
            *count += 1;
            let end = renewal.expires_at.map_or("-".to_owned(), |end| end.date().to_string());
            let name = one_line(renewal.name.as_deref().unwrap_or("-")).into_owned();
            rows.push([renewal.plan.to_string(), name, end, one_line(outcome).into_owned()]);
        }
        if self.renewals.is_empty() {
            f.write_str("no plan is due")?;
        } else {
            let width = |column: usize| {
                rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
            };
            let (plan, name, end) = (width(0), width(1), width(2));
            for row in &rows {
                writeln!(f, "{:plan$}  {:name$}  {:end$}  {}", row[0], row[1], row[2], row[3])?;
            }
            let what = if self.dry_run {
                format!("dry run: {due} due")
            } else {
                format!("{renewed} renewed, {failed} failed")
            };
            write!(f, "{what}, {refused} refused")?;
        }
        match self.unread_rows {
            0 => Ok(()),
            1 => f.write_str("; 1 row of the list could not be read"),
            rows => write!(f, "; {rows} rows of the list could not be read"),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::super::renewal::{Renewal, RenewalRefusal};
    use super::*;
    use crate::rpc::error::{Error, ErrorKind};

    #[test]
    fn report_is_a_table_with_numbers() {
        let end = OffsetDateTime::from_unix_timestamp(1_798_761_600).ok();
        let renewal = |plan: &str, name: Option<&str>, outcome| Renewal {
            plan: plan.parse().unwrap(),
            name: name.map(str::to_owned),
            expires_at: end.filter(|_| name.is_some()),
            outcome,
        };
        let reason = RenewalRefusal::NotFound;
        let error = Error::new(ErrorKind::Service, "no money");
        let renewals = vec![
            renewal("dbs1", Some("orders\n"), RenewalOutcome::Renewed { order: "42".parse().ok() }),
            renewal("dbs22", Some("größe"), RenewalOutcome::Failed { error }),
            renewal("dbs3", None, RenewalOutcome::Refused { reason }),
        ];
        let mut report = RenewalReport { renewals, dry_run: false, unread_rows: 2 };
        let expected = "\
PLAN   NAME      ENDS        OUTCOME
dbs1   orders\\n  2027-01-01  renewed, order 42
dbs22  größe     2027-01-01  failed: no money
dbs3   -         -           refused: the list of plans does not contain it
1 renewed, 1 failed, 1 refused; 2 rows of the list could not be read";
        assert_eq!(report.to_string(), expected);
        report.renewals = vec![renewal("dbs1", Some("a"), RenewalOutcome::Due)];
        (report.dry_run, report.unread_rows) = (true, 1);
        let expected = "PLAN  NAME  ENDS        OUTCOME\ndbs1  a     2027-01-01  due\n\
                        dry run: 1 due, 0 refused; 1 row of the list could not be read";
        assert_eq!(report.to_string(), expected);
        report = RenewalReport { renewals: Vec::new(), dry_run: true, unread_rows: 0 };
        assert_eq!(report.to_string(), "no plan is due");
    }
}
