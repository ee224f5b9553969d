//! What is allowed to other servers: allowed, limited, blocked.

use crate::{App, Error, Result, storage};

use super::Operator;

/// Sets what is allowed to a host. `blocked`: nothing is taken from it nor sent to it; `limited`: its
/// replies are not taken and its new followers are rejected. A reason is kept with it.
///
/// # Errors
/// `Invalid` for an unknown policy or a host that is none.
pub async fn set_policy(app: &App, operator: &Operator, host: &str, policy: &str) -> Result<()> {
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
    let action = format!("{policy}-host");
    storage::audit::add(&mut tx, &operator.deed(&action, &host), app.clock.now_ms()).await?;
    tx.commit().await
}
