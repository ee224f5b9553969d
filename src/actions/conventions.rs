//! Conventions (register.md rule 11): what a record of one needs from the register when it is written.

use crate::{
    App, Error, Result,
    domain::{
        Hash, Iri, Record, canonical,
        said::{self, Said},
    },
    dossier::Item,
    storage::{self, Tx},
};

/// Where the charter of a convention of ours can be read.
pub(super) fn charter(app: &App, slug: &str) -> Iri {
    app.urls.page("conventions", slug).join("/charte")
}

/// Adds what only the register knows: where a charter of ours is, the charter that a member takes on, the
/// version that is contributed.
///
/// # Errors
/// `Invalid` when the convention, or what is contributed, is not known here.
pub(super) async fn complete(app: &App, tx: &mut Tx, item: &Item, said: &mut Said) -> Result<()> {
    match said {
        Said::Convention(said) => said.charter = Some(charter(app, &item.slug())),
        Said::Adhesion(said) if said.charter_hash.is_none() => {
            let known = of_group(app, &said.convention).await?;
            said.charter = known.charter;
            said.charter_hash = Some(known.charter_hash);
        }
        Said::Contribution(said) if said.hash.is_none() => {
            if let [one] = said.concerns.as_slice() {
                let row = storage::versions::current_in(tx, one.as_str()).await?;
                let row = row.ok_or_else(|| Error::invalid("of", "not-published", one.as_str()))?;
                said.hash = Some(Hash::parse(&row.hash)?);
            }
        }
        _ => {}
    }
    Ok(())
}

/// What the host of a Group says of its convention.
///
/// # Errors
/// `Invalid` when nothing is known of it here.
pub async fn of_group(app: &App, group: &Iri) -> Result<said::Convention> {
    for found in storage::records::concerning(&app.db, &[group], "convention").await? {
        let row = found.record;
        if row.kind == "Convention"
            && !row.withdrawn
            && let Said::Convention(said) = Record::from_document(&canonical::read(&row.document)?)?.said
        {
            return Ok(*said);
        }
    }
    Err(Error::invalid("convention", "convention-unknown", group.as_str()))
}
