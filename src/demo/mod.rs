//! The demonstration: six complete nodes in one process, each with its own database, that load the sample
//! dossiers and federate over signed HTTP, with no shortcut inside the process. `check` runs the same
//! scenario to its end and says what it saw.

mod check;
mod citizen;
mod convention;
mod ideas;
mod nodes;
mod relay;

use std::{fmt::Display, path::Path, time::Duration};

use tokio_util::sync::CancellationToken;

pub use check::Expectation;
pub use nodes::{CITIES, City};
use nodes::{Node, operator};

use crate::{
    Error, Result,
    actions::{follows, import, publish},
    config::Post,
    domain::{Iri, Role, codes::Office},
    dossier::{self, Dossier},
    federation::discover,
    storage,
};

/// What the demonstration tells while it works.
pub enum Told<'a> {
    /// A node answers.
    Started(&'a City),
    /// A node publishes its dossier: so many of so many.
    Publishing(&'a City, usize, usize),
    /// Nodes exchange: so many versions are where they belong, of so many.
    Exchanging(usize, usize),
    /// An expectation was looked at (`demo --check`).
    Looked(&'a Expectation),
}

/// Who is told.
pub type Teller = dyn Fn(Told<'_>) + Send + Sync;

/// How long the exchange, or a step of what is played, may take before it is called stuck.
const PATIENCE: Duration = Duration::from_mins(3);

/// The nodes, running.
pub struct Demo {
    nodes: Vec<Node>,
}

impl Demo {
    /// Starts the nodes, loads what is not loaded yet, has them follow each other, and waits until each
    /// has what the others published. Started again on the same folder it goes on from its files.
    ///
    /// # Errors
    /// `Unavailable` when a port is taken or the exchange does not come to its end; those of the databases.
    pub async fn start(folder: &Path, tell: &Teller) -> Result<Self> {
        let mut nodes = Vec::new();
        for city in &CITIES {
            nodes.push(Node::start(folder, city).await?);
            tell(Told::Started(city));
        }
        let demo = Self { nodes };
        demo.meet().await?;
        for node in &demo.nodes {
            let dossier = read(node.city)?;
            load(node, &dossier, tell).await?;
        }
        demo.converge(tell).await?;
        relay::play(&demo, tell).await?;
        convention::play(&demo, tell).await?;
        demo.converge(tell).await?;
        ideas::play(&demo, tell).await?;
        demo.converge(tell).await?;
        Ok(demo)
    }

    /// A new link by which a body without a node may answer what Rennes relayed to it (register.md rule 12).
    ///
    /// # Errors
    /// Those of the database.
    pub async fn link(&self) -> Result<Iri> {
        relay::link(self).await
    }

    /// Every node follows every other one.
    async fn meet(&self) -> Result<()> {
        for node in &self.nodes {
            let relays = storage::actors::by_role(&node.app.db, Role::Relay.code()).await?;
            let relay = relays.first().ok_or_else(|| Error::not_found("relay"))?;
            let relay = Iri::parse(&relay.uri)?;
            for other in self.nodes.iter().filter(|other| other.city.name != node.city.name) {
                let peer = discover::actor(&node.app, &other.city.url()).await?;
                follows::follow(&node.app, &operator(), &relay, &peer).await?;
            }
        }
        Ok(())
    }

    /// Waits until every node holds the current versions of every other.
    async fn converge(&self, tell: &Teller) -> Result<()> {
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            let (there, wanted) = self.exchanged().await?;
            tell(Told::Exchanging(there, wanted));
            if there == wanted {
                return Ok(());
            }
            if tokio::time::Instant::now() > until {
                let why = format!("{there} of {wanted} versions exchanged");
                return Err(Error::Unavailable { why, retry_after: Duration::from_secs(1) });
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// How many current versions are at the other nodes, and how many should be.
    async fn exchanged(&self) -> Result<(usize, usize)> {
        let mut wanted = 0;
        let mut there = 0;
        let mut everywhere = Vec::new();
        for node in &self.nodes {
            let heads = storage::versions::heads(&node.app.db).await?;
            everywhere.push(heads.into_iter().map(|head| (head.line(), head.ours)).collect::<Vec<_>>());
        }
        for (at, heads) in everywhere.iter().enumerate() {
            for (line, _) in heads.iter().filter(|(_, ours)| *ours) {
                let others = everywhere.iter().enumerate().filter(|(other, _)| *other != at);
                for (_, other) in others {
                    wanted += 1;
                    there += usize::from(other.iter().any(|(held, _)| held == line));
                }
            }
        }
        Ok((there, wanted))
    }

    /// A node by the name of its city.
    fn node(&self, name: &str) -> &Node {
        self.nodes.iter().find(|node| node.city.name == name).expect("one of the cities")
    }

    /// Runs the scenario to its end.
    ///
    /// # Errors
    /// Faults; an expectation that does not hold is no error.
    pub async fn check(&mut self, tell: &Teller) -> Result<Vec<Expectation>> {
        check::run(self, tell).await
    }

    /// Runs until told to stop, then stops every node gently.
    ///
    /// # Errors
    /// Those of a node that ended badly.
    pub async fn run(self, stop: CancellationToken) -> Result<()> {
        stop.cancelled().await;
        self.stop().await
    }

    /// Stops every node gently.
    ///
    /// # Errors
    /// Those of a node that ended badly.
    pub async fn stop(self) -> Result<()> {
        for node in self.nodes {
            node.stop().await?;
        }
        Ok(())
    }
}

/// Looks again until something is there.
///
/// # Errors
/// `Unavailable` when it never is; those of looking.
async fn patiently<T>(what: impl Display, look: impl AsyncFn() -> Result<Option<T>>) -> Result<T> {
    let until = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if tokio::time::Instant::now() > until {
            return Err(Error::Unavailable { why: what.to_string(), retry_after: Duration::from_secs(1) });
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What is said once: again, when the demonstration is started again, it is a conflict.
fn once<T>(said: Result<T>) -> Result<()> {
    match said {
        Ok(_) | Err(Error::Conflict { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The id of what a node published under a reference.
async fn id_of(node: &Node, reference: &str) -> Result<Iri> {
    let source = storage::sources::get(&node.app.db, reference).await?;
    Ok(Iri::parse(&source.ok_or_else(|| Error::not_found(reference))?.uri)?)
}

/// The sample dossier of a city.
fn read(city: &City) -> Result<Dossier> {
    parsed(city.dossier)
}

/// A dossier that holds.
fn parsed(text: &str) -> Result<Dossier> {
    let dossier = dossier::parse(text, dossier::Syntax::Toml)?;
    let problems = dossier::check(&dossier);
    if problems.is_empty() { Ok(dossier) } else { Err(problems.into()) }
}

/// Imports a dossier and publishes it; each guarantor what it says itself.
async fn load(node: &Node, dossier: &Dossier, tell: &Teller) -> Result<Vec<publish::Published>> {
    let guarantors = dossier.guarantors.iter().map(|guarantor| {
        let post = Post { office: Office::Guarantor, of: Some(guarantor.handle.clone()) };
        operator().holding(Some(post))
    });
    let city = node.city;
    let progress = |done: usize, total: usize| tell(Told::Publishing(city, done, total));
    let mut published = Vec::new();
    for operator in std::iter::once(operator()).chain(guarantors) {
        import::import(&node.app, &operator, dossier, Path::new("."), false).await?;
        published.extend(publish::publish(&node.app, &operator, None, &progress).await?);
    }
    Ok(published)
}
