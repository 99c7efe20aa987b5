//! Ids and other random values, all from one seed.

use std::str::FromStr;

use fastrand::Rng;

use super::world_error::WorldError;
use crate::v2019_03_06::types::{AgentTaskId, BackupGatewayId, OrderId};

/// Makes the ids of a service. Numbers count up, texts are random.
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

    /// A source of its own, so that what a plan does in the background does not move the ids of
    /// others.
    pub(crate) fn fork(&mut self) -> Rng {
        self.random.fork()
    }

    /// Draws a number that does not come twice.
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

    /// A prefix and lower-case letters and digits.
    pub(crate) fn text<T: FromStr>(&mut self, prefix: &str, len: usize) -> Result<T, WorldError> {
        text(&mut self.random, prefix, len)
    }

    /// A number of so many digits.
    pub(crate) fn digits<T: FromStr>(&mut self, len: usize) -> Option<T> {
        let digit = || char::from(b'1' + self.random.u8(..9));
        std::iter::repeat_with(digit).take(len).collect::<String>().parse().ok()
    }
}

/// Works as [`Ids::text`], from another source.
pub(crate) fn text<T: FromStr>(
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
