//! The pages as a citizen's browser gets them: the real router over a real register.

mod support {
    pub mod hand_over;
    pub mod node;
    pub mod reply;
}

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
    middleware,
};
use parvis::{
    actions::{import, withdraw},
    domain::{Iri, codes::Reason},
    storage::{
        self,
        records::{self, Page, Row},
        replies::Reply,
    },
    web,
};
use support::{
    hand_over::hand_over,
    node::{Node, node},
    reply::keep,
};
use tower::ServiceExt as _;

/// What a browser got.
struct Got {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Got {
    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn has(&self, part: &str) -> &Self {
        assert!(self.text.contains(part), "no {part:?} in:\n{}", self.text);
        self
    }

    fn lacks(&self, part: &str) -> &Self {
        assert!(!self.text.contains(part), "{part:?} in:\n{}", self.text);
        self
    }
}

fn router(node: &Node) -> Router {
    web::router(node.app.clone()).layer(middleware::from_fn(web::security_headers))
}

async fn ask(node: &Node, path: &str, headers: &[(&str, &str)]) -> Got {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router(node).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 8 << 20).await.unwrap();
    Got { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

async fn get(node: &Node, path: &str) -> Got {
    let got = ask(node, path, &[("accept", "text/html")]).await;
    assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.text);
    got
}

async fn english(node: &Node, path: &str) -> Got {
    ask(node, path, &[("accept", "text/html"), ("accept-language", "en-GB, en;q=0.9")]).await
}

/// Our first record of a kind.
async fn first(node: &Node, kind: &str) -> Row {
    let rows = records::by_kind_ours(&node.app.db, kind, &Page::first(100)).await.unwrap();
    rows.into_iter().next_back().unwrap_or_else(|| panic!("no {kind}"))
}

/// The path of a page from the list that shows it.
fn paths<'a>(list: &'a Got, folder: &str) -> Vec<&'a str> {
    let before = format!("<h3><a href=\"/{folder}/");
    let starts = list.text.match_indices(&before).map(|(at, _)| at + "<h3><a href=\"".len());
    starts.map(|at| list.text[at..].split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn every_page_stands_in_both_languages_with_one_heading_and_nothing_untranslated() {
    let node = node("rennes", 8201).await;
    node.publish_sample("rennes.toml").await;
    let mut pages: Vec<String> = [
        "/",
        "/conseils",
        "/questions",
        "/avis",
        "/echeances",
        "/echeances?etat=a-venir&conseil=ccnr",
        "/recus",
        "/recherche",
        "/recherche?q=num%C3%A9rique",
        "/reseau",
        "/competences",
        "/competences?echelon=commune",
        "/annuaire",
    ]
    .map(str::to_owned)
    .to_vec();
    pages.extend(
        ["/accessibilite", "/donnees-personnelles", "/@mairie", "/@fil", "/@relay"].map(str::to_owned),
    );
    for (kind, folder) in parvis::domain::said::Said::FOLDERS {
        let rows = records::by_kind_ours(&node.app.db, kind, &Page::first(3)).await.unwrap();
        let shown = rows.iter().filter(|_| *kind != "Recommendation");
        pages.extend(shown.map(|row| format!("/{folder}/{}", row.slug)));
    }
    for actor in storage::actors::by_role(&node.app.db, "council").await.unwrap() {
        pages.extend([format!("/conseils/{}", actor.handle), format!("/@{}", actor.handle)]);
    }
    assert!(pages.len() > 25, "{pages:?}");
    for page in pages {
        for (lang, got) in [("fr", get(&node, &page).await), ("en", english(&node, &page).await)] {
            assert_eq!(got.status, StatusCode::OK, "{page}");
            got.has(&format!("<html lang=\"{lang}\">"));
            let listed = !page.contains('?');
            assert_eq!(got.text.contains("<link rel=\"canonical\"") && got.text.contains("og:title"), listed);
            assert_eq!(got.text.matches("<h1").count(), 1, "{page} has one h1");
            got.lacks("<script").lacks(" style=\"").lacks("problem-").lacks("\u{2068}");
            for raw in
                ["nav-", "home-", "avis-", "proof-", "claims-", "network-", "a11y-", "privacy-", "kind-"]
            {
                got.lacks(&format!(">{raw}"));
            }
        }
    }
}

#[tokio::test]
async fn an_avis_shows_what_became_of_each_recommendation() {
    let node = node("rennes", 8202).await;
    node.publish_sample("rennes.toml").await;
    let list = get(&node, "/avis").await;
    assert!(paths(&list, "avis").len() >= 3);
    let answers = records::by_kind_ours(&node.app.db, "Answer", &Page::first(50)).await.unwrap();
    let mut answered = None;
    for answer in answers {
        // What answers several at once replies to the avis.
        let parent = records::get(&node.app.db, answer.parent.as_deref().unwrap()).await.unwrap().unwrap();
        if parent.kind == "Recommendation" {
            answered = Some((answer, parent));
        }
    }
    let (answer, recommendation) = answered.unwrap();
    let avis = records::get(&node.app.db, recommendation.avis.as_deref().unwrap()).await.unwrap().unwrap();
    let page = get(&node, &format!("/avis/{}", avis.slug)).await;
    page.has(&format!("<article class=\"rec\" id=\"r{}\">", recommendation.number.unwrap()));
    page.has(&format!("href=\"/reponses/{}\"", answer.slug))
        .has("texte synthétique")
        .has("Signature vérifiée");
    page.has(&format!("<link rel=\"alternate\" type=\"application/activity+json\" href=\"{}\">", avis.uri));
    let on = get(&node, &format!("/reponses/{}", answer.slug)).await;
    on.has(&format!("href=\"/avis/{}#r{}\"", avis.slug, recommendation.number.unwrap()));
}

#[tokio::test]
async fn requirement_2_24_totals_are_computed_and_the_mission_5g_counts_50_0_4() {
    let node = node("rennes", 8203).await;
    node.publish_sample("rennes.toml").await;
    let council = get(&node, "/conseils/mission5g").await;
    council.has("54 recommandations publiées");
    council
        .has("</svg>réalisée</span> <strong>50</strong>")
        .has("</svg>abandonnée</span> <strong>4</strong>");
    english(&node, "/conseils/mission5g").await.has("54 recommendations published");
}

#[tokio::test]
async fn disputed_facts_keep_every_value_with_its_source_rule_10() {
    let node = node("rennes", 8204).await;
    node.publish_sample("rennes.toml").await;
    let council = get(&node, "/conseils/ccnr").await;
    council.has("Les sources se contredisent").has("Horizons publics").has("Ville de Rennes").has("fin 2021");
}

#[tokio::test]
async fn drafts_are_nowhere_p1() {
    let node = node("rennes", 8205).await;
    let folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples");
    let dossier = parvis::dossier::read(&folder.join("rennes.toml")).unwrap();
    import::import(&node.app, &node.operator, &dossier, &folder, false).await.unwrap();
    let pages = ["/", "/conseils", "/questions", "/avis", "/recherche?q=5G", "/@mairie"];
    for page in pages {
        get(&node, page).await.lacks("Mission 5G").lacks("54 propositions");
    }
    let draft = ask(&node, "/avis/rapport", &[]).await;
    let unknown = ask(&node, "/avis/inconnu0", &[]).await;
    assert_eq!((draft.status, draft.text.replace("rapport", "inconnu0")), (unknown.status, unknown.text));
    assert_eq!(ask(&node, "/flux/ccnr.atom", &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn p4_a_withdrawn_avis_says_so_with_its_reason_and_what_it_said() {
    let node = node("rennes", 8206).await;
    node.publish_sample("rennes.toml").await;
    let avis = first(&node, "Avis").await;
    let id = Iri::parse(&avis.uri).unwrap();
    withdraw::withdraw(
        &node.app,
        &node.operator,
        &id,
        Reason::Duplicate,
        "Doublon <script>x</script> (synthétique).",
    )
    .await
    .unwrap();
    let path = format!("/avis/{}", avis.slug);
    let page = ask(&node, &path, &[("accept", "text/html")]).await;
    assert_eq!(page.status, StatusCode::GONE);
    page.has("retiré par son auteur").has("Doublon").lacks("<script").has("2 versions conservées");
    page.has(&format!("{}/versions/1", avis.uri)).has("avant son retrait");
    get(&node, "/").await.lacks(&path);
}

#[tokio::test]
async fn w14_w15_every_response_protects_its_reader() {
    let node = node("rennes", 8207).await;
    for path in ["/", "/nulle-part", "/static/style.000.css", "/recherche?q=%3Cscript%3E"] {
        let got = ask(&node, path, &[]).await;
        let policy = got.header(header::CONTENT_SECURITY_POLICY);
        assert!(
            policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(!policy.contains("script") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(got.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert_eq!(got.header(header::REFERRER_POLICY), "no-referrer");
        got.lacks("<script>");
    }
}

#[tokio::test]
async fn a_page_known_already_is_not_sent_twice_and_caches_tell_languages_apart_w16() {
    let node = node("rennes", 8208).await;
    let page = get(&node, "/").await;
    assert_eq!(page.header(header::VARY), "Accept, Accept-Language, Cookie");
    assert_eq!(page.header(header::CACHE_CONTROL), "public, max-age=60");
    let tag = page.header(header::ETAG).to_owned();
    let again = ask(&node, "/", &[("accept", "text/html"), ("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let other = ask(&node, "/", &[("accept-language", "en"), ("if-none-match", &tag)]).await;
    assert_eq!(other.status, StatusCode::OK);
    let at = page.text.find("/static/style.").unwrap();
    let style = get(&node, page.text[at..].split('"').next().unwrap()).await;
    assert_eq!(style.header(header::CACHE_CONTROL), "public, max-age=31536000, immutable");
}

#[tokio::test]
async fn the_switch_keeps_the_language_and_goes_back_here_only_w8() {
    let node = node("rennes", 8209).await;
    let switch = ask(&node, "/langue/en?retour=/avis%3Favant%3Dx", &[]).await;
    assert_eq!((switch.status, switch.header(header::LOCATION)), (StatusCode::SEE_OTHER, "/avis?avant=x"));
    let cookie = switch.header(header::SET_COOKIE);
    assert!(cookie.starts_with("langue=en; ") && cookie.contains("SameSite=Lax"), "{cookie}");
    let kept = [("cookie", "langue=en"), ("accept-language", "fr")];
    ask(&node, "/avis", &kept).await.has("<html lang=\"en\">");
    for evil in ["//evil.example", "/%5Cevil.example", "https:evil", "https://evil.example/", "%0d%0aA:b"] {
        let refused = ask(&node, &format!("/langue/en?retour={evil}"), &[]).await;
        assert_eq!(
            (refused.status, refused.header(header::LOCATION)),
            (StatusCode::UNPROCESSABLE_ENTITY, "")
        );
    }
}

#[tokio::test]
async fn an_error_is_a_page_with_a_way_back_or_a_problem_document() {
    let node = node("rennes", 8210).await;
    let page = ask(&node, "/avis/rien", &[("accept", "text/html")]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.has("Page introuvable").has("Revenir à l’accueil").has("noindex");
    let english = english(&node, "/nulle-part").await;
    english.has("Page not found").has("Back to the home page");

    let long = format!("/recherche?q={}", "a".repeat(201));
    let problem = ask(&node, &long, &[("accept", "application/json"), ("accept-language", "en")]).await;
    assert_eq!(problem.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem.header(header::CONTENT_TYPE), "application/problem+json");
    let document: serde_json::Value = serde_json::from_str(&problem.text).unwrap();
    assert_eq!(
        (&document["status"], &document["problems"][0]["rule"]),
        (&422.into(), &"search-length".into())
    );
    assert!(document["problems"][0]["message"].as_str().unwrap().contains("200 characters"));

    let wrong = Request::post("/avis").body(Body::empty()).unwrap();
    let wrong = router(&node).oneshot(wrong).await.unwrap();
    assert_eq!(wrong.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(wrong.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
}

#[tokio::test]
async fn c2_c8_replies_are_shown_once_approved_cleaned_and_by_their_address() {
    let node = node("rennes", 8211).await;
    node.publish_sample("rennes.toml").await;
    let avis = first(&node, "Avis").await;
    let reply = |uri: &str, state: &str, content: &str| Reply {
        uri: uri.to_owned(),
        author: "https://social.example/users/eve".to_owned(),
        author_name: "Ville de \u{202e}Rennes</p><script>".to_owned(),
        author_handle: "eve@social.example".to_owned(),
        parent: avis.uri.clone(),
        content: content.to_owned(),
        lang: Some("fr".to_owned()),
        published: "2026-11-20T10:00:00Z".to_owned(),
        updated: None,
        received_at: 0,
        state: state.to_owned(),
        decided_by: None,
        decided_at: None,
        reason: None,
    };
    let shown = "<p>Bravo<img src=x onerror=alert(1)> <a href=\"javascript:x\">ici</a></p>";
    keep(&node.app.db, &reply("https://social.example/1", "approved", shown)).await;
    keep(&node.app.db, &reply("https://social.example/2", "held", "<p>En attente</p>")).await;
    let page = get(&node, &format!("/avis/{}", avis.slug)).await;
    page.has("Bravo").has("@eve@social.example").lacks("onerror").lacks("javascript:").lacks("\u{202e}");
    page.has("Ville de Rennes&#60;/p&#62;&#60;script&#62;").lacks("En attente");
}

#[tokio::test]
async fn the_feed_of_a_council_moves_when_an_answer_comes() {
    let node = node("rennes", 8212).await;
    node.publish_sample("rennes.toml").await;
    let feed = get(&node, "/flux/ccnr.atom").await;
    assert_eq!(feed.header(header::CONTENT_TYPE), "application/atom+xml; charset=utf-8");
    let parsed: atom_syndication::Feed = feed.text.parse().unwrap();
    assert!(!parsed.entries.is_empty());
    let mission: atom_syndication::Feed = get(&node, "/flux/mission5g.atom").await.text.parse().unwrap();
    let entry = &mission.entries[0];
    assert!(entry.updated > entry.published.unwrap(), "its follow-ups are later than the avis");
    get(&node, "/conseils/ccnr").await.has("type=\"application/atom+xml\" href=\"/flux/ccnr.atom\"");
}

#[tokio::test]
async fn lists_go_on_where_they_stopped() {
    let node = node("rennes", 8213).await;
    node.publish_sample("rennes.toml").await;
    let bad = ask(&node, "/avis?avant=hier", &[("accept", "text/html")]).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    let all = records::by_kind_ours(&node.app.db, "Avis", &Page::first(100)).await.unwrap();
    let place = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("avant", &all[0].published)
        .append_pair("id", &all[0].uri)
        .finish();
    let rest = get(&node, &format!("/avis?{place}")).await;
    let expected: Vec<String> = all[1..].iter().map(|row| format!("/avis/{}", row.slug)).collect();
    assert_eq!(paths(&rest, "avis"), expected);
    rest.has("Retour au début");
}

#[tokio::test]
async fn a_received_avis_is_read_like_ours_with_its_origin_and_is_never_official_c8() {
    let (rennes, angers) = (node("rennes", 8214).await, node("angers", 8215).await);
    rennes.publish_sample("rennes.toml").await;
    hand_over(&rennes, &angers).await;
    let avis = first(&rennes, "Avis").await;
    let path = format!("/recus/{}", Iri::parse(&avis.uri).unwrap().key());
    get(&angers, "/recus").await.has("Reçus d’autres territoires").has("rennes.localhost:8214");
    let page = get(&angers, &path).await;
    page.has("Ce texte vient de rennes.localhost:8214").has("Signature vérifiée");
    page.has("@ccnr@rennes.localhost:8214").lacks("compte officiel");
    let there = avis_url(&avis);
    page.has(&format!("href=\"{there}\"")).has("<article class=\"rec\" id=\"r1\">");
    get(&angers, "/recherche?q=d%C3%A9marches").await.has(&path);
    get(&angers, "/avis").await.has("Aucun avis n’est publié");
    get(&angers, "/themes/reseaux-telecoms").await.has("Rapport de la Mission 5G");
    assert_eq!(ask(&angers, "/recus/0000000000000000", &[]).await.status, StatusCode::NOT_FOUND);
}

/// The page of a record at its origin.
fn avis_url(row: &Row) -> String {
    let document: serde_json::Value = serde_json::from_str(&row.document).unwrap();
    document["url"].as_str().unwrap().to_owned()
}
