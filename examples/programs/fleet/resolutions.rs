//! The commands that resolve the unresolved names of a report.

use std::fmt::Write;

use aliyun_dbs::workflows::fleet::FleetReport;

/// Returns the commands that resolve the unresolved names of a report, one name each.
pub(crate) fn commands(report: &FleetReport) -> String {
    let mut command = "fleet".to_owned();
    for argument in std::env::args().skip(1) {
        command = format!("{command} {}", quoted(&without_password(&argument)));
    }
    let mut text =
        "Check the orders of the account, then resolve each name with one of its commands. \
                    One command can have the options of several names.\n"
            .to_owned();
    for unresolved in &report.unresolved {
        let name = &unresolved.name;
        let plans = unresolved.candidates.len();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "`{name}`: {plans} plans may belong to it");
        for plan in &unresolved.candidates {
            let pair = quoted(&format!("{name}={plan}"));
            let _ = writeln!(text, "  {command} --resume {pair}");
        }
        let _ = writeln!(text, "  {command} --buy-anyway {}", quoted(name));
    }
    text
}

/// Quotes an argument for a shell, if it needs that.
fn quoted(argument: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !argument.is_empty() && argument.chars().all(is_plain) {
        return argument.to_owned();
    }
    format!("'{}'", argument.replace('\'', r"'\''"))
}

/// Hides the password of a URL.
fn without_password(argument: &str) -> String {
    let Some((scheme, rest)) = argument.split_once("://") else { return argument.to_owned() };
    if rest.contains("password") {
        return format!("{scheme}://HIDDEN");
    }
    match rest.rsplit_once('@') {
        Some((user, host)) if user.contains(':') => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:HIDDEN@{host}")
        }
        _ => argument.to_owned(),
    }
}
