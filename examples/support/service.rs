//! Command-line options that select the service: the fake, or a real one.
//!
//! An example flattens [`ServiceArgs`] as its last field.

use aliyun_dbs::credentials::DefaultChain;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::{Client, ClientBuilder, Region, SignatureVersion};
use clap::CommandFactory;
use clap::error::ErrorKind;

use super::BoxError;

/// Selects the service and the signature of an example.
#[derive(clap::Args)]
#[command(next_help_heading = "Service (without these options: a fake in this process)")]
pub(crate) struct ServiceArgs {
    /// Call the real service, where purchases cost money
    #[arg(long)]
    live: bool,
    /// Call the service at this URL, such as the one that the example `emulator` prints
    ///
    /// The access key comes from the sources of `--live`, such as `ALIBABA_CLOUD_ACCESS_KEY_ID`.
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// The region of the service
    #[arg(long, value_name = "ID", default_value_t = Region::Hangzhou)]
    region: Region,
    /// The version of the signature: `v3` (the default) or `v1`
    #[arg(long = "sign", value_name = "VERSION", value_parser = parse_signature)]
    signature: Option<SignatureVersion>,
}

impl ServiceArgs {
    /// Returns whether the example calls the real service.
    pub(crate) fn is_live(&self) -> bool {
        self.live
    }

    pub(crate) fn region(&self) -> Region {
        self.region
    }

    /// Returns whether the example calls a service outside this process.
    pub(crate) fn is_remote(&self) -> bool {
        self.live || self.endpoint.is_some()
    }

    /// Returns the password in `DBS_PASSWORD`, which only the fake does without.
    pub(crate) fn password(&self, database: &str) -> Result<String, BoxError> {
        match std::env::var("DBS_PASSWORD") {
            Ok(password) if !password.is_empty() => Ok(password),
            _ if self.is_remote() => Err(format!(
                "DBS_PASSWORD is not set: set it to the password of the {database} database"
            )
            .into()),
            _ => Ok("correct horse".to_owned()),
        }
    }

    /// Returns an environment variable. Only `--live` requires it: otherwise returns the sample.
    pub(crate) fn variable(&self, name: &str, sample: &str) -> Result<String, BoxError> {
        match std::env::var(name) {
            Ok(value) if !value.is_empty() => Ok(value),
            _ if self.live => Err(format!(
                "{name} is not set: with --live, set DBS_INSTANCE_ID, DBS_USER_NAME and \
                 DBS_PASSWORD to the database to back up"
            )
            .into()),
            _ => Ok(sample.to_owned()),
        }
    }

    /// Builds a client for the selected service, or else for `dbs`.
    pub(crate) fn client(&self, dbs: &FakeDbs) -> Result<Client, BoxError> {
        self.client_with(dbs, |builder| builder)
    }

    /// Builds such a client with additional settings.
    pub(crate) fn client_with(
        &self,
        dbs: &FakeDbs,
        settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<Client, BoxError> {
        let mut builder = settings(Client::builder().region(self.region));
        if let Some(signature) = self.signature {
            builder = builder.signature_version(signature);
        }
        if let Some(endpoint) = &self.endpoint {
            builder = builder.endpoint(endpoint);
        }
        if self.is_remote() {
            builder = builder.credentials(DefaultChain::new());
        } else {
            builder = builder.credentials(dbs.credentials()).transport(dbs.clone());
        }
        Ok(builder.build()?)
    }
}

/// Ends an example that needs a plan of the real service, with the exit code of wrong arguments.
pub(crate) fn missing_plan<O: CommandFactory>() -> ! {
    let message = "missing `--plan ID`: select a plan; the example `list_plans` lists all";
    O::command().error(ErrorKind::MissingRequiredArgument, message).exit()
}

fn parse_signature(version: &str) -> Result<SignatureVersion, String> {
    match version {
        "v1" => Ok(SignatureVersion::RpcV1),
        "v3" => Ok(SignatureVersion::Acs3),
        other => Err(format!("expected `v1` or `v3`, got `{other}`")),
    }
}
