//! The integration tests, with one module per subject.
//!
//! They are one program, because each program links the crate and its dependencies again after
//! every change. The tests share a process, so no test changes its environment, working directory or
//! global subscriber. A test that needs to do so runs again in its own process
//! ([`support::process`]).

#![expect(clippy::duplicate_mod, reason = "some tests run with each built-in transport")]
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod api_2021;
mod architecture;
mod blocking;
mod calls;
mod client_config;
mod coverage;
mod credentials;
mod download;
mod drill;
mod echoes;
mod emulator;
mod enum_names;
mod error_reports;
mod examples;
mod explore;
mod fake_errors;
mod fake_life;
mod fake_responses;
mod fake_tokens;
mod faulty;
mod field_values;
mod fleet;
mod fleet_example;
mod hyper_transport;
mod journals;
mod json_in_strings;
mod late_options;
mod log_lines;
mod messages;
mod metrics;
mod no_runtime;
mod observe;
mod operation_pages;
mod other_api;
mod outcomes;
mod paging;
mod paging_changes;
mod panics;
mod plan_id_forms;
mod plan_spec;
mod plans_as_code;
mod presign;
mod prose;
mod provision_configuration;
mod provision_resume;
mod provision_unresolved;
mod provisioning;
mod ram_policies;
mod reconcile_example;
mod recording;
mod renew;
mod report;
mod report_breakage;
mod report_example;
mod report_render;
mod response_fields;
mod robust_decoding;
mod schemas;
mod signature_vectors;
mod signed_urls;
mod simulation;
mod spans;
mod support;
mod tables;
mod transport_check;
mod unknown_ids;
mod unknown_outcomes;
mod user_values;
mod value_sets;
mod value_traits;
mod version_table;
mod waiting;
mod with_hyper;
mod with_reqwest;
mod wrapped_transport;
