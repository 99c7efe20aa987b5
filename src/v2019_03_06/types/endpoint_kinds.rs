//! `endpoint_kinds!`: the kinds of databases that a backup reads and a restore writes.

/// Declares an enum of endpoints, one variant per kind with what that kind needs, and its way
/// to and from [`Parts`](super::endpoint_parts::Parts).
///
/// Both ends of a backup have the same kinds. What one end carries besides is listed for every
/// kind, for `Agent`, and as a variant of its own for Database Gateway.
macro_rules! endpoint_kinds {
    (
        $(#[$meta:meta])*
        pub enum $name:ident from $prefix:literal;
        every { $($(#[$extra_meta:meta])* $extra:ident: $extra_type:ty,)* }
        agent { $($(#[$agent_meta:meta])* $agent:ident: $agent_type:ty,)* }
        $(
            $(#[$gateway_meta:meta])*
            $gateway:ident { $($gateway_fields:tt)* }
        )?
    ) => {
        $(#[$meta])*
        pub enum $name {
            /// An ApsaraDB RDS instance, `RDS`.
            Rds {
                #[doc = concat!("Region of the instance, `", $prefix, "Region`.")]
                region: Region,
                #[doc = concat!("The instance, `", $prefix, "InstanceID`.")]
                instance_id: InstanceId,
                /// How to log in.
                access: DatabaseAccess,
                $($(#[$extra_meta])* $extra: $extra_type,)*
            },
            /// A database that you run on an ECS instance, `ECS`.
            Ecs {
                #[doc = concat!("Region of the instance, `", $prefix, "Region`.")]
                region: Region,
                #[doc = concat!("The ECS instance, `", $prefix, "InstanceID`.")]
                instance_id: InstanceId,
                #[doc = concat!("Port of the database, `", $prefix, "Port`.")]
                port: Port,
                /// How to log in.
                access: DatabaseAccess,
                $($(#[$extra_meta])* $extra: $extra_type,)*
            },
            /// A database reached by leased line, VPN or smart access gateway, `Express`.
            Express {
                #[doc = concat!("Region of the VPC, `", $prefix, "Region`.")]
                region: Region,
                #[doc = concat!("The VPC instance, `", $prefix, "InstanceID`.")]
                instance_id: InstanceId,
                #[doc = concat!("Host or address of the database, `", $prefix, "IP`.")]
                host: DatabaseHost,
                #[doc = concat!("Port of the database, `", $prefix, "Port`.")]
                port: Port,
                /// How to log in.
                access: DatabaseAccess,
                $($(#[$extra_meta])* $extra: $extra_type,)*
            },
            /// A database reached through a backup gateway, `Agent`.
            Agent {
                #[doc = concat!("Region of the gateway, `", $prefix, "Region`.")]
                region: Region,
                /// The gateway, `BackupGatewayId`.
                gateway_id: BackupGatewayId,
                #[doc = concat!(
                    "Host or address of the database as the gateway sees it, `", $prefix, "IP`.",
                )]
                host: DatabaseHost,
                #[doc = concat!("Port of the database, `", $prefix, "Port`.")]
                port: Port,
                /// How to log in; `None` for a SQL Server that the gateway's own account may use.
                access: Option<DatabaseAccess>,
                $($(#[$agent_meta])* $agent: $agent_type,)*
            },
            /// A cloud MongoDB instance, `DDS`.
            Dds {
                #[doc = concat!("Region of the instance, `", $prefix, "Region`.")]
                region: Region,
                #[doc = concat!("The instance, `", $prefix, "InstanceID`.")]
                instance_id: InstanceId,
                /// How to log in.
                access: DatabaseAccess,
                $($(#[$extra_meta])* $extra: $extra_type,)*
            },
            /// A database reached by address and port, `Other`.
            Other {
                #[doc = concat!("Host or address of the database, `", $prefix, "IP`.")]
                host: DatabaseHost,
                #[doc = concat!("Port of the database, `", $prefix, "Port`.")]
                port: Port,
                /// How to log in.
                access: DatabaseAccess,
                $($(#[$extra_meta])* $extra: $extra_type,)*
            },
            $($(#[$gateway_meta])* $gateway { $($gateway_fields)* },)?
        }

        impl $name {
            #[doc = concat!("The wire value of `", $prefix, "InstanceType`.")]
            pub const fn instance_type(&self) -> EndpointInstanceType {
                match self {
                    Self::Rds { .. } => EndpointInstanceType::Rds,
                    Self::Ecs { .. } => EndpointInstanceType::Ecs,
                    Self::Express { .. } => EndpointInstanceType::Express,
                    Self::Agent { .. } => EndpointInstanceType::Agent,
                    Self::Dds { .. } => EndpointInstanceType::Dds,
                    Self::Other { .. } => EndpointInstanceType::Other,
                    $(Self::$gateway { .. } => EndpointInstanceType::DatabaseGateway,)?
                }
            }

            /// How DBS logs in, unless the gateway does.
            pub const fn access(&self) -> Option<&DatabaseAccess> {
                match self {
                    Self::Agent { access, .. } => access.as_ref(),
                    Self::Rds { access, .. }
                    | Self::Ecs { access, .. }
                    | Self::Express { access, .. }
                    | Self::Dds { access, .. }
                    | Self::Other { access, .. } => Some(access),
                    $(Self::$gateway { endpoint, .. } => Some(&endpoint.access),)?
                }
            }

            #[doc = concat!("The password, `", $prefix, "Password`.")]
            pub fn password(&self) -> Option<&Secret> {
                self.access().and_then(DatabaseAccess::password)
            }

            /// The endpoint that the parts make, or the error that says which one is missing and
            /// why it is needed.
            fn from_parts(
                parts: Parts,
                names: &Names,
                every: impl FnOnce() -> Result<($($extra_type,)*), InvalidValue>,
                ($($agent,)*): ($($agent_type,)*),
            ) -> Result<Self, InvalidValue> {
                let kind = parts.kind(names)?;
                let login = parts.access(names)?;
                let access = login.clone().unwrap_or(DatabaseAccess::none());
                let Needed { region, instance_id, host, port, gateway_id } =
                    parts.needed(names, kind);
                Ok(match kind {
                    EndpointInstanceType::Rds => {
                        let (region, instance_id) = (region?, instance_id?);
                        let ($($extra,)*) = every()?;
                        Self::Rds { region, instance_id, access, $($extra,)* }
                    }
                    EndpointInstanceType::Ecs => {
                        let (region, instance_id, port) = (region?, instance_id?, port?);
                        let ($($extra,)*) = every()?;
                        Self::Ecs { region, instance_id, port, access, $($extra,)* }
                    }
                    EndpointInstanceType::Express => {
                        let (region, instance_id) = (region?, instance_id?);
                        let (host, port) = (host?, port?);
                        let ($($extra,)*) = every()?;
                        Self::Express { region, instance_id, host, port, access, $($extra,)* }
                    }
                    EndpointInstanceType::Agent => Self::Agent {
                        region: region?,
                        gateway_id: gateway_id?,
                        host: host?,
                        port: port?,
                        access: login,
                        $($agent,)*
                    },
                    EndpointInstanceType::Dds => {
                        let (region, instance_id) = (region?, instance_id?);
                        let ($($extra,)*) = every()?;
                        Self::Dds { region, instance_id, access, $($extra,)* }
                    }
                    EndpointInstanceType::Other => {
                        let (host, port) = (host?, port?);
                        let ($($extra,)*) = every()?;
                        Self::Other { host, port, access, $($extra,)* }
                    }
                    EndpointInstanceType::DatabaseGateway => {
                        return Err(InvalidValue::new(
                            names.instance_type,
                            kind,
                            "this operation takes RDS, ECS, Express, Agent, DDS or Other",
                        ));
                    }
                })
            }
        }

        impl From<$name> for Parts {
            /// The endpoint alone, without what it carries besides.
            fn from(endpoint: $name) -> Self {
                let instance_type = Some(endpoint.instance_type());
                let login = endpoint.access().cloned();
                let parts = Self { instance_type, login, ..Self::default() };
                match endpoint {
                    $name::Rds { region, instance_id, .. }
                    | $name::Dds { region, instance_id, .. } => {
                        Self { region: Some(region), instance_id: Some(instance_id), ..parts }
                    }
                    $name::Ecs { region, instance_id, port, .. } => Self {
                        region: Some(region),
                        instance_id: Some(instance_id),
                        port: Some(port),
                        ..parts
                    },
                    $name::Express { region, instance_id, host, port, .. } => Self {
                        region: Some(region),
                        instance_id: Some(instance_id),
                        host: Some(host),
                        port: Some(port),
                        ..parts
                    },
                    $name::Agent { region, gateway_id, host, port, .. } => Self {
                        region: Some(region),
                        gateway_id: Some(gateway_id),
                        host: Some(host),
                        port: Some(port),
                        ..parts
                    },
                    $name::Other { host, port, .. } => {
                        Self { host: Some(host), port: Some(port), ..parts }
                    }
                    $($name::$gateway { endpoint, .. } => endpoint.into(),)?
                }
            }
        }
    };
}
pub(super) use endpoint_kinds;
