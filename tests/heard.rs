//! What a council heard and what it made of it, on a whole node and on one that follows: meetings by territory,
//! what people said word for word, summaries that rest on it, a book of it all.

mod support {
    pub mod follower;
    pub mod node;
}

use std::{
    io::{Cursor, Read as _},
    path::Path,
};

use axum::{
    body::{Body, to_bytes},
    http::{Request, header},
};
use parvis::{
    App, Error,
    actions::{
        import, publish,
        receive::{self, Arrival},
        withdraw,
    },
    domain::{Iri, canonical, codes::Reason},
    dossier::{self, Dossier, Syntax},
    federation::catch_up,
    server,
    storage::{self, records},
};
use support::{
    follower::angers,
    node::{Node, node},
};
use tokio::net::TcpListener;

const DOSSIER: &str = r#"
format = "parvis-dossier-1"
language = "fr"
[defaults]
synthetic = true
[city]
ref = "rennes"
handle = "mairie"
name = "Ville de Rennes"
territory = "commune:35238"
[[councils]]
ref = "climat"
handle = "climat"
name = "Conseil climat"
summary = "Un conseil d’exemple."
[[series]]
ref = "tour"
council = "climat"
title = "Le tour des régions"
territories = ["regions", "Le Blosne"]
[[meetings]]
ref = "rencontre-rennes"
council = "climat"
title = "Rencontre de Rennes"
kind = "workshop"
start = "2026-03-05T18:30"
series = "tour"
territory = "35238"
present = 42
minutes = "On a parlé d’air<br>et d’eau."
[[meetings]]
ref = "rencontre-reunion"
council = "climat"
title = "Rencontre de La Réunion"
kind = "workshop"
start = "2026-04-05T18:30"
timezone = "Indian/Reunion"
series = "tour"
territory = "region:04"
[[meetings]]
ref = "rencontre-ligne"
council = "climat"
title = "Rencontre en ligne"
start = "2026-05-05T18:30"
series = "tour"
[[verbatims]]
ref = "parole-1"
council = "climat"
meeting = "rencontre-rennes"
sector = "resident"
speaker = "Anne Le Goff"
consented = true
words = """Je m’appelle Anne & j’habite au 3, rue Basse.
Le bruit m’empêche de dormir."""
[[verbatims]]
ref = "parole-2"
council = "climat"
meeting = "rencontre-rennes"
sector = "company"
words = "Il faut des camions plus petits."
[[verbatims]]
ref = "parole-3"
council = "climat"
meeting = "rencontre-reunion"
sector = "association"
words = "L’eau manque dès septembre."
[[summaries]]
ref = "resume"
council = "climat"
of = ["tour"]
title = "Ce que nous avons entendu"
text = "Deux rencontres, une même inquiétude."
passages = [
  { text = "Le bruit des livraisons use les nuits.", verbatims = ["parole-1", "parole-2"] },
  { text = "Le bruit revient partout.", verbatims = ["parole-1"] },
]
[[publications]]
ref = "livre"
council = "climat"
title = "Le livre des rencontres"
text = "Avant-propos."
on = "2026-06"
contents = ["resume", "rencontre-rennes", "rencontre-reunion"]
"#;

fn parsed(text: &str) -> Dossier {
    let dossier = dossier::parse(text, Syntax::Toml).unwrap();
    assert_eq!(dossier::check(&dossier), []);
    dossier
}

/// Imports and publishes a dossier; gives how many records that made.
async fn publish_text(node: &Node, text: &str) -> parvis::Result<usize> {
    import::import(&node.app, &node.operator, &parsed(text), Path::new("."), false).await?;
    let published = publish::publish(&node.app, &node.operator, None, &|_, _| ()).await?;
    Ok(published.iter().filter(|one| one.version.is_some()).count())
}

async fn rennes() -> Node {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let node = node("rennes", listener.local_addr().unwrap().port()).await;
    publish_text(&node, DOSSIER).await.unwrap();
    let router = server::router(&node.app);
    tokio::spawn(async move { axum::serve(listener, router).await });
    node
}

async fn follower(rennes: &Node) -> Node {
    let angers = angers(&rennes.app).await;
    let report = catch_up::catch_up(&angers.app, rennes.app.urls.host()).await.unwrap();
    assert_eq!(report.refused, 0);
    angers
}

async fn fetch(app: &App, path: &str) -> (u16, String, Vec<u8>) {
    let request = Request::get(path).header(header::ACCEPT_LANGUAGE, "fr").body(Body::empty()).unwrap();
    let router = parvis::web::router(app.clone());
    let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
    let kind = answer.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
    let status = answer.status().as_u16();
    (status, kind, to_bytes(answer.into_body(), 4 << 20).await.unwrap().to_vec())
}

async fn page(app: &App, path: &str) -> String {
    let (status, _, bytes) = fetch(app, path).await;
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(status, 200, "{path}: {text}");
    assert!(text.len() <= 60 * 1024 && !text.contains("<script"), "{path}");
    text
}

async fn named(node: &Node, reference: &str) -> records::Row {
    let row = records::by_reference(&node.app.db, &format!("rennes/climat/{reference}")).await.unwrap();
    row.unwrap_or_else(|| panic!("no {reference}"))
}

/// Where a node that follows shows a record.
async fn elsewhere(rennes: &Node, reference: &str) -> String {
    format!("/recus/{}", Iri::parse(&named(rennes, reference).await.uri).unwrap().key())
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some(at) = rest.find(part) else { panic!("no {part:?} (in that order) in:\n{text}") };
        rest = &rest[at + part.len()..];
    }
}

#[tokio::test]
async fn r4_3_a_series_shows_the_regions_it_reached_and_the_missing_ones_here_and_where_it_is_followed() {
    let rennes = rennes().await;
    let angers = follower(&rennes).await;
    let there = elsewhere(&rennes, "tour").await;
    let mut tables = Vec::new();
    for (app, path) in [(&rennes.app, "/debats/climat-tour"), (&angers.app, there.as_str())] {
        let text = page(app, path).await;
        has(
            &text,
            &["Territoires couverts", "2 territoires avec au moins une rencontre publiée", "sur 19 prévus"],
        );
        // A meeting in a commune is one in its region; the day is that of the place.
        has(&text, &["La Réunion", "5 avril 2026", "Rencontre de La Réunion"]);
        has(&text, &["Bretagne", "5 mars 2026", "Rencontre de Rennes", "atelier", "42 personnes"]);
        has(&text, &["Le Blosne", "aucune rencontre publiée", "Rencontres ailleurs", "Rencontre en ligne"]);
        assert_eq!(text.matches("aucune rencontre publiée").count(), 17);
        let (status, kind, csv) = fetch(app, &format!("{path}.csv")).await;
        assert_eq!((status, kind.as_str()), (200, "text/csv; charset=utf-8; header=present"));
        tables.push(String::from_utf8(csv).unwrap());
    }
    assert_eq!(tables[0], tables[1], "alike on a node that follows");
    has(
        &tables[0],
        &["territoire,nom,rencontres,date,titre,type,personnes,id\n", "region:11,Île-de-France,0,,,,,\n"],
    );
    has(&tables[0], &["region:53,Bretagne,1,2026-03-05,Rencontre de Rennes,workshop,42,http"]);
    has(&tables[0], &["Le Blosne,Le Blosne,0,,,,,\n", ",,1,2026-05-05,Rencontre en ligne,,,http"]);

    // Computed each time: a meeting that is withdrawn leaves its region without any.
    let id = Iri::parse(&named(&rennes, "rencontre-reunion").await.uri).unwrap();
    withdraw::withdraw(&rennes.app, &rennes.operator, &id, Reason::Technical, "Erreur.").await.unwrap();
    let text = page(&rennes.app, "/debats/climat-tour").await;
    has(&text, &["Un territoire avec au moins une rencontre publiée"]);
    assert_eq!(fetch(&rennes.app, "/debats/climat-tour.epub").await.0, 404);
    has(
        &page(&rennes.app, "/conseils/climat").await,
        &["Ce qui a été entendu", "Le tour des régions", "Paroles recueillies"],
    );
}

#[tokio::test]
async fn the_sample_has_a_series_words_a_summary_and_a_book() {
    let rennes = node("rennes", 1).await;
    rennes.publish_sample("rennes.toml").await;
    let text = page(&rennes.app, "/conseils/ccnr").await;
    has(&text, &["Ce qui a été entendu", "/debats/", "/verbatims/", "/resumes/", "/publications/"]);
    has(
        &page(&rennes.app, "/debats/ccnr-quartiers").await,
        &["Villejean", "85 personnes", "Maurepas", "aucune rencontre"],
    );
    has(
        &page(&rennes.app, "/resumes/ccnr-resume-porteurs").await,
        &["2 paroles citées sur 3", "Quand le club ferme"],
    );
    has(
        &page(&rennes.app, "/publications/ccnr-carnet-2023.html").await,
        &["Sommaire", "entreprise", "Paroles citées"],
    );
    has(
        &page(&rennes.app, "/seances/ccnr-porteurs-2023").await,
        &["Fait partie de", "Le conseil dans les quartiers", "Paroles recueillies"],
    );
    for list in ["/debats", "/verbatims", "/resumes", "/publications"] {
        has(&page(&rennes.app, list).await, &["class=\"cards\""]);
    }
}

#[tokio::test]
async fn r4_3_a_territory_that_does_not_exist_is_refused_and_a_quarter_is_not() {
    let wrong = DOSSIER.replace("\"regions\", \"Le Blosne\"", "\"region:99\", \"Le Blosne\"");
    let Err(problems) = dossier::parse(&wrong, Syntax::Toml) else { panic!("accepted") };
    assert_eq!(problems.iter().map(|one| one.rule).collect::<Vec<_>>(), ["territory"]);
}

#[tokio::test]
async fn r4_6_a_verbatim_is_shown_as_said_and_leads_to_the_summaries_that_use_it() {
    let rennes = rennes().await;
    let text = page(&rennes.app, "/verbatims/climat-parole-1").await;
    has(
        &text,
        &[
            "<blockquote><p>Je m’appelle Anne &amp; j’habite au 3, rue Basse.</p><p>Le bruit",
            "— Anne Le Goff",
        ],
    );
    has(
        &text,
        &["Dit à propos de", "Rencontre de Rennes", "Résumés qui s’appuient", "Ce que nous avons entendu"],
    );
    let unused = page(&rennes.app, "/verbatims/climat-parole-3").await;
    has(&unused, &["Aucun résumé publié ne s’appuie"]);
    // It is for everybody, and in nobody's timeline.
    let row = named(&rennes, "parole-1").await;
    let document: serde_json::Value = serde_json::from_str(&row.document).unwrap();
    assert_eq!(document["to"], serde_json::json!([]));
    assert_eq!(document["cc"], serde_json::json!(["https://www.w3.org/ns/activitystreams#Public"]));
    assert!(document.get("audience").is_none() && document.get("inReplyTo").is_none());

    let angers = follower(&rennes).await;
    let there = elsewhere(&rennes, "resume").await;
    for (app, path) in [(&rennes.app, "/resumes/climat-resume"), (&angers.app, there.as_str())] {
        let text = page(app, path).await;
        has(
            &text,
            &["Le bruit des livraisons", "href=\"#n1\">[1]", "href=\"#n2\">[2]", "Le bruit revient", "#n1"],
        );
        has(
            &text,
            &[
                "Paroles citées",
                "Je m’appelle Anne",
                "camions",
                "2 paroles citées sur 3 recueillies (66\u{a0}%)",
            ],
        );
        has(&text, &["que ce résumé ne cite pas", "L’eau manque", "Ce qu’il résume", "Le tour des régions"]);
        assert_eq!(text.matches("Le bruit revient").count(), 1, "said once on its page");
    }
}

#[tokio::test]
async fn r4_6_a_name_needs_consent_and_a_passage_its_verbatims() {
    let rules = |text: String| match dossier::parse(&text, Syntax::Toml) {
        Ok(dossier) => dossier::check(&dossier).into_iter().map(|one| one.rule).collect::<Vec<_>>(),
        Err(problems) => problems.into_iter().map(|one| one.rule).collect(),
    };
    assert_eq!(rules(DOSSIER.replace("consented = true\n", "")), ["consent"]);
    assert_eq!(rules(DOSSIER.replace("consented = true\n", "").replace("Anne Le Goff", "[…]")), [""; 0]);
    assert_eq!(rules(DOSSIER.replace("verbatims = [\"parole-1\"] }", "}")), ["passage-untraced"]);
}

/// The rule that refused.
fn rule<T: std::fmt::Debug>(result: parvis::Result<T>) -> &'static str {
    match result.unwrap_err() {
        Error::Invalid { problems } => problems[0].rule,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn r4_6_a_verbatim_is_never_edited_only_redacted() {
    let rennes = rennes().await;
    for (from, to) in [
        ("Le bruit m’empêche de dormir.", "Le bruit ne m’empêche pas de dormir."),
        ("Le bruit m’empêche de dormir.", ""),
        ("sector = \"resident\"", "sector = \"elected\""),
        ("Anne Le Goff", "Anne Le Gall"),
    ] {
        let edited = DOSSIER.replace(from, to);
        assert_eq!(rule(publish_text(&rennes, &edited).await), "verbatim-edited", "{from} → {to}");
        assert_eq!(named(&rennes, "parole-1").await.version, 1);
    }
    let redacted = DOSSIER
        .replace("m’appelle Anne &", "m’appelle […] &")
        .replace("au 3, rue Basse", "[…]")
        .replace("Anne Le Goff", "[…]");
    assert_eq!(publish_text(&rennes, &redacted).await.unwrap(), 1);
    let row = named(&rennes, "parole-1").await;
    assert_eq!(row.version, 2);
    assert!(!row.document.contains("Anne") && !row.document.contains("rue Basse"), "{}", row.document);
    has(
        &page(&rennes.app, "/verbatims/climat-parole-1").await,
        &["Je m’appelle […] &amp; j’habite […].", "— […]"],
    );
    assert!(!page(&rennes.app, "/resumes/climat-resume").await.contains("Anne"));
    assert_eq!(rule(publish_text(&rennes, DOSSIER).await), "verbatim-edited", "what was taken out stays out");
}

/// What a node does with a version that its author's server would give it.
async fn arrives(app: &App, document: &serde_json::Value) -> parvis::Result<receive::Outcome> {
    let mut document = document.as_object().unwrap().clone();
    document.remove("proof");
    let text = canonical::write(&document);
    let arrival = Arrival { text: &text, document: &document, from_origin: true, activity: None };
    receive::version(app, &arrival).await
}

/// The version after one, with `from` replaced by `to` wherever it stands.
fn next(before: &serde_json::Value, number: u32, (from, to): (&str, &str)) -> serde_json::Value {
    let mut old = before.as_object().unwrap().clone();
    old.remove("proof");
    let hash = canonical::hash(&old);
    let mut next: serde_json::Value = serde_json::from_str(&before.to_string().replace(from, to)).unwrap();
    next["parvis:version"] = number.into();
    next["parvis:previous"] = hash.to_string().into();
    next["updated"] = format!("2026-11-21T13:0{number}:00Z").into();
    next
}

#[tokio::test]
async fn r4_6_the_same_holds_for_versions_that_others_sign_whatever_comes_first() {
    let rennes = rennes().await;
    let angers = follower(&rennes).await;
    angers.app.clock.advance(jiff::SignedDuration::from_hours(24));
    let row = named(&rennes, "parole-2").await;
    let first: serde_json::Value = serde_json::from_str(&row.document).unwrap();
    let refused = async |document: &serde_json::Value| rule(arrives(&angers.app, document).await);
    assert_eq!(refused(&next(&first, 2, ("petits", "grands"))).await, "verbatim-edited");
    // In what people see alone, or in the words alone.
    let mut shown = next(&first, 2, ("", ""));
    shown["content"] =
        shown["content"].as_str().unwrap().replace("</blockquote>", "</blockquote><p>Ou pas.</p>").into();
    assert_eq!(refused(&shown).await, "verbatim-edited");
    let mut hidden = next(&first, 2, ("", ""));
    hidden["parvis:words"] = "Il faut […].".into();
    assert_eq!(refused(&hidden).await, "verbatim-shown", "what is redacted is so for everybody");
    // Across a gap: the second version is not here yet.
    let second = next(&first, 2, ("plus petits", "[…]"));
    assert_eq!(refused(&next(&second, 3, ("Il faut", "Il ne faut pas"))).await, "verbatim-edited");
    let third = next(&second, 3, ("des camions", "[…]"));
    arrives(&angers.app, &third).await.unwrap();
    let mut other = second.clone();
    other["parvis:words"] = "Il faut des vélos […].".into();
    other["content"] = other["content"].as_str().unwrap().replace("camions", "vélos").into();
    assert!(arrives(&angers.app, &other).await.is_err(), "neither may what comes late say otherwise");
    arrives(&angers.app, &second).await.unwrap();
    let held = storage::versions::history(&angers.app.db, &row.uri).await.unwrap();
    assert_eq!(held.iter().map(|one| one.version).collect::<Vec<_>>(), [1, 2, 3]);
}

/// The files of an EPUB, in their order.
fn files(bytes: &[u8]) -> Vec<(String, String)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut all = Vec::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let (name, mut text) = (file.name().unwrap().into_owned(), String::new());
        file.read_to_string(&mut text).unwrap();
        all.push((name, text));
    }
    all
}

/// Reads a file as XML to its end: every element closed, every entity known. Gives the values of an attribute.
fn values(name: &str, text: &str, attribute: &[u8]) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut values = Vec::new();
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{name}: {error}\n{text}")) {
            quick_xml::events::Event::Eof => return values,
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                for one in tag.attributes() {
                    let one = one.unwrap_or_else(|error| panic!("{name}: {error}"));
                    if one.key.as_ref() == attribute {
                        values.push(String::from_utf8(one.value.to_vec()).unwrap());
                    }
                }
            }
            quick_xml::events::Event::GeneralRef(entity) => {
                let known = ["amp", "lt", "gt", "quot", "apos"];
                let entity = String::from_utf8(entity.to_vec()).unwrap();
                assert!(entity.starts_with('#') || known.contains(&entity.as_str()), "{name}: &{entity};");
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn r4_7_a_publication_is_one_page_to_print_and_a_book_the_same_bytes_wherever_it_is() {
    let rennes = rennes().await;
    let angers = follower(&rennes).await;
    let there = elsewhere(&rennes, "livre").await;
    let text = page(&rennes.app, "/publications/climat-livre").await;
    has(
        &text,
        &[
            "climat-livre.html",
            "climat-livre.epub",
            "Sommaire",
            "Ce que nous avons entendu",
            "Rencontre de Rennes",
        ],
    );
    let whole = page(&rennes.app, "/publications/climat-livre.html").await;
    has(
        &whole,
        &["<h1>Le livre des rencontres", "juin 2026", "texte synthétique", "Avant-propos.", "Sommaire"],
    );
    has(
        &whole,
        &[
            "Deux rencontres",
            "Le bruit des livraisons",
            "#n1",
            "Rencontre de Rennes",
            "Compte rendu",
            "d’eau.",
        ],
    );
    has(&whole, &["Paroles citées", "Je m’appelle Anne", "habitantes et habitants", "camions"]);
    has(
        &page(&angers.app, &format!("{there}.html")).await,
        &["Le livre des rencontres", "Je m’appelle Anne"],
    );

    let (status, kind, bytes) = fetch(&rennes.app, "/publications/climat-livre.epub").await;
    assert_eq!((status, kind.as_str()), (200, "application/epub+zip"));
    assert_eq!(fetch(&rennes.app, "/publications/climat-livre.epub").await.2, bytes);
    assert_eq!(fetch(&angers.app, &format!("{there}.epub")).await.2, bytes, "alike on a node that follows");
    if let Ok(path) = std::env::var("PARVIS_KEEP_EPUB") {
        std::fs::write(path, &bytes).unwrap();
    }
    assert_eq!(&bytes[30..58], b"mimetypeapplication/epub+zip", "first, stored, without more");
    let files = files(&bytes);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[..3], ["mimetype", "META-INF/container.xml", "EPUB/package.opf"]);
    let text_of = |wanted: &str| &files.iter().find(|(name, _)| name == wanted).unwrap().1;
    assert_eq!(values("container", text_of("META-INF/container.xml"), b"full-path"), ["EPUB/package.opf"]);
    let package = text_of("EPUB/package.opf");
    for href in values("package", package, b"href") {
        assert!(names.contains(&format!("EPUB/{href}").as_str()), "{href} in {names:?}");
    }
    let items = values("package", package, b"id");
    assert!(values("package", package, b"idref").iter().all(|item| items.contains(item)), "{package}");
    has(
        package,
        &["<dc:title>Le livre des rencontres<", "<dc:language>fr<", "dcterms:modified\">2026-11-21T", "Z<"],
    );
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with("xhtml")) {
        for href in values(name, text, b"href").iter().filter(|href| !href.starts_with("http")) {
            let (file, part) = href.split_once('#').unwrap_or((href, ""));
            let file = text_of(&format!("EPUB/{file}"));
            assert!(
                part.is_empty() || values(name, file, b"id").iter().any(|id| id == part),
                "{name}: {href}"
            );
        }
    }
    has(text_of("EPUB/nav.xhtml"), &["epub:type=\"toc\"", "Ce que nous avons entendu", "Paroles citées"]);
    has(text_of("EPUB/chapter-2.xhtml"), &["Rencontre de Rennes", "d’air<br/>", "d’eau."]);

    // Made of what is published now: a redaction, a withdrawal.
    let redacted = DOSSIER.replace("Anne &", "[…] &").replace("Anne Le Goff", "[…]");
    publish_text(&rennes, &redacted).await.unwrap();
    let id = Iri::parse(&named(&rennes, "rencontre-reunion").await.uri).unwrap();
    withdraw::withdraw(&rennes.app, &rennes.operator, &id, Reason::Technical, "Erreur.").await.unwrap();
    let whole = page(&rennes.app, "/publications/climat-livre.html").await;
    assert!(!whole.contains("Anne") && whole.contains("Je m’appelle […]"), "{whole}");
    has(&whole, &["ont été retirés", id.as_str()]);
    assert_ne!(fetch(&rennes.app, "/publications/climat-livre.epub").await.2, bytes);
}
