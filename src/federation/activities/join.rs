//! Join: a council asks to be in a convention of ours.

use super::super::{
    inbox::{Message, Outcome},
    summon,
};
use crate::{
    App, Error, Result,
    actions::{convene, conventions},
    domain::{
        Iri, Role,
        activity::{self, Object},
    },
    storage,
};

/// Takes the adhesion it names into the register: had from its origin and checked like any other record, because
/// we were asked. A person answers it. A Join of anything else is ignored.
///
/// # Errors
/// `Forbidden` when the adhesion is not the sender's own, or to another convention, or its server asked too much
/// today; `NotFound` when it is not there.
pub async fn receive(app: &App, message: &Message) -> Result<Outcome> {
    let join = &message.activity;
    let (Object::Link(group), false) = (&join.object, message.limited) else { return Ok(Outcome::Ignored) };
    let actor = storage::actors::get(&app.db, group.as_str()).await?;
    let convention = actor.filter(|actor| {
        actor.ours && actor.gone_at.is_none() && actor.role.as_deref() == Some(Role::Convention.code())
    });
    let Some(actor) = convention else { return Ok(Outcome::Ignored) };
    let [adhesion] = activity::ids(join.document.get("result"))[..] else { return Ok(Outcome::Ignored) };
    let adhesion = Iri::parse(adhesion)?;
    if !adhesion.same_origin(&join.actor) {
        return Err(Error::forbidden("an adhesion is brought by its author"));
    }
    if let Some(known) = storage::offers::get(&app.db, adhesion.as_str(), group.as_str()).await? {
        return if known.sender == join.actor.as_str() {
            Ok(Outcome::Known)
        } else {
            Err(Error::forbidden("an adhesion is brought by its author"))
        };
    }
    if !app.limits.offer(&message.sender.host, app.clock.now_ms()) {
        return Err(Error::forbidden("too many offers in a day"));
    }
    let row = summon::adhesion(app, &adhesion, Some(&join.actor), group).await?;
    convene::asked(app, join, &row, &actor, &message.sender).await.map(Outcome::from)
}

/// What a convention makes of a Join of ours: the record of its host that says so enters the register first.
///
/// # Errors
/// `Forbidden` when the Join is not ours, or was sent to somebody else (threats O12), or the record is about
/// something else.
pub(super) async fn answered(
    app: &App,
    message: &Message,
    asked: &storage::offers::Offer,
    state: &str,
) -> Result<Outcome> {
    let answer = &message.activity;
    if !asked.ours || asked.body != answer.actor.as_str() {
        return Err(Error::forbidden("no such Join of ours"));
    }
    if let [ruling] = activity::ids(answer.document.get("result"))[..] {
        let ruling = Iri::parse(ruling)?;
        let host = conventions::host_of(app, &answer.actor).await?;
        let host = host.filter(|host| host.same_origin(&ruling));
        let host = host.ok_or_else(|| Error::forbidden("the host of a convention rules on it"))?;
        summon::ruling(app, &ruling, &host, (&Iri::parse(&asked.relay)?, state == "accepted")).await?;
    }
    convene::answered(app, answer, state).await.map(Outcome::from)
}
