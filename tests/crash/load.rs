//! The load: several who write to the node's inbox, one operator who publishes at the command line. Each
//! repeats what was not acknowledged, word for word, and remembers what was.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use parvis::{
    App,
    clock::{Chance, Clock},
    config,
    domain::{Iri, canonical},
    storage,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    checker,
    support::process::{NoAnswer, Node, repository},
    world::{Address, Fact, HOSTS, Message, World},
};

/// Questions that are there before the load begins: what is liked and replied to.
pub const QUESTIONS: usize = 8;
/// Who write at the same time.
const WRITERS: usize = 4;

/// What was acknowledged.
#[derive(Default)]
pub struct History {
    /// By the inbox: 2xx.
    pub facts: Vec<Fact>,
    /// By the command line: exit code 0.
    pub said: BTreeMap<String, Said>,
    /// Commands that were killed on the way.
    pub killed: usize,
    /// Answers 503: not now.
    pub put_off: usize,
    /// The longest somebody waited for such an answer.
    pub longest: Duration,
    /// Answers and exit codes that no fault excuses.
    pub wrong: Vec<String>,
}

/// What was published under a reference.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// How many texts, one after the other.
    pub texts: u32,
    /// The last of them.
    pub text: String,
    /// Whether it was withdrawn after that.
    pub withdrawn: bool,
}

/// A node with followers and load on it.
pub struct Stage {
    /// The node.
    pub node: Node,
    /// Who is around it.
    pub world: Arc<World>,
    /// What it acknowledged.
    pub history: Arc<Mutex<History>>,
    /// Its council.
    pub council: Iri,
    /// Its city.
    pub mairie: Iri,
    /// What may be liked and replied to.
    pub objects: Vec<Iri>,
    /// How long it takes to start.
    pub start: Duration,
}

/// Load until it is told to stop.
pub struct Load {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Stage {
    /// Initialises a node that follows each server, publishes, starts it, and lets one actor of each follow its
    /// council.
    pub async fn set(node: Node, world: World) -> Self {
        let made = node.ask(&["init"]);
        let world = Arc::new(world);
        assert_eq!(made["actors"].as_array().map(Vec::len), Some(3), "{made}");
        let all: Vec<(usize, String)> =
            (0..QUESTIONS).map(|number| (number, format!("Texte de la question {number}."))).collect();
        node.file("dossier.toml", &dossier(&all));
        let told = node.ask(&["import", "dossier.toml", "--publish"]);
        let published = told["published"].as_array().expect("what was published");
        let id = |one: &Value| Iri::parse(one["id"].as_str().expect("an id")).expect("an id");
        let of = |kind: &str| published.iter().filter(|one| one["kind"] == kind).map(id).collect::<Vec<_>>();
        let (actors, objects) = (of("Actor"), of("Saisine"));
        assert_eq!((actors.len(), objects.len()), (2, QUESTIONS), "{told}");
        let [mairie, council] = <[Iri; 2]>::try_from(actors).expect("a city and its council");
        let start = Duration::ZERO;
        let mut stage = Self { node, world, history: Arc::default(), council, mairie, objects, start };
        stage.follow_all().await;
        let since = Instant::now();
        stage.node.start();
        stage.start = since.elapsed();
        for host in 0..HOSTS {
            let follow = stage.world.follow(&stage.world.user(host), &stage.council);
            let answer = follow.send(&Address::from(&stage.node)).expect("an answer");
            assert_eq!(answer.status, 202, "{}", answer.body);
            stage.history.lock().unwrap().facts.push(follow.fact);
        }
        stage
    }

    /// Records come from servers that the node follows; what others send stays a reply (O33).
    async fn follow_all(&self) {
        let app = self.app().await;
        let mut tx = app.db.begin().await.expect("the database");
        for host in 0..HOSTS {
            let user = self.world.user(host);
            let follow = storage::follows::Follow {
                follower: self.council.to_string(),
                followed: user.to_string(),
                ours: true,
                state: "accepted".to_owned(),
                activity: self.council.join(&format!("/follows/{host}")).to_string(),
                document: "{}".to_owned(),
                host: user.host().to_owned(),
                inbox: user.join("/inbox").to_string(),
                at: 0,
            };
            storage::follows::put(&mut tx, &follow).await.expect("a follow");
        }
        tx.commit().await.expect("a commit");
        app.db.close().await;
    }

    /// The node's own tables, read beside it.
    pub async fn app(&self) -> App {
        let file = self.node.folder().join("parvis.toml");
        let mut config = config::load(Some(&file), std::iter::empty()).expect("the configuration");
        if let Some(relative) = config.database.url.strip_prefix("sqlite:") {
            config.database.url = format!("sqlite:{}", self.node.folder().join(relative).display());
        }
        App::open(config, Clock::system(), Chance::system()).await.expect("the database")
    }

    /// Begins the load. `kills` is how often a command is killed on its way, of one.
    pub fn load(&self, seed: u64, kills: f64) -> Load {
        let stop = Arc::new(AtomicBool::new(false));
        let mut threads: Vec<JoinHandle<()>> = (0..WRITERS)
            .map(|number| {
                let writer = Writer {
                    number,
                    node: Address::from(&self.node),
                    world: Arc::clone(&self.world),
                    history: Arc::clone(&self.history),
                    objects: self.objects.clone(),
                    followed: self.mairie.clone(),
                    chains: BTreeMap::new(),
                };
                let stop = Arc::clone(&stop);
                thread::spawn(move || writer.write(&stop))
            })
            .collect();
        let operator = Operator {
            folder: TempDir::new().expect("a folder"),
            command: Box::new(self.node.commands()),
            history: Arc::clone(&self.history),
            chance: Chance::seeded(seed),
            kills,
        };
        let told = Arc::clone(&stop);
        threads.push(thread::spawn(move || operator.work(&told)));
        Load { stop, threads }
    }

    /// Waits until the inbox acknowledges something new.
    pub fn goes_on(&self) {
        let facts = || self.history.lock().unwrap().facts.len();
        let before = facts();
        until("the inbox acknowledges", || facts() > before);
    }

    /// Ends the load, lets everything be delivered, and checks. `kills` as in [`checker::check`].
    pub async fn settle(&self, load: Load, kills: usize) {
        load.end();
        self.drain().await;
        checker::check(self, kills).await;
    }

    /// Waits until everything queued was delivered.
    pub async fn drain(&self) {
        let app = self.app().await;
        let since = Instant::now();
        let until = Instant::now() + Duration::from_secs(150);
        loop {
            let counts = storage::deliveries::counts(&app.db).await.expect("the queue");
            let waiting = counts.iter().find(|count| count.state == storage::deliveries::WAITING);
            let Some(waiting) = waiting else { break };
            assert!(Instant::now() < until, "{} deliveries still wait", waiting.total);
            // Who lost an answer is tried again at once, and the worker is woken by the message.
            let _ = self.node.run(&["deliveries", "retry"]);
            let user = self.world.user(HOSTS - 1);
            let _ = self.world.like(&user, &self.objects[0]).send(&Address::from(&self.node));
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        println!("delivered after {:?}", since.elapsed());
        app.db.close().await;
    }
}

impl Load {
    /// Lets everybody finish what they began, and ends.
    pub fn end(self) {
        self.stop.store(true, Ordering::SeqCst);
        for thread in self.threads {
            thread.join().expect("nobody panicked");
        }
    }
}

/// Waits until something is so, a minute at most.
pub fn until(what: &str, so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_mins(1);
    while !so() {
        assert!(Instant::now() < end, "not within a minute: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// One who writes to the inbox.
struct Writer {
    number: usize,
    node: Address,
    world: Arc<World>,
    history: Arc<Mutex<History>>,
    objects: Vec<Iri>,
    followed: Iri,
    /// The last text of each record, by actor.
    chains: BTreeMap<String, String>,
}

impl Writer {
    fn write(mut self, stop: &AtomicBool) {
        for turn in (self.number..).step_by(WRITERS) {
            if stop.load(Ordering::SeqCst) {
                break;
            }
            let message = self.next(turn);
            self.until_acknowledged(&message);
            if let Fact::Version(_, version, text) = &message.fact {
                let actor = message.actor.to_string();
                // Chains of seven, then another record.
                drop(if *version < 7 {
                    self.chains.insert(actor, text.clone())
                } else {
                    self.chains.remove(&actor)
                });
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn next(&self, turn: usize) -> Message {
        // Each writer has actors of its own on every server.
        let actor = self.world.user(self.number * HOSTS + turn / WRITERS % HOSTS);
        let object = &self.objects[turn / 7 % self.objects.len()];
        match turn / WRITERS / HOSTS % 4 {
            0 => self.world.reply(&actor, object),
            1 => self.world.like(&actor, object),
            2 => self.world.follow(&actor, &self.followed),
            _ => self.world.version(&actor, object, self.chains.get(actor.as_str()).map(String::as_str)),
        }
    }

    fn until_acknowledged(&self, message: &Message) {
        loop {
            let since = Instant::now();
            let outcome = message.send(&self.node);
            let mut history = self.history.lock().unwrap();
            match outcome {
                Ok(answer) if answer.status == 202 => {
                    history.facts.push(message.fact.clone());
                    return;
                }
                Ok(answer) if answer.status == 503 => {
                    history.put_off += 1;
                    history.longest = history.longest.max(since.elapsed());
                    let says_when = answer.head.to_ascii_lowercase().contains("\r\nretry-after: ");
                    if !says_when {
                        history.wrong.push(format!("503 without Retry-After: {}", answer.head));
                        return;
                    }
                }
                Ok(answer) => {
                    history.wrong.push(format!("{} {} to {:?}", answer.status, answer.body, message.fact));
                    return;
                }
                Err(NoAnswer::BrokenOff) => {
                    history.wrong.push(format!("an answer broke off: {:?}", message.fact));
                    return;
                }
                Err(NoAnswer::Refused | NoAnswer::Silence) => {}
            }
            drop(history);
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Gives commands of the node.
type Commands = dyn Fn(&[&str]) -> Command + Send + Sync;

/// One who publishes, changes and withdraws at the command line.
struct Operator {
    folder: TempDir,
    command: Box<Commands>,
    history: Arc<Mutex<History>>,
    chance: Chance,
    kills: f64,
}

impl Operator {
    fn work(self, stop: &AtomicBool) {
        for turn in 0.. {
            if stop.load(Ordering::SeqCst) {
                break;
            }
            let (number, phase) = (QUESTIONS + turn / 3, turn % 3);
            let reference = format!("rennes/ccnr/q{number}");
            if phase == 2 && number % 2 == 0 {
                let reason = ["--reason", "duplicate", "--text", "En double."];
                self.until_done(&[&["withdraw", &reference], &reason[..]].concat());
                self.history.lock().unwrap().said.entry(reference).or_default().withdrawn = true;
            } else {
                let text = format!("Texte {phase} de la question {number}.");
                let file = self.folder.path().join("next.toml");
                fs::write(&file, dossier(&[(number, text.clone())])).expect("a file");
                self.until_done(&["import", file.to_str().expect("a path"), "--publish"]);
                let mut history = self.history.lock().unwrap();
                let said = history.said.entry(reference).or_default();
                said.texts += 1;
                said.text = text;
            }
        }
    }

    /// Runs a command until it says that it is done; some runs are killed on the way.
    fn until_done(&self, arguments: &[&str]) {
        for again in 0.. {
            let mut command = (self.command)(arguments);
            let command = command.stdout(Stdio::null()).stderr(Stdio::piped());
            let mut child = command.spawn().expect("it starts");
            if self.chance.fraction() < self.kills {
                thread::sleep(Duration::from_millis(150).mul_f64(self.chance.fraction()));
                let _ = child.kill();
            }
            let done = child.wait_with_output().expect("it ends");
            match done.status.code() {
                Some(0) => return,
                // What was withdrawn by a run that was killed is withdrawn.
                Some(1) if again > 0 && arguments[0] == "withdraw" => return,
                Some(69) => {}
                None => self.history.lock().unwrap().killed += 1,
                code => {
                    let words = String::from_utf8_lossy(&done.stderr).into_owned();
                    self.history.lock().unwrap().wrong.push(format!("{arguments:?}: {code:?} {words}"));
                    return;
                }
            }
        }
    }
}

/// A dossier with these questions.
pub fn dossier(questions: &[(usize, String)]) -> String {
    let mut text = String::from(
        r#"format = "parvis-dossier-1"
language = "fr"
[defaults]
synthetic = true
licence = "etalab-2.0"
[city]
ref = "rennes"
handle = "mairie"
name = "Ville de Rennes"
territory = "commune:35238"
summary = "La Ville."
[[councils]]
ref = "ccnr"
handle = "ccnr"
name = "Conseil citoyen du numérique responsable"
summary = "Vingt-cinq personnes."
"#,
    );
    for (number, words) in questions {
        let _ = writeln!(
            text,
            "[[questions]]\nref = \"q{number}\"\ncouncil = \"ccnr\"\nkind = \"saisine\"\n\
             title = \"Question {number}\"\ntext = \"{words}\"\nasked_on = \"2025\""
        );
    }
    text
}

/// A follow-up by another city to a record of ours, without proof: it comes from its origin.
pub fn follow_up(world: &World, author: &Iri, object: &Iri, before: Option<&str>) -> Value {
    if let Some(before) = before {
        let document = canonical::read(before).expect("a record");
        let hash = canonical::hash(&document);
        let mut record: Value = serde_json::from_str(before).expect("a record");
        let version = record["parvis:version"].as_u64().expect("a version") + 1;
        let published: Timestamp = record["published"].as_str().unwrap().parse().expect("an instant");
        let updated = published + SignedDuration::from_secs(i64::try_from(version).unwrap());
        record["parvis:version"] = json!(version);
        record["parvis:previous"] = json!(hash.as_str());
        record["updated"] = json!(updated.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        return record;
    }
    let example =
        fs::read_to_string(repository("tests/documents/examples/follow-up.json")).expect("an example");
    let theirs = author.join("/").to_string();
    let example = example.replace("https://rennes.example/", &theirs);
    let mut record: Value = serde_json::from_str(&example).expect("a record");
    let id = author.join(&format!("/suivis/019df206-b8a0-7ccc-9a06-{:012x}", world.number()));
    record.as_object_mut().unwrap().remove("proof");
    record["id"] = json!(id);
    record["url"] = json!(id);
    record["attributedTo"] = json!(author);
    record["inReplyTo"] = json!(object);
    record["parvis:concerns"] = json!([object]);
    record["replies"]["id"] = json!(format!("{id}/replies"));
    record["replies"]["first"]["partOf"] = json!(format!("{id}/replies"));
    record["replies"]["first"]["next"] = json!(format!("{id}/replies?page=1"));
    record
}
