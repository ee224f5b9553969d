//! Withdraws a record: a last version, a signed Tombstone; history stays readable and marked
//! (register.md rule 13).

use crate::{
    App, Error, Result,
    domain::{
        Html, Instant, Iri, Role, Tombstone, Version, activity::Kind, canonical, codes::Reason, html,
        obligations, proof,
    },
    storage,
};

use super::{
    Act, Operator, Proof, Voice, allow, convene, enqueue, new_keys,
    register::{self, Entry},
};

/// Withdraws a record of ours, with a coded reason and its words (Markdown).
///
/// # Errors
/// `NotFound`; `Forbidden` when it is not ours; `Gone` when it was withdrawn before; `Invalid` without words, or
/// when something owed would be taken back.
pub async fn withdraw(app: &App, operator: &Operator, id: &Iri, reason: Reason, words: &str) -> Result<()> {
    let text = Html::parse(&html::from_markdown(words)).map_err(|problem| problem.within("reason"))?;
    if let Some(row) = storage::records::get(&app.db, id.as_str()).await?
        && let Some(author) = storage::actors::get(&app.db, &row.author).await?
    {
        let guarantor = author.role.as_deref() == Some(Role::Guarantor.code());
        let voice = Voice { handle: &author.handle, guarantor };
        allow(app, operator, Act::Withdraw, id.as_str(), Some(voice)).await?;
    }
    let mut tx = app.db.begin().await?;
    let row = storage::versions::current_in(&mut tx, id.as_str()).await?;
    let row = row.ok_or_else(|| Error::not_found(id.as_str()))?;
    if !row.ours {
        return Err(Error::forbidden(format!("{id} belongs to {}", row.author)));
    }
    let before = canonical::read(row.document.as_deref().unwrap_or_default())?;
    let Version::Record(record) = Version::from_document(&before)? else {
        return Err(Error::Gone { what: id.to_string() });
    };
    obligations::may_end(record.said.kind())?;
    let tombstone = Tombstone::of(&record, Instant::of(app.clock.now()), reason, &text);
    let key = new_keys::proof_key(app, &mut tx, &tombstone.author).await?;
    let mut document = tombstone.to_document();
    proof::sign(&mut document, &key, tombstone.updated);
    let text = canonical::write(&document);
    let version = Version::Tombstone(Box::new(tombstone));
    let now = app.clock.now_ms();
    let entry =
        Entry { version: &version, text: &text, document: &document, ours: true, proof: Proof::Valid, now };
    register::append(&mut tx, &entry).await?;
    enqueue::carry(app, &mut tx, &Kind::Delete, &document, &before).await?;
    if let Some(row) = storage::records::get_in(&mut tx, id.as_str()).await? {
        convene::taken_back(app, &mut tx, &row).await?;
    }
    storage::audit::add(&mut tx, &operator.deed("withdraw", id.as_str()), now).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(())
}
