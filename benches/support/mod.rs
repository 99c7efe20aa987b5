//! Helpers that the benchmarks share: clients, a server, measurements, reports.

#![allow(dead_code, reason = "each benchmark uses a part of it")]

pub(crate) mod clients;
pub(crate) mod loopback;
pub(crate) mod measure;
pub(crate) mod plain;
pub(crate) mod plot;
pub(crate) mod process;
pub(crate) mod report;
pub(crate) mod subject;
