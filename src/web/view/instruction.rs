//! How a recommendation was looked after: received, allotted, studied, decided, answered, each step dated and
//! under the name of who took it (requirements 0.8, 2.26). Steps count only from the authority that was asked.

use super::{People, obligation::plain};
use crate::{
    domain::{
        CivilDate, Code as _, Version,
        codes::Step,
        moves::Moves,
        obligations::{self, Delivered},
        said::Said,
    },
    i18n::t_args,
    storage::records::Row,
    web::layout::Page,
};

/// A step: when, which, by whom.
type Taken = (CivilDate, Step, String);

/// The steps of a recommendation in one line, in order; none when its authority tells of none beside its answer.
#[must_use]
pub fn steps(
    page: &Page,
    people: &People,
    row: &Row,
    (about, moves): (&[Row], &Moves),
    delivered: Option<&Delivered>,
) -> Option<String> {
    let addressee = row.addressee.as_deref()?;
    let who = people.who(addressee).name;
    let counts = |one: &&Row| {
        !one.withdrawn && one.proof == "valid" && moves.word_of(&one.author, &one.published, Some(addressee))
    };
    let mut taken: Vec<Taken> = about.iter().filter(counts).filter_map(|one| step(one, &who)).collect();
    if !about.iter().filter(counts).any(|one| one.kind == "Instruction") {
        return None;
    }
    if let Some(delivered) = delivered.filter(|delivered| !delivered.claimed)
        && !taken.iter().any(|(_, step, _)| *step == Step::Received)
    {
        taken.push((delivered.on.clone(), Step::Received, who));
    }
    taken.sort_by(|a, b| (&a.0, &a.1, &a.2).cmp(&(&b.0, &b.1, &b.2)));
    let words = taken.iter().map(|(on, step, who)| {
        let args = [
            ("step", step.label(page.lang.code()).into()),
            ("date", plain(page, on).into()),
            ("who", crate::web::markup::name(who).into()),
        ];
        t_args(page.lang, "step-taken", &args)
    });
    let words = words.collect::<Vec<_>>().join(&page.t("step-next"));
    Some(page.with("steps-are", "steps", words))
}

fn step(row: &Row, authority: &str) -> Option<Taken> {
    let Ok(Version::Record(record)) = Version::parse(&row.document) else { return None };
    let published = || CivilDate::parse(&obligations::day_of(record.envelope.published).to_string()).ok();
    let (step, on, service) = match &record.said {
        Said::Instruction(said) => (said.step.clone(), said.as_of.clone(), said.service.clone()),
        Said::Answer(said) => (Step::Answered, said.decided_on.clone(), said.service.clone()),
        _ => return None,
    };
    Some((on.or_else(published)?, step, service.unwrap_or_else(|| authority.to_owned())))
}
