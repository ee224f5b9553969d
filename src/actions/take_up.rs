//! Who takes something up says so, and its origin confirms or contests it: at the command line, without a file, by the
//! same way as everything of a dossier (audit, delivery, mentions).

use crate::{
    App, Error, Result,
    domain::{
        CivilDate, Hash, Iri, Version,
        codes::{FollowUpStatus, Reason, TakeUpKind, TakenUpAs},
        said::{Confirmation, Said, TakeUp, Verdict},
    },
    storage::{self, Tx, actors::Actor, records},
};

use super::{
    Operator,
    publish::Published,
    say::{self, Saying},
    taken_up,
};

/// What is taken up, and how.
#[derive(Clone, Debug, Default)]
pub struct Assertion {
    /// Handle of the actor of ours that takes it up.
    pub by: String,
    /// How.
    pub kind: Option<TakeUpKind>,
    /// As what.
    pub taken_up_as: Option<TakenUpAs>,
    /// The taker's own recommendation that it became.
    pub became: Option<Iri>,
    /// Name of the local organisation that does it.
    pub by_name: Option<String>,
    /// Where it stands.
    pub outcome: Option<FollowUpStatus>,
    /// When, in history.
    pub on: Option<CivilDate>,
}

/// One of ours takes up a recommendation that is in the register. Said again in other words, it is a new version.
///
/// # Errors
/// `NotFound` when the recommendation, or the actor, is not here; `Invalid` when it is the actor's own.
pub async fn assert(
    app: &App,
    operator: &Operator,
    of: &Iri,
    said: &Assertion,
    text: &str,
) -> Result<Published> {
    let row = records::get(&app.db, of.as_str()).await?.filter(|row| row.kind == "Recommendation");
    let row = row.ok_or_else(|| Error::not_found(of.as_str()))?;
    let author = storage::actors::by_handle(&app.db, &said.by).await?;
    let author = author.ok_or_else(|| Error::not_found(format!("@{}", said.by)))?;
    let take_up = TakeUp {
        take_up: said.kind.clone(),
        taken_up_as: said.taken_up_as.clone(),
        became: said.became.clone(),
        by_name: said.by_name.clone(),
        outcome: said.outcome.clone(),
        as_of: said.on.clone(),
        ..TakeUp::of(of.clone())
    };
    let reference = free(app, &format!("reprises/{}-{}", author.handle, of.key()), true).await?;
    let take_up = Said::TakeUp(Box::new(take_up));
    let (by, synthetic) = (author.handle.as_str(), row.synthetic);
    say::say(app, operator, Saying { reference, by, said: &take_up, title: None, text, synthetic }).await
}

/// The author of a recommendation of ours confirms that it was taken up.
///
/// # Errors
/// `NotFound` when that take-up is not here; `Forbidden` when the recommendation is not ours; `Conflict` when it is
/// confirmed, or was withdrawn.
pub async fn confirm(app: &App, operator: &Operator, take_up: &Iri, text: &str) -> Result<Published> {
    let said = Confirmation { concerns: vec![take_up.clone()], hash: None };
    answer(app, operator, take_up, "confirmations", Said::Confirmation(said), text).await
}

/// It contests that, with a reason.
///
/// # Errors
/// As [`confirm`]; `Invalid` without words.
pub async fn contest(
    app: &App,
    operator: &Operator,
    take_up: &Iri,
    reason: Reason,
    text: &str,
) -> Result<Published> {
    if text.trim().is_empty() {
        return Err(Error::invalid("text", "argument-needed", ""));
    }
    let said = Verdict {
        concerns: vec![take_up.clone()],
        question: None,
        reason: Some(reason),
        relay: None,
        entered_for: None,
    };
    answer(app, operator, take_up, "refus", Said::Refusal(said), text).await
}

/// The word of the origin on a take-up.
async fn answer(
    app: &App,
    operator: &Operator,
    take_up: &Iri,
    folder: &str,
    said: Said,
    text: &str,
) -> Result<Published> {
    let row = records::get(&app.db, take_up.as_str()).await?.filter(|row| row.kind == "TakeUp");
    let row = row.ok_or_else(|| Error::not_found(take_up.as_str()))?;
    if row.withdrawn {
        return Err(Error::conflict(format!("{take_up}: withdrawn")));
    }
    let found = taken_up::of_record(app, &row).await?;
    let claim = found.known.claims.get(take_up).ok_or_else(|| Error::not_found(take_up.as_str()))?;
    let origin = found.rows.get(claim.said.takes_up.as_str()).filter(|origin| origin.ours);
    let origin = origin.ok_or_else(|| Error::forbidden("only its author confirms what became of an idea"))?;
    let confirms = matches!(said, Said::Confirmation(_));
    let before = found.known.judge(claim);
    if let Some(judged) = &before
        && judged.by().is_some_and(|word| word.confirms == confirms)
        && !judged.changed
    {
        return Err(Error::conflict(format!("{take_up}: {}", judged.standing.word())));
    }
    let author = storage::actors::get(&app.db, &origin.author).await?;
    let author = author.ok_or_else(|| Error::not_found(origin.author.as_str()))?;
    let reference = free(app, &format!("{folder}/{}-{}", author.handle, take_up.key()), false).await?;
    let (by, synthetic) = (author.handle.as_str(), row.synthetic);
    say::say(app, operator, Saying { reference, by, said: &said, title: None, text, synthetic }).await
}

/// A reference that nothing has; with `again`, one whose record may get a new version.
async fn free(app: &App, stem: &str, again: bool) -> Result<String> {
    let mut reference = stem.to_owned();
    for number in 2_u32.. {
        let Some(source) = storage::sources::get(&app.db, &reference).await? else { break };
        let row = records::get(&app.db, &source.uri).await?;
        if again && row.is_some_and(|row| !row.withdrawn) {
            break;
        }
        reference = format!("{stem}-{number}");
    }
    Ok(reference)
}

/// Adds what only the register knows, the version that is confirmed, and refuses what would count for nothing.
///
/// # Errors
/// `Invalid` when somebody takes up an idea of its own, says that it became somebody else's, or confirms what was
/// taken up from another.
pub(super) async fn complete(tx: &mut Tx, author: &Actor, said: &mut Said) -> Result<()> {
    match said {
        Said::TakeUp(said) => {
            let row = records::get_in(tx, said.takes_up.as_str()).await?;
            if said.by_name.is_none() && row.is_some_and(|row| row.author == author.uri) {
                return Err(Error::invalid("of", "take-up-own", said.takes_up.as_str()));
            }
            if let Some(became) = &said.became {
                let row = records::get_in(tx, became.as_str()).await?;
                if row.is_some_and(|row| row.author != author.uri || row.kind != "Recommendation") {
                    return Err(Error::invalid("became", "take-up-became", became.as_str()));
                }
            }
        }
        Said::Confirmation(said) => {
            let Some(id) = said.concerns.first() else { return Ok(()) };
            let row = records::get_in(tx, id.as_str()).await?;
            let row = row.ok_or_else(|| Error::invalid("of", "not-published", id.as_str()))?;
            let origin = match Version::parse(&row.document)? {
                Version::Record(record) => match record.said {
                    Said::TakeUp(said) => records::get_in(tx, said.takes_up.as_str()).await?,
                    _ => None,
                },
                _ => None,
            };
            if origin.is_none_or(|origin| origin.author != author.uri) {
                return Err(Error::invalid("of", "confirmation-origin", id.as_str()));
            }
            said.hash.get_or_insert(Hash::parse(&row.hash)?);
        }
        _ => {}
    }
    Ok(())
}
