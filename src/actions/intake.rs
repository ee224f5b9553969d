//! What a body of ours does with a relay it received: acknowledges, declines, asks, answers, reports, passes it
//! on. Each is a record of its own, public and signed (register.md rule 12).

use crate::{
    App, Error, Result,
    domain::{
        CivilDate, Iri,
        activity::Kind,
        codes::{Decision, FollowUpStatus, Reason, Step, Tier},
        obligations::day_of,
        said::{self, Said},
    },
    storage::{self, offers::Offer, records::Row},
};

use super::{
    Act, Operator, allow, relays,
    speak::{self, Speech},
};

/// What a body says of a relay.
#[derive(Clone, Debug)]
pub enum Word {
    /// It takes it in charge.
    Accept,
    /// It does not, for this reason.
    Decline(Reason),
    /// It asks something back before it answers.
    Ask,
    /// It answers.
    Answer {
        /// What it decides.
        decision: Decision,
        /// Why.
        reason: Option<Reason>,
        /// When it will be done.
        promised_by: Option<CivilDate>,
    },
    /// It reports what became of it.
    FollowUp {
        /// Where it stands.
        status: FollowUpStatus,
        /// Why it is given up.
        reason: Option<Reason>,
    },
    /// It passes it on to another body, in whose power it is.
    PassOn(Box<Further>),
}

/// Where a relay is passed on to.
#[derive(Clone, Debug)]
pub struct Further {
    /// The body: its actor, or its site when it has no node.
    pub to: Iri,
    /// Its name.
    pub name: String,
    /// Whether it is an actor.
    pub is_actor: bool,
    /// Its tier.
    pub tier: Option<Tier>,
    /// The legal ground of its power.
    pub ground: Option<String>,
    /// When an acknowledgement is hoped for.
    pub expected_by: Option<CivilDate>,
}

/// Says something of a relay that was offered to an actor of ours; gives the id of the record. `words` are Markdown,
/// `reference` its official number.
///
/// # Errors
/// `NotFound` when it was not offered to us; `Conflict` when it is not accepted yet, or was decided already;
/// `Invalid` when words or a reason are missing.
pub async fn say(
    app: &App,
    operator: &Operator,
    relay: &str,
    word: &Word,
    words: &str,
    reference: Option<String>,
) -> Result<Iri> {
    allow(app, operator, Act::Decide, relay, None).await?;
    let mut tx = app.db.begin().await?;
    let row = storage::records::get_in(&mut tx, relay).await?.filter(|row| row.kind == "Relay");
    let row = row.ok_or_else(|| Error::not_found(relay))?;
    let body = row.addressee.clone().unwrap_or_default();
    let offer = storage::offers::get_in(&mut tx, relay, &body).await?.filter(|offer| !offer.ours);
    let offer = offer.ok_or_else(|| Error::not_found(relay))?;
    let author = storage::actors::get_in(&mut tx, &body).await?.filter(|actor| actor.ours);
    let author = author.ok_or_else(|| Error::forbidden("only to an actor of this node"))?;
    let state = next_state(&offer, word)?;
    if words.trim().is_empty() && !matches!(word, Word::Accept | Word::PassOn(_)) {
        return Err(Error::invalid("text", "argument-needed", ""));
    }
    let said = said(app, &row, word)?;
    let toward = if let Word::PassOn(further) = word { Some(further.name.clone()) } else { None };
    let speech = Speech {
        author_name: author.name.clone(),
        author: &author,
        said,
        relay: &row,
        words,
        reference,
        toward,
    };
    let (id, document) = speak::speak(app, &mut tx, speech).await?;
    match word {
        Word::Accept => relays::answer(app, &mut tx, &Kind::Accept, &offer, Some(&document)).await?,
        Word::Decline(_) => relays::answer(app, &mut tx, &Kind::Reject, &offer, Some(&document)).await?,
        _ => {}
    }
    let now = app.clock.now_ms();
    storage::offers::set_state(&mut tx, &offer.relay, &offer.body, state, now).await?;
    storage::audit::add(&mut tx, &operator.deed(deed(word), id.as_str()), now).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(id)
}

/// Where an offer stands after a word; what may be said when.
fn next_state<'a>(offer: &'a Offer, word: &Word) -> Result<&'a str> {
    let state = offer.state.as_str();
    let taken = matches!(state, "accepted" | "answered");
    match word {
        Word::Accept if !taken => Ok("accepted"),
        Word::Decline(_) if state == "received" => Ok("declined"),
        Word::Ask if state != "declined" => Ok(state),
        Word::Answer { .. } | Word::FollowUp { .. } if taken => Ok("answered"),
        Word::PassOn(_) if taken => Ok(state),
        _ => Err(Error::conflict(format!("{}: {state}", offer.relay))),
    }
}

const fn deed(word: &Word) -> &'static str {
    match word {
        Word::Accept => "accept-relay",
        Word::Decline(_) => "decline-relay",
        Word::Ask => "ask-about-relay",
        Word::Answer { .. } => "answer-relay",
        Word::FollowUp { .. } => "follow-up-relay",
        Word::PassOn(_) => "pass-on-relay",
    }
}

/// The record that says it.
fn said(app: &App, row: &Row, word: &Word) -> Result<Said> {
    let id = Iri::parse(&row.uri)?;
    let concerned = speak::relay_of(row)?.concerns;
    let today = day_of(crate::domain::Instant::of(app.clock.now()));
    let today = CivilDate::parse(&today.to_string())?;
    Ok(match word.clone() {
        Word::Accept => Said::Receipt(said::Receipt {
            concerns: vec![id.clone()],
            relay: Some(id),
            entered_for: None,
            as_of: Some(today),
        }),
        Word::Decline(reason) => Said::Refusal(said::Verdict {
            concerns: vec![id.clone()],
            question: None,
            reason: Some(reason),
            relay: Some(id),
            entered_for: None,
        }),
        // A question back is a step of its study: public, dated, and it counts as no answer.
        Word::Ask => Said::Instruction(said::Instruction {
            concerns: concerned,
            step: Step::UnderStudy,
            as_of: Some(today),
            service: None,
            relay: Some(id),
        }),
        Word::Answer { decision, reason, promised_by } => Said::Answer(said::Answer {
            concerns: concerned,
            decision,
            reason,
            promised_by,
            decided_on: Some(today),
            relay: Some(id),
            entered_for: None,
            service: None,
        }),
        Word::FollowUp { status, reason } => Said::FollowUp(said::FollowUp {
            concerns: concerned,
            status,
            reason,
            as_of: Some(today),
            evidence: Vec::new(),
            relay: Some(id),
            entered_for: None,
            service: None,
        }),
        Word::PassOn(further) => Said::Relay(Box::new(said::Relay {
            concerns: concerned,
            relay_to: further.to,
            relay_to_name: (!further.is_actor).then_some(further.name),
            tier: further.tier,
            ground: further.ground,
            relay: Some(id),
            supported_by: Vec::new(),
            expected_by: further.expected_by,
        })),
    })
}
