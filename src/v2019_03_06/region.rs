//! `Region`: the region of a plan, its database or its backups.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::rpc::value::RegionId;
use crate::rpc::value::argument::argument;
use crate::rpc::value::invalid_value::{InvalidValue, closest};
use crate::rpc::value::lenient::{FromScalar, Scalar};
use crate::rpc::value::schema::value_schema;

/// The id of a region that this version of the crate does not know.
///
/// [`Region::other`] makes it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OtherRegion {
    bytes: [u8; Self::CAPACITY],
    len: u8,
}

impl OtherRegion {
    const CAPACITY: usize = RegionId::MAX_LEN;

    fn new(id: &RegionId) -> Self {
        let id = id.as_str().as_bytes();
        let mut bytes = [0; Self::CAPACITY];
        let len = id.len().min(Self::CAPACITY);
        bytes[..len].copy_from_slice(&id[..len]);
        Self { bytes, len: u8::try_from(len).unwrap_or(u8::MAX) }
    }

    /// Returns the region id.
    pub fn as_str(&self) -> &str {
        // `RegionId` has checked that the bytes are ASCII.
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl fmt::Debug for OtherRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

macro_rules! regions {
    ($($(#[$meta:meta])* $variant:ident = $id:literal $(| $alias:literal)*),+ $(,)?) => {
        /// A region of Alibaba Cloud, such as `cn-hangzhou`.
        ///
        /// The variants are all ids in the vendor's pages, endpoint lists and SDKs.
        /// [`DescribeRegions`](crate::operations::DescribeRegions) returns the current list.
        ///
        /// Code, command lines, files and environment variables follow one rule: known ids are
        /// accepted in any case, and unknown ids if they have the form of a region id. An id that
        /// differs from a known one by one letter is rejected as a typing error. Digits are not
        /// letters here: a region is often numbered like another one. To use a region that really
        /// has such an id, convert it from [`RegionId`], and set
        /// [`ClientBuilder::endpoint`](crate::ClientBuilder::endpoint).
        ///
        /// Several regions can share an endpoint, which then lists the items of all of them: see
        /// [`Endpoint::regions`](crate::Endpoint::regions), and
        /// [`Endpoint::all_in`](crate::Endpoint::all_in) to list all regions without duplicates.
        ///
        /// # Examples
        ///
        /// ```
        /// use aliyun_dbs::Region;
        ///
        /// assert_eq!("cn-hangzhou".parse(), Ok(Region::Hangzhou));
        /// // The 2020 page misspells the id of Singapore.
        /// assert_eq!("ap-southeat-1".parse::<Region>()?.as_str(), "ap-southeast-1");
        /// assert_eq!("cn-nanjing".parse::<Region>()?.as_str(), "cn-nanjing");
        /// assert!("cn-hangzou".parse::<Region>().is_err());
        /// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Region {
            $(
                $(#[$meta])*
                ///
                #[doc = concat!("Wire value: `", $id, "`.")]
                #[doc(alias = $id)]
                $variant,
            )+
            /// A region that this version of the crate does not know.
            ///
            /// Compare [`Region::as_str`] instead of matching on this variant: a later version
            /// may add a variant for the region.
            Other(OtherRegion),
        }

        impl Region {
            /// All regions that this version of the crate knows.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the region id.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $id,)+
                    Self::Other(other) => other.as_str(),
                }
            }

            fn from_id(id: &str) -> Option<Self> {
                $(
                    if id.eq_ignore_ascii_case($id) $(|| id.eq_ignore_ascii_case($alias))* {
                        return Some(Self::$variant);
                    }
                )+
                None
            }
        }
    };
}

regions! {
    /// Hangzhou.
    Hangzhou = "cn-hangzhou",
    /// Shanghai.
    Shanghai = "cn-shanghai",
    /// Qingdao.
    Qingdao = "cn-qingdao",
    /// Beijing.
    Beijing = "cn-beijing",
    /// Shenzhen.
    Shenzhen = "cn-shenzhen",
    /// Hong Kong.
    HongKong = "cn-hongkong",
    /// Singapore.
    ///
    /// Also parsed from `ap-southeat-1`, the misspelling of the 2020 page.
    Singapore = "ap-southeast-1" | "ap-southeat-1",
    /// Hangzhou finance cloud.
    HangzhouFinance = "cn-hangzhou-finance",
    /// Shanghai finance cloud, with the older id.
    ShanghaiFinance = "cn-shanghai-finance",
    /// Shenzhen finance cloud, with the older id.
    ShenzhenFinance = "cn-shenzhen-finance",
    /// Shanghai finance cloud, with the id of the endpoint lists.
    ShanghaiFinance1 = "cn-shanghai-finance-1",
    /// Shenzhen finance cloud, with the id of the endpoint lists.
    ShenzhenFinance1 = "cn-shenzhen-finance-1",
    /// Chengdu.
    Chengdu = "cn-chengdu",
    /// Zhangjiakou.
    Zhangjiakou = "cn-zhangjiakou",
    /// Hohhot.
    Hohhot = "cn-huhehaote",
    /// Ulanqab.
    Ulanqab = "cn-wulanchabu",
    /// Sydney.
    Sydney = "ap-southeast-2",
    /// Kuala Lumpur.
    KualaLumpur = "ap-southeast-3",
    /// Jakarta.
    Jakarta = "ap-southeast-5",
    /// Tokyo.
    Tokyo = "ap-northeast-1",
    /// Mumbai.
    Mumbai = "ap-south-1",
    /// Silicon Valley.
    SiliconValley = "us-west-1",
    /// Virginia.
    Virginia = "us-east-1",
    /// Frankfurt.
    Frankfurt = "eu-central-1",
    /// London.
    London = "eu-west-1",
    /// Dubai.
    Dubai = "me-east-1",
}

impl Region {
    /// Returns the region with any id, known or not. Same as `FromStr`.
    ///
    /// For a known id it returns the variant of the region.
    ///
    /// # Errors
    ///
    /// Returns an error if the string does not have the form of a region id: words joined by
    /// hyphens (`xx-yyy-1`), at most 32 characters. Also if it differs from a known id by one
    /// letter.
    pub fn other(id: &str) -> Result<Self, InvalidValue> {
        id.parse()
    }

    /// Returns the known id that a string misspells by one letter.
    pub(super) fn misspelled(id: &str) -> Option<&'static str> {
        // A region of other services, whose id is not a misspelling of `us-west-1`.
        if id == "rus-west-1" {
            return None;
        }
        let known = Self::ALL.iter().map(Self::as_str);
        known.filter(|known| is_misspelling(id, known)).min()
    }
}

/// Returns whether a string differs from an id by one letter or hyphen that is missing, added,
/// replaced, or swapped with the next one.
fn is_misspelling(text: &str, id: &str) -> bool {
    let (text, id) = (text.as_bytes(), id.as_bytes());
    let is_letter = |byte: &u8| !byte.is_ascii_digit();
    let common = text.iter().zip(id).take_while(|(a, b)| a == b).count();
    match (&text[common..], &id[common..]) {
        ([added, text @ ..], id) if text == id => is_letter(added),
        (text, [missing, id @ ..]) if text == id => is_letter(missing),
        ([a, text @ ..], [b, id @ ..]) if text == id => is_letter(a) || is_letter(b),
        ([a, b, text @ ..], [c, d, id @ ..]) => (a, b, text) == (d, c, id) && a != b,
        _ => false,
    }
}

argument! { Region: Self::ALL.iter().map(Self::as_str).collect() }

impl FromStr for Region {
    type Err = InvalidValue;

    /// Parses a region id, ignoring ASCII case; see [`Region`] for the rule.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let id = text.trim_ascii();
        if let Some(known) = Self::from_id(id) {
            return Ok(known);
        }
        let id = id.to_ascii_lowercase();
        if let Some(near) = Self::misspelled(&id) {
            return Err(InvalidValue::new("Region", text, format!("did you mean `{near}`?")));
        }
        if let Ok(id) = RegionId::new(&id) {
            return Ok(Self::Other(OtherRegion::new(&id)));
        }
        // The name of the city instead of the id, such as "Hong Kong".
        let city = id.replace([' ', '_', '-'], "");
        let named =
            Self::ALL.iter().find(|region| format!("{region:?}").eq_ignore_ascii_case(&city));
        let near =
            named.map(Self::as_str).or_else(|| closest(&id, Self::ALL.iter().map(Self::as_str)));
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "expected an id that `DescribeRegions` lists, such as {}",
                Self::ALL[..4]
                    .iter()
                    .map(|region| format!("`{region}`"))
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
        };
        Err(InvalidValue::new("Region", text, hint))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Returns the region id that the client resolves endpoints with.
impl From<Region> for RegionId {
    fn from(region: Region) -> Self {
        Self::of_well_formed(region.as_str())
    }
}

/// Returns the known region with an id, or [`Region::Other`].
impl From<&RegionId> for Region {
    fn from(id: &RegionId) -> Self {
        Self::from_id(id.as_str()).unwrap_or_else(|| Self::Other(OtherRegion::new(id)))
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl FromScalar for Region {
    const EXPECTED: &'static str = "a region id";

    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        Self::other(&scalar.to_string()).map_err(|error| error.to_string())
    }
}

/// Accepts every valid id, so that every serialized region can be read back.
impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::rpc::value::lenient::required(deserializer)
    }
}

value_schema! {
    Region: {
        "anyOf": [
            { "type": "string", "enum": Region::ALL.iter().map(Region::as_str).collect::<Vec<_>>() },
            { "type": "string", "pattern": "^[a-z]{2,}(-[a-z0-9]+)+$", "maxLength": RegionId::MAX_LEN },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_the_2020_page_are_parsed() {
        for id in [
            "cn-hangzhou",
            "cn-shanghai",
            "cn-qingdao",
            "cn-beijing",
            "cn-shenzhen",
            "cn-hongkong",
            "ap-southeat-1",
            "cn-hangzhou-finance",
            "cn-shanghai-finance",
            "cn-shenzhen-finance",
        ] {
            let region: Region = id.parse().unwrap();
            assert_eq!(region.as_str(), id.replace("southeat", "southeast"));
        }
    }

    #[test]
    fn error_suggests_the_closest_region() {
        for (given, near) in [
            ("cn-hangzou", "did you mean `cn-hangzhou`?"),
            ("cn-hangzhuo", "did you mean `cn-hangzhou`?"),
            ("CN-Bejing", "did you mean `cn-beijing`?"),
            ("cnbeijing", "did you mean `cn-beijing`?"),
            ("us_east_1", "did you mean `us-east-1`?"),
            ("eu-centrall-1", "did you mean `eu-central-1`?"),
            ("ap-southeast-l", "did you mean `ap-southeast-1`?"),
            ("Hong Kong", "did you mean `cn-hongkong`?"),
            ("hohhot", "did you mean `cn-huhehaote`?"),
            ("mars", "lists, such as `cn-hangzhou`"),
        ] {
            for error in [given.parse::<Region>(), Region::other(given)] {
                let error = error.unwrap_err().to_string();
                assert!(error.contains(near), "{error}");
            }
            let json = serde_json::to_string(given).unwrap();
            let error = serde_json::from_str::<Region>(&json).unwrap_err().to_string();
            assert!(error.contains(near), "{error}");
        }
    }

    #[test]
    fn regions_of_other_services_are_accepted() {
        for id in [
            "cn-guangzhou",
            "cn-nanjing",
            "cn-heyuan",
            "cn-fuzhou",
            "cn-wuhan-lr",
            "cn-zhongwei",
            "cn-zhengzhou-jva",
            "cn-north-2-gov-1",
            "cn-beijing-finance-1",
            "cn-heyuan-acdr-1",
            "ap-southeast-6",
            "ap-southeast-7",
            "ap-southeast-8",
            "ap-northeast-2",
            "me-central-1",
            "na-south-1",
            "us-southeast-1",
            "eu-west-2",
            "rus-west-1",
            "eu-east-1",
            "us-west-2",
            "sa-east-1",
        ] {
            assert_eq!(id.parse::<Region>().unwrap().as_str(), id);
            let upper = id.to_ascii_uppercase();
            assert_eq!(upper.parse::<Region>().unwrap().as_str(), id);
            let json = serde_json::to_string(id).unwrap();
            assert_eq!(serde_json::from_str::<Region>(&json).unwrap().as_str(), id);
        }
    }

    #[test]
    fn other_checks_the_form_and_prefers_known_regions() {
        assert_eq!(Region::other("ap-southeat-1"), Ok(Region::Singapore));
        assert_eq!(Region::other("ap-southeast-7").unwrap().to_string(), "ap-southeast-7");
        for id in ["", "hangzhou", "CN_X", "cn-", "-cn", "cn--x", "c-x", "cn_x", "cn-x/y", "a.b-c"]
        {
            assert!(Region::other(id).is_err(), "{id:?}");
        }
        assert!(Region::other(&format!("cn-{}", "x".repeat(30))).is_err());
    }

    #[test]
    fn regions_round_trip_through_json() {
        for region in [Region::Hangzhou, Region::other("ap-southeast-7").unwrap()] {
            let json = serde_json::to_string(&region).unwrap();
            assert_eq!(serde_json::from_str::<Region>(&json).unwrap(), region);
        }
    }

    #[cfg(feature = "clap")]
    #[test]
    fn arguments_list_known_regions_and_accept_others() {
        use clap::{Arg, Command, value_parser};
        let argument = Arg::new("region").value_parser(value_parser!(Region));
        let command = Command::new("cli").arg(argument);
        let help = command.clone().render_help().to_string();
        assert!(help.contains("cn-hangzhou, cn-shanghai"), "{help}");
        let parse = |region| command.clone().try_get_matches_from(["cli", region]);
        let found = parse("cn-nanjing").unwrap();
        assert_eq!(found.get_one::<Region>("region").unwrap().as_str(), "cn-nanjing");
        let error = parse("cn-hangzou").unwrap_err().to_string();
        let says = "invalid value 'cn-hangzou' for '[region]': did you mean `cn-hangzhou`?";
        assert!(error.contains(says), "{error}");
    }
}
