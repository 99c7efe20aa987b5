//! Value parsers for `clap`: possible values in `--help`, and what was expected in errors.

/// Implements `ValueParserFactory` for a type with published values, with the feature `clap`.
///
/// The second argument returns the values that `--help` lists. The type's `FromStr` parses, and may
/// accept others.
macro_rules! argument {
    ($name:ty: $names:expr) => {
        #[cfg(feature = "clap")]
        impl clap::builder::ValueParserFactory for $name {
            type Parser = clap::builder::ValueParser;

            /// Returns a parser that lists the known values in the help of an argument.
            fn value_parser() -> Self::Parser {
                $crate::rpc::value::argument::parser::<$name>(|| $names)
            }
        }
    };
}
pub(crate) use argument;

#[cfg(feature = "clap")]
pub(crate) use parser::parser;

#[cfg(feature = "clap")]
mod parser {
    use std::ffi::OsStr;
    use std::marker::PhantomData;
    use std::str::FromStr;

    use clap::builder::{PossibleValue, TypedValueParser, ValueParser};
    use clap::{Arg, Command, Error};

    use crate::rpc::value::InvalidValue;

    /// Parses a value with `FromStr`.
    #[derive(Clone, Copy, Debug)]
    struct KnownValues<T> {
        names: fn() -> Vec<&'static str>,
        value: PhantomData<fn() -> T>,
    }

    /// Returns a parser that lists these values.
    pub(crate) fn parser<T>(names: fn() -> Vec<&'static str>) -> ValueParser
    where
        T: FromStr<Err = InvalidValue> + Clone + Send + Sync + 'static,
    {
        ValueParser::new(KnownValues::<T> { names, value: PhantomData })
    }

    impl<T> TypedValueParser for KnownValues<T>
    where
        T: FromStr<Err = InvalidValue> + Clone + Send + Sync + 'static,
    {
        type Value = T;

        fn parse_ref(
            &self,
            command: &Command,
            argument: Option<&Arg>,
            value: &OsStr,
        ) -> Result<T, Error> {
            // clap's message names the argument and the value already.
            let parse =
                |value: &str| value.parse::<T>().map_err(|error| error.expected().to_owned());
            parse.parse_ref(command, argument, value)
        }

        fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
            Some(Box::new((self.names)().into_iter().map(PossibleValue::new)))
        }
    }
}

#[cfg(all(test, feature = "clap"))]
mod tests {
    use clap::{Arg, Command, value_parser};

    use crate::rpc::endpoint::Network;

    fn command() -> Command {
        Command::new("cli")
            .arg(Arg::new("network").long("network").value_parser(value_parser!(Network)))
    }

    #[test]
    fn help_lists_known_values() {
        let help = command().render_help().to_string();
        assert!(help.contains("[possible values: public, vpc]"), "{help}");
    }

    #[test]
    fn values_are_parsed_as_in_files() {
        let found = command().get_matches_from(["cli", "--network", "VPC"]);
        assert_eq!(found.get_one("network"), Some(&Network::Vpc));
        let error = command().try_get_matches_from(["cli", "--network", "inner"]).unwrap_err();
        let says = "invalid value 'inner' for '--network <network>': expected `public` or `vpc`";
        assert!(error.to_string().contains(says), "{error}");
    }
}
