//! From the words of a dossier's item to a record about to be composed: names become ids, texts become
//! Markdown by language, references become links.

use std::collections::BTreeMap;

use crate::{
    App, Error, Result,
    domain::{
        Html, Iri, Lang, Words,
        compose::Draft,
        html,
        record::{Claim, Source},
        said::{self, Said},
    },
    dossier::{self, Addressee, ClaimValue, Common, Item, ItemBody, Placeholder, Spoken, Text, Verdict},
    storage::{self, Tx},
};

use super::{conventions, names::Names, take_up, thread};

/// Turns an item into a record about to be composed.
///
/// # Errors
/// `Invalid` when it names what is not known here.
pub async fn draft(app: &App, tx: &mut Tx, names: &Names, item: &Item, id: &Iri) -> Result<Draft> {
    let author = names.actor(item.author())?;
    let author_id = Iri::parse(&author.uri)?;
    let mut said = said(tx, names, item, id).await?;
    conventions::complete(app, tx, item, author, &mut said).await?;
    take_up::complete(tx, author, &mut said).await?;
    let thread = thread::thread(app, tx, names, item, (author, id, &said)).await?;
    let lang = Lang::parse(&item.language).unwrap_or_else(|_| Lang::french());
    let words = |text: &Text| words(text, &lang, &item.common);
    let (title, summary, text) = texts(item);
    let (mut mentions, mut toward) = (Vec::new(), None);
    for actor in thread.spoken_to.iter().filter(|actor| **actor != author_id) {
        if let Some(known) = storage::actors::get_in(tx, actor.as_str()).await? {
            let host = if known.ours { &app.config.domain } else { &known.host };
            if goes_to(&said) == Some(actor) {
                toward = Some(known.name.clone());
            }
            mentions.push((actor.clone(), format!("@{}@{host}", known.handle)));
        }
    }
    Ok(Draft {
        url: page(app, tx, names, item, id).await?,
        id: id.clone(),
        author_name: author.name.clone(),
        group: thread.audience,
        author: author_id,
        said,
        title: title.map(words),
        about: about_title(names, item).map(|title| words(&title)),
        summary: summary.map(words),
        text: text.map_or_else(|| Words::new(lang.clone(), ""), words),
        recommendations: recommendation_titles(names, item).iter().map(words).collect(),
        numbers: thread.numbers,
        toward,
        reference: Some(item.reference.clone()),
        in_reply_to: thread.in_reply_to,
        context: thread.context,
        mentions,
        themes: item
            .common
            .themes
            .iter()
            .map(|theme| (theme.hashtag(), app.urls.theme(theme.as_str())))
            .collect(),
        sources: item.common.sources.iter().map(source).collect(),
        files: files(app, &item.common),
        claims: item.common.claims.iter().map(claim).collect(),
        licence: Some(item.common.licence.as_str().to_owned()),
        note: item.common.note.as_ref().map(words),
        synthetic: item.common.synthetic,
    })
}

/// Whom, or what, a record goes to by name.
fn goes_to(said: &Said) -> Option<&Iri> {
    match said {
        Said::Relay(said) => Some(&said.relay_to),
        Said::Adhesion(said) => Some(&said.convention),
        Said::Admission(said) => Some(&said.convention),
        Said::Contribution(said) => Some(&said.convention),
        _ => None,
    }
}

/// The kind's own fields.
async fn said(tx: &mut Tx, names: &Names, item: &Item, id: &Iri) -> Result<Said> {
    let verdict = |verdict: &Verdict| -> Result<said::Verdict> {
        let question = names.id(&verdict.question)?;
        Ok(said::Verdict {
            concerns: vec![question.clone()],
            question: Some(question),
            reason: verdict.reason.clone(),
            relay: None,
            entered_for: None,
        })
    };
    let all = |references: &[String]| -> Result<Vec<Iri>> {
        references.iter().map(|reference| names.id(reference)).collect()
    };
    Ok(match &item.body {
        ItemBody::City(_) | ItemBody::Council(_) | ItemBody::Guarantor(_) | ItemBody::Convention(_) => {
            return Err(Error::invalid(&item.reference, "not-a-record", "actor"));
        }
        ItemBody::Question(question) => {
            let council = names.actors.values().find(|actor| names.is(actor, &question.council));
            let said = said::Question {
                addressee: council.map(|actor| Iri::parse(&actor.uri)).transpose()?,
                expected_by: question.expected_by.clone(),
                asked_on: question.asked_on.clone(),
            };
            match question.asked {
                crate::dossier::QuestionKind::Saisine => Said::Saisine(said),
                crate::dossier::QuestionKind::AutoSaisine => Said::AutoSaisine(said),
            }
        }
        ItemBody::Acceptance(body) => Said::Acceptance(verdict(body)?),
        ItemBody::Refusal(body) => Said::Refusal(verdict(body)?),
        ItemBody::Avis(avis) => Said::Avis(Box::new(said_avis(names, item, avis)?)),
        ItemBody::Recommendation(body) => Said::Recommendation(said::Recommendation {
            number: body.number,
            avis: names.id(&body.avis)?,
            addressee: addressee(tx, names, &body.addressee).await?,
            answers: Some(id.join("/reponses")),
            category: body.category.clone(),
            tier: body.tier.clone(),
            axes: body.axes.clone(),
        }),
        ItemBody::Delivery(body) => Said::Delivery(said::Delivery {
            concerns: vec![names.id(&body.avis)?],
            delivered_on: body.on.clone(),
            delivered_to: names.actor_id(&body.by)?,
        }),
        ItemBody::Answer(body) => Said::Answer(said::Answer {
            concerns: all(&body.recommendations)?,
            decision: body.decision.clone(),
            reason: body.reason.clone(),
            promised_by: body.promised_by.clone(),
            decided_on: Some(body.on.clone()),
            relay: None,
            entered_for: None,
            service: None,
        }),
        ItemBody::FollowUp(body) => Said::FollowUp(said::FollowUp {
            concerns: all(&body.recommendations)?,
            status: body.status.clone(),
            reason: body.reason.clone(),
            as_of: Some(body.on.clone()),
            evidence: body.evidence.clone(),
            relay: None,
            entered_for: None,
            service: None,
        }),
        ItemBody::Spoken(body) => spoken(tx, names, body).await?,
    })
}

/// What a record of another kind says: the placeholders of the item become ids.
async fn spoken(tx: &mut Tx, names: &Names, body: &Spoken) -> Result<Said> {
    let mut accounts = BTreeMap::new();
    for account in dossier::accounts(&body.said) {
        let parsed = Addressee::parse(&account)?;
        accounts.insert(account, addressee(tx, names, &parsed).await?);
    }
    let mut said = body.said.clone();
    dossier::fill(&mut said, &mut |placeholder| match placeholder {
        Placeholder::Reference(reference) => names.id(reference).map(|id| id.to_string()),
        Placeholder::Account(account) => Ok(accounts[account].to_string()),
    })?;
    Ok(Said::take(&mut said)?)
}

fn said_avis(names: &Names, item: &Item, avis: &crate::dossier::Avis) -> Result<said::Avis> {
    let markdown = |text: &Text| -> Result<Html> {
        let original = text.of(&item.language).or_else(|| text.0.values().next().map(String::as_str));
        Ok(Html::parse(&html::from_markdown(original.unwrap_or_default()))
            .map_err(|p| p.within(&item.reference))?)
    };
    let recommendations = avis.recommendations.iter().map(|reference| names.id(reference));
    Ok(said::Avis {
        question: Some(names.id(&avis.question)?),
        addressee: names.actor_id(&avis.addressee)?,
        adopted_on: avis.adopted_on.clone(),
        delivered_on: avis.handed_over.clone(),
        votes_for: avis.vote.map(|vote| vote.in_favour),
        votes_against: avis.vote.map(|vote| vote.against),
        votes_abstain: avis.vote.map(|vote| vote.abstain),
        diagnosis: Some(markdown(&avis.diagnosis)?),
        stakes: Some(markdown(&avis.stakes)?),
        body: avis.body.as_ref().map(markdown).transpose()?,
        recommendations: recommendations.collect::<Result<_>>()?,
    })
}

/// Who is expected to answer: one of ours, or an actor elsewhere that is known here.
pub(super) async fn addressee(tx: &mut Tx, names: &Names, addressee: &Addressee) -> Result<Iri> {
    match addressee {
        Addressee::Handle(handle) => names.actor_id(handle),
        Addressee::Id(iri) => Ok(iri.clone()),
        Addressee::Account(account) => {
            let (user, host) = account.trim_start_matches('@').split_once('@').unwrap_or_default();
            let there = storage::actors::by_host_in(tx, host).await?;
            let found = there.into_iter().find(|actor| actor.handle == user);
            let found = found.ok_or_else(|| Error::invalid("addressee", "addressee-unknown", account))?;
            Ok(Iri::parse(&found.uri)?)
        }
    }
}

/// Page of a record: the one it has; of a recommendation, its place on the page of the avis; else one under the
/// name of its reference, or the next that is free.
async fn page(app: &App, tx: &mut Tx, names: &Names, item: &Item, id: &Iri) -> Result<Iri> {
    if let Some(url) = url_of(tx, id).await? {
        return Ok(url);
    }
    if let ItemBody::Recommendation(recommendation) = &item.body {
        let avis = match url_of(tx, &names.id(&recommendation.avis)?).await? {
            Some(url) => url,
            None => app.urls.page("avis", &slug_of(&recommendation.avis)),
        };
        return Ok(avis.join(&format!("#r{}", recommendation.number)));
    }
    let folder =
        folder(&item.body).ok_or_else(|| Error::invalid(&item.reference, "not-a-record", "actor"))?;
    let (wanted, mut again) = (item.slug(), 2);
    let mut slug = wanted.clone();
    while storage::records::slug_taken(tx, kind(&item.body), &slug).await? {
        slug = format!("{wanted}-{again}");
        again += 1;
    }
    Ok(app.urls.page(folder, &slug))
}

/// The page that a record says it has.
async fn url_of(tx: &mut Tx, id: &Iri) -> Result<Option<Iri>> {
    let row = storage::records::get_in(tx, id.as_str()).await?;
    Ok(row.and_then(|row| row.url()).map(|url| Iri::parse(&url)).transpose()?)
}

/// The slug of a reference whose item is not at hand.
fn slug_of(reference: &str) -> String {
    reference.split_once('/').map_or(reference, |(_, rest)| rest).replace('/', "-")
}

/// Kind of the record an item becomes; none for actors.
#[must_use]
pub fn kind(body: &ItemBody) -> &'static str {
    match body {
        ItemBody::City(_) | ItemBody::Council(_) | ItemBody::Guarantor(_) | ItemBody::Convention(_) => {
            "Actor"
        }
        ItemBody::Question(question) => match question.asked {
            crate::dossier::QuestionKind::Saisine => "Saisine",
            crate::dossier::QuestionKind::AutoSaisine => "AutoSaisine",
        },
        ItemBody::Acceptance(_) => "Acceptance",
        ItemBody::Refusal(_) => "Refusal",
        ItemBody::Avis(_) => "Avis",
        ItemBody::Recommendation(_) => "Recommendation",
        ItemBody::Delivery(_) => "Delivery",
        ItemBody::Answer(_) => "Answer",
        ItemBody::FollowUp(_) => "FollowUp",
        ItemBody::Spoken(spoken) => spoken.kind(),
    }
}

/// Folder of an item's id and page; none for actors.
#[must_use]
pub fn folder(body: &ItemBody) -> Option<&'static str> {
    Said::folder(kind(body))
}

/// Title, summary and text of an item.
fn texts(item: &Item) -> (Option<&Text>, Option<&Text>, Option<&Text>) {
    match &item.body {
        ItemBody::Question(body) => (Some(&body.title), None, Some(&body.text)),
        ItemBody::Acceptance(body) | ItemBody::Refusal(body) => (None, None, body.text.as_ref()),
        ItemBody::Avis(body) => (Some(&body.title), Some(&body.summary), body.body.as_ref()),
        ItemBody::Recommendation(body) => (Some(&body.title), None, body.text.as_ref()),
        ItemBody::Delivery(body) => (None, None, body.text.as_ref()),
        ItemBody::Answer(body) => (None, None, Some(&body.text)),
        ItemBody::FollowUp(body) => (None, None, Some(&body.text)),
        ItemBody::Spoken(body) => (body.title.as_ref(), body.summary.as_ref(), body.text.as_ref()),
        ItemBody::City(_) | ItemBody::Council(_) | ItemBody::Guarantor(_) | ItemBody::Convention(_) => {
            (None, None, None)
        }
    }
}

/// The title of what it is about, for a kind that has none of its own.
fn about_title(names: &Names, item: &Item) -> Option<Text> {
    match &item.body {
        ItemBody::Delivery(delivery) => names.title(&delivery.avis),
        ItemBody::Spoken(spoken) if spoken.kind() == "Relay" => None,
        ItemBody::Spoken(spoken) => names.title(spoken.parent.as_ref()?),
        _ => None,
    }
}

/// Of an avis: titles of its recommendations, in order.
fn recommendation_titles(names: &Names, item: &Item) -> Vec<Text> {
    let ItemBody::Avis(avis) = &item.body else { return Vec::new() };
    avis.recommendations.iter().filter_map(|reference| names.title(reference)).collect()
}

/// Text in its languages, the original first.
fn words(text: &Text, original: &Lang, common: &Common) -> Words {
    let in_languages = text.from(original.as_str());
    let parsed = in_languages.filter_map(|(lang, text)| Some((Lang::parse(lang).ok()?, text.to_owned())));
    let in_languages: Vec<(Lang, String)> = parsed.collect();
    let translated = common.machine_translated.iter().filter_map(|lang| Lang::parse(lang).ok());
    let machine_translated = translated.filter(|lang| in_languages.iter().any(|(l, _)| l == lang)).collect();
    Words { in_languages, machine_translated }
}

fn source(source: &crate::dossier::Source) -> Source {
    Source {
        name: source.name.clone(),
        url: source.url.as_ref().map(ToString::to_string),
        date: source.date.as_ref().map(ToString::to_string),
    }
}

/// A sourced value in wire form.
pub fn claim(claim: &crate::dossier::Claim) -> Claim {
    Claim {
        about: format!("parvis:{}", claim.about.trim_start_matches("parvis:")),
        value: match &claim.value {
            ClaimValue::Number(number) => (*number).into(),
            ClaimValue::Text(text) => text.clone().into(),
        },
        unit: claim.unit.clone(),
        source: source(&claim.source),
    }
}

/// Attachments that have an address; files are put into the media store by the import.
fn files(app: &App, common: &Common) -> Vec<(String, Iri, String)> {
    let with_address = common.attachments.iter().filter_map(|attachment| {
        let address = match (&attachment.url, &attachment.file) {
            (Some(url), _) => url.clone(),
            (None, Some(hash)) => app.urls.media(hash.strip_prefix("sha256:")?),
            (None, None) => return None,
        };
        Some((attachment.name.clone(), address, attachment.media_type.clone()))
    });
    with_address.collect()
}
