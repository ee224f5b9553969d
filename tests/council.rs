//! The life of a council on a whole node: a dossier in; pages, documents and tables over HTTP out; the same on a
//! node that follows; and who may do what with it.

mod support {
    pub mod follower;
    pub mod node;
}

use std::path::Path;

use parvis::{
    App, Error,
    actions::{Operator, drafts::Change, import, publish, replies, withdraw},
    config::Post,
    domain::{Iri, codes::Reason},
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

/// Rennes, published and served.
async fn rennes() -> Node {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let node = node("rennes", listener.local_addr().unwrap().port()).await;
    node.publish_sample("rennes.toml").await;
    let router = server::router(&node.app);
    tokio::spawn(async move { axum::serve(listener, router).await });
    node
}

/// What a reader gets, over HTTP.
#[expect(clippy::disallowed_methods, reason = "a test plays a reader from outside")]
async fn ask(app: &App, path: &str, accept: &str, language: &str) -> (u16, String, String) {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let port = app.config.public_url.port().unwrap();
    let client = client.resolve("rennes.localhost", ([127, 0, 0, 1], port).into()).build().unwrap();
    let address = format!("{}{path}", app.urls.base());
    let request = client.get(address).header("accept", accept).header("accept-language", language);
    let answer = request.send().await.unwrap();
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    (answer.status().as_u16(), kind, answer.text().await.unwrap())
}

async fn page(node: &Node, path: &str) -> String {
    let (status, _, text) = ask(&node.app, path, "text/html", "fr").await;
    assert_eq!(status, 200, "{path}: {text}");
    assert!(text.len() <= 60 * 1024, "{path} weighs {}", text.len());
    assert!(!text.contains("<script"), "{path}");
    text
}

/// Holds when every part is there, in that order.
#[track_caller]
fn has(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some(at) = rest.find(part) else { panic!("no {part:?} (in that order) in:\n{text}") };
        rest = &rest[at + part.len()..];
    }
}

async fn named(node: &Node, reference: &str) -> records::Row {
    let row = records::by_reference(&node.app.db, reference).await.unwrap();
    row.unwrap_or_else(|| panic!("no {reference}"))
}

#[tokio::test]
async fn the_page_of_a_council_tells_its_life() {
    let rennes = rennes().await;
    let text = page(&rennes, "/conseils/ccnr").await;
    // Who sits, the computed total and how far it is from what is said (0.1); roles without a vote (1.5, 2.6, 2.17);
    // terms that end (2.2).
    has(&text, &["Composition", "6 mandats s’achèvent bientôt, le", "14 janvier 2027"]);
    has(
        &text,
        &["Total calculé", "<strong>19</strong>", "Effectif prévu\u{a0}:", "20", "écart\u{a0}:", "−1"],
    );
    has(
        &text,
        &[
            "Selon une source\u{a0}:",
            "À côté des membres, sans voix",
            "élu observateur, sans voix ni modification",
        ],
    );
    // The draw, as plot and table; small groups are merged (2.1, 2.4).
    has(
        &text,
        &["Tirage au sort", "6 sièges à remplacer", "role=\"img\"", "<rect", "Étapes du tirage", "300"],
    );
    has(&text, &["45 à 59 ans + 60 ans et plus", "10", "9"]);
    assert!(!text.contains(">60 ans et plus<"));
    // Meetings to come and past, and what they add up to (2.13, 2.14, 3.5).
    has(&text, &["À venir", "Séance publique du conseil", "Jeudi 10 décembre 2026, 18&nbsp;h&nbsp;30"]);
    has(
        &text,
        &["Passées", "Participation", "91\u{a0}% (présents\u{a0}: 33 sur 36)", "Personnes rencontrées", "85"],
    );
    has(&text, &["Auditions, par secteur", "(2)", "(1)", "Porteurs de parole sur le mail"]);
    // Programme, group, review, deliverables (1.1–1.4, 2.3, 2.20–2.22).
    has(&text, &["Programme, groupes et bilans", "12 janvier 2023", "Restent", "12", "Pilotes"]);
    has(&text, &["Livrables", "Choix d’un axe"]);

    let text = page(&rennes, "/conseils/mission5g").await;
    has(&text, &["Garants de la méthode", "/@cndp", "Rapport sur la méthode de la Mission 5G"]);
    let profile = page(&rennes, "/@cndp").await;
    has(&profile, &["Garant", "Garantes de la Commission nationale du débat public"]);
    let (_, _, english) = ask(&rennes.app, "/conseils/ccnr", "text/html", "en").await;
    has(
        &english,
        &["6 terms end soon, on", "Total, computed", "6 seats to replace", "To come", "Attendance"],
    );
    for list in ["/seances", "/tirages", "/livrables"] {
        has(&page(&rennes, list).await, &["class=\"cards\""]);
    }
}

#[tokio::test]
async fn r2_1_the_draw_is_a_page_a_document_and_a_table() {
    let rennes = rennes().await;
    let text = page(&rennes, "/tirages/ccnr-tirage-2022").await;
    has(&text, &["40\u{202f}000", "2\u{202f}000", "100", "20"]);
    assert_eq!(text.matches("40\u{202f}000").count(), 2, "the plot and the table say it, and nothing else");
    let (status, kind, csv) = ask(&rennes.app, "/tirages/ccnr-tirage-2024-06.csv", "text/csv", "fr").await;
    assert_eq!((status, kind.as_str()), (200, "text/csv; charset=utf-8; header=present"));
    assert!(csv.starts_with("partie,libelle,vise,obtenu\r\netape,drawn,,300\r\n"), "{csv}");
    assert!(csv.contains("âge,45 à 59 ans + 60 ans et plus,10,9\r\n"), "{csv}");
    assert_eq!(ask(&rennes.app, "/tirages/aucun.csv", "text/csv", "fr").await.0, 404);

    let row = named(&rennes, "rennes/ccnr/tirage-2022").await;
    let document: serde_json::Value = serde_json::from_str(&row.document).unwrap();
    assert_eq!(document["type"], "Note");
    assert_eq!(document["parvis:stages"][0]["parvis:count"], 40_000);
    assert_eq!(document["@context"][2]["parvis:stage"]["@type"], "@vocab");
}

#[tokio::test]
async fn r2_13_a_meeting_is_an_event_that_agendas_read_and_its_minutes_are_its_next_version_2_16() {
    let rennes = rennes().await;
    let row = named(&rennes, "rennes/ccnr/seance-2026-12").await;
    let path = row.uri.strip_prefix(rennes.app.urls.base()).unwrap();
    let (status, kind, text) = ask(&rennes.app, path, "application/activity+json", "fr").await;
    assert_eq!(status, 200);
    assert!(kind.starts_with("application/activity+json"), "{kind}");
    let event: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(event["type"], "Event");
    assert_eq!(event["name"], "Séance publique du conseil");
    assert_eq!(
        (&event["startTime"], &event["endTime"]),
        (&"2026-12-10T17:30:00Z".into(), &"2026-12-10T19:30:00Z".into())
    );
    assert_eq!((&event["timezone"], &event["joinMode"]), (&"Europe/Paris".into(), &"free".into()));
    assert_eq!(
        (&event["location"]["type"], &event["location"]["name"]),
        (&"Place".into(), &"Hôtel de Ville".into())
    );
    assert_eq!(event["actor"], event["attributedTo"]);
    assert!(
        event["summary"]
            .as_str()
            .unwrap()
            .contains("Jeudi 10 décembre 2026, 18\u{a0}h\u{a0}30, Hôtel de Ville")
    );
    assert!(event.get("parvis:present").is_none());

    // Held: minutes and attendance make the next version of the same Event.
    let held = sample().replace(
        "text = \"Suites données aux trois avis, et questions du public.\"",
        "text = \"Suites données aux trois avis, et questions du public.\"\npresent = 12\nexpected = 19\nexcused = 4\nminutes = \"Le conseil *demande* un point en juin.\"",
    );
    let dossier = dossier(&held);
    let changes =
        import::import(&rennes.app, &rennes.operator, &dossier, Path::new("."), false).await.unwrap();
    assert_eq!(changes.drafted(), ["rennes/ccnr/seance-2026-12"]);
    publish::publish(&rennes.app, &rennes.operator, None, &|_, _| ()).await.unwrap();
    let next = named(&rennes, "rennes/ccnr/seance-2026-12").await;
    assert_eq!((next.version, next.uri), (2, row.uri));
    let text = page(&rennes, "/seances/ccnr-seance-2026-12").await;
    has(&text, &["12 sur 19", "Quand et où", "Compte rendu", "<em>demande</em>"]);
}

#[tokio::test]
async fn r2_13_the_agenda_of_a_council_has_its_meetings_and_the_ends_of_terms_r2_2() {
    let rennes = rennes().await;
    let (status, kind, text) = ask(&rennes.app, "/conseils/ccnr/agenda.ics", "text/calendar", "fr").await;
    assert_eq!((status, kind.as_str()), (200, "text/calendar; charset=utf-8"));
    let text = text.replace("\r\n ", "");
    has(&text, &["DTSTART:20261210T173000Z\r\nDTEND:20261210T193000Z\r\nSUMMARY:Séance publique du conseil"]);
    has(&text, &["LOCATION:Hôtel de Ville\\, Place de la Mairie"]);
    has(&text, &["DTSTART;VALUE=DATE:20270114", "SUMMARY:6 mandats s’achèvent"]);
}

#[tokio::test]
async fn r2_20_interim_deliverables_are_steps_and_only_the_avis_closes_the_question() {
    let rennes = rennes().await;
    let text = page(&rennes, "/questions/ccnr-question-3").await;
    has(
        &text,
        &[
            "Étapes du travail",
            "seul l’avis clôt la question",
            "Rapport d’étonnement",
            "Choix d’un axe",
            "Avis rendus",
        ],
    );
    has(
        &page(&rennes, "/livrables/ccnr-etonnement-ia").await,
        &["Axes", "territoire", "travail", "sécurité"],
    );
    // Four quadrants, each finding marked by a word (2.21); what was chosen among what (2.22).
    let swot = page(&rennes, "/livrables/ccnr-forces-faiblesses-ia").await;
    has(
        &swot,
        &[
            "<table class=\"quadrants\">",
            "Favorable",
            "Défavorable",
            "<span class=\"mark\">avéré",
            "<span class=\"mark\">projeté",
        ],
    );
    has(
        &page(&rennes, "/livrables/ccnr-priorites-ia").await,
        &["Sujets possibles", "<strong>La liberté", "choisi"],
    );
}

#[tokio::test]
async fn a_node_that_follows_shows_the_same() {
    let rennes = rennes().await;
    let angers = angers(&rennes.app).await;
    let report = catch_up::catch_up(&angers.app, rennes.app.urls.host()).await.unwrap();
    assert_eq!(report.refused, 0);
    let shown = async |reference: &str| {
        let uri = named(&rennes, reference).await.uri;
        let request = axum::http::Request::get(format!("/recus/{}", Iri::parse(&uri).unwrap().key()));
        let request = request.header("accept", "text/html").body(axum::body::Body::empty()).unwrap();
        let router = parvis::web::router(angers.app.clone());
        let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    };
    has(
        &shown("rennes/ccnr/composition-2026-09-01").await,
        &["6 mandats s’achèvent bientôt", "<strong>19</strong>", "−1"],
    );
    has(&shown("rennes/ccnr/tirage-2022").await, &["role=\"img\"", "40\u{202f}000", "20"]);
    has(&shown("rennes/ccnr/forces-faiblesses-ia").await, &["class=\"quadrants\"", "avéré", "projeté"]);
    has(
        &shown("rennes/ccnr/seance-2023-01").await,
        &["Quand et où", "Jeudi 12 janvier 2023", "Compte rendu", "adopté"],
    );
    has(
        &shown("rennes/mission-5g/rapport-methode").await,
        &["Rapport sur la méthode", "Ce que la méthode a permis"],
    );
}

fn sample() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/rennes.toml")).unwrap()
}

fn dossier(text: &str) -> Dossier {
    let dossier = dossier::parse(text, Syntax::Toml).unwrap();
    assert_eq!(dossier::check(&dossier), []);
    dossier
}

fn holding(post: &str) -> Operator {
    Operator::cli(format!("as-{}", post.split(':').next().unwrap())).holding(Post::parse(post).ok())
}

/// The rule that refused.
fn rule<T: std::fmt::Debug>(result: parvis::Result<T>) -> &'static str {
    match result.unwrap_err() {
        Error::Invalid { problems } => problems[0].rule,
        other => panic!("{other:?}"),
    }
}

/// What the audit log says was refused to somebody.
async fn refused(node: &Node, operator: &str) -> Vec<String> {
    let log = storage::audit::latest(&node.app.db, None, 2_000).await.unwrap();
    let theirs = log.into_iter().filter(|entry| entry.operator == operator);
    theirs.map(|entry| entry.action).filter(|action| action.starts_with("refused-")).collect()
}

#[tokio::test]
async fn r2_5_the_city_neither_edits_nor_withdraws_what_a_guarantor_says() {
    let rennes = rennes().await;
    let (app, clerk, garante) = (&rennes.app, &rennes.operator, holding("guarantor:cndp"));
    let edited = dossier(&sample().replace("et ce qui lui a manqué.", "et rien ne lui a manqué."));
    let rapport = "rennes/mission-5g/rapport-methode";
    let before = named(&rennes, rapport).await;
    assert_eq!(
        rule(import::import(app, clerk, &edited, Path::new("."), false).await),
        "office-guarantor-only"
    );
    let reason = Reason::Technical;
    let id = Iri::parse(&before.uri).unwrap();
    assert_eq!(
        rule(withdraw::withdraw(app, clerk, &id, reason.clone(), "Non.").await),
        "office-guarantor-only"
    );
    assert_eq!(named(&rennes, rapport).await, before);
    assert_eq!(refused(&rennes, "test").await, ["refused-withdraw", "refused-import", "refused-import"]);

    // The guarantor edits it, and nothing else; a clerk does not publish its draft either.
    let changes = import::import(app, &garante, &edited, Path::new("."), false).await.unwrap();
    assert_eq!(changes.drafted(), [rapport]);
    let only = [rapport.to_owned()];
    assert_eq!(rule(publish::publish(app, clerk, Some(&only), &|_, _| ()).await), "office-guarantor-only");
    publish::publish(app, &garante, None, &|_, _| ()).await.unwrap();
    assert_eq!(named(&rennes, rapport).await.version, 2);
    let avis = Iri::parse(&named(&rennes, "rennes/ccnr/avis-1").await.uri).unwrap();
    assert_eq!(rule(withdraw::withdraw(app, &garante, &avis, reason, "Non.").await), "office-guarantor");
}

#[tokio::test]
async fn r2_17_an_observer_reads_and_r1_5_a_facilitator_publishes_for_its_council() {
    let rennes = rennes().await;
    let app = &rennes.app;
    let text = sample()
        .replace("title = \"Plénière de rentrée\"", "title = \"Plénière de janvier\"")
        .replace("La Ville saisit ses conseils citoyens,", "La Ville saisit ses conseils,");
    let edited = dossier(&text);
    for post in ["observer", "advisor"] {
        let operator = holding(post);
        assert_eq!(
            rule(import::import(app, &operator, &edited, Path::new("."), false).await),
            "office-reads"
        );
        let seen = import::import(app, &operator, &edited, Path::new("."), true).await.unwrap();
        assert!(seen.changes.iter().any(|(_, _, change)| *change == Change::NotYours), "they may look");
        let avis = Iri::parse(&named(&rennes, "rennes/ccnr/avis-1").await.uri).unwrap();
        assert_eq!(
            rule(withdraw::withdraw(app, &operator, &avis, Reason::Legal, "Non.").await),
            "office-reads"
        );
        assert_eq!(rule(replies::decide(app, &operator, "https://a.example/1", true).await), "office-reads");
        let log = refused(&rennes, operator.name()).await;
        assert_eq!(log, ["refused-decide", "refused-withdraw", "refused-import"]);
    }
    let facilitator = holding("facilitator:ccnr");
    let report = import::import(app, &facilitator, &edited, Path::new("."), false).await.unwrap();
    assert_eq!(report.drafted(), ["rennes/ccnr/seance-2023-01"], "not the city's account");
    assert_eq!(refused(&rennes, facilitator.name()).await, ["refused-import"]);
    let published = publish::publish(app, &facilitator, None, &|_, _| ()).await.unwrap();
    assert_eq!(published.len(), 1);
    assert_eq!(named(&rennes, "rennes/ccnr/seance-2023-01").await.title, "Plénière de janvier");
    let stranger = Operator::cli("personne").holding(None);
    assert_eq!(rule(import::import(app, &stranger, &edited, Path::new("."), false).await), "office-none");
}
