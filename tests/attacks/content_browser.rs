//! Row C16: thousands of hostile texts, shown in a browser that would run what is left of them.

use std::{io::Write as _, net::SocketAddr, path::Path};

use parvis::{
    actions::{Operator, replies},
    domain::{canonical, html},
    server, storage,
};
use serde_json::{Value, json};

use crate::{
    city::{ALICE, City, LYON, document},
    foreign::script,
    world::OURS,
};

/// What is put around.
const AROUND: &[&str] = &[
    "@",
    "<p>@</p>",
    "<a href=\"https://a.example/\">@</a>",
    "<svg>@</svg>",
    "<math><mtext><table><mglyph>@</math>",
    "<noscript><p title=\"</noscript>@\">",
    "<template>@</template>",
    "<xmp><p title=\"</xmp>@\">",
    "<textarea><p title=\"</textarea>@\">",
    "<title><a title=\"</title>@\">",
    "<style><a title=\"</style>@\">",
    "<!--><p>@-->",
    "<![CDATA[@]]>",
    "&lt;p&gt;@",
    "<select><template><style>@",
    "<form><math><mtext></form><form><mglyph><style></math>@",
];

/// Elements.
const ELEMENTS: &[&str] = &[
    "script",
    "img",
    "svg",
    "math",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "button",
    "video",
    "audio",
    "source",
    "details",
    "body",
    "style",
    "link",
    "meta",
    "base",
    "a",
    "p",
    "span",
    "marquee",
    "table",
    "isindex",
    "frame",
    "dialog",
    "animate",
    "set",
    "foreignObject",
    "annotation-xml",
    "image",
    "keygen",
    "x",
    "a:b",
    "SCRIPT/x",
];

/// What they carry; `!` is what must not run.
const CARRIED: &[&str] = &[
    "",
    "onerror=! src=x",
    "onload='!'",
    "onfocus=\"!\" autofocus tabindex=1",
    "ontoggle=! open",
    "onmouseover=! onclick=! onpointerenter=!",
    "onanimationstart=! style='animation:x 1s'",
    "onbegin=! attributeName=href to=javascript:!",
    "href=javascript:! xlink:href=javascript:!",
    "href=\"java&#9;script:!\"",
    "href='&#x6a;avascript:!' src='data:text/html,<script>!</script>'",
    "srcdoc='<script>parent.!</script>'",
    "action=javascript:! formaction=javascript:!",
    "data=javascript:! type=text/html",
    "http-equiv=refresh content='0;url=javascript:!'",
    "style=\"position:fixed;background:url('javascript:!')\" class=official id=main",
    "title='\"><script>!</script>' alt='`-->'",
];

/// One text for each element and what it carries, each in another place.
fn corpus() -> Vec<String> {
    let mut texts = Vec::new();
    for (number, element) in ELEMENTS.iter().enumerate() {
        for (place, carried) in CARRIED.iter().enumerate() {
            for turn in 0..4 {
                let call = format!("window.__xss=(window.__xss||[]).concat({})", texts.len());
                let around = AROUND[(number + 5 * place + 4 * turn) % AROUND.len()];
                let end = element.split('/').next().unwrap_or_default();
                let inside = format!("<{element} {}>{call}</{end}>", carried.replace('!', &call));
                texts.push(around.replace('@', &inside));
            }
        }
    }
    texts
}

#[test]
fn c16_cleaning_twice_changes_nothing() {
    let texts = corpus();
    assert!(texts.len() >= 2_000, "{}", texts.len());
    for text in &texts {
        let once = html::clean(text);
        assert_eq!(html::clean(&once), once, "{text}");
        let words = once.replace("&lt;", "");
        assert!(
            !words.contains("<script") && !words.contains("<img") && !words.contains("javascript:\""),
            "{text}: {once}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c16_a_browser_runs_nothing_of_two_thousand_hostile_texts() {
    let city = City::new().await;
    let texts = corpus();
    let paths = publish(&city, &texts).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    let service = server::router(&city.app).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    let pages = tokio::task::spawn_blocking(move || look_at(port, &paths)).await.expect("a browser");
    assert!(pages.len() >= 4);
    let mut said = 0;
    for page in &pages {
        let at = page["path"].as_str().expect("a path");
        assert_eq!((&page["status"], &page["runs"]), (&json!(200), &json!(true)), "{at}: a script would run");
        assert_eq!(
            (&page["ran"], &page["dialogs"], &page["elsewhere"]),
            (&Value::Null, &json!([]), &json!([])),
            "{at}"
        );
        assert_eq!(page["at"], format!("{OURS}{at}"), "it stays where it is");
        let list = |name: &str| {
            page[name].as_array().expect("a list").iter().filter_map(Value::as_str).collect::<Vec<_>>()
        };
        let known = [
            "a",
            "b",
            "blockquote",
            "br",
            "code",
            "div",
            "em",
            "h2",
            "h3",
            "h4",
            "i",
            "li",
            "ol",
            "p",
            "pre",
            "span",
            "strong",
            "sup",
            "time",
            "ul",
        ];
        let elements = list("elements");
        assert!(elements.iter().all(|element| known.contains(element)), "{at}: {elements:?}");
        let known = ["class", "datetime", "href", "lang", "rel"];
        let attributes = list("attributes");
        assert!(attributes.iter().all(|name| known.contains(name)), "{at}: {attributes:?}");
        let known = ["http:", "https:", "mailto:"];
        assert!(
            list("protocols").iter().all(|protocol| known.contains(protocol)),
            "{at}: {}",
            page["protocols"]
        );
        said += page["said"].as_u64().unwrap_or_default();
    }
    assert!(said >= 2_000, "all of them were shown: {said}");
}

/// Shows every text: as a reply stored as it is, in a name, and in a record.
async fn publish(city: &City, texts: &[String]) -> Vec<String> {
    city.meet(&[ALICE]).await;
    let alice = storage::actors::get(&city.app.db, city.id(ALICE).as_str()).await.unwrap().unwrap();
    let mut note = city.note(ALICE, &city.ours, "x");
    note["content"] = json!("<p>Oui</p>");
    city.accepted(&city.says(ALICE, "Create", note.clone())).await;
    let first = city.reply(&note).await.expect("a reply");
    replies::decide(&city.app, &Operator::cli("test"), &first.uri, true).await.unwrap();
    for (number, text) in texts.iter().enumerate() {
        let reply = storage::replies::Reply {
            uri: format!("{}/{number}", alice.uri),
            parent: if number % 2 == 0 { city.avis.to_string() } else { city.question.to_string() },
            content: text.clone(),
            state: "approved".to_owned(),
            author_name: if number % 7 == 0 { text.clone() } else { first.author_name.clone() },
            ..first.clone()
        };
        crate::reply::keep(&city.app.db, &reply).await;
    }
    let mut paths = Vec::new();
    for id in [&city.avis, &city.question] {
        let row = storage::records::get(&city.app.db, id.as_str()).await.unwrap().unwrap();
        let folder = if id == &city.avis { "avis" } else { "questions" };
        paths.push(format!("/{folder}/{}", row.slug));
    }
    city.follows(&city.id(LYON)).await;
    for chunk in texts.chunks(texts.len().div_ceil(4)) {
        let mut answer = city.answer(LYON, &city.theirs);
        answer["content"] = json!(format!("<p>Oui.</p>{}", chunk.concat()));
        answer["parvis:title"] = json!(chunk[0].chars().take(290).collect::<String>().trim());
        let answer = city.proven(LYON, &answer);
        assert!(canonical::write(document(&answer)).len() < 512 * 1024);
        city.accepted(&city.says(LYON, "Create", answer.clone())).await;
        paths.push(format!("/recus/{}", city.record(&answer).await.expect("a record").slug));
    }
    paths
}

/// What the browser made of the pages.
fn look_at(port: u16, paths: &[String]) -> Vec<Value> {
    let chromium = std::env::var("PARVIS_CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    assert!(Path::new(&chromium).exists(), "no browser at {chromium}: run scripts/test");
    let order = json!({"base": OURS, "chromium": chromium, "port": port, "paths": paths});
    let mut reader = script("hostile.mjs").spawn().expect("Node.js starts");
    reader.stdin.take().expect("its input").write_all(order.to_string().as_bytes()).expect("the order");
    let done = reader.wait_with_output().expect("its output");
    assert!(done.status.success(), "hostile.mjs failed");
    serde_json::from_slice(&done.stdout).expect("one JSON array")
}
