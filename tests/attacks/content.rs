//! Rows C: what others write, as it is kept and as it is shown.

use http::StatusCode;
use parvis::{
    actions::{Operator, replies},
    federation::{actors, catch_up},
    storage,
};
use serde_json::{Value, json};

use crate::{
    city::{ALICE, City, EVE, LYON, MALLORY},
    http_server::Reply,
    oracle::Verdict,
    world::KEYS,
};

impl City {
    /// The page of the avis.
    async fn page_of_avis(&self) -> String {
        let row = storage::records::get(&self.app.db, self.avis.as_str()).await.unwrap().unwrap();
        let answer = self.get(&format!("/avis/{}", row.slug)).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.body
    }

    /// A reply of Alice's with this text comes in and is approved; gives it as it is kept.
    async fn approved(&self, html: &str) -> storage::replies::Reply {
        let mut note = self.note(ALICE, &self.ours, "");
        note["content"] = json!(html);
        self.approved_note(note).await
    }

    async fn approved_note(&self, note: Value) -> storage::replies::Reply {
        self.accepted(&self.says(ALICE, "Create", note.clone())).await;
        let kept = self.reply(&note).await.expect("a reply");
        replies::decide(&self.app, &Operator::cli("test"), &kept.uri, true).await.unwrap();
        kept
    }

    /// Alice is called this from now on.
    async fn renamed(&self, name: &str, value: Value) -> storage::actors::Actor {
        let mut alice = self.actor("angers", "/alice", &KEYS[0]);
        alice[name] = value;
        self.page("angers", "/alice", Reply::document(&alice.to_string()));
        let id = self.id(ALICE);
        self.accepted(&self.says(ALICE, "Update", json!({"id": id, "type": "Person"}))).await;
        storage::actors::get(&self.app.db, id.as_str()).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn c01_c03_c04_c05_nothing_active_is_kept_or_shown() {
    let city = City::new().await;
    let attacks = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<iframe srcdoc='<script>1</script>'></iframe>",
        "<form action=/x><input name=q><button formaction=//evil.example>x</button></form>",
        "<meta http-equiv=refresh content='0;url=//evil.example'>",
        "<base href=//evil.example>",
        "<object data=x></object><embed src=x>",
        "<style>p{position:fixed}</style><link rel=stylesheet href=//evil.example>",
        "<p onclick=alert(1) style='position:fixed' class='badge official' id='main'>text</p>",
        "<a href='javascript:alert(1)'>x</a><a href='java\tscript:alert(1)'>x</a><a href='&#106;avascript:x'>x</a>",
        "<a href='vbscript:x'>x</a><a href='data:text/html,x'>x</a><a href='//evil.example'>x</a><a href='\\\\evil'>x</a>",
        "<math><annotation-xml encoding=text/html><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
        "<svg><animate onbegin=alert(1) attributeName=x><set onbegin=alert(1)></svg>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
        "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\"></xmp><template><script>1</script></template>",
        "<!--><img src=x onerror=alert(1)>--><![CDATA[<script>1</script>]]>",
    ];
    let forbidden = [
        "<script",
        "<img",
        "<iframe",
        "<form",
        "<input",
        "<button",
        "<meta",
        "<base",
        "<object",
        "<embed",
        "<style",
        "<link",
        "<svg",
        "<math",
        "<set",
        "onerror",
        "onclick",
        "onbegin",
        "javascript",
        "vbscript",
        "data:",
        "//evil",
        "position",
        "badge",
        "id=",
        "srcdoc",
    ];
    for attack in attacks {
        let kept = city.approved(&format!("<p>avant</p>{attack}<p>après</p>")).await;
        for part in forbidden {
            assert!(!kept.content.contains(part), "{part} of {attack}: {}", kept.content);
        }
        assert!(kept.content.contains("avant"), "{attack}");
    }
    let good = city
        .approved("<p>Un <a href='https://rennes.example/x' class='mention'>lien</a>, <em>deux</em></p>")
        .await;
    assert!(
        good.content.contains(
            "<a href=\"https://rennes.example/x\" class=\"mention\" rel=\"nofollow noopener ugc\">lien</a>"
        ),
        "{}",
        good.content
    );
    // Cleaned again where it is shown, whatever is stored.
    for (number, attack) in attacks.iter().enumerate() {
        let stored = storage::replies::Reply {
            uri: format!("{}/raw/{number}", good.uri),
            content: (*attack).to_owned(),
            state: "approved".to_owned(),
            ..good.clone()
        };
        crate::reply::keep(&city.app.db, &stored).await;
    }
    let page = city.page_of_avis().await;
    let shown: String =
        page.split("class=\"said\"").skip(1).filter_map(|said| said.split("</div>").next()).collect();
    assert!(shown.matches("@alice@angers").count() > attacks.len());
    for part in [
        "<script",
        "<img",
        "<iframe",
        "<object",
        "<embed",
        "<svg",
        "<math",
        "onerror=",
        "onclick=",
        "javascript:",
        "srcdoc",
        "style=",
    ] {
        assert!(!shown.contains(part), "{part}");
    }
}

#[tokio::test]
async fn c02_c07_c09_names_are_words() {
    let city = City::new().await;
    let hostile = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>";
    let actor = city.renamed("name", json!(hostile)).await;
    assert_eq!(actor.name, hostile, "words, kept as they are");
    city.approved("<p>Oui</p>").await;
    let page = city.page_of_avis().await;
    assert!(
        page.contains("&#60;script&#62;") || page.contains("&lt;script&gt;"),
        "escaped where it is shown"
    );
    assert!(!page.contains("<script>alert") && !page.contains("<img src=x"));
    // C7: directions, what shows nothing, and heaps of marks.
    let zalgo = format!("Mairie{}", "\u{334}".repeat(500));
    for (given, kept) in [
        ("Mai\u{202e}rie\u{200b} de\u{2066} Lyon\u{feff}", "Mairie de Lyon"),
        ("\u{1f3db}".repeat(10_000).as_str(), "\u{1f3db}".repeat(200).as_str()),
        (zalgo.as_str(), "Mairie\u{334}\u{334}"),
        ("e\u{301}", "é"),
        ("\u{3164}\u{200d}", "alice"),
    ] {
        assert_eq!(city.renamed("name", json!(given)).await.name, kept);
    }
    for nul in ["a\u{0}b"] {
        let mut note = city.note(ALICE, &city.ours, nul);
        note["content"] = json!(nul);
        city.refused(&city.says(ALICE, "Create", note), parvis::federation::signature::Refusal::BadJson)
            .await;
    }
    let lone = city.says(ALICE, "Create", city.note(ALICE, &city.ours, "XX"));
    let text = lone.activity.to_string().replace("XX", "\\ud800");
    city.refused(&lone.text(text), parvis::federation::signature::Refusal::BadJson).await;
    // C9: user parts.
    let thousand = "x".repeat(1000);
    for (given, kept) in [
        ("../admin", "admin"),
        (".well-known", "well-known"),
        ("a@b/c<d>\"e", "abcde"),
        ("Alice", "Alice"),
        (thousand.as_str(), &thousand[..100]),
        ("", ""),
    ] {
        assert_eq!(city.renamed("preferredUsername", json!(given)).await.handle, kept, "{given}");
    }
}

#[tokio::test]
async fn c08_a_borrowed_name_makes_nobody_official() {
    let city = City::new().await;
    let ours = storage::actors::by_role(&city.app.db, "mairie").await.unwrap().remove(0);
    for name in [ours.name.as_str(), "Mairi\u{435} de Rennes", "compte officiel"] {
        let actor = city.renamed("name", json!(name)).await;
        assert_eq!((actor.ours, actor.role.as_deref(), actor.name.as_str()), (false, None, name));
        let kept = city.approved("<p>Oui</p>").await;
        assert_eq!(kept.author_handle, format!("alice@{}", city.id(ALICE).host()));
        let page = city.page_of_avis().await;
        let shown =
            page.split(&format!(">{name} <span class=\"address\">@alice@{}", city.id(ALICE).host())).count();
        assert!(shown > 1, "the address is always beside the name: {name}");
    }
    // A server of another alphabet is shown by the name it has in the network.
    assert!(parvis::domain::Iri::parse("https://mairiе-lyon.fr/a").is_err());
    assert!(parvis::domain::Iri::parse("https://xn--mairi-lyon-9qk.fr/a").is_ok());
}

#[tokio::test]
async fn c06_c10_c15_links_show_where_they_lead_and_nothing_is_loaded() {
    let city = City::new().await;
    let mut alice = city.actor("angers", "/alice", &KEYS[0]);
    alice["icon"] =
        json!({"type": "Image", "mediaType": "image/png", "url": "https://evil.example/icon.svg"});
    city.page("angers", "/alice", Reply::document(&alice.to_string()));
    let mut note = city.note(ALICE, &city.ours, "");
    note["content"] = json!(
        "<p><a href=\"https://evil.example/:blob:\"><span class=\"invisible\">https://evil.example/</span>rennes.fr</a> :blob: <em title=\":blob:\">x</em></p>"
    );
    note["attachment"] = json!([{"type": "Document", "mediaType": "image/png", "url": "https://evil.example/x.svg", "name": "<img src=x>"}]);
    note["tag"] = json!([{"type": "Emoji", "name": ":blob:", "icon": {"type": "Image", "url": "https://evil.example/\" onerror=\"x"}}]);
    city.approved_note(note).await;
    let page = city.page_of_avis().await;
    assert!(page.contains("https://evil.example/rennes.fr</a>"), "C6: the whole of it is seen: {page}");
    assert!(page.contains(" :blob: <em>x</em>"), "C15: words stay words: {page}");
    for part in ["<img", "icon.svg", "x.svg", "onerror", "invisible"] {
        assert!(!page.split("class=\"said\"").skip(1).any(|said| said.contains(part)), "{part}");
    }
    city.approved("<p><a href=\"https://evil.example/x\">https://rennes.fr</a></p>").await;
    assert!(
        city.page_of_avis()
            .await
            .contains("https://rennes.fr</a> <span class=\"host\">(evil.example)</span>")
    );
    let css = city.get("/static/style.css").await;
    assert!(!css.body.contains(".invisible"), "nothing is made invisible");
}

#[tokio::test]
async fn c11_c12_c13_dates_languages_and_polls_are_kept_within_bounds() {
    let city = City::new().await;
    let dated = async |published: Value| {
        let mut note = city.note(ALICE, &city.ours, "Oui");
        note["published"] = published;
        let kept = city.approved_note(note).await;
        kept.published
    };
    for (given, kept) in [
        (json!("9998-12-31T23:59:59Z"), "2026-03-09T08:07:00Z"),
        (json!("2026-03-09T08:06:00Z"), "2026-03-09T08:06:00Z"),
        (json!("0001-01-01T00:00:00Z"), "2000-01-01T00:00:00Z"),
        (json!("-000001-01-01T00:00:00Z"), "2000-01-01T00:00:00Z"),
        (json!("2016-12-31T23:59:60Z"), "2016-12-31T23:59:59Z"),
        (json!("2026-03-09T08:00:00"), "2026-03-09T08:02:00Z"),
        (json!("yesterday"), "2026-03-09T08:02:00Z"),
        (json!(1_700_000_000), "2026-03-09T08:02:00Z"),
        (Value::Null, "2026-03-09T08:02:00Z"),
        (json!("2026-03-09T09:00:00.5+01:00"), "2026-03-09T08:00:00Z"),
    ] {
        assert_eq!(dated(given.clone()).await, kept, "{given}");
    }
    // C11: a record is refused instead, since nothing signed is altered.
    city.accepted(&city.says(LYON, "Create", city.proven(LYON, &city.answer(LYON, &city.theirs)))).await;
    for (at, rule) in [
        ("9999-01-01T00:00:00Z", "future"),
        ("2026-03-09T09:00:00Z", "future"),
        ("0000-13-01T00:00:00Z", "unfit-value"),
        ("2026-03-09T08:00:00+01:00", "unfit-value"),
    ] {
        let mut answer = city.answer(LYON, &city.theirs);
        answer["published"] = json!(at);
        city.refused(&city.says(LYON, "Create", city.proven(LYON, &answer)), Verdict::new(400, rule)).await;
    }
    // C12: languages.
    let map =
        |tags: &[String]| Value::Object(tags.iter().map(|tag| (tag.clone(), json!("<p>Oui</p>"))).collect());
    let many: Vec<String> = (0..500).map(|n| format!("fr-{n}")).collect();
    for (tags, kept) in [
        (many.clone(), Some("fr-0")),
        (vec!["x\" onload=\"1".to_owned()], None),
        (vec!["français".to_owned()], None),
    ] {
        let mut note = city.note(ALICE, &city.ours, "Oui");
        note["contentMap"] = map(&tags);
        assert_eq!(city.approved_note(note).await.lang.as_deref(), kept);
    }
    for tags in [many, vec!["français".to_owned()]] {
        let mut answer = city.answer(LYON, &city.theirs);
        let rule = if tags.len() > 1 { "too-many" } else { "lang" };
        answer["contentMap"] = map(&tags);
        city.refused(&city.says(LYON, "Create", city.proven(LYON, &answer)), Verdict::new(400, rule)).await;
    }
    // C13: there are no polls here; a question is its words.
    let mut poll = city.note(ALICE, &city.ours, "Lequel ?");
    poll["type"] = json!("Question");
    poll["oneOf"] =
        json!((0..10_000).map(|n| json!({"type": "Note", "name": n.to_string()})).collect::<Vec<_>>());
    assert_eq!(city.approved_note(poll).await.content, "<p>Lequel ?</p>");
}

#[tokio::test]
async fn c01_c02_a_received_record_is_kept_as_signed_and_shown_clean() {
    let city = City::new().await;
    let own = "<script>window.__xss=1</script>\"><img src=x onerror=alert(1)>";
    let mut avis = city.note(LYON, &city.question, "");
    avis.as_object_mut().unwrap().remove("inReplyTo");
    let terms = json!({
        "parvis:kind": "parvis:Avis", "parvis:version": 1, "parvis:title": format!("Titre </title>{own}"),
        "parvis:addressee": city.id(LYON), "parvis:recommendations": [], "content": format!("<p>{own}</p>"),
        "parvis:summary": own, "parvis:diagnosis": own, "parvis:ref": own, "parvis:licence": own,
        "url": format!("{}#\"onclick=alert(1)", city.id(LYON)).replace('"', "%22"),
        "parvis:claims": [{"parvis:about": own, "parvis:value": own, "parvis:unit": own, "parvis:source": {"name": own, "url": "javascript:alert(1)", "date": own}}],
        "tag": [{"type": "Hashtag", "name": own, "href": "javascript:alert(1)"}],
    });
    avis.as_object_mut().unwrap().extend(crate::city::document(&terms).clone());
    city.follows(&city.id(LYON)).await;
    let avis = city.proven(LYON, &avis);
    city.accepted(&city.says(LYON, "Create", avis.clone())).await;
    let row = city.record(&avis).await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&row.document).unwrap(), avis, "exactly as signed");
    for path in [
        format!("/recus/{}", row.slug),
        "/recus".to_owned(),
        "/recherche?q=titre".to_owned(),
        "/reseau".to_owned(),
        "/".to_owned(),
    ] {
        let answer = city.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        for part in ["<script", "<img", "</title>&lt;", "javascript:", "\"onclick", "\"onerror", "'onerror"] {
            let found = answer.body.contains(part) && !answer.body.contains("application/ld+json");
            assert!(
                !found || part == "<script" && !answer.body.contains("__xss=1</script>"),
                "{path}: {part}"
            );
        }
        assert!(!answer.body.contains(own) && !answer.body.contains("<img src=x"), "{path}");
    }
}

#[tokio::test]
async fn c08_c09_a_peers_profile_is_held_to_the_same() {
    let city = City::new().await;
    actors::fetch_actor(&city.app, &city.id(LYON)).await.unwrap();
    city.follows(&city.id(LYON)).await;
    let id = city.id(LYON);
    let mut actor = crate::city::official(&city, LYON);
    let terms = json!({
        "parvis:version": 1, "published": "2026-03-09T07:00:00Z", "url": "https://evil.example/@mairie",
        "following": id.join("/f"), "featured": id.join("/t"), "indexable": true, "discoverable": true,
        "followers": city.iri("evil", "/followers"), "endpoints": {"sharedInbox": id.join("/i")},
        "manuallyApprovesFollowers": false, "preferredUsername": "mairie", "name": "Mai\u{202e}rie\u{3164}",
    });
    actor.as_object_mut().unwrap().extend(crate::city::document(&terms).clone());
    let heads = json!({"last": 9, "items": [{"author": id, "head": "sha256:other"}]}).to_string();
    let json_type = [("Content-Type", "application/json")];
    let tell = |actor: &Value| {
        let hash = parvis::domain::canonical::hash(crate::city::document(actor));
        let body = json!({"next": null, "last": 9, "items": [{"id": "x", "hash": hash, "document": actor}]});
        city.page(LYON.0, "/api/v1/heads", Reply::new("200 OK", &json_type, heads.as_bytes()));
        city.page(
            LYON.0,
            "/api/v1/changes?since=0&limit=200",
            Reply::new("200 OK", &json_type, body.to_string().as_bytes()),
        );
    };
    for (name, value) in [
        ("preferredUsername", json!("../admin")),
        ("type", json!("Note")),
        ("inbox", json!(city.id(EVE).join("/inbox"))),
        ("inbox", json!(city.id(MALLORY))),
    ] {
        let mut other = actor.clone();
        other[name] = value;
        tell(&city.proven(LYON, &other));
        assert_eq!(catch_up::catch_up(&city.app, id.host()).await.unwrap().refused, 1, "{name}");
        let mut tx = city.app.db.begin().await.unwrap();
        storage::hosts::synced(&mut tx, id.host(), 0, 0).await.unwrap();
        tx.commit().await.unwrap();
    }
    tell(&city.proven(LYON, &actor));
    assert_eq!(catch_up::catch_up(&city.app, id.host()).await.unwrap().appended, 1);
    let kept = storage::actors::get(&city.app.db, id.as_str()).await.unwrap().unwrap();
    assert_eq!((kept.name.as_str(), kept.ours, kept.url, kept.followers), ("Mairie", false, None, None));
}

#[test]
fn d17_the_longest_text_is_cleaned_in_time() {
    let attributes: Vec<String> = (0..30_000).map(|number| format!("a{number}")).collect();
    let tag = format!("<p {}>x</p>", attributes.join(" "));
    let pieces = [
        "<b>",
        "<p><b><i>",
        "<b></p>",
        "<a><b></a></b>",
        "<table><tr><td>",
        "<svg><b>",
        "&amp",
        "&lt;",
        "</b>",
        tag.as_str(),
    ];
    for piece in pieces {
        let html = format!("mot {}", piece.repeat(256 * 1024 / piece.len()));
        let start = std::time::Instant::now();
        let cleaned = parvis::domain::html::clean(&html);
        let words = parvis::domain::html::plain(&html);
        let name = &piece[..piece.len().min(20)];
        assert!(start.elapsed() < std::time::Duration::from_secs(30), "{name}: {:?}", start.elapsed());
        assert!(cleaned.starts_with("mot") && words.starts_with("mot"), "{name}");
    }
    // What people write stays what it is; what nobody writes is its bare words, and stays so.
    let nested = format!("{}x{}", "<ul><li>".repeat(50), "</li></ul>".repeat(50));
    assert_eq!(parvis::domain::html::clean(&nested), nested);
    for tangled in ["<b>a".repeat(201), "&lt;a&gt;".repeat(3000)] {
        let once = parvis::domain::html::clean(&tangled);
        assert!(!once.contains(['<', '>', '&']));
        assert_eq!(parvis::domain::html::clean(&once), once);
    }
}
