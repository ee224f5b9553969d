//! What the items of a batch refer to: actors by handle, ids by reference, titles of what they repeat.

use std::collections::BTreeMap;

use crate::{
    App, Error, Result,
    domain::Iri,
    dossier::{Item, ItemBody, Text},
    storage::{self, actors::Actor, records::Row},
};

/// What a batch of items refers to, gathered before anything is composed.
pub(super) struct Names {
    /// Our actors by handle.
    pub(super) actors: BTreeMap<String, Actor>,
    /// Ids by reference: what is published, and drafts.
    pub(super) ids: BTreeMap<String, Iri>,
    /// Items by reference: the batch, for titles and numbers.
    pub(super) items: BTreeMap<String, Item>,
    /// Published records that the batch mentions, by reference.
    rows: BTreeMap<String, Row>,
}

impl Names {
    /// Gathers actors and ids; `items` are those of the batch and of drafts.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn gather(app: &App, items: &[(Item, Iri)]) -> Result<Self> {
        let actors = storage::actors::ours(&app.db).await?;
        let mut ids = BTreeMap::new();
        for source in storage::sources::all(&app.db).await? {
            ids.insert(source.reference, Iri::parse(&source.uri)?);
        }
        ids.extend(items.iter().map(|(item, id)| (item.reference.clone(), id.clone())));
        let mentioned: Vec<&String> = items.iter().flat_map(|(item, _)| mentions(item)).collect();
        let wanted: BTreeMap<&str, &String> = mentioned
            .into_iter()
            .filter_map(|reference| Some((ids.get(reference)?.as_str(), reference)))
            .collect();
        let uris: Vec<&str> = wanted.keys().copied().collect();
        let rows = storage::records::by_uris(&app.db, &uris).await?;
        let rows = rows
            .into_iter()
            .filter_map(|row| Some(((*wanted.get(row.uri.as_str())?).clone(), row)))
            .collect();
        Ok(Self {
            rows,
            actors: actors.into_iter().map(|actor| (actor.handle.clone(), actor)).collect(),
            ids,
            items: items.iter().map(|(item, _)| (item.reference.clone(), item.clone())).collect(),
        })
    }

    /// Our actor of that handle.
    pub(super) fn actor(&self, handle: &str) -> Result<&Actor> {
        self.actors.get(handle).ok_or_else(|| Error::invalid("by", "actor-unknown", handle))
    }

    /// Its id.
    pub(super) fn actor_id(&self, handle: &str) -> Result<Iri> {
        Ok(Iri::parse(&self.actor(handle)?.uri)?)
    }

    /// The id of that reference.
    pub(super) fn id(&self, reference: &str) -> Result<Iri> {
        self.ids.get(reference).cloned().ok_or_else(|| Error::invalid("ref", "reference-unknown", reference))
    }

    /// Whether an actor is the council of that reference.
    pub(super) fn is(&self, actor: &Actor, council: &str) -> bool {
        self.ids.get(council).is_some_and(|id| id.as_str() == actor.uri)
    }

    /// Title of a record, by reference: from the batch, else as published.
    pub(super) fn title(&self, reference: &str) -> Option<Text> {
        match self.items.get(reference).map(|item| &item.body) {
            Some(ItemBody::Avis(avis)) => Some(avis.title.clone()),
            Some(ItemBody::Recommendation(recommendation)) => Some(recommendation.title.clone()),
            Some(ItemBody::Spoken(spoken)) => spoken.title.clone(),
            _ => self.rows.get(reference).map(|row| Text::new(&row.lang, &row.title)),
        }
    }
}

/// References of the records whose title or number the text of an item repeats.
fn mentions(item: &Item) -> Vec<&String> {
    match &item.body {
        ItemBody::Avis(avis) => avis.recommendations.iter().collect(),
        ItemBody::Delivery(delivery) => vec![&delivery.avis],
        ItemBody::Answer(answer) => answer.recommendations.iter().collect(),
        ItemBody::FollowUp(follow_up) => follow_up.recommendations.iter().collect(),
        ItemBody::Spoken(spoken) => spoken.parent.iter().collect(),
        _ => Vec::new(),
    }
}
