//! Lists in pages of twenty, each begun after the last item of the one before: a reader never misses an
//! item because another was published meanwhile.

use serde::Deserialize;

use crate::{
    Error, Result,
    domain::Instant,
    storage::records::{Cursor, Page as Slice, Row},
};

/// Items in a page of a list.
pub const SIZE: i64 = 20;

/// The place in a list, from the query string: `?avant=<instant>&id=<uri>`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Place {
    #[serde(default)]
    avant: Option<String>,
    #[serde(default)]
    id: Option<String>,
}

/// The links under a list.
#[derive(Clone, Debug, Default)]
pub struct Pager {
    /// Address of the next page.
    pub next: Option<String>,
    /// Whether this is not the first page.
    pub inside: bool,
}

impl Place {
    /// What to read: one item more than is shown, to know whether there is a next page.
    ///
    /// # Errors
    /// Rule `page` when the place is not one a list gave.
    pub fn slice(&self) -> Result<Slice> {
        let Some(before) = &self.avant else { return Ok(Slice::first(SIZE + 1)) };
        let id = self.id.as_deref().unwrap_or_default();
        if Instant::parse_foreign(before).is_err() || id.len() > 2_000 || id.contains('\0') {
            return Err(Error::invalid("avant", "page", before));
        }
        Ok(Slice::after(Cursor { published: before.clone(), uri: id.to_owned() }, SIZE + 1))
    }

    /// Cuts a list that was read one too long, and says where it goes on.
    pub fn cut(&self, path: &str, rows: &mut Vec<Row>) -> Pager {
        let size = usize::try_from(SIZE).unwrap_or_default();
        let more = rows.len() > size;
        rows.truncate(size);
        let next = rows.last().filter(|_| more).map(|row| {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("avant", &row.published)
                .append_pair("id", &row.uri)
                .finish();
            format!("{path}?{query}")
        });
        Pager { next, inside: self.avant.is_some() }
    }
}
