//! What a city and its councils do about a convention from the command line: ask to be in it, admit, decline,
//! contribute. Each is a public, signed record (register.md rule 11). Leaving, excluding and taking back are
//! withdrawing that record.

use crate::{
    App, Error, Result,
    domain::{
        Iri, Role,
        codes::Reason,
        convention::Standing,
        said::{self, Said},
    },
    storage::{self, actors::Actor},
};

use super::{
    Operator,
    conventions::{self, Known},
    publish::Published,
    say::{Saying, say, unused},
};

/// A council of ours asks to be in a convention, and takes on its charter as it is today.
///
/// # Errors
/// `NotFound` when the council is not ours; `Invalid` when it is in it, or waits for an answer.
pub async fn join(
    app: &App,
    operator: &Operator,
    known: &Known,
    council: &str,
    text: &str,
) -> Result<Published> {
    going_on(known)?;
    let council = ours(app, council, Role::Council).await?;
    let standing = known.members.iter().find(|member| member.council.as_str() == council.uri);
    let waits = |standing| matches!(standing, Standing::Member | Standing::Asked);
    if standing.is_some_and(|member| waits(member.standing)) {
        return Err(Error::invalid("council", "adhesion-asked", format!("@{}", council.handle)));
    }
    let convention = known.said.convention.clone();
    let said = said::Adhesion { convention, charter: None, charter_hash: None };
    // Several may be called alike.
    let slug = conventions::slug(&known.row);
    let kind = if known.row.ours { slug } else { format!("{slug}-{}", known.said.convention.key()) };
    let kind = format!("adhesion-{kind}");
    speak(app, operator, known, (&council, &kind), &Said::Adhesion(said), text).await
}

/// The host admits a council that asked.
///
/// # Errors
/// `NotFound` when it did not ask; `Invalid` when the convention is not ours to host, or it was ruled on before.
pub async fn admit(
    app: &App,
    operator: &Operator,
    known: &Known,
    adhesion: &str,
    text: &str,
) -> Result<Published> {
    let host = host(app, known).await?;
    let adhesion = asked(app, known, adhesion).await?;
    let said =
        said::Admission { convention: known.said.convention.clone(), concerns: vec![adhesion.clone()] };
    let kind = format!("admission-{}", adhesion.key());
    speak(app, operator, known, (&host, &kind), &Said::Admission(said), text).await
}

/// The host declines a council that asked, for a reason and in words.
///
/// # Errors
/// As [`admit`]; `Invalid` without words.
pub async fn decline(
    app: &App,
    operator: &Operator,
    known: &Known,
    adhesion: &str,
    (reason, text): (Reason, &str),
) -> Result<Published> {
    let host = host(app, known).await?;
    let adhesion = asked(app, known, adhesion).await?;
    if text.trim().is_empty() {
        return Err(Error::invalid("text", "argument-needed", ""));
    }
    let said = said::Verdict {
        concerns: vec![adhesion.clone()],
        question: None,
        reason: Some(reason),
        relay: None,
        entered_for: None,
    };
    let kind = format!("refus-{}", adhesion.key());
    speak(app, operator, known, (&host, &kind), &Said::Refusal(said), text).await
}

/// A council of ours brings an avis, or one recommendation, to a convention it is a member of.
///
/// # Errors
/// `NotFound` when what it brings is not here; `Invalid` when it is another's, or there already, or the council is no
/// member.
pub async fn contribute(
    app: &App,
    operator: &Operator,
    known: &Known,
    (of, sub_question): (&str, Option<String>),
    text: &str,
) -> Result<Published> {
    let id = match storage::sources::named(&app.db, of).await? {
        Some(source) => source.uri,
        None => of.to_owned(),
    };
    let row = storage::records::get(&app.db, &id).await?.filter(|row| !row.withdrawn);
    let row = row.ok_or_else(|| Error::not_found(of))?;
    let council = storage::actors::get(&app.db, &row.author).await?.filter(|actor| actor.ours);
    let council = council.ok_or_else(|| Error::invalid("of", "contribution-own", row.author.as_str()))?;
    if !matches!(row.kind.as_str(), "Avis" | "Recommendation") {
        return Err(Error::invalid("of", "contribution-kind", row.kind));
    }
    going_on(known)?;
    if !known.has(&council.uri) {
        return Err(Error::invalid("council", "member-needed", format!("@{}", council.handle)));
    }
    let there = conventions::contributed(known);
    if there.iter().any(|(_, what)| *what == row.uri) {
        return Err(Error::invalid("of", "contribution-there", row.uri));
    }
    if let Some(key) =
        sub_question.as_ref().filter(|key| known.said.sub_questions.iter().all(|row| row.key != **key))
    {
        return Err(Error::invalid("sub_question", "sub-question-unknown", key.as_str()));
    }
    let one = Iri::parse(&row.uri)?;
    let kind = format!("contribution-{}", one.key());
    let said = said::Contribution {
        convention: known.said.convention.clone(),
        concerns: vec![one],
        hash: None,
        sub_question,
    };
    speak(app, operator, known, (&council, &kind), &Said::Contribution(said), text).await
}

/// Each is a record of its own: who may say it again has had an answer to what it said before.
async fn speak(
    app: &App,
    operator: &Operator,
    known: &Known,
    (author, kind): (&Actor, &str),
    said: &Said,
    text: &str,
) -> Result<Published> {
    let city = app.config.city.handle.clone();
    let reference = unused(app, format!("{city}/{}/{kind}", author.handle)).await?;
    let synthetic = known.row.synthetic;
    say(app, operator, Saying { reference, by: &author.handle, said, title: None, text, synthetic }).await
}

/// Our actor of that handle and role.
async fn ours(app: &App, handle: &str, role: Role) -> Result<Actor> {
    let found = storage::actors::by_handle(&app.db, handle.trim_start_matches('@')).await?;
    let found = found.filter(|actor| actor.ours && actor.role.as_deref() == Some(role.code()));
    found.ok_or_else(|| Error::not_found(format!("@{handle}")))
}

/// What its host withdrew is over.
fn going_on(known: &Known) -> Result<()> {
    if known.row.withdrawn {
        return Err(Error::invalid("convention", "convention-over", known.row.uri.as_str()));
    }
    Ok(())
}

/// The body of ours that hosts a convention.
async fn host(app: &App, known: &Known) -> Result<Actor> {
    going_on(known)?;
    let host = storage::actors::get(&app.db, known.host()).await?.filter(|actor| actor.ours);
    host.ok_or_else(|| Error::invalid("convention", "convention-host", known.host()))
}

/// The adhesion of that id, or of the council of that id or handle, if it waits.
async fn asked(app: &App, known: &Known, named: &str) -> Result<Iri> {
    let mut found = known
        .members
        .iter()
        .find(|member| member.adhesion.as_str() == named || member.council.as_str() == named);
    if found.is_none() {
        let (handle, host) = named.trim_start_matches('@').split_once('@').unwrap_or((named, ""));
        let mut called = Vec::new();
        for member in known.members.iter().filter(|member| member.standing == Standing::Asked) {
            let council = storage::actors::get(&app.db, member.council.as_str()).await?;
            let is = |actor: &Actor| {
                actor.handle == handle.trim_start_matches('@') && (host.is_empty() || actor.host == host)
            };
            called.extend(council.filter(is).map(|_| member));
        }
        found = if let [one] = called.as_slice() { Some(*one) } else { None };
    }
    let found = found.ok_or_else(|| Error::not_found(named))?;
    if found.standing == Standing::Asked {
        Ok(found.adhesion.clone())
    } else {
        Err(Error::invalid("adhesion", "adhesion-ruled", found.standing.word()))
    }
}
