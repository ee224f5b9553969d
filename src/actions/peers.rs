//! What is allowed to other servers: allowed, limited, blocked.

use crate::{App, Error, Result, storage};

use super::{Act, Operator, allow};

/// Hosts read at once.
const PAGE: i64 = 500;

/// Sets what is allowed to a host. `blocked`: nothing is taken from it nor sent to it; `limited`: its
/// replies are not taken and its new followers are rejected. A reason is kept with it.
///
/// # Errors
/// `Invalid` for an unknown policy or a host that is none.
pub async fn set_policy(app: &App, operator: &Operator, host: &str, policy: &str) -> Result<()> {
    allow(app, operator, Act::Run, host, None).await?;
    if !matches!(policy, "allowed" | "limited" | "blocked") {
        return Err(Error::invalid("policy", "policy", policy));
    }
    let host = host.to_lowercase();
    if crate::domain::Iri::parse(&format!("https://{host}/")).map_or(true, |iri| iri.host() != host) {
        return Err(Error::invalid("host", "host", host));
    }
    let mut tx = app.db.begin().await?;
    storage::hosts::ensure(&mut tx, &host).await?;
    storage::hosts::set_policy(&mut tx, &host, policy, operator.reason()).await?;
    if policy == "blocked" {
        cut_off(app, &mut tx, &host).await?;
    }
    let action = format!("{policy}-host");
    storage::audit::add(&mut tx, &operator.deed(&action, &host), app.clock.now_ms()).await?;
    tx.commit().await
}

/// What waits for a blocked host, and for all below it, is given up; nobody there follows ours any more, so that
/// nothing new is queued (threats S32).
async fn cut_off(app: &App, tx: &mut storage::Tx, blocked: &str) -> Result<()> {
    let now = app.clock.now_ms();
    let below = format!(".{}", blocked.rsplit_once(':').map_or(blocked, |(name, _)| name));
    let mut hosts = vec![blocked.to_owned()];
    let mut after = String::new();
    loop {
        let page = storage::hosts::list(&app.db, &after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.host);
        let names = page.into_iter().map(|host| host.host);
        hosts.extend(names.filter(|name| name.split(':').next().is_some_and(|name| name.ends_with(&below))));
    }
    for host in &hosts {
        storage::deliveries::give_up_host(tx, host, "blocked", now).await?;
        storage::follows::remove_host(tx, host).await?;
    }
    Ok(())
}
