//! A citizen on another kind of server: a small ActivityPub actor with its own key, which follows, replies
//! and keeps what it receives. It speaks to the nodes over HTTP like anybody.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse as _,
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::nodes::CITIZEN_HOST;
use crate::{
    App, Error, Result,
    domain::{Instant, Iri, activity::PUBLIC},
    federation::{
        connector::Connector,
        signature::{Signer, SigningKey},
    },
};

/// The citizen.
pub struct Citizen {
    id: Iri,
    signer: Signer,
    http: Connector,
    app: App,
    received: Arc<Mutex<Vec<Value>>>,
}

#[derive(Clone)]
struct Served {
    actor: Value,
    received: Arc<Mutex<Vec<Value>>>,
}

impl Citizen {
    /// Starts the citizen's server. Clock, chance and network rules are those of `app`.
    ///
    /// # Errors
    /// `Unavailable` when the port is taken.
    pub async fn start(app: &App) -> Result<Self> {
        let base = format!("http://{CITIZEN_HOST}");
        let id = Iri::parse(&format!("{base}/users/camille"))?;
        let key = SigningKey::generate().map_err(Error::internal)?;
        let actor = json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id, "type": "Person", "preferredUsername": "camille", "name": "Camille (synthétique)",
            "inbox": id.join("/inbox"), "outbox": id.join("/outbox"), "followers": id.join("/followers"),
            "url": id,
            "publicKey": {
                "id": id.join("#main-key"), "owner": id,
                "publicKeyPem": key.public_pem().map_err(Error::internal)?
            }
        });
        let received = Arc::new(Mutex::new(Vec::new()));
        let served = Served { actor, received: received.clone() };
        let router = Router::new()
            .route("/users/camille", get(profile))
            .route("/users/camille/inbox", post(inbox))
            .with_state(served);
        let port = CITIZEN_HOST.rsplit(':').next().unwrap_or_default();
        let listener =
            TcpListener::bind(format!("127.0.0.1:{port}")).await.map_err(|error| Error::Unavailable {
                why: format!("{CITIZEN_HOST}: {error}"),
                retry_after: std::time::Duration::from_secs(1),
            })?;
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::warn!(%error, "the citizen's server ended");
            }
        });
        let public_url = url::Url::parse(&base).map_err(Error::internal)?;
        let http = Connector::new(&app.config.federation, &public_url, app.clock.clone())?;
        Ok(Self { signer: Signer::new(id.join("#main-key"), key), id, http, app: app.clone(), received })
    }

    /// Follows an actor.
    ///
    /// # Errors
    /// `Conflict` when the node does not take it.
    pub async fn follow(&self, actor: &Iri, inbox: &Iri) -> Result<()> {
        let follow = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.mint("follows"), "type": "Follow", "actor": self.id, "object": actor
        });
        self.send(inbox, &follow).await
    }

    /// Replies to a record, in public.
    ///
    /// # Errors
    /// `Conflict` when the node does not take it.
    pub async fn reply(&self, record: &Iri, inbox: &Iri, text: &str) -> Result<Iri> {
        let note = self.mint("notes");
        let create = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": note.join("/activity"), "type": "Create", "actor": self.id, "to": [PUBLIC], "cc": [],
            "object": {
                "id": note, "type": "Note", "attributedTo": self.id, "inReplyTo": record, "to": [PUBLIC], "cc": [],
                "content": format!("<p>{text}</p>"), "contentMap": {"fr": format!("<p>{text}</p>")},
                "published": Instant::of(self.app.clock.now())
            }
        });
        self.send(inbox, &create).await?;
        Ok(note)
    }

    /// What it received so far, by type.
    #[must_use]
    pub fn received(&self, kind: &str) -> Vec<Value> {
        let received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        received.iter().filter(|activity| activity["type"] == kind).cloned().collect()
    }

    fn mint(&self, folder: &str) -> Iri {
        let id = self.app.chance.uuid(self.app.clock.now());
        Iri::parse(&format!("{}/{folder}/{id}", self.id.origin())).expect("minted from safe segments")
    }

    async fn send(&self, inbox: &Iri, activity: &Value) -> Result<()> {
        let answer = self.http.post(inbox, activity.to_string().as_bytes(), &self.signer).await;
        let answer = answer.map_err(Error::internal)?;
        if answer.status / 100 == 2 {
            Ok(())
        } else {
            Err(Error::conflict(format!("{inbox} answered {}", answer.status)))
        }
    }
}

async fn profile(State(served): State<Served>) -> axum::response::Response {
    ([(header::CONTENT_TYPE, "application/activity+json")], Json(served.actor).0.to_string()).into_response()
}

async fn inbox(State(served): State<Served>, body: Bytes) -> StatusCode {
    match serde_json::from_slice(&body) {
        Ok(activity) => {
            served.received.lock().unwrap_or_else(PoisonError::into_inner).push(activity);
            StatusCode::ACCEPTED
        }
        Err(_) => StatusCode::BAD_REQUEST,
    }
}
