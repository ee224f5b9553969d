//! A publication as a book: everything it names, in its order, with the verbatims its summaries rest on as notes.
//! One page to print, and an EPUB 3. The same records give the same bytes, on every node that has them.

use std::{
    collections::HashMap,
    io::{Cursor, Write as _},
};

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::{
    App, Error, Result,
    domain::{
        Iri, Record, facts, heard,
        phrases::Phrases,
        said::{self, Said},
    },
    i18n::Lang,
    storage::records::Row,
    web::{
        html,
        layout::Page,
        markup::{self, Markup},
        view::{self, People, Text, heard::Quoted},
    },
};

/// What an EPUB looks like.
const STYLE: &str = include_str!("../templates/book/style.css");

/// Everything a publication holds, read once.
struct Book {
    /// Words of the book itself are in its language, not in that of its reader.
    page: Page,
    title: String,
    author: String,
    on: Option<Markup>,
    foreword: Markup,
    synthetic: bool,
    chapters: Vec<Chapter>,
    notes: Vec<Quoted>,
    /// Ids of what is not here, or was withdrawn.
    missing: Vec<String>,
    id: String,
    modified: String,
}

/// One text of a book.
struct Chapter {
    number: usize,
    kind: String,
    title: String,
    lang: String,
    author: String,
    source: String,
    synthetic: bool,
    body: Markup,
    passages: Vec<(String, Vec<usize>)>,
    sections: Vec<(String, Markup)>,
}

/// The book on one page, to read and to print.
#[derive(Template)]
#[template(path = "book.html")]
struct Whole {
    page: Page,
    book: Book,
    notes_at: &'static str,
}

/// `GET /publications/{slug}.html`
///
/// # Errors
/// Those of the database.
pub async fn page(
    app: &App,
    lang: Lang,
    row: &Row,
    record: &Record,
    said: &said::Publication,
) -> Result<Response> {
    let book = assemble(app, row, record, said).await?;
    let path = format!("{}.html", view::href(app, row));
    let page = Page::new(app, lang, &path).titled(&row.title).described(book.foreword.as_str());
    Ok(html(StatusCode::OK, &Whole { page, book, notes_at: "" }))
}

/// `GET /publications/{slug}.epub`
///
/// # Errors
/// Those of the database.
pub async fn epub(app: &App, row: &Row, record: &Record, said: &said::Publication) -> Result<Response> {
    let book = assemble(app, row, record, said).await?;
    let bytes = bound(&book)?;
    let name = format!("attachment; filename=\"{}.epub\"", row.slug.replace(['"', '\\'], ""));
    let headers = [(header::CONTENT_TYPE, "application/epub+zip"), (header::CONTENT_DISPOSITION, &name)];
    Ok((headers, bytes).into_response())
}

async fn assemble(app: &App, row: &Row, record: &Record, said: &said::Publication) -> Result<Book> {
    let lang = Lang::of(&row.lang).unwrap_or(Lang::Fr);
    let page = Page::new(app, lang, "/publications").titled(&row.title);
    let contents: Vec<&str> = said.contents.iter().map(Iri::as_str).collect();
    let here = view::heard::named(app, &contents).await?;
    let texts: Vec<(&Row, Record)> =
        here.iter().filter_map(|row| Some((row, view::heard::parsed(row)?))).collect();
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut cited: Vec<&str> = Vec::new();
    for (_, text) in &texts {
        let Said::Summary(said) = &text.said else { continue };
        for verbatim in heard::cited(said) {
            numbers.entry(verbatim).or_insert_with(|| {
                cited.push(verbatim);
                cited.len()
            });
        }
    }
    let quoted = view::heard::named(app, &cited).await?;
    let people = People::load(app, here.iter().chain([row]).map(|row| row.author.as_str())).await?;
    let chapters = texts.iter().enumerate();
    let chapters = chapters.map(|(at, (row, text))| chapter(&page, &people, (at + 1, row, text), &numbers));
    let chapters = chapters.collect();
    let mut notes: Vec<Quoted> = Vec::new();
    for uri in &cited {
        let mut note = Quoted::of(app, &page, uri, quoted.iter().find(|row| row.uri == *uri));
        (*uri).clone_into(&mut note.href);
        note.words = note.words.map(|words| words.as_xml());
        notes.push(note);
    }
    let times = here.iter().chain(&quoted).chain([row]);
    let times = times.map(|row| row.updated.as_ref().unwrap_or(&row.published));
    let missing = contents.iter().filter(|uri| texts.iter().all(|(row, _)| row.uri != **uri));
    Ok(Book {
        title: markup::name(&row.title),
        author: people.who(&row.author).name,
        on: said.as_of.as_ref().map(|date| page.civil(date)),
        foreword: Text::of(record, lang).html.as_xml(),
        synthetic: row.synthetic,
        chapters,
        notes,
        missing: missing.map(|uri| (*uri).to_owned()).collect(),
        id: row.uri.clone(),
        modified: times.max().cloned().unwrap_or_default(),
        page,
    })
}

fn chapter(
    page: &Page,
    people: &People,
    (number, row, record): (usize, &Row, &Record),
    notes: &HashMap<&str, usize>,
) -> Chapter {
    let sections = match &record.said {
        Said::Avis(said) => super::avis::sections(page, said),
        Said::Meeting(said) => super::record::meeting(page, said),
        _ => Vec::new(),
    };
    let passages = match &record.said {
        Said::Summary(said) => said.passages.as_slice(),
        _ => &[],
    };
    let passages = passages.iter().map(|passage| {
        let cited = passage.verbatims.iter().filter_map(|one| notes.get(one.as_str()).copied());
        (passage.text.clone(), cited.collect())
    });
    let text = Text::of(record, page.lang);
    let body = match &record.said {
        // Its page draws what the text lists.
        Said::Deliverable(said) => {
            let listed = facts::listed(&record.said, &Phrases::in_language(page.lang.code()));
            let body = said.body.as_ref().map(ToString::to_string).unwrap_or_default();
            markup::clean(&format!("{}{body}{listed}", text.html))
        }
        _ => text.html,
    };
    Chapter {
        number,
        kind: page.label("kind", &row.kind),
        title: markup::name(&row.title),
        lang: text.lang,
        author: people.who(&row.author).name,
        source: row.uri.clone(),
        synthetic: row.synthetic,
        body: body.as_xml(),
        passages: passages.collect(),
        sections: sections.into_iter().map(|(_, title, text)| (title, text.as_xml())).collect(),
    }
}

#[derive(Template)]
#[template(path = "book/package.xml")]
struct Package<'a> {
    book: &'a Book,
}

#[derive(Template)]
#[template(path = "book/nav.xml")]
struct Nav<'a> {
    book: &'a Book,
}

#[derive(Template)]
#[template(path = "book/title.xml")]
struct Front<'a> {
    book: &'a Book,
    page: &'a Page,
}

#[derive(Template)]
#[template(path = "book/chapter.xml")]
struct One<'a> {
    page: &'a Page,
    chapter: &'a Chapter,
    notes_at: &'static str,
}

#[derive(Template)]
#[template(path = "book/notes.xml")]
struct Notes<'a> {
    book: &'a Book,
    page: &'a Page,
}

/// The files of an EPUB, in one order, without times: `mimetype` first and stored (EPUB 3.3, OCF).
fn bound(book: &Book) -> Result<Vec<u8>> {
    let page = &book.page;
    let mut files = vec![
        ("mimetype".to_owned(), "application/epub+zip".to_owned()),
        ("META-INF/container.xml".to_owned(), include_str!("../templates/book/container.xml").to_owned()),
        ("EPUB/package.opf".to_owned(), written(&Package { book })?),
        ("EPUB/nav.xhtml".to_owned(), written(&Nav { book })?),
        ("EPUB/style.css".to_owned(), STYLE.to_owned()),
        ("EPUB/title.xhtml".to_owned(), written(&Front { book, page })?),
    ];
    for chapter in &book.chapters {
        let one = One { page, chapter, notes_at: "notes.xhtml" };
        files.push((format!("EPUB/chapter-{}.xhtml", chapter.number), written(&one)?));
    }
    if !book.notes.is_empty() {
        files.push(("EPUB/notes.xhtml".to_owned(), written(&Notes { book, page })?));
    }
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(name, options).map_err(Error::internal)?;
        zip.write_all(text.as_bytes()).map_err(Error::internal)?;
    }
    Ok(zip.finish().map_err(Error::internal)?.into_inner())
}

fn written(template: &impl Template) -> Result<String> {
    template.render().map_err(Error::internal)
}
