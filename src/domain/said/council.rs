//! The life of a council: who sits, how they were drawn, what they plan, when they meet. Members are counted, not named.

use serde::{Deserialize, Serialize};

use crate::domain::{
    CivilDate, Html, Instant, Iri,
    canonical::Document,
    codes::{DrawStage, MeetingKind, Office, SeatOrigin, Sector},
    record::one_or_many,
};

/// Who sits in a council, as counts (requirements 0.1, 2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composition {
    /// When it was so.
    #[serde(rename = "parvis:asOf")]
    pub as_of: CivilDate,
    /// How many there should be.
    #[serde(rename = "parvis:target", default, skip_serializing_if = "Option::is_none")]
    pub target: Option<u32>,
    /// Its seats, by origin and term.
    #[serde(
        rename = "parvis:seats",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub seats: Vec<Seats>,
    /// Roles beside the members, as counts: facilitator, observer, advisor (requirements 1.5, 2.6, 2.17).
    #[serde(
        rename = "parvis:roles",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub roles: Vec<Beside>,
    /// Who watches over the method: their actors (requirement 2.5).
    #[serde(
        rename = "parvis:guarantors",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub guarantors: Vec<Iri>,
    /// Members who consented to be named, and only they.
    #[serde(
        rename = "parvis:named",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub named: Vec<String>,
}

/// Seats filled in one way for one term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    /// How.
    #[serde(rename = "parvis:seatOrigin")]
    pub origin: SeatOrigin,
    /// How many.
    #[serde(rename = "parvis:count")]
    pub count: u32,
    /// First day of the term.
    #[serde(rename = "parvis:since", default, skip_serializing_if = "Option::is_none")]
    pub since: Option<CivilDate>,
    /// Last day of the term.
    #[serde(rename = "parvis:until", default, skip_serializing_if = "Option::is_none")]
    pub until: Option<CivilDate>,
    /// Which term: 1, 2.
    #[serde(rename = "parvis:term", default, skip_serializing_if = "Option::is_none")]
    pub term: Option<u32>,
}

/// A role beside the members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// Which.
    #[serde(rename = "parvis:role")]
    pub role: Office,
    /// How many.
    #[serde(rename = "parvis:count")]
    pub count: u32,
}

/// The yearly review: who stays, what should change (requirement 2.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The year.
    #[serde(rename = "parvis:year")]
    pub year: CivilDate,
    /// How many stay.
    #[serde(rename = "parvis:stay")]
    pub stay: u32,
    /// How many leave.
    #[serde(rename = "parvis:leave")]
    pub leave: u32,
}

/// A draw by lot, without any person (requirements 2.1, 2.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// When.
    #[serde(rename = "parvis:asOf")]
    pub as_of: CivilDate,
    /// How many seats it replaces; none for a whole council.
    #[serde(rename = "parvis:replaces", default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<u32>,
    /// From the file to the members.
    #[serde(
        rename = "parvis:stages",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub stages: Vec<Stage>,
    /// What the members should look like, and do.
    #[serde(
        rename = "parvis:criteria",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub criteria: Vec<Criterion>,
}

/// A stage of a draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Which.
    #[serde(rename = "parvis:stage")]
    pub stage: DrawStage,
    /// How many.
    #[serde(rename = "parvis:count")]
    pub count: u32,
}

/// A criterion of a draw. Groups smaller than five are merged before they get here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// What: “age”.
    #[serde(rename = "parvis:criterion")]
    pub criterion: String,
    /// Its groups.
    #[serde(
        rename = "parvis:groups",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub groups: Vec<Group>,
}

/// A group of a criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Which: “18–29”.
    #[serde(rename = "parvis:label")]
    pub label: String,
    /// How many were wanted.
    #[serde(rename = "parvis:target", default, skip_serializing_if = "Option::is_none")]
    pub target: Option<u32>,
    /// How many there are; none when that is withheld.
    #[serde(rename = "parvis:obtained", default, skip_serializing_if = "Option::is_none")]
    pub obtained: Option<u32>,
}

/// The programme of a year (requirement 1.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Programme {
    /// The year.
    #[serde(rename = "parvis:year")]
    pub year: CivilDate,
    /// The plenary that adopted it.
    #[serde(rename = "parvis:adoptedAt")]
    pub adopted_at: Iri,
    /// When that was.
    #[serde(rename = "parvis:adoptedOn", default, skip_serializing_if = "Option::is_none")]
    pub adopted_on: Option<CivilDate>,
    /// Questions on it.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
    /// What else is on it.
    #[serde(
        rename = "parvis:items",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub items: Vec<String>,
}

/// A working group (requirements 1.3, 1.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkingGroup {
    /// The question it works on.
    #[serde(rename = "parvis:saisine", default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Iri>,
    /// How many lead it.
    #[serde(rename = "parvis:leads")]
    pub leads: u32,
    /// How many members.
    #[serde(rename = "parvis:members", default, skip_serializing_if = "Option::is_none")]
    pub members: Option<u32>,
    /// Who works with it from outside.
    #[serde(
        rename = "parvis:partners",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub partners: Vec<String>,
    /// How it works: diagnosis, foresight …
    #[serde(
        rename = "parvis:methods",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub methods: Vec<String>,
    /// With what: debates, a digital tool …
    #[serde(
        rename = "parvis:means",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub means: Vec<String>,
}

/// A meeting, as an `Event` (requirements 2.13–2.16, 4.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// Title, as Mobilizon reads it.
    #[serde(rename = "name")]
    pub name: String,
    /// The title by language.
    #[serde(rename = "nameMap", default, skip_serializing_if = "Document::is_empty")]
    pub name_map: Document,
    /// Date and place in words (rule 21).
    #[serde(rename = "summary")]
    pub when_and_where: Html,
    /// When it begins.
    #[serde(rename = "startTime")]
    pub start: Instant,
    /// When it ends.
    #[serde(rename = "endTime", default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Instant>,
    /// Time zone of the place.
    #[serde(rename = "timezone")]
    pub timezone: String,
    /// `free`, or `invite` when it is not public.
    #[serde(rename = "joinMode")]
    pub join_mode: String,
    /// Where.
    #[serde(rename = "location", default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Place>,
    /// The organiser, as Mobilizon reads it.
    #[serde(rename = "actor")]
    pub organiser: Iri,
    /// What kind of meeting.
    #[serde(rename = "parvis:meeting", default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<MeetingKind>,
    /// The question it is about.
    #[serde(rename = "parvis:saisine", default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Iri>,
    /// The working group that meets.
    #[serde(rename = "parvis:workingGroup", default, skip_serializing_if = "Option::is_none")]
    pub working_group: Option<Iri>,
    /// The series of meetings it belongs to (requirement 4.3).
    #[serde(rename = "parvis:series", default, skip_serializing_if = "Option::is_none")]
    pub series: Option<Iri>,
    /// The territory it is held in: `region:53`, or the name of a place without a code.
    #[serde(rename = "parvis:territory", default, skip_serializing_if = "Option::is_none")]
    pub territory: Option<String>,
    /// How many were there.
    #[serde(rename = "parvis:present", default, skip_serializing_if = "Option::is_none")]
    pub present: Option<u32>,
    /// How many were expected.
    #[serde(rename = "parvis:expected", default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<u32>,
    /// How many told why they could not come.
    #[serde(rename = "parvis:excused", default, skip_serializing_if = "Option::is_none")]
    pub excused: Option<u32>,
    /// How many people were reached outside.
    #[serde(rename = "parvis:reached", default, skip_serializing_if = "Option::is_none")]
    pub reached: Option<u32>,
    /// Who was heard.
    #[serde(
        rename = "parvis:hearings",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub hearings: Vec<Hearing>,
    /// Who is held at a distance else and was sought here (requirement 4.5).
    #[serde(
        rename = "parvis:publics",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub publics: Vec<String>,
    /// Who helped.
    #[serde(
        rename = "parvis:partners",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub partners: Vec<String>,
    /// What was said and decided.
    #[serde(rename = "parvis:minutes", default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<Html>,
}

/// A place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Always `Place`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    #[serde(rename = "name")]
    pub name: String,
    /// Its address.
    #[serde(rename = "address", default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// Somebody who was heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hearing {
    /// Who, if they agreed to be named.
    #[serde(rename = "parvis:speaker", default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// For which organisation.
    #[serde(rename = "parvis:organisation", default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// From which sector.
    #[serde(rename = "parvis:sector")]
    pub sector: Sector,
    /// On what.
    #[serde(rename = "parvis:topic")]
    pub topic: String,
}
