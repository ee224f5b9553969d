//! The six nodes of the demonstration, each complete: configuration, database, server, worker.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use axum::{
    body::Body,
    http::{Request, header},
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::{
    App, Error, Result,
    actions::{Operator, actors},
    clock::{Chance, Clock},
    config::Config,
    server,
};

/// A node of the demonstration.
#[derive(Debug)]
pub struct City {
    /// First label of its name: `rennes` of `rennes.localhost`.
    pub name: &'static str,
    /// As people say it.
    pub title: &'static str,
    /// Its port.
    pub port: u16,
    territory: &'static str,
    tier: &'static str,
    /// User part of its body's account.
    pub handle: &'static str,
    /// Its sample dossier.
    pub dossier: &'static str,
}

impl City {
    /// `http://rennes.localhost:8101`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.host())
    }

    /// `rennes.localhost:8101`.
    #[must_use]
    pub fn host(&self) -> String {
        format!("{}.localhost:{}", self.name, self.port)
    }
}

/// The four cities, a region and the State.
pub const CITIES: [City; 6] = [
    City {
        name: "rennes",
        title: "Rennes",
        port: 8101,
        territory: "35238",
        tier: "commune",
        handle: "mairie",
        dossier: include_str!("../../samples/rennes.toml"),
    },
    City {
        name: "angers",
        title: "Angers",
        port: 8102,
        territory: "49007",
        tier: "commune",
        handle: "mairie",
        dossier: include_str!("../../samples/angers.toml"),
    },
    City {
        name: "montpellier",
        title: "Montpellier",
        port: 8103,
        territory: "34172",
        tier: "commune",
        handle: "mairie",
        dossier: include_str!("../../samples/montpellier.toml"),
    },
    City {
        name: "nancy",
        title: "Nancy",
        port: 8104,
        territory: "54395",
        tier: "commune",
        handle: "mairie",
        dossier: include_str!("../../samples/nancy.toml"),
    },
    City {
        name: "bretagne",
        title: "Bretagne",
        port: 8105,
        territory: "53",
        tier: "region",
        handle: "region",
        dossier: include_str!("../../samples/bretagne.toml"),
    },
    City {
        name: "etat",
        title: "État",
        port: 8108,
        territory: "FR",
        tier: "etat",
        handle: "etat",
        dossier: include_str!("../../samples/etat.toml"),
    },
];

/// Where the citizen of `demo --check` lives, on another kind of server.
pub const CITIZEN_HOST: &str = "citoyens.localhost:8106";

/// Who acts in the demonstration.
#[must_use]
pub fn operator() -> Operator {
    Operator::cli("demo")
}

/// A running node.
pub struct Node {
    /// Which.
    pub city: &'static City,
    /// The node.
    pub app: App,
    folder: PathBuf,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Node {
    /// Starts a node on its files, which are made when they are not there.
    ///
    /// # Errors
    /// `Unavailable` when its port is taken; those of its database.
    pub async fn start(folder: &Path, city: &'static City) -> Result<Self> {
        let app = App::open(config(folder, city)?, Clock::system(), Chance::system()).await?;
        actors::set_up(&app, &Operator::system()).await?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, city.port));
        let listener = TcpListener::bind(address).await.map_err(|error| Error::Unavailable {
            why: format!("{address}: {error}"),
            retry_after: std::time::Duration::from_secs(1),
        })?;
        let stop = CancellationToken::new();
        let task = tokio::spawn(server::run(app.clone(), listener, None, stop.clone()));
        Ok(Self { city, app, folder: folder.to_owned(), stop, task })
    }

    /// A page or a table, as whoever reads the node gets it.
    ///
    /// # Errors
    /// `Internal` when it is not there.
    pub async fn page(&self, path: &str) -> Result<String> {
        let request = Request::get(path).header(header::HOST, self.app.urls.host()).body(Body::empty());
        let request = request.map_err(Error::internal)?;
        let answer = server::router(&self.app).oneshot(request).await.map_err(Error::internal)?;
        let (head, body) = answer.into_parts();
        if !head.status.is_success() {
            return Err(Error::internal(anyhow::anyhow!("{path}: {}", head.status)));
        }
        let body = axum::body::to_bytes(body, 8 << 20).await.map_err(Error::internal)?;
        String::from_utf8(body.to_vec()).map_err(Error::internal)
    }

    /// Stops it gently.
    ///
    /// # Errors
    /// How it ended, when it ended badly.
    pub async fn stop(self) -> Result<()> {
        self.stop.cancel();
        self.task.await.map_err(Error::internal)
    }

    /// Where its files are and which it is, to start it again.
    #[must_use]
    pub fn place(&self) -> (PathBuf, &'static City) {
        (self.folder.clone(), self.city)
    }
}

/// The configuration of a node of the demonstration: its own names, loopback allowed.
fn config(folder: &Path, city: &City) -> Result<Config> {
    std::fs::create_dir_all(folder).map_err(Error::internal)?;
    let names = CITIES.iter().map(City::host).chain([CITIZEN_HOST.to_owned()]);
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST).to_string();
    let resolve: toml::Table = names
        .filter_map(|host| Some((host.split_once(':')?.0.to_owned(), toml::Value::String(loopback.clone()))))
        .collect();
    let database = folder.join(format!("{}.sqlite", city.name));
    let text = |value: &str| toml::Value::String(value.to_owned());
    let section = |pairs: Vec<(&str, toml::Value)>| -> toml::Value {
        toml::Value::Table(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    };
    let whole = section(vec![
        ("domain", text(&city.host())),
        ("public_url", text(&city.url())),
        (
            "city",
            section(vec![
                ("name", text(city.title)),
                ("territory", text(city.territory)),
                ("tier", text(city.tier)),
                ("handle", text(city.handle)),
            ]),
        ),
        (
            "federation",
            section(vec![
                ("allow_networks", toml::Value::Array(vec![text("127.0.0.0/8")])),
                ("resolve", toml::Value::Table(resolve)),
            ]),
        ),
        ("database", section(vec![("url", text(&format!("sqlite:{}", database.display())))])),
    ]);
    whole.try_into().map_err(Error::internal)
}
