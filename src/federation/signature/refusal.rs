//! Why a message is refused, with its code and its status. The answer says the code and nothing of what
//! was sent.

/// Why the gate stays closed. `reason()` labels the counter `ap_refused_total`, `status()` is the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{}", self.reason())]
pub enum Refusal {
    /// No signature (S1).
    SigMissing,
    /// The signature header cannot be read.
    SigMalformed,
    /// The named key did not make the signature (S2, S8, S21).
    SigInvalid,
    /// An algorithm we do not know, or not that of the key (S17, S18, S31).
    BadAlgorithm,
    /// The key is too short, too long, or of a kind we do not take (S19).
    BadKey,
    /// The key id is not an identifier we would ask (S24).
    BadKeyId,
    /// The digest is not that of the body (S3, S29).
    DigestMismatch,
    /// No digest, or none we know (S4).
    DigestMissing,
    /// The signature leaves out what it must cover (S5, S6, S31).
    NotCovered,
    /// Meant for another host (S9).
    HostMismatch,
    /// No time at all (S11).
    NoDate,
    /// A time that cannot be read (S13).
    BadDate,
    /// Too old (S10, S14, S16).
    Expired,
    /// From the future (S12).
    Future,
    /// A header that must come once comes twice (S28).
    DupHeader,
    /// A header beyond all measure (S30).
    HeaderTooLarge,
    /// The key is somebody else's (S20).
    KeyOwnerMismatch,
    /// The key cannot be had, or its document does not hold together (S22, S23, S27).
    KeyUnknown,
    /// Enough keys of that host were asked for a while (S25).
    KeyLimited,
    /// The actor is gone, and says so: nothing is left to verify with, and nothing to do (O9).
    ActorGone,
    /// The host, or the actor, is blocked here (S32).
    Blocked,
    /// The actor is one of ours (O2).
    OurActor,
    /// Longer than 1 MiB (D1, rule 16).
    TooLarge,
    /// Compressed (D2).
    Encoded,
    /// Not ActivityStreams (O18, O19).
    ContentType,
    /// Not JSON, too deep, or not an object (D4).
    BadJson,
    /// A key twice in one object (O29).
    DupKey,
    /// A keyword of JSON-LD in the body (O28).
    Keyword,
    /// No type, no actor, no id, or in another form than a string (O22, O26, F10).
    BadActivity,
    /// The activity's id is not at its actor's origin (O1).
    WrongOrigin,
    /// Too many messages of that host (D12).
    TooMany,
    /// A fault of ours: the database did not answer.
    Unavailable,
}

impl Refusal {
    /// Code, as in the metrics and the answer.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::SigMissing => "sig_missing",
            Self::SigMalformed => "sig_malformed",
            Self::SigInvalid => "sig_invalid",
            Self::BadAlgorithm => "bad_algorithm",
            Self::BadKey => "bad_key",
            Self::BadKeyId => "bad_key_id",
            Self::DigestMismatch => "digest_mismatch",
            Self::DigestMissing => "digest_missing",
            Self::NotCovered => "not_covered",
            Self::HostMismatch => "host_mismatch",
            Self::NoDate => "no_date",
            Self::BadDate => "bad_date",
            Self::Expired => "expired",
            Self::Future => "future",
            Self::DupHeader => "dup_header",
            Self::HeaderTooLarge => "header_too_large",
            Self::KeyOwnerMismatch => "key_owner_mismatch",
            Self::KeyUnknown => "key_unknown",
            Self::KeyLimited => "key_limited",
            Self::ActorGone => "actor_gone",
            Self::Blocked => "blocked",
            Self::OurActor => "our_actor",
            Self::TooLarge => "too_large",
            Self::Encoded => "encoded",
            Self::ContentType => "content_type",
            Self::BadJson => "bad_json",
            Self::DupKey => "dup_key",
            Self::Keyword => "keyword",
            Self::BadActivity => "bad_activity",
            Self::WrongOrigin => "wrong_origin",
            Self::TooMany => "too_many",
            Self::Unavailable => "unavailable",
        }
    }

    /// HTTP status of the answer.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::ActorGone => 202,
            Self::DupHeader
            | Self::SigMalformed
            | Self::BadJson
            | Self::DupKey
            | Self::Keyword
            | Self::BadActivity
            | Self::WrongOrigin => 400,
            Self::Blocked | Self::OurActor => 403,
            Self::TooLarge => 413,
            Self::Encoded | Self::ContentType => 415,
            Self::TooMany | Self::KeyLimited => 429,
            Self::HeaderTooLarge => 431,
            Self::Unavailable => 503,
            _ => 401,
        }
    }

    /// Seconds after which trying again may help.
    #[must_use]
    pub const fn retry_after(self) -> Option<u64> {
        match self {
            Self::TooMany | Self::KeyLimited => Some(60),
            Self::Unavailable => Some(30),
            _ => None,
        }
    }
}
