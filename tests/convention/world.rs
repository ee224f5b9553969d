//! Real nodes over HTTP: Rennes hosts a convention, Angers, Montpellier and Nancy take part.

use std::time::{Duration, Instant};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use parvis::{
    App,
    actions::{conventions, drafts, follows, take_part},
    clock::Chance,
    domain::{Iri, convention::Standing},
    federation::{catch_up, discover},
    server,
    storage::{actors, records, records::Row},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::{
    node::{Node, node},
    together::{CONVENTION, publish},
};

/// A running node of a city with one council.
pub struct City {
    pub node: Node,
    pub name: &'static str,
    stop: Option<CancellationToken>,
    port: u16,
}

impl Drop for City {
    fn drop(&mut self) {
        self.stop();
    }
}

impl City {
    /// A node with its council and its avis; the host has its convention too.
    pub async fn found(name: &'static str, hosts: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let node = node(name, port).await;
        let mut city = Self { node, name, stop: None, port };
        city.publish(if hosts { CONVENTION } else { "" }).await;
        city.run(listener);
        city
    }

    fn run(&mut self, listener: TcpListener) {
        let stop = CancellationToken::new();
        tokio::spawn(server::run(self.node.app.clone(), listener, None, stop.clone()));
        self.stop = Some(stop);
    }

    /// It ends.
    pub fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.cancel();
        }
    }

    /// It is there again, where it was and with what it had.
    pub async fn start(&mut self) {
        let deadline = Instant::now() + Duration::from_mins(1);
        let listener = loop {
            match TcpListener::bind(("127.0.0.1", self.port)).await {
                Ok(listener) => break listener,
                Err(error) => assert!(Instant::now() < deadline, "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        let (config, clock) = ((*self.node.app.config).clone(), self.node.app.clock.clone());
        self.node.app = App::open(config, clock, Chance::seeded(u64::from(self.port) + 1)).await.unwrap();
        self.run(listener);
    }

    pub fn app(&self) -> &App {
        &self.node.app
    }

    /// Publishes the dossier of the city, with some sections more.
    pub async fn publish(&self, beside: &str) {
        self.try_publish(beside).await.unwrap();
    }

    /// The rule by which that is refused; nothing of it waits any more.
    pub async fn refuses(&self, beside: &str) -> &'static str {
        let refused = self.try_publish(beside).await.unwrap_err();
        for waiting in drafts::list(self.app()).await.unwrap() {
            drafts::discard(self.app(), &self.node.operator, &waiting.item.reference).await.unwrap();
        }
        let parvis::Error::Invalid { problems } = refused else { panic!("{refused}") };
        problems[0].rule
    }

    async fn try_publish(&self, beside: &str) -> parvis::Result<()> {
        publish(&self.node, self.name, beside).await
    }

    /// The actor of that handle.
    pub async fn actor(&self, handle: &str) -> Iri {
        let found = actors::by_handle(&self.app().db, handle).await.unwrap().expect("an actor of ours");
        Iri::parse(&found.uri).unwrap()
    }

    /// A record of this node, by kind and place among those of its kind.
    pub async fn own(&self, kind: &str) -> Vec<Row> {
        let mut rows = records::by_kind_ours(&self.app().db, kind, &records::Page::first(100)).await.unwrap();
        rows.sort_by_key(|row| row.first_seq);
        rows
    }

    /// Follows another node, and has its register.
    pub async fn follow(&self, other: &Self) {
        let node = discover::actor(self.app(), other.app().urls.host()).await.unwrap();
        let relay = self.actor("relay").await;
        follows::follow(self.app(), &self.node.operator, &relay, &node).await.unwrap();
        until("the follow is accepted", async || follows_accepted(self.app(), other.app().urls.host()).await)
            .await;
        catch_up::catch_up(self.app(), other.app().urls.host()).await.unwrap();
    }

    /// The standing of a council in the convention, as this node computes it.
    pub async fn standing(&self, council: &Iri) -> Option<Standing> {
        let known = conventions::named(self.app(), "ia").await.ok()?;
        known.members.iter().find(|member| member.council == *council).map(|member| member.standing)
    }

    /// Its council asks to be in the convention.
    pub async fn join(&self) -> String {
        let known = conventions::named(self.app(), "ia").await.unwrap();
        let said = take_part::join(self.app(), &self.node.operator, &known, "conseil", "").await.unwrap();
        said.id.to_string()
    }

    /// It admits a council.
    pub async fn admit(&self, adhesion: &str) -> String {
        let known = conventions::named(self.app(), "ia").await.unwrap();
        take_part::admit(self.app(), &self.node.operator, &known, adhesion, "").await.unwrap().id.to_string()
    }

    /// Its council contributes its avis.
    pub async fn contribute(&self) -> String {
        let known = conventions::named(self.app(), "ia").await.unwrap();
        let avis = self.own("Avis").await.remove(0).uri;
        let said = take_part::contribute(self.app(), &self.node.operator, &known, (&avis, None), "").await;
        said.unwrap().id.to_string()
    }

    /// A page as a browser gets it.
    pub async fn page(&self, path: &str) -> String {
        let got = self.ask(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(got.0, StatusCode::OK, "{path}: {}", got.2);
        got.2
    }

    pub async fn ask(&self, mut request: Request<Body>) -> (StatusCode, HeaderMap, String) {
        let host = self.app().urls.host().parse().unwrap();
        request.headers_mut().insert(header::HOST, host);
        let response = server::router(self.app()).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 4 << 20).await.unwrap();
        (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
    }
}

/// Whether a node follows a host, and that agreed.
pub async fn follows_accepted(app: &App, host: &str) -> bool {
    let all = parvis::storage::follows::ours(&app.db).await.unwrap();
    all.iter().any(|follow| follow.host == host && follow.state == "accepted")
}

/// Waits until something is so.
pub async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !so().await {
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Rennes hosts; the others follow it, ask, and are admitted; everybody follows everybody then.
pub async fn convened(others: &[&'static str]) -> Vec<City> {
    let mut cities = vec![City::found("rennes", true).await];
    for name in others {
        cities.push(City::found(name, false).await);
    }
    for city in &cities[1..] {
        city.follow(&cities[0]).await;
    }
    for city in &cities {
        let adhesion = city.join().await;
        let council = city.actor("conseil").await;
        until("the host has the request", async || {
            cities[0].standing(&council).await == Some(Standing::Asked)
        })
        .await;
        cities[0].admit(&adhesion).await;
    }
    for city in &cities {
        for other in cities.iter().filter(|other| other.name != city.name) {
            until("everybody follows everybody", async || {
                follows_accepted(city.app(), other.app().urls.host()).await
            })
            .await;
        }
    }
    cities
}
