//! Serde modules for the times of responses: strings with milliseconds, seconds, and UTC times.

/// Optional times in milliseconds since 1970, which are strings on the wire.
pub(crate) mod unix_ms_text {
    use serde::{Serialize, Serializer};
    use time::OffsetDateTime;

    pub(crate) use crate::rpc::value::informational::unix_ms::deserialize;

    /// The name by which [`Row`](crate::operations::Row) recognizes a time.
    const NAME: &str = "UnixMs";

    struct Text(OffsetDateTime);

    impl Serialize for Text {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let ms = self.0.unix_timestamp_nanos().div_euclid(1_000_000);
            serializer.serialize_newtype_struct(NAME, &ms.to_string())
        }
    }

    #[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
    pub(crate) fn serialize<S: Serializer>(
        value: &Option<OffsetDateTime>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.map(Text).serialize(serializer)
    }
}

/// Optional times in milliseconds since 1970, or in seconds if the number is that small.
pub(crate) mod unix_ms_or_seconds {
    use serde::{Deserializer, Serialize, Serializer};
    use time::OffsetDateTime;

    use crate::rpc::value::lenient::unix_ms;

    /// The first number that is milliseconds, a moment in 1973: as seconds, it is the year 5138.
    const FIRST_MS: i128 = 100_000_000_000;

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<OffsetDateTime>, D::Error> {
        let at = crate::rpc::value::informational::unix_ms::deserialize(deserializer)?;
        Ok(at.map(|at| {
            let nanos = at.unix_timestamp_nanos();
            let seconds = (nanos < FIRST_MS * 1_000_000).then_some(nanos * 1000);
            seconds.and_then(|n| OffsetDateTime::from_unix_timestamp_nanos(n).ok()).unwrap_or(at)
        }))
    }

    #[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
    pub(crate) fn serialize<S: Serializer>(
        value: &Option<OffsetDateTime>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        // Milliseconds of a time that early would be read as seconds.
        let is_early = |at: &OffsetDateTime| at.unix_timestamp_nanos() < FIRST_MS * 1_000_000;
        match value.filter(is_early) {
            Some(at) => at.unix_timestamp().serialize(serializer),
            None => unix_ms::serialize(value, serializer),
        }
    }
}

/// Optional times as `yyyy-MM-ddTHH:mm:ssZ`.
pub(crate) mod utc {
    use serde::ser::Error as _;
    use serde::{Serialize, Serializer};
    use time::format_description::well_known::Rfc3339;
    use time::{OffsetDateTime, UtcOffset};

    pub(crate) use crate::rpc::value::informational::unix_ms::deserialize;

    #[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
    pub(crate) fn serialize<S: Serializer>(
        value: &Option<OffsetDateTime>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = value.map(|at| {
            let at = at.to_offset(UtcOffset::UTC);
            at.replace_nanosecond(0).unwrap_or(at).format(&Rfc3339).map_err(S::Error::custom)
        });
        text.transpose()?.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use time::OffsetDateTime;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Times {
        #[serde(default, with = "super::unix_ms_text")]
        text: Option<OffsetDateTime>,
        #[serde(default, with = "super::unix_ms_or_seconds")]
        either: Option<OffsetDateTime>,
        #[serde(default, with = "super::utc")]
        utc: Option<OffsetDateTime>,
    }

    #[test]
    fn times_are_written_as_the_service_sends_them() {
        let json =
            r#"{"text":"1661373070000","either":1661329050000,"utc":"2021-08-01T12:01:01Z"}"#;
        let times: Times = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&times).unwrap(), json);
        let seconds: Times = serde_json::from_str(r#"{"either":1661329050}"#).unwrap();
        assert_eq!(seconds.either, times.either);
        // A time before 1973 stays one when it is written and read again.
        let early: Times = serde_json::from_str(r#"{"either":7}"#).unwrap();
        let written = serde_json::to_value(&early).unwrap();
        assert_eq!(serde_json::from_value::<Times>(written).unwrap(), early);
        let row = serde_json::to_string(&crate::operations::Row(&times)).unwrap();
        assert!(row.contains(r#""text":"2022-08-24T20:31:10Z""#), "{row}");
    }
}
