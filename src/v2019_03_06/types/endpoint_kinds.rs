//! `endpoint_kinds!`: declares `SourceEndpoint` and `RestoreDestination`.

/// Declares an enum of endpoints, and its conversions from and to
/// [`EndpointFields`](super::endpoint_parts::EndpointFields).
///
/// Sources and destinations have the same kinds, with the wire names that `from` lists. `every`
/// adds fields to each variant except `Agent`, `agent` adds fields to `Agent`, and an optional
/// last variant stands for Database Gateway.
macro_rules! endpoint_kinds {
    (
        $(#[$meta:meta])*
        pub enum $name:ident from {
            $instance_type:literal, $region:literal, $instance_id:literal, $host:literal,
            $port:literal, $password:literal $(,)?
        }
        every { $($(#[$extra_meta:meta])* $extra:ident: $extra_type:ty,)* }
        agent { $($(#[$agent_meta:meta])* $agent:ident: $agent_type:ty,)* }
        $(
            $(#[$gateway_meta:meta])*
            $gateway:ident { $($gateway_fields:tt)* }
        )?
    ) => {
        $(#[$meta])*
        pub enum $name {
            /// An ApsaraDB RDS instance.
            ///
            /// Wire value: `RDS`.
            Rds {
                /// The region of the instance.
                ///
                #[doc = concat!("Wire name: `", $region, "`.")]
                #[doc(alias = $region)]
                region: Region,
                /// The id of the RDS instance.
                ///
                #[doc = concat!("Wire name: `", $instance_id, "`.")]
                #[doc(alias = $instance_id)]
                instance_id: InstanceId,
                /// The login of the database.
                access: DatabaseAccess,
                $($(#[$extra_meta])* $extra: $extra_type,)*
            },
            /// A self-managed database on an ECS instance.
            ///
            /// Wire value: `ECS`.
            Ecs {
                /// The region of the instance.
                ///
                #[doc = concat!("Wire name: `", $region, "`.")]
                #[doc(alias = $region)]
                region: Region,
                /// The id of the ECS instance.
                ///
                #[doc = concat!("Wire name: `", $instance_id, "`.")]
                #[doc(alias = $instance_id)]
                instance_id: InstanceId,
                /// The port of the database.
                ///
                #[doc = concat!("Wire name: `", $port, "`.")]
                #[doc(alias = $port)]
                port: Port,
                /// The login of the database.
                access: DatabaseAccess,
                $($(#[$extra_meta])* $extra: $extra_type,)*
            },
            /// A database that DBS reaches by leased line, VPN or Smart Access Gateway (SAG).
            ///
            /// Wire value: `Express`.
            Express {
                /// The region of the VPC.
                ///
                #[doc = concat!("Wire name: `", $region, "`.")]
                #[doc(alias = $region)]
                region: Region,
                /// The id of the VPC instance.
                ///
                #[doc = concat!("Wire name: `", $instance_id, "`.")]
                #[doc(alias = $instance_id)]
                instance_id: InstanceId,
                /// The host name or IP address of the database.
                ///
                #[doc = concat!("Wire name: `", $host, "`.")]
                #[doc(alias = $host)]
                host: DatabaseHost,
                /// The port of the database.
                ///
                #[doc = concat!("Wire name: `", $port, "`.")]
                #[doc(alias = $port)]
                port: Port,
                /// The login of the database.
                access: DatabaseAccess,
                $($(#[$extra_meta])* $extra: $extra_type,)*
            },
            /// A database that DBS reaches through a backup gateway.
            ///
            /// Wire value: `Agent`.
            Agent {
                /// The region of the gateway.
                ///
                #[doc = concat!("Wire name: `", $region, "`.")]
                #[doc(alias = $region)]
                region: Region,
                /// The id of the gateway.
                ///
                /// Wire name: `BackupGatewayId`.
                #[doc(alias = "BackupGatewayId")]
                gateway_id: BackupGatewayId,
                /// The host name or IP address of the database, as seen from the gateway.
                ///
                #[doc = concat!("Wire name: `", $host, "`.")]
                #[doc(alias = $host)]
                host: DatabaseHost,
                /// The port of the database.
                ///
                #[doc = concat!("Wire name: `", $port, "`.")]
                #[doc(alias = $port)]
                port: Port,
                /// The login of the database. `None` for a SQL Server that the gateway reads with its
                /// own account.
                access: Option<DatabaseAccess>,
                $($(#[$agent_meta])* $agent: $agent_type,)*
            },
            /// A cloud MongoDB instance.
            ///
            /// Wire value: `DDS`.
            Dds {
                /// The region of the instance.
                ///
                #[doc = concat!("Wire name: `", $region, "`.")]
                #[doc(alias = $region)]
                region: Region,
                /// The id of the MongoDB instance.
                ///
                #[doc = concat!("Wire name: `", $instance_id, "`.")]
                #[doc(alias = $instance_id)]
                instance_id: InstanceId,
                /// The login of the database.
                access: DatabaseAccess,
                $($(#[$extra_meta])* $extra: $extra_type,)*
            },
            /// A database that DBS reaches by address and port.
            ///
            /// Wire value: `Other`.
            Other {
                /// The host name or IP address of the database.
                ///
                #[doc = concat!("Wire name: `", $host, "`.")]
                #[doc(alias = $host)]
                host: DatabaseHost,
                /// The port of the database.
                ///
                #[doc = concat!("Wire name: `", $port, "`.")]
                #[doc(alias = $port)]
                port: Port,
                /// The login of the database.
                access: DatabaseAccess,
                $($(#[$extra_meta])* $extra: $extra_type,)*
            },
            $($(#[$gateway_meta])* $gateway { $($gateway_fields)* },)?
        }

        impl $name {
            /// Returns the kind of the endpoint.
            ///
            #[doc = concat!("Wire name: `", $instance_type, "`.")]
            #[doc(alias = $instance_type)]
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

            /// Returns the login of the database, or `None` if the gateway logs in.
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

            /// Returns the password of the login, or `None` if it has none.
            ///
            #[doc = concat!("Wire name: `", $password, "`.")]
            #[doc(alias = $password)]
            pub fn password(&self) -> Option<&Secret> {
                self.access().and_then(DatabaseAccess::password)
            }

            /// Builds the endpoint from its fields.
            ///
            /// # Errors
            ///
            /// Returns an error that names a field which this kind requires and which is missing.
            fn from_fields(
                fields: EndpointFields,
                names: &EndpointFieldNames,
                every: impl FnOnce() -> Result<($($extra_type,)*), InvalidValue>,
                ($($agent,)*): ($($agent_type,)*),
            ) -> Result<Self, InvalidValue> {
                let kind = fields.kind(names)?;
                let login = fields.access(names)?;
                let access = login.clone().unwrap_or(DatabaseAccess::none());
                let RequiredFields { region, instance_id, host, port, gateway_id } =
                    fields.required(names, kind);
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
                        return Err(InvalidValue::new(names.instance_type, kind, EXPECTED_KINDS));
                    }
                })
            }
        }

        impl From<$name> for EndpointFields {
            /// Drops the fields that `every` and `agent` add.
            fn from(endpoint: $name) -> Self {
                let instance_type = Some(endpoint.instance_type());
                let login = endpoint.access().cloned();
                let common = Self { instance_type, login, ..Self::default() };
                match endpoint {
                    $name::Rds { region, instance_id, .. }
                    | $name::Dds { region, instance_id, .. } => {
                        Self { region: Some(region), instance_id: Some(instance_id), ..common }
                    }
                    $name::Ecs { region, instance_id, port, .. } => Self {
                        region: Some(region),
                        instance_id: Some(instance_id),
                        port: Some(port),
                        ..common
                    },
                    $name::Express { region, instance_id, host, port, .. } => Self {
                        region: Some(region),
                        instance_id: Some(instance_id),
                        host: Some(host),
                        port: Some(port),
                        ..common
                    },
                    $name::Agent { region, gateway_id, host, port, .. } => Self {
                        region: Some(region),
                        gateway_id: Some(gateway_id),
                        host: Some(host),
                        port: Some(port),
                        ..common
                    },
                    $name::Other { host, port, .. } => {
                        Self { host: Some(host), port: Some(port), ..common }
                    }
                    $($name::$gateway { endpoint, .. } => endpoint.into(),)?
                }
            }
        }
    };
}
pub(super) use endpoint_kinds;
