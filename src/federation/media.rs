//! Media types under which other servers may speak `ActivityPub` (threats O18, O19).

/// What we write in `Content-Type`.
pub const ACTIVITY_JSON: &str = "application/activity+json";
/// What we write in `Accept` when we fetch a document.
pub const ACCEPT: &str =
    "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
/// The profile that makes JSON-LD an ActivityStreams document.
const PROFILE: &str = "https://www.w3.org/ns/activitystreams";

/// Whether a `Content-Type` says ActivityStreams: `application/activity+json`, or `application/ld+json`
/// with the profile; a `charset` other than UTF-8 does not.
#[must_use]
pub fn is_activity_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';');
    let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let (mut profile, mut utf8) = (false, true);
    for part in parts {
        let Some((name, value)) = part.split_once('=') else { return false };
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "profile" => profile = value.split_ascii_whitespace().any(|word| word == PROFILE),
            "charset" => utf8 = value.eq_ignore_ascii_case("utf-8"),
            _ => {}
        }
    }
    utf8 && (essence == ACTIVITY_JSON || (essence == "application/ld+json" && profile))
}

#[cfg(test)]
mod tests {
    use super::is_activity_json;

    #[test]
    fn o18_o19_only_activity_streams_is_read() {
        for good in [
            "application/activity+json",
            "APPLICATION/ACTIVITY+JSON ; charset=UTF-8",
            "application/activity+json; charset=utf-8",
            r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams""#,
            r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams"; charset=utf-8"#,
            r#"application/ld+json;profile="http://x.example/ https://www.w3.org/ns/activitystreams""#,
        ] {
            assert!(is_activity_json(good), "{good}");
        }
        for bad in [
            "text/html",
            "image/png",
            "application/json",
            "text/plain",
            "application/octet-stream",
            "",
            "application/ld+json",
            r#"application/ld+json; profile="https://www.w3.org/ns/other""#,
            "application/activity+json; charset=utf-7",
            "application/activity+json, text/html",
            "application/activity+jsonx",
        ] {
            assert!(!is_activity_json(bad), "{bad}");
        }
    }
}
