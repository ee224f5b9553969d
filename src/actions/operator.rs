//! Who acts: a parameter of every action, and of the row it leaves in the audit log. And who may do what, the one
//! place where that is decided (requirements 1.5, 2.5, 2.6, 2.17).

use std::collections::BTreeSet;

use crate::{
    App, Error, Result,
    config::Post,
    domain::{Role, codes::Office},
    dossier::{Item, ItemBody},
    storage::{self, audit::Deed},
};

/// A person, the command line, or the node itself; and why, where the rules ask for a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    name: String,
    role: &'static str,
    post: Option<Post>,
    reason: Option<String>,
}

/// What is done, as far as offices differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Words become drafts.
    Import,
    /// Drafts become public.
    Publish,
    /// Something public is withdrawn.
    Withdraw,
    /// A citizen's reply is shown or not.
    Decide,
    /// The node is run: whom it follows, what waits, copies of it.
    Run,
}

impl Act {
    /// How the audit log calls its refusal.
    const fn refused(self) -> &'static str {
        match self {
            Self::Import => "refused-import",
            Self::Publish => "refused-publish",
            Self::Withdraw => "refused-withdraw",
            Self::Decide => "refused-decide",
            Self::Run => "refused-run",
        }
    }
}

/// Whose words are acted upon.
#[derive(Clone, Copy, Debug)]
pub struct Voice<'a> {
    /// Handle of the actor.
    pub handle: &'a str,
    /// Whether it is a guarantor, for whom nobody else speaks.
    pub guarantor: bool,
}

impl Operator {
    /// Somebody at the command line, by login name; a clerk of the authority.
    #[must_use]
    pub fn cli(name: impl Into<String>) -> Self {
        Self { name: name.into(), role: "cli", post: Some(Post::clerk()), reason: None }
    }

    /// The node itself, doing what was scheduled.
    #[must_use]
    pub fn system() -> Self {
        Self { name: "parvis".to_owned(), role: "system", post: None, reason: None }
    }

    /// Another server, by the id of its actor.
    #[must_use]
    pub fn peer(actor: impl Into<String>) -> Self {
        Self { name: actor.into(), role: "peer", post: None, reason: None }
    }

    /// The same, in another post; none: in no post at all.
    #[must_use]
    pub fn holding(mut self, post: Option<Post>) -> Self {
        self.post = post;
        self
    }

    /// Whoever has a one-time link, by the name of the body it is for.
    #[must_use]
    pub fn link(body: impl Into<String>) -> Self {
        Self { name: body.into(), role: "link", post: None, reason: None }
    }

    /// The same, with a reason.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Name, as the audit log has it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The reason given.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// A row for the audit log.
    #[must_use]
    pub fn deed<'a>(&'a self, action: &'a str, subject: &'a str) -> Deed<'a> {
        Deed { operator: &self.name, role: self.role, action, subject, reason: self.reason() }
    }

    /// Whether this may be done, with the words of `voice` or with none. The node itself does what a person was
    /// let to ask of it.
    ///
    /// # Errors
    /// The rule that refuses.
    pub fn may(&self, act: Act, voice: Option<Voice<'_>>) -> Result<(), &'static str> {
        if self.role != "cli" {
            return Ok(());
        }
        let Some(post) = &self.post else { return Err("office-none") };
        let own = voice.is_some_and(|voice| post.of.as_deref() == Some(voice.handle));
        match post.office {
            Office::Clerk if voice.is_some_and(|voice| voice.guarantor) => Err("office-guarantor-only"),
            Office::Clerk => Ok(()),
            Office::Guarantor if own && !matches!(act, Act::Decide | Act::Run) => Ok(()),
            Office::Guarantor => Err("office-guarantor"),
            Office::Facilitator if own && matches!(act, Act::Import | Act::Publish) => Ok(()),
            Office::Facilitator => Err("office-facilitator"),
            Office::Observer | Office::Advisor | Office::Other(_) => Err("office-reads"),
        }
    }
}

/// Lets an operator act, or refuses and writes that down.
///
/// # Errors
/// `Invalid` with the rule that refuses.
pub async fn allow(
    app: &App,
    operator: &Operator,
    act: Act,
    subject: &str,
    voice: Option<Voice<'_>>,
) -> Result<()> {
    let Err(rule) = operator.may(act, voice) else { return Ok(()) };
    let mut tx = app.db.begin().await?;
    let refused = operator.clone().because(rule);
    storage::audit::add(&mut tx, &refused.deed(act.refused(), subject), app.clock.now_ms()).await?;
    tx.commit().await?;
    Err(Error::invalid(subject, rule, operator.name()))
}

/// Which handles are guarantors': of actors that are here, and of accounts among some items.
pub(super) struct Guarantors {
    here: BTreeSet<String>,
    coming: BTreeSet<String>,
}

impl Guarantors {
    /// Reads them.
    pub(super) async fn among(app: &App, items: impl Iterator<Item = &Item>) -> Result<Self> {
        let here = storage::actors::by_role(&app.db, Role::Guarantor.code()).await?;
        let accounts = items.filter(|item| matches!(item.body, ItemBody::Guarantor(_)));
        Ok(Self {
            here: here.into_iter().map(|actor| actor.handle).collect(),
            coming: accounts.map(|item| item.author().to_owned()).collect(),
        })
    }

    /// Whose words an item is. A new account is opened by the clerks; from then on it is the guarantor's.
    pub(super) fn voice<'a>(&self, item: &'a Item) -> Voice<'a> {
        let handle = item.author();
        let opened = matches!(item.body, ItemBody::Guarantor(_));
        let guarantor = self.here.contains(handle) || (!opened && self.coming.contains(handle));
        Voice { handle, guarantor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(post: &str, act: Act, handle: &str) -> Result<(), &'static str> {
        let operator = Operator::cli("anna").holding(Post::parse(post).ok());
        operator.may(act, Some(Voice { handle, guarantor: handle == "cndp" }))
    }

    #[test]
    fn r1_5_a_facilitator_imports_and_publishes_for_its_council_and_nothing_else() {
        for act in [Act::Import, Act::Publish] {
            assert_eq!(may("facilitator:ccnr", act, "ccnr"), Ok(()));
            assert_eq!(may("facilitator:ccnr", act, "codev"), Err("office-facilitator"));
            assert_eq!(may("facilitator:ccnr", act, "mairie"), Err("office-facilitator"));
        }
        for act in [Act::Withdraw, Act::Decide, Act::Run] {
            assert_eq!(may("facilitator:ccnr", act, "ccnr"), Err("office-facilitator"));
        }
    }

    #[test]
    fn r2_17_an_observer_reads_and_so_does_an_advisor_2_6() {
        for act in [Act::Import, Act::Publish, Act::Withdraw, Act::Decide, Act::Run] {
            assert_eq!(may("observer", act, "ccnr"), Err("office-reads"));
            assert_eq!(may("advisor:ccnr", act, "ccnr"), Err("office-reads"));
            assert_eq!(Operator::cli("x").holding(None).may(act, None), Err("office-none"));
            assert_eq!(Operator::system().may(act, None), Ok(()));
        }
    }

    #[test]
    fn r2_5_what_a_guarantor_says_is_its_own_alone() {
        for act in [Act::Import, Act::Publish, Act::Withdraw] {
            assert_eq!(may("guarantor:cndp", act, "cndp"), Ok(()));
            assert_eq!(may("guarantor:cndp", act, "ccnr"), Err("office-guarantor"));
            assert_eq!(may("clerk", act, "cndp"), Err("office-guarantor-only"));
            assert_eq!(may("clerk", act, "ccnr"), Ok(()));
        }
        assert_eq!(may("guarantor:cndp", Act::Decide, "cndp"), Err("office-guarantor"));
    }

    #[test]
    fn an_office_is_written_with_the_account_it_is_for() {
        assert!(Post::parse("guarantor").is_err() && Post::parse("facilitator").is_err());
        assert_eq!(Post::parse("chief").unwrap_err().rule, "office");
        assert_eq!(Post::parse("guarantor:cndp").unwrap().to_string(), "guarantor:cndp");
    }
}
