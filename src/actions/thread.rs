//! Where a record of ours stands among others: its thread, what it replies to, whom it speaks to, and the Group that
//! distributes it (register.md rule 22; wire.md §2.5).

use crate::{
    App, Error, Result,
    domain::{Iri, Problem, said::Said},
    dossier::{Item, ItemBody},
    storage::{self, Tx, actors::Actor},
};

use super::{conventions, names::Names, words};

/// Where a record stands among others: its thread and what it answers.
pub(super) struct Thread {
    pub context: Iri,
    pub in_reply_to: Option<Iri>,
    /// Actors it speaks to.
    pub spoken_to: Vec<Iri>,
    /// Numbers of the recommendations it is about.
    pub numbers: Vec<u32>,
    /// Its Group.
    pub audience: Option<Iri>,
}

/// Thread, parent and Group, by kind (wire.md §2.5).
///
/// # Errors
/// `Invalid` when it names what is not known here.
pub(super) async fn thread(
    app: &App,
    tx: &mut Tx,
    names: &Names,
    item: &Item,
    (author, id, said): (&Actor, &Iri, &Said),
) -> Result<Thread> {
    let mut thread = Thread {
        context: context_of(id)?,
        in_reply_to: None,
        spoken_to: Vec::new(),
        numbers: Vec::new(),
        audience: None,
    };
    thread.stand(tx, names, item, said).await?;
    // A record has the Group it had first (register.md rule 3).
    if let Some(before) = storage::records::get_in(tx, id.as_str()).await? {
        thread.audience = before.audience.as_deref().map(Iri::parse).transpose()?;
    } else if thread.audience.is_none() {
        thread.audience = convention(app, tx, names, item, author).await?;
    }
    if thread.audience.is_none() {
        thread.audience = feed(tx, author).await?;
    }
    Ok(thread)
}

/// The convention an avis is born in: the one its item names, if its council is a member by now. Else it goes out
/// in the council's feed, and is brought by its contribution.
async fn convention(
    app: &App,
    tx: &mut Tx,
    names: &Names,
    item: &Item,
    council: &Actor,
) -> Result<Option<Iri>> {
    let ItemBody::Avis(avis) = &item.body else { return Ok(None) };
    let Some(convention) = &avis.convention else { return Ok(None) };
    let group = words::addressee(tx, names, convention).await?;
    let known = conventions::of_group(app, &group).await?;
    Ok(known.filter(|known| !known.row.withdrawn && known.has(&council.uri)).map(|_| group))
}

impl Thread {
    /// Thread, parent and those it speaks to, by kind.
    async fn stand(&mut self, tx: &mut Tx, names: &Names, item: &Item, said: &Said) -> Result<()> {
        match said {
            Said::Saisine(question) | Said::AutoSaisine(question) => {
                self.spoken_to.extend(question.addressee.clone());
            }
            Said::Acceptance(verdict) | Said::Refusal(verdict) => {
                self.reply(tx, verdict.concerns.first()).await?;
            }
            Said::Avis(avis) => {
                self.join(tx, avis.question.as_ref()).await?;
                self.spoken_to.push(avis.addressee.clone());
            }
            // What the work on a question brings stands in its thread, without being a reply: an agenda reads it.
            Said::Deliverable(said) => self.join(tx, said.question.as_ref()).await?,
            Said::WorkingGroup(said) => self.join(tx, said.question.as_ref()).await?,
            Said::Meeting(said) => self.join(tx, said.question.as_ref()).await?,
            Said::Summary(said) => self.join(tx, said.question.as_ref()).await?,
            Said::Recommendation(recommendation) => {
                self.reply(tx, Some(&recommendation.avis)).await?;
                self.spoken_to = vec![recommendation.addressee.clone()];
            }
            Said::Delivery(delivery) => self.reply(tx, delivery.concerns.first()).await?,
            Said::Answer(answer) => self.reply_to_all(tx, &answer.concerns).await?,
            Said::FollowUp(follow_up) => self.reply_to_all(tx, &follow_up.concerns).await?,
            Said::Instruction(said) => self.reply_to_all(tx, &said.concerns).await?,
            Said::Assessment(said) => self.reply_to_all(tx, &said.concerns).await?,
            Said::Support(said) => self.reply_to_all(tx, &said.concerns).await?,
            Said::SameIdea(said) => {
                self.bring_together(tx, &names.actor(item.author())?.uri, &said.concerns).await?;
            }
            Said::Relay(said) => {
                self.reply_to_all(tx, &said.concerns).await?;
                self.spoken_to.push(said.relay_to.clone());
            }
            Said::Convention(said) => self.audience = Some(said.convention.clone()),
            Said::Synthesis(said) => self.audience = Some(said.convention.clone()),
            Said::Adhesion(said) => self.spoken_to.push(said.convention.clone()),
            Said::Admission(said) => {
                self.reply(tx, said.concerns.first()).await?;
                self.spoken_to.push(said.convention.clone());
            }
            Said::Contribution(said) => {
                self.spoken_to.push(said.convention.clone());
                self.audience = Some(said.convention.clone());
            }
            Said::TakeUp(said) => self.reply(tx, Some(&said.takes_up)).await?,
            Said::Confirmation(said) => self.reply(tx, said.concerns.first()).await?,
            Said::Agreement(said) => self.reply_to_all(tx, &said.concerns).await?,
            _ => {
                if let ItemBody::Spoken(spoken) = &item.body
                    && let Some(parent) = &spoken.parent
                {
                    let parent = names.id(parent)?;
                    if storage::records::get_in(tx, parent.as_str()).await?.is_some() {
                        self.reply(tx, Some(&parent)).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Stands in the thread of a question.
    async fn join(&mut self, tx: &mut Tx, question: Option<&Iri>) -> Result<()> {
        if let Some(question) = question {
            self.context = thread_of(tx, question).await?;
        }
        Ok(())
    }

    /// Answers a record: in its thread, speaking to its author.
    async fn reply(&mut self, tx: &mut Tx, parent: Option<&Iri>) -> Result<()> {
        let Some(parent) = parent else { return Ok(()) };
        self.in_reply_to = Some(parent.clone());
        self.context = thread_of(tx, parent).await?;
        if let Some(row) = storage::records::get_in(tx, parent.as_str()).await? {
            self.spoken_to.push(Iri::parse(&row.author)?);
            self.audience = row.audience.as_deref().and_then(|group| Iri::parse(group).ok());
            self.numbers.extend(row.number.and_then(|number| u32::try_from(number).ok()));
        }
        Ok(())
    }

    /// Brings records of several authors together: in reply to the author's own, else to the first, speaking to all.
    async fn bring_together(&mut self, tx: &mut Tx, author: &str, concerned: &[Iri]) -> Result<()> {
        let uris: Vec<&str> = concerned.iter().map(Iri::as_str).collect();
        let rows = storage::records::by_uris_in(tx, &uris).await?;
        let own = rows.iter().find(|row| row.author == author).map(|row| Iri::parse(&row.uri)).transpose()?;
        self.reply(tx, own.as_ref().or(concerned.first())).await?;
        for row in &rows {
            let spoken_to = Iri::parse(&row.author)?;
            if !self.spoken_to.contains(&spoken_to) {
                self.spoken_to.push(spoken_to);
            }
        }
        Ok(())
    }

    /// Speaks of several records: in reply to the one, or to the avis of them all.
    async fn reply_to_all(&mut self, tx: &mut Tx, concerned: &[Iri]) -> Result<()> {
        let uris: Vec<&str> = concerned.iter().map(Iri::as_str).collect();
        let rows = storage::records::by_uris_in(tx, &uris).await?;
        match (concerned, rows.first().and_then(|row| row.avis.as_deref())) {
            ([_, _, ..], Some(avis)) => self.reply(tx, Some(&Iri::parse(avis)?)).await?,
            (concerned, _) => self.reply(tx, concerned.first()).await?,
        }
        let numbers = rows.iter().filter_map(|row| u32::try_from(row.number?).ok());
        self.numbers = numbers.collect();
        self.numbers.sort_unstable();
        Ok(())
    }
}

/// The thread of a record that is here.
async fn thread_of(tx: &mut Tx, record: &Iri) -> Result<Iri> {
    match storage::records::get_in(tx, record.as_str()).await? {
        Some(row) => Ok(Iri::parse(&row.context)?),
        None => Err(Error::invalid("ref", "not-published", record.as_str())),
    }
}

/// The thread a question opens: its own random part under `/contexts`.
fn context_of(id: &Iri) -> Result<Iri, Problem> {
    let random = id.as_str().rsplit('/').next().unwrap_or_default();
    Iri::parse(&format!("{}/contexts/{random}", id.origin()))
}

/// The Group that distributes an author's threads: its own feed, else the city's.
///
/// # Errors
/// Those of the database.
pub(super) async fn feed(tx: &mut Tx, author: &Actor) -> Result<Option<Iri>> {
    let feed = match &author.feed {
        Some(feed) => Some(feed.clone()),
        None => storage::actors::by_role_in(tx, "feed").await?.into_iter().next().map(|actor| actor.uri),
    };
    Ok(feed.map(|feed| Iri::parse(&feed)).transpose()?)
}
