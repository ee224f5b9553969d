//! The order of publication: a checked dossier as a list of items.

use super::{
    beside::{self, Beside, Placeholder},
    index::{Index, Target},
    item::{
        Answer, Avis, Delivery, FollowUp, Group, Item, ItemBody, Question, Recommendation, Spoken, Verdict,
    },
    values::{Addressee, Common},
    written::{self, Council, Dossier, Guarantor, QuestionKind},
};
use crate::domain::{CivilDate, canonical::Document, said::Said};

/// The items of a checked dossier in the order of publication: the city and the guarantors; each council, after the one it
/// was born of, with its questions, then its avis, each followed by its recommendations and its
/// delivery; at last answers and follow-ups by date, since the latest one gives the status. What refers
/// to nothing (which [`super::check`] reports) is left out.
#[must_use]
pub fn items(dossier: &Dossier) -> Vec<Item> {
    let index = Index::new(dossier);
    let mut all = vec![item(
        dossier,
        dossier.city.reference.clone(),
        &dossier.city.common,
        ItemBody::City(dossier.city.clone()),
    )];
    for guarantor in &dossier.guarantors {
        let whole = format!("{}/{}", dossier.city.reference, guarantor.reference);
        let body = Guarantor { reference: whole.clone(), ..guarantor.clone() };
        all.push(item(dossier, whole, &guarantor.common, ItemBody::Guarantor(body)));
    }
    for council in birth_order(&index) {
        council_items(&index, council, &mut all);
    }
    all.extend(reactions(&index));
    all.extend(dossier.beside.iter().filter_map(|one| group(&index, one)));
    all.extend(dossier.beside.iter().filter_map(|one| spoken(&index, one)));
    all
}

/// The Group of a convention, under a reference of its own.
fn group(index: &Index<'_>, one: &Beside) -> Option<Item> {
    let Said::Convention(said) = &one.said else { return None };
    let Placeholder::Account(handle) = Placeholder::of(said.convention.as_str())? else { return None };
    let body = Group {
        handle: handle.to_owned(),
        name: one.title.clone()?,
        summary: one.text.clone(),
        slug: one.reference.clone(),
    };
    let whole = format!("{}/groupe", index.whole(one)?);
    Some(item(index.dossier, whole, &one.common, ItemBody::Convention(body)))
}

/// An item beside, its references whole; none when one leads nowhere (which [`super::check`] reports).
fn spoken(index: &Index<'_>, one: &Beside) -> Option<Item> {
    let whole = index.whole(one)?;
    let body = Spoken {
        by: index.author(one, &whole),
        parent: one.under.as_ref().filter(|_| one.replies).and_then(|under| Some(index.find(under, None)?.0)),
        title: one.title.clone(),
        summary: one.summary.clone(),
        text: one.text.clone(),
        on: one.on.clone(),
        said: said(index, one).ok()?,
    };
    Some(item(index.dossier, whole, &one.common, ItemBody::Spoken(Box::new(body))))
}

/// What an item beside will say, in wire form, its references whole.
///
/// # Errors
/// The reference that leads nowhere.
pub(super) fn said(index: &Index<'_>, one: &Beside) -> Result<Document, String> {
    let mut said = one.said.to_map();
    beside::fill(&mut said, &mut |placeholder| match placeholder {
        Placeholder::Reference(written) => match index.find(written, one.under.as_deref()) {
            Some((whole, _)) => Ok(Placeholder::reference(&whole)),
            None => Err(written.to_owned()),
        },
        Placeholder::Account(account) => Ok(Placeholder::account(account)),
    })?;
    Ok(said)
}

fn item(dossier: &Dossier, reference: String, common: &Common, body: ItemBody) -> Item {
    Item { reference, language: dossier.language.clone(), common: common.clone(), body }
}

/// Councils in the order of the file, but none before the one whose recommendation it was born of.
pub(super) fn birth_order<'a>(index: &Index<'a>) -> Vec<&'a Council> {
    let mut waiting: Vec<&Council> = index.dossier.councils.iter().collect();
    let mut born: Vec<&Council> = Vec::new();
    loop {
        let parent = |council: &Council| {
            let (_, avis, _) = index.recommendation(council.born_of.as_deref()?)?;
            Some(index.council(&avis.council))
        };
        let ready = |council: &&Council| {
            parent(council).is_none_or(|parent| born.iter().any(|b| index.council(&b.reference) == parent))
        };
        let Some(next) = waiting.iter().position(ready) else { return born };
        born.push(waiting.remove(next));
    }
}

fn council_items(index: &Index<'_>, council: &Council, all: &mut Vec<Item>) {
    let dossier = index.dossier;
    let whole = index.council(&council.reference);
    let origin = council.born_of.as_deref().map(|origin| match index.recommendation(origin) {
        Some((reference, ..)) => reference,
        None => origin.to_owned(),
    });
    let body = Council { reference: whole.clone(), born_of: origin, ..council.clone() };
    all.push(item(dossier, whole.clone(), &council.common, ItemBody::Council(body)));
    for question in dossier.questions.iter().filter(|question| index.council(&question.council) == whole) {
        question_items(index, council, question, all);
    }
    for avis in dossier.avis.iter().filter(|avis| index.council(&avis.council) == whole) {
        avis_items(index, council, avis, all);
    }
}

fn question_items(index: &Index<'_>, council: &Council, question: &written::Question, all: &mut Vec<Item>) {
    let whole = index.under(&question.council, &question.reference);
    let asker = match question.kind {
        QuestionKind::Saisine => &index.dossier.city.handle,
        QuestionKind::AutoSaisine => &council.handle,
    };
    let body = Question {
        by: question.by.as_ref().unwrap_or(asker).clone(),
        council: index.council(&question.council),
        asked: question.kind,
        title: question.title.clone(),
        text: question.text.clone(),
        asked_on: question.asked_on.clone(),
        expected_by: question.expected_by.clone(),
    };
    all.push(item(index.dossier, whole.clone(), &question.common, ItemBody::Question(body)));
    if let Some(response) = &question.response {
        let verdict = Verdict {
            by: council.handle.clone(),
            question: whole.clone(),
            text: response.text.clone(),
            reason: response.reason.clone(),
            on: response.on.clone(),
        };
        let reference = format!("{whole}/{}", response.segment());
        let body = if response.accepted { ItemBody::Acceptance(verdict) } else { ItemBody::Refusal(verdict) };
        all.push(item(index.dossier, reference, &response.common, body));
    }
}

fn avis_items(index: &Index<'_>, council: &Council, avis: &written::Avis, all: &mut Vec<Item>) {
    let Some((question, Target::Question(_))) = index.find(&avis.question, Some(&avis.council)) else {
        return;
    };
    let whole = index.under(&avis.council, &avis.reference);
    let city = &index.dossier.city.handle;
    let receiver = avis.delivered.as_ref().and_then(|delivered| delivered.to.as_ref()).unwrap_or(city);
    let body = Avis {
        by: council.handle.clone(),
        question,
        addressee: receiver.clone(),
        title: avis.title.clone(),
        summary: avis.summary.clone(),
        diagnosis: avis.diagnosis.clone(),
        stakes: avis.stakes.clone(),
        body: avis.body.clone(),
        adopted_on: avis.adopted_on.clone(),
        handed_over: avis.handed_over.clone(),
        vote: avis.vote,
        convention: avis.convention.as_ref().map(|brought| brought.group.clone()),
        recommendations: avis.recommendations.iter().map(|r| format!("{whole}/{}", r.reference)).collect(),
    };
    all.push(item(index.dossier, whole.clone(), &avis.common, ItemBody::Avis(body)));
    for recommendation in &avis.recommendations {
        let body = Recommendation {
            by: council.handle.clone(),
            avis: whole.clone(),
            number: recommendation.number,
            title: recommendation.title.clone(),
            text: recommendation.text.clone(),
            category: recommendation.category.clone(),
            addressee: index.addressee(recommendation),
            tier: recommendation.tier.clone(),
            axes: recommendation.axes.clone(),
        };
        let reference = format!("{whole}/{}", recommendation.reference);
        all.push(item(index.dossier, reference, &recommendation.common, ItemBody::Recommendation(body)));
    }
    if let Some(delivered) = &avis.delivered {
        let body = Delivery {
            by: receiver.clone(),
            avis: whole.clone(),
            on: delivered.on.clone(),
            text: delivered.text.clone(),
        };
        all.push(item(
            index.dossier,
            format!("{whole}/{}", written::DELIVERY),
            &delivered.common,
            ItemBody::Delivery(body),
        ));
    }
}

/// Answers and follow-ups by date; of one date, answers first, then in the order of the file. What is said of
/// several recommendations at once is one item for each avis and author: a city that answers thirty does not
/// post thirty times (requirement 2.37).
fn reactions(index: &Index<'_>) -> Vec<Item> {
    let dossier = index.dossier;
    let mut dated: Vec<(CivilDate, Item)> = Vec::new();
    for answer in &dossier.answers {
        for (by, recommendations) in batches(index, &answer.recommendations, answer.by.as_deref()) {
            let whole = format!("{}/{}", recommendations[0], answer.reference);
            let body = Answer {
                by,
                recommendations,
                decision: answer.decision.clone(),
                reason: answer.reason.clone(),
                text: answer.text.clone(),
                promised_by: answer.promised_by.clone(),
                on: answer.on.clone(),
            };
            dated.push((answer.on.clone(), item(dossier, whole, &answer.common, ItemBody::Answer(body))));
        }
    }
    for follow_up in &dossier.follow_ups {
        for (by, recommendations) in batches(index, &follow_up.recommendations, follow_up.by.as_deref()) {
            let whole = format!("{}/{}", recommendations[0], follow_up.reference);
            let body = FollowUp {
                by,
                recommendations,
                status: follow_up.status.clone(),
                reason: follow_up.reason.clone(),
                text: follow_up.text.clone(),
                on: follow_up.on.clone(),
                evidence: follow_up.evidence.clone(),
            };
            dated.push((
                follow_up.on.clone(),
                item(dossier, whole, &follow_up.common, ItemBody::FollowUp(body)),
            ));
        }
    }
    dated.sort_by(|(a, _), (b, _)| a.cmp(b));
    dated.into_iter().map(|(_, item)| item).collect()
}

/// Recommendations by who speaks about them and by avis, each with its whole reference, in the order written.
fn batches(index: &Index<'_>, written: &[String], by: Option<&str>) -> Vec<(String, Vec<String>)> {
    let mut all: Vec<(String, &str, Vec<String>)> = Vec::new();
    for written in written {
        let Some((reference, avis, recommendation)) = index.recommendation(written) else { continue };
        let author = match (by, index.addressee(recommendation)) {
            (Some(by), _) => by.to_owned(),
            (None, Addressee::Handle(handle)) => handle,
            (None, _) => continue,
        };
        match all.iter_mut().find(|(by, of, _)| *by == author && *of == avis.reference) {
            Some((_, _, batch)) => batch.push(reference),
            None => all.push((author, &avis.reference, vec![reference])),
        }
    }
    all.into_iter().map(|(by, _, batch)| (by, batch)).collect()
}
