//! A reply beside the register that came in no message.

use parvis::{
    domain::Iri,
    storage::{
        Db,
        replies::{self, Arrival, Reply},
    },
};

/// Puts it; `false` when its id is somebody else's.
pub async fn keep(db: &Db, reply: &Reply) -> bool {
    let (activity, author) = (format!("{}#said", reply.uri), Iri::parse(&reply.author).expect("an author"));
    let arrival = Arrival {
        activity: &activity,
        actor: &reply.author,
        origin: author.origin(),
        uri: &reply.uri,
        digest: "never erased",
        written: None,
    };
    replies::put(db, reply, &arrival).await.expect("the database")
}
