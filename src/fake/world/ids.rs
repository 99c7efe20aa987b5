//! `Ids`: generates ids and other random values from one seed.

use std::str::FromStr;

use fastrand::Rng;

use super::world_error::WorldError;
use crate::v2019_03_06::types::{AgentTaskId, BackupGatewayId, OrderId};

/// A generator of ids. Numeric ids count up, and string ids are random.
#[derive(Debug)]
pub(crate) struct Ids {
    random: Rng,
    orders: u64,
    gateways: u64,
    agent_tasks: u64,
}

impl Ids {
    pub(crate) const fn new(random: Rng) -> Self {
        Self { random, orders: 214_373_455_920_000, gateways: 160_812, agent_tasks: 123_455 }
    }

    /// Returns an independent generator, so that what one plan draws does not change the ids of
    /// others.
    pub(crate) fn fork(&mut self) -> Rng {
        self.random.fork()
    }

    /// Returns a random number that is in practice unique.
    pub(crate) fn unique(&mut self) -> u128 {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        u128::from_be_bytes(bytes)
    }

    pub(crate) fn order(&mut self) -> Result<OrderId, WorldError> {
        self.orders += 1;
        parse(&self.orders.to_string())
    }

    pub(crate) const fn gateway(&mut self) -> BackupGatewayId {
        self.gateways += 1;
        BackupGatewayId::new(self.gateways)
    }

    pub(crate) const fn agent_task(&mut self) -> AgentTaskId {
        self.agent_tasks += 1;
        AgentTaskId::new(self.agent_tasks)
    }

    /// Returns a prefix followed by `len` random lower-case letters and digits.
    pub(crate) fn string<T: FromStr>(&mut self, prefix: &str, len: usize) -> Result<T, WorldError> {
        string(&mut self.random, prefix, len)
    }

    /// Returns a number of `len` random digits from 1 to 9.
    pub(crate) fn digits<T: FromStr>(&mut self, len: usize) -> Option<T> {
        let digit = || char::from(b'1' + self.random.u8(..9));
        std::iter::repeat_with(digit).take(len).collect::<String>().parse().ok()
    }
}

/// Returns the same as [`Ids::string`], from another generator.
pub(crate) fn string<T: FromStr>(
    random: &mut Rng,
    prefix: &str,
    len: usize,
) -> Result<T, WorldError> {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut id = prefix.to_owned();
    id.extend((0..len).map(|_| char::from(LETTERS[random.usize(..LETTERS.len())])));
    parse(&id)
}

fn parse<T: FromStr>(id: &str) -> Result<T, WorldError> {
    id.parse().map_err(|_| WorldError::OutOfIds)
}
