//! Reads a list of plans, with the field and the line of errors.

use std::collections::HashMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_path_to_error::Track;

use super::read_error::PlanSpecError;
use super::spec::PlanSpec;

/// Reads a list of plans from JSON.
///
/// # Errors
///
/// Returns the errors of [`from_deserializer`].
///
/// # Examples
///
/// ```
/// use aliyun_dbs::workflows::plan_spec::from_json;
///
/// let error = from_json("[\n{ \"nam\": \"orders-nightly\" }]").unwrap_err();
/// assert_eq!((error.field(), error.line()), ("[0].nam", Some(2)));
/// assert!(error.to_string().contains("did you mean `name`?"));
/// ```
pub fn from_json(json: &str) -> Result<Vec<PlanSpec>, PlanSpecError> {
    let mut input = serde_json::Deserializer::from_str(json);
    let plans = from_deserializer(&mut input)?;
    match input.end() {
        Ok(()) => Ok(plans),
        Err(error) => Err(PlanSpecError::new("", &error)),
    }
}

/// Reads a list of plans from any serde format, such as YAML.
///
/// The format must describe its values itself, as YAML, JSON and TOML do. YAML's anchors work. Its
/// merge key (`<<`) works after the format has applied it to a value, which loses the lines of
/// errors.
///
/// # Errors
///
/// If the input is not a list of plans, a plan does not pass [`PlanSpec::check`], or two plans have
/// the same name. The error has the field, and the line if the format reports it.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::workflows::plan_spec::from_deserializer;
///
/// let yaml = "
/// - name: orders-nightly
///   region: cn-hangzhou
///   class: small
///   method: logical
///   billing: 1 year
///   source:
///     mysql:
///       at: { rds: { region: cn-hangzhou, instance: rm-bp1p8c2947exm } }
///       user: dbs_backup
///       password: hunter2
///       objects: [orders]
/// ";
/// let error = from_deserializer(serde_yaml_ng::Deserializer::from_str(yaml)).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "invalid plan: `[0].source.mysql.password`: expected `{ env: NAME }` or `{ file: PATH }`, \
///      not the secret (line 11, column 17)",
/// );
/// ```
pub fn from_deserializer<'de, D: Deserializer<'de>>(
    input: D,
) -> Result<Vec<PlanSpec>, PlanSpecError> {
    let mut track = Track::new();
    let mut context = Context::default();
    let input = serde_path_to_error::Deserializer::new(input, &mut track);
    Plans(&mut context).deserialize(input).map_err(|error| {
        let path = track.path().to_string();
        match context.failed {
            Some(field) => PlanSpecError::new(&format!("{path}.{field}"), &error),
            None => PlanSpecError::new(&path, &error),
        }
    })
}

/// What the plans of a list know of each other.
#[derive(Default)]
struct Context {
    /// The index of each name.
    names: HashMap<String, usize>,
    /// The field of the plan that failed a check. Serde's path ends at the plan.
    failed: Option<String>,
}

struct Plans<'c>(&'c mut Context);

impl<'de> DeserializeSeed<'de> for Plans<'_> {
    type Value = Vec<PlanSpec>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Vec<PlanSpec>, D::Error> {
        input.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Plans<'_> {
    type Value = Vec<PlanSpec>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of plans")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<PlanSpec>, A::Error> {
        let mut plans = Vec::new();
        while let Some(plan) = list.next_element_seed(Plan(self.0))? {
            plans.push(plan);
        }
        Ok(plans)
    }
}

/// Reads and checks a plan within its map, because a format adds the line to errors of visitors.
struct Plan<'c>(&'c mut Context);

impl<'de> DeserializeSeed<'de> for Plan<'_> {
    type Value = PlanSpec;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<PlanSpec, D::Error> {
        input.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Plan<'_> {
    type Value = PlanSpec;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map with the fields of a plan")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<PlanSpec, A::Error> {
        let Self(context) = self;
        let plan = PlanSpec::deserialize(MapAccessDeserializer::new(map))?;
        if let Err(error) = plan.check() {
            context.failed = Some(field_of(&plan, error.name()));
            return Err(A::Error::custom(error));
        }
        let index = context.names.len();
        if let Some(first) = context.names.insert(plan.name.clone(), index) {
            context.failed = Some("name".to_owned());
            return Err(A::Error::custom(format_args!(
                "`{}` is the name of `[{first}]` too; names are unique",
                plan.name
            )));
        }
        Ok(plan)
    }
}

/// Returns the path of a field of a plan.
fn field_of(plan: &PlanSpec, name: &str) -> String {
    match name {
        "at" | "user" | "database" | "sid" | "objects" => {
            format!("source.{}.{name}", plan.source.key())
        }
        _ => name.to_owned(),
    }
}
