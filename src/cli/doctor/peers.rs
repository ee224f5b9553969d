//! What other servers tell of us: whether we reach them, and what time they have.

use super::Check;
use crate::{App, Result, domain::Iri, federation::connector::date_of, storage::hosts};

/// Hosts asked.
const ASKED: usize = 5;
/// Seconds of difference that signatures bear easily (they hold for five minutes into the future).
const WELL: i64 = 30;
/// Seconds of difference at which others refuse what we sign.
const REFUSED: i64 = 300;

/// Asks some of the hosts that were well lately for the document that every server has.
pub(super) async fn look(app: &App) -> Vec<Check> {
    match known(app).await {
        Ok(hosts) if hosts.is_empty() => vec![Check::warning("outbound", "nobody", "")],
        Ok(hosts) => ask(app, &hosts).await,
        Err(error) => vec![Check::failure("database", "broken", error.to_string())],
    }
}

async fn known(app: &App) -> Result<Vec<String>> {
    let mut known = hosts::list(&app.db, "", 500).await?;
    known.retain(|host| host.policy != "blocked");
    known.sort_by_key(|host| std::cmp::Reverse(host.last_seen_at));
    Ok(known.into_iter().take(ASKED).map(|host| host.host).collect())
}

async fn ask(app: &App, hosts: &[String]) -> Vec<Check> {
    let (mut ahead, mut silent) = (Vec::new(), Vec::new());
    for host in hosts {
        match date(app, host).await {
            Ok(seconds) => ahead.extend(seconds),
            Err(why) => silent.push(format!("{host} ({why})")),
        }
    }
    let mut checks = Vec::new();
    checks.push(if silent.len() == hosts.len() {
        Check::failure("outbound", "silent", silent.join(", "))
    } else if silent.is_empty() {
        Check::ok("outbound", hosts.len().to_string())
    } else {
        Check::warning("outbound", "some", silent.join(", "))
    });
    ahead.sort_unstable();
    // The middle one: a single wrong clock is not ours.
    if let Some(seconds) = ahead.get(ahead.len() / 2).copied() {
        let found = format!("{seconds:+} s");
        checks.push(match seconds.abs() {
            0..=WELL => Check::ok("clock", found),
            ..REFUSED => Check::warning("clock", "off", found),
            _ => Check::failure("clock", "wrong", found),
        });
    }
    checks
}

/// Seconds by which we are ahead of a host, if it tells the time.
async fn date(app: &App, host: &str) -> Result<Option<i64>, String> {
    let scheme = if app.config.is_closed_federation() { app.config.public_url.scheme() } else { "https" };
    let url = Iri::parse(&format!("{scheme}://{host}/.well-known/nodeinfo"))
        .map_err(|problem| problem.to_string())?;
    let answer = app.http.get(&url, None, "application/json", 64 * 1024).await;
    let answer = answer.map_err(|error| error.to_string())?;
    Ok(date_of(&answer.headers).map(|date| app.clock.now().as_second() - date.as_second()))
}
