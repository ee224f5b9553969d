//! Withdraws a record: a last version, a signed Tombstone; history stays readable and marked. Or erases it: by such
//! an end too, which has the text of all versions destroyed, here and on every node (register.md rule 13).

use crate::{
    App, Error, Result,
    domain::{
        Hash, Html, Instant, Iri, Role, Tombstone, Version, activity::Kind, canonical, canonical::Document,
        codes::Reason, html, obligations, proof,
    },
    storage::{self, Tx, records::Row},
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
    let ending = Ending::begin(app, operator, id).await?;
    let Version::Record(record) = &ending.latest else {
        return Err(Error::Gone { what: id.to_string() });
    };
    obligations::may_end(record.said.kind())?;
    let end = Tombstone::of(record, Instant::of(app.clock.now()), reason, &text);
    ending.sign(app, end, &operator.deed("withdraw", id.as_str())).await
}

/// Erases a record of ours, withdrawn or not: the text of its versions is destroyed here and wherever its end comes;
/// their hashes and proofs stay. There is no way back.
///
/// # Errors
/// As [`withdraw`]; `Gone` when it was erased before.
pub async fn erase(app: &App, operator: &Operator, id: &Iri, reason: Reason, words: &str) -> Result<()> {
    let text = Html::parse(&html::from_markdown(words)).map_err(|problem| problem.within("reason"))?;
    let ending = Ending::begin(app, operator, id).await?;
    let at = Instant::of(app.clock.now());
    let page = ending.addressed.get("url").and_then(serde_json::Value::as_str);
    let page = page.and_then(|url| Iri::parse(url).ok());
    let end = match &ending.latest {
        Version::Record(record) => {
            obligations::may_end(record.said.kind())?;
            Tombstone::of(record, at, reason, &text)
        }
        Version::Tombstone(end) if !end.erased => end.again(ending.hash.clone(), at, reason, &text),
        _ => return Err(Error::Gone { what: id.to_string() }),
    };
    ending.sign(app, end.erasing(page), &operator.deed("erase", id.as_str())).await?;
    match app.config.database.sqlite_file() {
        Some(file) => storage::Db::fold(&file).await,
        None => Ok(()),
    }
}

/// A record of ours about to end.
struct Ending {
    tx: Tx,
    latest: Version,
    hash: Hash,
    /// Its last version before any end: to whom it was said, so is its end.
    addressed: Document,
    row: Option<Row>,
}

impl Ending {
    async fn begin(app: &App, operator: &Operator, id: &Iri) -> Result<Self> {
        if let Some(row) = storage::records::get(&app.db, id.as_str()).await?
            && let Some(author) = storage::actors::get(&app.db, &row.author).await?
        {
            let guarantor = author.role.as_deref() == Some(Role::Guarantor.code());
            let voice = Voice { handle: &author.handle, guarantor };
            allow(app, operator, Act::Withdraw, id.as_str(), Some(voice)).await?;
        }
        let mut tx = app.db.begin().await?;
        let latest = storage::versions::current_in(&mut tx, id.as_str()).await?;
        let latest = latest.ok_or_else(|| Error::not_found(id.as_str()))?;
        if !latest.ours {
            return Err(Error::forbidden(format!("{id} belongs to {}", latest.author)));
        }
        let document = canonical::read(latest.document.as_deref().unwrap_or_default())?;
        let (hash, version) = (canonical::hash(&document), Version::from_document(&document)?);
        let addressed = match &version {
            Version::Tombstone(_) => before(&mut tx, id.as_str(), latest.version).await?.unwrap_or_default(),
            _ => document,
        };
        let row = storage::records::get_in(&mut tx, id.as_str()).await?;
        Ok(Self { tx, latest: version, hash, addressed, row })
    }

    /// Signs the end, appends it, and tells those it concerns.
    async fn sign(mut self, app: &App, end: Tombstone, deed: &storage::audit::Deed<'_>) -> Result<()> {
        let key = new_keys::proof_key(app, &mut self.tx, &end.author).await?;
        let mut document = end.to_document();
        proof::sign(&mut document, &key, end.updated);
        let text = canonical::write(&document);
        let version = Version::Tombstone(Box::new(end));
        let now = app.clock.now_ms();
        let entry = Entry {
            version: &version,
            text: &text,
            document: &document,
            ours: true,
            proof: Proof::Valid,
            now,
        };
        register::append(&mut self.tx, &entry).await?;
        enqueue::carry(app, &mut self.tx, &Kind::Delete, &document, &self.addressed).await?;
        if let Some(row) = &self.row {
            convene::taken_back(app, &mut self.tx, row).await?;
        }
        storage::audit::add(&mut self.tx, deed, now).await?;
        self.tx.commit().await?;
        app.wake.notify_one();
        Ok(())
    }
}

/// What a record said last before a version.
async fn before(tx: &mut Tx, id: &str, version: i64) -> Result<Option<Document>> {
    let row = storage::versions::get_in(tx, id, version - 1).await?;
    Ok(row.and_then(|row| row.document).map(|text| canonical::read(&text)).transpose()?)
}
