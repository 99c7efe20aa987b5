//! The rules of entries and plans.

use super::super::contract::Journal;
use super::super::entry::Entry;
use super::super::key::PlanKey;
use super::suite::{Checked, Suite, all, equal, found, is_not_entered, plan};

pub(super) async fn returns_fresh<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, entry) = (suite.key("fresh")?, suite.entry()?);
    equal(&entry, &suite.first()?.enter(&key, &entry).await?)?;
    equal(&entry, &suite.first()?.enter(&key, &entry).await?)
}

pub(super) async fn first_enter_wins<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, entry, _) = suite.entered("first").await?;
    suite.has(&key, &entry).await
}

pub(super) async fn racing_enters<J: Journal>(suite: &Suite<J>) -> Checked {
    let key = suite.key("race")?;
    let entries = (0..32).map(|_| suite.entry()).collect::<Checked<Vec<_>>>()?;
    let mut calls = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        calls.push(suite.handle(index)?.enter(&key, entry));
    }
    let stored = all(calls).await?;
    suite.has(&key, &stored[0]).await?;
    stored.iter().try_for_each(|entry| equal(&stored[0], entry))
}

pub(super) async fn keys_differ<J: Journal>(suite: &Suite<J>) -> Checked {
    let fleet = suite.fleet();
    let long = "x".repeat(127);
    let mut keys = vec![
        PlanKey::new(format!("{fleet}-2"), "a", 0)?,
        PlanKey::new(format!("{fleet}/a"), "b", 0)?,
        PlanKey::new(fleet, "a/b", 0)?,
        PlanKey::new(fleet, "a", 1)?,
        PlanKey::new(fleet, "a", u32::MAX)?,
    ];
    let names = [
        "a",
        "A",
        "a ",
        " a",
        "a/b/0",
        "a%2Fb",
        "a%",
        "%",
        "_",
        "*",
        "a.b",
        "a:b",
        "a'b",
        "a\"b",
        "ß",
        "ss",
        "ü",
        "u\u{308}",
        "订单",
        "\u{1f4be}",
    ];
    for name in names {
        keys.push(suite.key(name)?);
    }
    for last in ["y", "z", "名"] {
        keys.push(suite.key(&format!("{long}{last}"))?);
    }
    let mut entries: Vec<Entry> = Vec::new();
    for key in &keys {
        let entry = suite.entry()?;
        let stored = suite.first()?.enter(key, &entry).await?;
        if let Some(index) = entries.iter().position(|other| *other == stored) {
            return Err(found(format!("`{key}` has the entry of `{}`", keys[index])));
        }
        entries.push(entry);
    }
    for (key, entry) in keys.iter().zip(&entries) {
        suite.has(key, entry).await?;
    }
    Ok(())
}

pub(super) async fn bought_needs_entry<J: Journal>(suite: &Suite<J>) -> Checked {
    let key = suite.key("bought-without-entry")?;
    is_not_entered(suite.first()?.bought(&key, &plan("p1")?).await)
}

pub(super) async fn first_plan_wins<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, ..) = suite.entered("two-plans").await?;
    let (first, other) = (plan("p1")?, plan("p2")?);
    equal(&first, &suite.first()?.bought(&key, &first).await?)?;
    equal(&first, &suite.second()?.bought(&key, &other).await?)?;
    equal(&first, &suite.first()?.bought(&key, &other).await?)
}

pub(super) async fn racing_plans<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, ..) = suite.entered("racing-plans").await?;
    let plans = (0..8).map(|id| plan(&format!("p{id}"))).collect::<Checked<Vec<_>>>()?;
    let mut calls = Vec::new();
    for (index, plan) in plans.iter().enumerate() {
        calls.push(suite.handle(index)?.bought(&key, plan));
    }
    let recorded = all(calls).await?;
    equal(&recorded[0], &suite.first()?.bought(&key, &plan("p9")?).await?)?;
    recorded.iter().try_for_each(|plan| equal(&recorded[0], plan))
}

pub(super) async fn enter_returns_plan<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, mut entry, _) = suite.entered("plan").await?;
    suite.has(&key, &entry).await?;
    entry.plan = Some(suite.second()?.bought(&key, &plan("p1")?).await?);
    suite.has(&key, &entry).await
}

pub(super) async fn done_needs_plan<J: Journal>(suite: &Suite<J>) -> Checked {
    is_not_entered(suite.first()?.done(&suite.key("done-without-entry")?).await)?;
    let (key, entry, _) = suite.entered("done-without-plan").await?;
    if suite.first()?.done(&key).await.is_ok() {
        return Err(found("expected an error, got `Ok(())`"));
    }
    suite.has(&key, &entry).await
}

pub(super) async fn done_repeats<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, mut entry, _) = suite.entered("done").await?;
    entry.plan = Some(suite.first()?.bought(&key, &plan("p1")?).await?);
    entry.done = true;
    for index in 0..3 {
        suite.handle(index)?.done(&key).await?;
        suite.has(&key, &entry).await?;
    }
    Ok(())
}

pub(super) async fn finds<J: Journal>(suite: &Suite<J>) -> Checked {
    let key = suite.key("find")?;
    for index in 0..2 {
        equal(&None, &suite.handle(index)?.find(&key).await?)?;
    }
    let mut entry = suite.entry()?;
    equal(&entry, &suite.first()?.enter(&key, &entry).await?)?;
    if suite.first()?.find(&key).await?.is_none() {
        return equal(&None, &suite.second()?.find(&key).await?);
    }
    entry.plan = Some(suite.second()?.bought(&key, &plan("p1")?).await?);
    suite.first()?.done(&key).await?;
    entry.done = true;
    for index in 0..2 {
        equal(&Some(entry.clone()), &suite.handle(index)?.find(&key).await?)?;
    }
    equal(&None, &suite.first()?.find(&suite.key("find-other")?).await?)
}

/// Enters keys with and without plan, and returns what must survive when the journal is closed.
pub(super) async fn enter_durable<J: Journal>(suite: &Suite<J>) -> Checked<Vec<(PlanKey, Entry)>> {
    let (entered, first, _) = suite.entered("durable-entry").await?;
    let (bought, mut second, _) = suite.entered("durable-plan").await?;
    let (done, mut third, _) = suite.entered("durable-end").await?;
    second.plan = Some(suite.first()?.bought(&bought, &plan("p1")?).await?);
    third.plan = Some(suite.first()?.bought(&done, &plan("p2")?).await?);
    suite.first()?.done(&done).await?;
    third.done = true;
    Ok(vec![(entered, first), (bought, second), (done, third)])
}
