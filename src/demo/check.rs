//! The scenario of `demo --check`: what a city, its peers and a citizen expect of each other.

use std::{fmt::Display, time::Duration};

use super::{
    Demo, Teller, Told,
    citizen::Citizen,
    id_of, ideas, load,
    nodes::{Node, operator},
    read,
};
use crate::{
    Error, Result,
    actions::{publish::Published, replies, verify, withdraw},
    domain::{
        Code as _, Iri,
        codes::{Reason, Status},
    },
    dossier::Text,
    storage::{self, records::Page},
    web::view::{standings, standings_by_id},
};

/// One expectation and what was seen.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// What was looked at.
    pub what: String,
    /// What should be.
    pub expected: String,
    /// What is.
    pub seen: String,
}

impl Expectation {
    /// Whether it holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.expected == self.seen
    }
}

/// How long something may take to travel.
const TRAVEL: Duration = Duration::from_secs(45);

/// Gathers expectations and tells each.
struct Looking<'a> {
    tell: &'a Teller,
    all: Vec<Expectation>,
}

impl Looking<'_> {
    fn see(&mut self, what: impl Display, expected: impl Display, seen: impl Display) {
        let expectation =
            Expectation { what: what.to_string(), expected: expected.to_string(), seen: seen.to_string() };
        (self.tell)(Told::Looked(&expectation));
        self.all.push(expectation);
    }
}

/// Runs the scenario.
///
/// # Errors
/// Faults of the nodes.
pub async fn run(demo: &mut Demo, tell: &Teller) -> Result<Vec<Expectation>> {
    let mut looking = Looking { tell, all: Vec::new() };
    everybody_has_everything(demo, &mut looking).await?;
    totals(demo, &mut looking).await?;
    what_is_owed(demo, &mut looking).await?;
    an_answer_came_back_down(demo, &mut looking).await?;
    one_table_everywhere(demo, &mut looking).await?;
    let citizen = Citizen::start(&demo.node("rennes").app).await?;
    a_citizen_follows_and_replies(demo, &citizen, &mut looking).await?;
    let changed = an_edit_travels(demo, &citizen, &mut looking).await?;
    a_stopped_node_catches_up(demo, &mut looking).await?;
    a_withdrawal_travels(demo, &changed, &mut looking).await?;
    Ok(looking.all)
}

/// What is computed of all cities together is the same on every node, byte for byte: the table of the convention, the
/// way of an idea, who is competent, and the synthesis with what is contested in it.
async fn one_table_everywhere(demo: &Demo, looking: &mut Looking<'_>) -> Result<()> {
    let rennes = demo.node("rennes");
    let person = id_of(rennes, ideas::PERSON).await?;
    let of: String = url::form_urlencoded::byte_serialize(person.as_str().as_bytes()).collect();
    let cities = |table: &str| {
        let host = |node: &&Node| table.contains(&format!(",{},", node.city.host()));
        format!("{} cities", demo.nodes.iter().filter(host).count())
    };
    let path = format!("/conventions/{}.csv?on=2026-11-22", super::convention::NAME);
    alike(demo, looking, ("table of the convention", "4 cities"), cities, |_| path.clone()).await?;
    let path = format!("/genealogie.csv?id={of}");
    let way = |table: &str| {
        let count = |word: &str| table.matches(&format!(",{word},")).count();
        let [yes, unsaid, no] = ["confirmed", "not-confirmed", "contested"].map(count);
        format!("{yes} confirmed, {unsaid} not confirmed, {no} contested")
    };
    let expected = "1 confirmed, 2 not confirmed, 1 contested";
    alike(demo, looking, ("take-ups of an idea", expected), way, |_| path.clone()).await?;
    let path = format!("/competences.csv?convention={}", super::convention::NAME);
    let said = |table: &str, folder: &str| table.matches(folder).count();
    let otherwise = |table: &str| {
        let count = said(table, "/rapprochements/") + said(table, "/reprises/");
        format!("{count} placed otherwise elsewhere")
    };
    let expected = "4 placed otherwise elsewhere";
    alike(demo, looking, ("who is competent for what", expected), otherwise, |_| path.clone()).await?;
    let synthesis = id_of(rennes, ideas::SYNTHESIS).await?;
    let page = |node: &Node| match node.city.name {
        "rennes" => "/syntheses/synthese.json".to_owned(),
        _ => format!("/recus/{}.json", synthesis.key()),
    };
    let contested = |text: &str| format!("{} sentence contested", said(text, "/evaluations/"));
    alike(demo, looking, ("synthesis", "1 sentence contested"), contested, page).await
}

/// Looks at what every node answers: what is counted in it, and that it is the same everywhere.
async fn alike(
    demo: &Demo,
    looking: &mut Looking<'_>,
    (what, expected): (&str, &str),
    count: impl Fn(&str) -> String,
    path: impl Fn(&Node) -> String,
) -> Result<()> {
    let mut first = None;
    for node in &demo.nodes {
        let answer = node.page(&path(node)).await?;
        let equal = *first.get_or_insert_with(|| answer.clone()) == answer;
        looking.see(
            format!("{}: {what}", node.city.title),
            format!("{expected}, the same as everywhere"),
            format!("{}, {}", count(&answer), if equal { "the same as everywhere" } else { "another" }),
        );
    }
    Ok(())
}

/// Every node holds the public records of every city, and every proof holds.
async fn everybody_has_everything(demo: &Demo, looking: &mut Looking<'_>) -> Result<()> {
    for node in &demo.nodes {
        for other in demo.nodes.iter().filter(|other| other.city.name != node.city.name) {
            let theirs = heads_of(other, &other.city.host(), true).await?;
            let held = heads_of(node, &other.city.host(), false).await?;
            let what = format!(
                "{} holds the {} records and actors of {}",
                node.city.title,
                theirs.len(),
                other.city.title
            );
            looking.see(
                what,
                "all",
                if theirs == held { "all".to_owned() } else { format!("{} held", held.len()) },
            );
        }
        let findings = verify::register(&node.app, &|_, _| ()).await?;
        looking.see(
            format!("{}: proofs and chains of {} versions", node.city.title, findings.checked),
            "0 broken, 0 unsigned",
            format!("{} broken, {} unsigned", findings.broken.len(), findings.unsigned),
        );
    }
    Ok(())
}

/// Lines of the heads of all authors of one host.
async fn heads_of(node: &Node, host: &str, ours: bool) -> Result<Vec<String>> {
    let heads = storage::versions::heads(&node.app.db).await?;
    let of_host = heads
        .iter()
        .filter(|head| head.ours == ours && Iri::parse(&head.author).is_ok_and(|a| a.host() == host));
    let mut lines: Vec<String> = of_host.map(storage::versions::Head::line).collect();
    lines.sort();
    Ok(lines)
}

/// Mission 5G, 54 proposals: 50 done, none in progress, 4 abandoned, computed from the follow-ups, at
/// home and elsewhere alike.
async fn totals(demo: &Demo, looking: &mut Looking<'_>) -> Result<()> {
    let rennes = demo.node("rennes");
    let council = storage::actors::by_handle(&rennes.app.db, "mission5g").await?;
    let council = council.ok_or_else(|| Error::not_found("mission5g"))?.uri;
    for name in ["rennes", "nancy"] {
        let node = demo.node(name);
        let statuses = standings(&node.app, Some(&council)).await?;
        let count = |status: &Status| statuses.iter().filter(|one| *one == status).count();
        let seen =
            [Status::Done, Status::InProgress, Status::Abandoned].map(|status| count(&status).to_string());
        looking.see(format!("Mission 5G seen from {}", node.city.title), "50/0/4", seen.join("/"));
    }
    Ok(())
}

/// What the city owes stands on its page, and how its council sees it beside the City's own word.
async fn what_is_owed(demo: &Demo, looking: &mut Looking<'_>) -> Result<()> {
    let rennes = demo.node("rennes");
    let url = rennes.city.url();
    let page = demo_get(rennes, &format!("{url}/echeances")).await?;
    looking.see("Rennes shows what it owes on avis 2", true, page.contains("/avis/ccnr-avis-2"));
    let page = demo_get(rennes, &format!("{url}/avis/ccnr-avis-1")).await?;
    looking.see("the council's own view stands beside the City's", true, page.contains("id=\"regards\""));
    Ok(())
}

/// What Rennes relayed to the Region, and the Region to the State, was answered there: the answer stands at Rennes
/// and counts alike at Nancy, which was told by following Rennes.
async fn an_answer_came_back_down(demo: &Demo, looking: &mut Looking<'_>) -> Result<()> {
    let rennes = demo.node("rennes");
    let page = format!("{}/avis/ccnr-avis-3", rennes.city.url());
    let there = eventually(async || page_shows(rennes, &page, "décisions individuelles").await).await?;
    looking.see("the State's answer stands on the avis of Rennes", true, there);
    let council = storage::actors::by_handle(&rennes.app.db, "ccnr").await?;
    let council = council.ok_or_else(|| Error::not_found("ccnr"))?.uri;
    let relayed = storage::records::by_reference(&rennes.app.db, "rennes/ccnr/avis-3/r3").await?;
    let relayed = relayed.ok_or_else(|| Error::not_found("recommendation 3"))?.uri;
    for name in ["rennes", "nancy"] {
        let node = demo.node(name);
        let standing = async || {
            let all = standings_by_id(&node.app, Some(&council)).await?;
            Ok::<_, Error>(all.into_iter().find(|(id, _)| *id == relayed).map(|(_, status)| status))
        };
        eventually(async || Ok(standing().await? == Some(Status::AcceptedInPart))).await?;
        let seen = standing().await?.map_or("none", |status| status_word(&status));
        looking.see(format!("and counts, seen from {}", node.city.title), "accepted-in-part", seen);
    }
    Ok(())
}

fn status_word(status: &Status) -> &'static str {
    Status::ALL.iter().find(|(_, known)| known == status).map_or("other", |(word, _)| word)
}

/// A citizen of another server follows the council and replies; the reply shows once it is approved.
async fn a_citizen_follows_and_replies(
    demo: &Demo,
    citizen: &Citizen,
    looking: &mut Looking<'_>,
) -> Result<()> {
    let rennes = demo.node("rennes");
    let council =
        storage::actors::by_handle(&rennes.app.db, "ccnr").await?.ok_or_else(|| Error::not_found("ccnr"))?;
    citizen.follow(&Iri::parse(&council.uri)?, &Iri::parse(&council.inbox)?).await?;
    let accepted = eventually(async || Ok(!citizen.received("Accept").is_empty())).await?;
    looking.see("the citizen's follow is accepted", true, accepted);

    let avis = storage::records::by_author(&rennes.app.db, &council.uri, "Avis", &Page::first(1)).await?;
    let avis = avis.first().ok_or_else(|| Error::not_found("avis"))?;
    let text = "Merci, et quand commencez-vous ? (synthétique)";
    let note = citizen.reply(&Iri::parse(&avis.uri)?, &rennes.app.urls.shared_inbox(), text).await?;
    let page = format!("{}/avis/{}", rennes.city.url(), avis.slug);
    looking.see("the reply is held", "held", state_of(rennes, &note).await?);
    looking.see(
        "it is not on the page before",
        false,
        page_shows(rennes, &page, "quand commencez-vous").await?,
    );
    replies::decide(&rennes.app, &operator(), note.as_str(), true).await?;
    looking.see(
        "it is on the page once approved",
        true,
        page_shows(rennes, &page, "quand commencez-vous").await?,
    );
    Ok(())
}

async fn state_of(node: &Node, reply: &Iri) -> Result<String> {
    let reply = storage::replies::get(&node.app.db, reply.as_str()).await?;
    Ok(reply.map_or_else(|| "none".to_owned(), |reply| reply.state))
}

/// Whether a page, fetched over HTTP, shows some text.
async fn page_shows(node: &Node, page: &str, text: &str) -> Result<bool> {
    let fetched = demo_get(node, page).await?;
    Ok(fetched.contains(text))
}

/// A page over HTTP, asked by another node's connector: a node does not ask itself.
async fn demo_get(node: &Node, page: &str) -> Result<String> {
    let url = url::Url::parse("http://lecteur.localhost:8107").map_err(Error::internal)?;
    let reader = crate::federation::connector::Connector::new(
        &node.app.config.federation,
        &url,
        node.app.clock.clone(),
    )?;
    let fetched =
        reader.get(&Iri::parse(page)?, None, "text/html", 1 << 20).await.map_err(Error::internal)?;
    Ok(String::from_utf8_lossy(&fetched.body).into_owned())
}

/// Changes the diagnosis of an avis of Rennes and publishes it: version 2 everywhere, and the citizen is told.
async fn an_edit_travels(demo: &Demo, citizen: &Citizen, looking: &mut Looking<'_>) -> Result<Published> {
    let rennes = demo.node("rennes");
    let changed = edit(rennes, "Diagnostic revu pour la démonstration (synthétique).").await?;
    let version = i64::from(changed.version.unwrap_or(0));
    for node in demo.nodes.iter().filter(|node| node.city.name != "rennes") {
        let there = eventually(async || has(node, &changed.id, version, false).await).await?;
        looking.see(format!("the edit is at {}", node.city.title), true, there);
    }
    let told = eventually(async || Ok(!citizen.received("Update").is_empty())).await?;
    looking.see("the citizen received the edit", true, told);
    Ok(changed)
}

/// Publishes a new version of the first avis of the council of Rennes.
async fn edit(rennes: &Node, diagnosis: &str) -> Result<Published> {
    let mut dossier = read(rennes.city)?;
    let avis = dossier.avis.iter_mut().find(|avis| avis.council == "ccnr");
    avis.ok_or_else(|| Error::not_found("avis"))?.diagnosis = Text::new("fr", diagnosis);
    let published = load(rennes, &dossier, &|_| ()).await?;
    published.into_iter().find(|published| published.kind == "Avis").ok_or_else(|| Error::not_found("avis"))
}

/// A node stopped while something is published has it when it returns.
async fn a_stopped_node_catches_up(demo: &mut Demo, looking: &mut Looking<'_>) -> Result<()> {
    let at = demo
        .nodes
        .iter()
        .position(|node| node.city.name == "nancy")
        .ok_or_else(|| Error::not_found("nancy"))?;
    let nancy = demo.nodes.remove(at);
    let (folder, city) = nancy.place();
    nancy.stop().await?;
    let changed =
        edit(demo.node("rennes"), "Diagnostic revu pendant l’absence de Nancy (synthétique).").await?;
    let version = i64::from(changed.version.unwrap_or(0));
    tokio::time::sleep(Duration::from_secs(2)).await;
    demo.nodes.insert(at, Node::start(&folder, city).await?);
    let nancy = demo.node("nancy");
    let there = eventually(async || has(nancy, &changed.id, version, false).await).await?;
    looking.see("Nancy, stopped meanwhile, has the edit after its return", true, there);
    Ok(())
}

/// Withdraws the avis: a tombstone everywhere, history kept, and the citizen's server told.
async fn a_withdrawal_travels(demo: &Demo, changed: &Published, looking: &mut Looking<'_>) -> Result<()> {
    let rennes = demo.node("rennes");
    let words = "Retiré pour la démonstration (synthétique).";
    withdraw::withdraw(&rennes.app, &operator(), &changed.id, Reason::Superseded, words).await?;
    let version =
        storage::records::get(&rennes.app.db, changed.id.as_str()).await?.map_or(0, |row| row.version);
    for node in demo.nodes.iter().filter(|node| node.city.name != "rennes") {
        let there = eventually(async || has(node, &changed.id, version, true).await).await?;
        looking.see(format!("the withdrawal is at {}", node.city.title), true, there);
        let history = storage::versions::history(&node.app.db, changed.id.as_str()).await?;
        looking.see(format!("{} keeps its history", node.city.title), version, history.len());
    }
    Ok(())
}

/// Whether a node holds a version of a record, withdrawn or not.
async fn has(node: &Node, id: &Iri, version: i64, withdrawn: bool) -> Result<bool> {
    let row = storage::records::get(&node.app.db, id.as_str()).await?;
    Ok(row.is_some_and(|row| row.version == version && row.withdrawn == withdrawn && row.proof == "valid"))
}

/// Looks again until it holds or the time is over.
async fn eventually(look: impl AsyncFn() -> Result<bool>) -> Result<bool> {
    let until = tokio::time::Instant::now() + TRAVEL;
    loop {
        if look().await? {
            return Ok(true);
        }
        if tokio::time::Instant::now() > until {
            return Ok(false);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
