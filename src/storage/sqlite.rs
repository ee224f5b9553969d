//! SQLite behind [`super::Db`]: one connection that writes, a few that read, and group commit. Writers who
//! wait for their turn share one transaction, each inside a savepoint of it, and one `COMMIT`; each is told
//! only after that `COMMIT` (threats R1). Scripts, which need no turn, are written together in one message to
//! SQLite's thread. Nobody waits for somebody who is not there yet.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{
    Connection as _, Error,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use tokio::{
    sync::{Semaphore, SemaphorePermit, mpsc, oneshot},
    time::timeout,
};

use super::script::{self, Failed, Script};

/// How long a caller waits for a connection before it is told to come back.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// Most connections that read; each is opened when it is first needed.
const READERS: u32 = 4;
/// Most turns that share one transaction, and how long it takes on new ones.
const MOST: usize = 64;
const LONGEST: Duration = Duration::from_millis(20);
/// Most scripts written together: the text of each number of them is kept prepared.
const TOGETHER: usize = 16;

/// How a transaction ended, told to everybody who had a part in it.
type Fate = Result<(), Arc<Error>>;

/// The way to the one connection that writes. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    asks: mpsc::UnboundedSender<Ask>,
}

#[derive(Debug)]
enum Ask {
    /// The connection, to write with.
    Turn(oneshot::Sender<sqlx::Result<Turn>>),
    /// A transaction of its own, or part of one.
    Write(Request),
    /// Word of what was written before.
    Settled(oneshot::Sender<Fate>),
    /// An end.
    Close(oneshot::Sender<()>),
}

/// A script, and who is told what each of its statements touched.
#[derive(Debug)]
struct Request {
    script: Script,
    tell: oneshot::Sender<Touched>,
}

/// How many rows each statement of a script touched.
type Touched = Result<Vec<u64>, NotWritten>;

/// Why nothing of a script was written.
#[derive(Debug)]
pub(super) enum NotWritten {
    /// It was alone.
    Alone(Error),
    /// It was with others, and the fault may be theirs.
    Together(Arc<Error>),
}

/// The writing connection inside a savepoint. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub(super) struct Turn {
    lent: Option<(SqliteConnection, oneshot::Sender<Back>)>,
}

/// The connection given back, and how the turn ends.
struct Back {
    connection: SqliteConnection,
    keep: bool,
    tell: Option<oneshot::Sender<Fate>>,
}

impl std::fmt::Debug for Back {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Back").field("keep", &self.keep).finish_non_exhaustive()
    }
}

impl Writer {
    /// Serves this connection to one writer after the other. `commits` grows with every transaction that
    /// was committed, before anybody is told.
    pub(super) fn start(
        connection: SqliteConnection,
        options: SqliteConnectOptions,
        commits: Arc<AtomicU64>,
    ) -> Self {
        let (asks, asked) = mpsc::unbounded_channel();
        let counter = Counter { connection: Some(connection), options, asked, ahead: None, commits };
        tokio::spawn(counter.serve());
        Self { asks }
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self) -> sqlx::Result<Turn> {
        self.ask(Ask::Turn).await?
    }

    /// Writes a script, and waits until that is on the disk.
    pub(super) async fn write(&self, script: Script) -> sqlx::Result<Touched> {
        self.ask(|tell| Ask::Write(Request { script, tell })).await
    }

    /// Waits until everything that others wrote before is on the disk, or lost.
    pub(super) async fn settled(&self) -> Result<Fate, Error> {
        self.ask(Ask::Settled).await
    }

    /// Closes the connection; what waits for a turn is told so.
    pub(super) async fn close(&self) {
        let _ = self.ask(Ask::Close).await;
    }

    async fn ask<T>(&self, what: impl FnOnce(oneshot::Sender<T>) -> Ask) -> sqlx::Result<T> {
        let (tell, told) = oneshot::channel();
        self.asks.send(what(tell)).map_err(|_| Error::PoolClosed)?;
        timeout(PATIENCE, told).await.map_err(|_| Error::PoolTimedOut)?.map_err(|_| Error::PoolClosed)
    }
}

impl Turn {
    /// The connection, until the turn ends.
    pub(super) fn connection(&mut self) -> sqlx::Result<&mut SqliteConnection> {
        self.lent.as_mut().map(|(connection, _)| connection).ok_or(Error::PoolClosed)
    }

    /// Ends the turn, and waits for the end of the transaction it has a part in. `keep`: what it wrote
    /// stays. Without it nothing stays, but what it *read* of others holds when this is `Ok`.
    pub(super) async fn end(mut self, keep: bool) -> Fate {
        let (tell, told) = oneshot::channel();
        self.give_back(keep, Some(tell));
        told.await.unwrap_or_else(|_| Err(Arc::new(Error::PoolClosed)))
    }

    fn give_back(&mut self, keep: bool, tell: Option<oneshot::Sender<Fate>>) {
        if let Some((connection, back)) = self.lent.take() {
            let _ = back.send(Back { connection, keep, tell });
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.give_back(false, None);
    }
}

/// Where the one connection is given out.
struct Counter {
    /// None after a failure: then it is opened anew.
    connection: Option<SqliteConnection>,
    options: SqliteConnectOptions,
    asked: mpsc::UnboundedReceiver<Ask>,
    /// Taken from `asked` and not served yet.
    ahead: Option<Ask>,
    commits: Arc<AtomicU64>,
}

/// Those who have a part in one transaction.
struct Group {
    since: Instant,
    tell: Vec<oneshot::Sender<Fate>>,
    turns: usize,
    /// Whether anything of it is to be kept.
    keep: bool,
    /// Who asked for an end meanwhile.
    close: Option<oneshot::Sender<()>>,
}

impl Counter {
    async fn serve(mut self) {
        while let Some(ask) = self.next_ask().await {
            let close = match ask {
                Ask::Turn(to) => self.group(to).await,
                Ask::Write(request) => self.scripts(request).await,
                Ask::Settled(tell) => {
                    let _ = tell.send(Ok(()));
                    None
                }
                Ask::Close(tell) => Some(tell),
            };
            if let Some(tell) = close {
                self.asked.close();
                if let Some(connection) = self.connection.take()
                    && let Err(error) = connection.close().await
                {
                    tracing::warn!(%error, "the database was not closed properly");
                }
                let _ = tell.send(());
                return;
            }
        }
    }

    async fn next_ask(&mut self) -> Option<Ask> {
        match self.ahead.take() {
            Some(ask) => Some(ask),
            None => self.asked.recv().await,
        }
    }

    /// One transaction of all scripts that wait already. When one of them fails, each gets one of its own.
    async fn scripts(&mut self, first: Request) -> Option<oneshot::Sender<()>> {
        let mut requests = vec![first];
        while requests.len() < TOGETHER {
            match self.asked.try_recv() {
                Ok(Ask::Write(request)) => requests.push(request),
                Ok(other) => {
                    self.ahead = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        // Who went away before its turn leaves nothing behind.
        requests.retain(|request| !request.tell.is_closed());
        if requests.is_empty() {
            return None;
        }
        match self.write(&requests).await {
            Ok(touched) => {
                for (request, touched) in requests.into_iter().zip(touched) {
                    let _ = request.tell.send(Ok(touched));
                }
                None
            }
            Err(Failed::Statement(_)) if requests.len() > 1 => {
                for request in requests {
                    let touched = self.write(std::slice::from_ref(&request)).await;
                    let touched = touched.map(|mut touched| touched.pop().unwrap_or_default());
                    let _ =
                        request.tell.send(touched.map_err(|failed| NotWritten::Alone(failed.into_error())));
                }
                None
            }
            Err(failed) => {
                let begun = !matches!(failed, Failed::Begin(_));
                let error = Arc::new(failed.into_error());
                for request in requests {
                    let _ = request.tell.send(Err(NotWritten::Together(Arc::clone(&error))));
                }
                if begun { None } else { self.send_away() }
            }
        }
    }

    async fn write(&mut self, requests: &[Request]) -> Result<Vec<Vec<u64>>, Failed> {
        let scripts: Vec<&Script> = requests.iter().map(|request| &request.script).collect();
        let mut connection = self.connected().await.map_err(Failed::Begin)?;
        let written = script::write(&mut connection, &scripts).await;
        if let Err(failed) = &written {
            tracing::warn!(?failed, scripts = scripts.len(), "a transaction was lost");
            if execute(&mut connection, "ROLLBACK").await.is_err() {
                // Nothing is open, or the connection is broken: a new one is certain to be neither.
                return written;
            }
        } else {
            self.commits.fetch_add(1, Ordering::Release);
        }
        self.connection = Some(connection);
        written
    }

    /// One transaction, from the first turn until nobody waits for one.
    async fn group(&mut self, first: oneshot::Sender<sqlx::Result<Turn>>) -> Option<oneshot::Sender<()>> {
        if first.is_closed() {
            return None;
        }
        let connection = match self.begin().await {
            Ok(connection) => connection,
            Err(error) => {
                let _ = first.send(Err(error));
                return self.send_away();
            }
        };
        let mut group = Group { since: Instant::now(), tell: Vec::new(), turns: 0, keep: false, close: None };
        let fate = self.turns(&mut group, connection, first).await;
        if fate.is_ok() && group.keep {
            self.commits.fetch_add(1, Ordering::Release);
        }
        let fate = fate.map_err(|error| {
            tracing::warn!(%error, turns = group.turns, "a transaction was lost");
            Arc::new(error)
        });
        for tell in group.tell {
            let _ = tell.send(fate.clone());
        }
        group.close
    }

    /// No transaction could be opened. Whoever waited for that is told too, and nobody waits twice as long as
    /// the database was given (threats R8).
    fn send_away(&mut self) -> Option<oneshot::Sender<()>> {
        while let Some(ask) = self.ahead.take().or_else(|| self.asked.try_recv().ok()) {
            match ask {
                Ask::Turn(to) => drop(to.send(Err(Error::PoolTimedOut))),
                Ask::Write(request) => {
                    drop(request.tell.send(Err(NotWritten::Alone(Error::PoolTimedOut))));
                }
                Ask::Settled(tell) => drop(tell.send(Ok(()))),
                Ask::Close(tell) => return Some(tell),
            }
        }
        None
    }

    /// Opens the transaction, with the savepoint of the first turn.
    async fn begin(&mut self) -> sqlx::Result<SqliteConnection> {
        let mut connection = self.connected().await?;
        execute(&mut connection, "BEGIN IMMEDIATE; SAVEPOINT turn").await?;
        Ok(connection)
    }

    async fn connected(&mut self) -> sqlx::Result<SqliteConnection> {
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => SqliteConnection::connect_with(&self.options).await,
        }
    }

    /// Lends the connection to one after the other, and commits.
    async fn turns(
        &mut self,
        group: &mut Group,
        mut connection: SqliteConnection,
        first: oneshot::Sender<sqlx::Result<Turn>>,
    ) -> sqlx::Result<()> {
        let mut next = Some(first);
        while let Some(to) = next {
            let (back, given_back) = oneshot::channel();
            // Nobody there any more: the turn comes straight back.
            drop(to.send(Ok(Turn { lent: Some((connection, back)) })));
            let ended = given_back.await.map_err(|_| Error::WorkerCrashed)?;
            connection = ended.connection;
            group.tell.extend(ended.tell);
            group.keep |= ended.keep;
            group.turns += 1;
            next = self.next(group);
            let end = match (ended.keep, next.is_some(), group.keep) {
                (true, true, _) => "RELEASE turn; SAVEPOINT turn",
                (false, true, _) => "ROLLBACK TO turn",
                (true, false, _) => "COMMIT",
                (false, false, true) => "ROLLBACK TO turn; COMMIT",
                (false, false, false) => "ROLLBACK",
            };
            if let Err(error) = execute(&mut connection, end).await {
                if let Some(next) = next {
                    let _ = next.send(Err(Error::PoolTimedOut));
                }
                // What is left of it goes; a connection that is broken fails at the next `BEGIN`, and is
                // opened anew.
                let _ = execute(&mut connection, "ROLLBACK").await;
                self.connection = Some(connection);
                return Err(error);
            }
        }
        self.connection = Some(connection);
        Ok(())
    }

    /// The next one who waits already, unless the transaction has gone on long enough.
    fn next(&mut self, group: &mut Group) -> Option<oneshot::Sender<sqlx::Result<Turn>>> {
        if group.turns >= MOST || group.since.elapsed() > LONGEST {
            return None;
        }
        while group.close.is_none() {
            match self.asked.try_recv().ok()? {
                write @ Ask::Write(_) => {
                    self.ahead = Some(write);
                    return None;
                }
                Ask::Turn(to) if to.is_closed() => {}
                Ask::Turn(to) => return Some(to),
                Ask::Settled(tell) => group.tell.push(tell),
                Ask::Close(tell) => group.close = Some(tell),
            }
        }
        None
    }
}

async fn execute(connection: &mut SqliteConnection, statements: &'static str) -> sqlx::Result<()> {
    sqlx::query(statements).execute(connection).await.map(drop)
}

/// The connections that read. Without the questions a pool asks of a server, a read is one message to
/// SQLite's thread and back.
#[derive(Debug)]
pub(super) struct Readers {
    options: SqliteConnectOptions,
    places: Semaphore,
    idle: Mutex<Vec<SqliteConnection>>,
}

/// A reading connection on loan. It goes back when its statement ended well; otherwise it is closed.
pub(super) struct Reader<'a> {
    pub(super) connection: SqliteConnection,
    readers: &'a Readers,
    _place: SemaphorePermit<'a>,
}

impl Readers {
    pub(super) fn new(options: SqliteConnectOptions) -> Self {
        Self { options, places: Semaphore::new(READERS as usize), idle: Mutex::default() }
    }

    /// Waits for a connection.
    pub(super) async fn lend(&self) -> sqlx::Result<Reader<'_>> {
        let place = timeout(PATIENCE, self.places.acquire()).await.map_err(|_| Error::PoolTimedOut)?;
        let place = place.map_err(|_| Error::PoolClosed)?;
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => SqliteConnection::connect_with(&self.options).await?,
        };
        Ok(Reader { connection, readers: self, _place: place })
    }

    /// Waits for those on loan and closes all.
    pub(super) async fn close(&self) {
        let all = timeout(PATIENCE, self.places.acquire_many(READERS)).await;
        self.places.close();
        let idle = std::mem::take(&mut *self.idle());
        for connection in idle {
            let _ = connection.close().await;
        }
        drop(all);
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reader<'_> {
    /// Gives the connection back.
    pub(super) fn done(self) {
        if !self.readers.places.is_closed() {
            self.readers.idle().push(self.connection);
        }
    }
}

#[cfg(test)]
#[path = "sqlite_tests.rs"]
mod tests;
