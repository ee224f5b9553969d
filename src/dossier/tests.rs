//! The samples hold, their totals are those of the facts, and every rule refuses with field and rule.

use std::{collections::BTreeMap, path::Path};

use proptest::prelude::*;

use super::*;
use crate::domain::{
    CivilDate,
    codes::{Decision, Licence, Reason, Status},
};

const SAMPLES: [&str; 5] = ["rennes", "angers", "montpellier", "nancy", "bretagne"];

fn sample(name: &str) -> Dossier {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("samples/{name}.toml"));
    read(&path).unwrap_or_else(|problems| panic!("{name}: {problems:#?}"))
}

/// The status each recommendation ends in, as rule 7 derives it from items in their order.
fn statuses(items: &[Item]) -> BTreeMap<String, Status> {
    let mut all = BTreeMap::new();
    for item in items {
        match &item.body {
            ItemBody::Recommendation(_) => drop(all.insert(item.reference.clone(), Status::Proposed)),
            ItemBody::Delivery(delivery) => {
                let under = format!("{}/", delivery.avis);
                all.iter_mut()
                    .filter(|(r, _)| r.starts_with(&under))
                    .for_each(|(_, s)| *s = Status::UnderStudy);
            }
            ItemBody::Answer(a) => drop(all.insert(a.recommendation.clone(), a.decision.status())),
            ItemBody::FollowUp(f) => drop(all.insert(f.recommendation.clone(), f.status.status())),
            _ => {}
        }
    }
    all
}

fn totals(statuses: &BTreeMap<String, Status>, under: &str) -> BTreeMap<Status, usize> {
    let mut totals = BTreeMap::new();
    for (_, status) in statuses.iter().filter(|(reference, _)| reference.starts_with(under)) {
        *totals.entry(status.clone()).or_default() += 1;
    }
    totals
}

#[test]
fn every_sample_parses_and_checks_clean() {
    for name in SAMPLES {
        let dossier = sample(name);
        let items = items(&dossier);
        assert_eq!(items[0].reference, name);
        let mut references: Vec<&str> = items.iter().map(|item| item.reference.as_str()).collect();
        let count = references.len();
        references.sort_unstable();
        references.dedup();
        assert_eq!(references.len(), count, "{name}: references are unique");
    }
}

#[test]
fn mission_5g_has_54_proposals_50_done_none_in_progress_4_abandoned_out_of_remit() {
    let items = items(&sample("rennes"));
    let statuses = statuses(&items);
    let totals = totals(&statuses, "rennes/mission-5g/rapport/");
    assert_eq!(totals, BTreeMap::from([(Status::Done, 50), (Status::Abandoned, 4)]));
    let abandoned = items.iter().filter_map(|item| match &item.body {
        ItemBody::FollowUp(f)
            if item.reference.contains("mission-5g") && f.status.status() == Status::Abandoned =>
        {
            f.reason.clone()
        }
        _ => None,
    });
    assert_eq!(abandoned.collect::<Vec<_>>(), vec![Reason::OutOfRemit; 4]);
}

#[test]
fn the_ccnr_shows_every_other_status_and_its_counts_are_the_facts() {
    let items = items(&sample("rennes"));
    let statuses = statuses(&items);
    let count =
        |avis: &str| statuses.keys().filter(|r| r.starts_with(&format!("rennes/ccnr/{avis}/"))).count();
    assert_eq!((count("avis-1"), count("avis-2")), (3, 17));
    let seen = totals(&statuses, "rennes/");
    for (_, status) in <Status as crate::domain::Code>::ALL {
        assert!(seen.contains_key(status), "{status:?} among {seen:?}");
    }
    assert_eq!(items.iter().filter(|item| matches!(item.body, ItemBody::Question(_))).count(), 4);
}

#[test]
fn montpellier_has_8_recommendations() {
    let items = items(&sample("montpellier"));
    assert_eq!(items.iter().filter(|item| matches!(item.body, ItemBody::Recommendation(_))).count(), 8);
}

#[test]
fn a_council_comes_after_the_recommendation_it_was_born_of() {
    let mut dossier = sample("rennes");
    dossier.councils.reverse();
    let items = items(&dossier);
    let place = |reference: &str| items.iter().position(|item| item.reference == reference).unwrap();
    assert!(place("rennes/mission-5g/rapport/r41") < place("rennes/ccnr"));
    let ItemBody::Council(ccnr) = &items[place("rennes/ccnr")].body else { panic!("a council") };
    assert_eq!(ccnr.born_of.as_deref(), Some("rennes/mission-5g/rapport/r41"));
}

#[test]
fn disputed_facts_keep_all_their_sourced_values() {
    let items = items(&sample("rennes"));
    let claims = |reference: &str, about: &str| {
        let item = items.iter().find(|item| item.reference == reference).unwrap();
        let values = item.common.claims.iter().filter(|claim| claim.about == about);
        values.map(|claim| format!("{:?}", claim.value)).collect::<std::collections::BTreeSet<_>>().len()
    };
    assert_eq!(claims("rennes/ccnr", "seats"), 2, "20, or 15 + 3");
    assert_eq!(claims("rennes/ccnr", "createdOn"), 2, "2022, or the end of 2021");
    assert_eq!(claims("rennes/mission-5g/rapport", "recommendations"), 2, "26 + 28, or 54 + 52");
    assert_eq!(claims("rennes/ccnr/question-2", "wording"), 2);
    assert_eq!(claims("rennes/ccnr/avis-3", "deliveredOn"), 2);
}

#[test]
fn what_is_not_synthetic_names_its_source() {
    for name in SAMPLES {
        for item in items(&sample(name)) {
            assert!(item.common.synthetic || !item.common.sources.is_empty(), "{}", item.reference);
            let actor = matches!(item.body, ItemBody::City(_) | ItemBody::Council(_));
            assert!(!actor || item.common.synthetic, "{}: a sample account", item.reference);
        }
    }
}

#[test]
fn french_texts_are_set_as_french_is() {
    for name in SAMPLES {
        let text = serde_json::to_string(&items(&sample(name))).unwrap();
        for wrong in [" ;", " !", " ?", " :", "« ", " »"] {
            assert!(!text.contains(wrong), "{name}: {wrong:?} wants a no-break space");
        }
        assert!(!text.contains('\''), "{name}: the apostrophe is ’");
    }
}

#[test]
fn the_report_of_mission_5g_is_not_under_an_open_licence() {
    let items = items(&sample("rennes"));
    let report = items.iter().find(|item| item.reference == "rennes/mission-5g/rapport").unwrap();
    assert_eq!(report.common.licence.is_open(), Some(false));
    assert_eq!(items[0].common.licence, Licence::default_of_france());
}

/// A dossier without a fault, to put faults into.
const PLAIN: &str = r#"
format = "parvis-dossier-1"
[defaults]
synthetic = true
[sources.page]
name = "Page"
[city]
ref = "ville"
name = "Ville"
territory = "35238"
[[councils]]
ref = "conseil"
handle = "conseil"
name = "Conseil"
summary = "Un conseil."
[[questions]]
ref = "q1"
council = "conseil"
kind = "saisine"
title = "Question"
text = "Laquelle ?"
asked_on = "2023-02"
[[avis]]
ref = "a1"
council = "conseil"
question = "q1"
title = "Avis"
summary = "Court."
diagnosis = "Ce qui est."
stakes = "Ce qui compte."
adopted_on = "2023-03-04"
recommendations = [{ title = "Une" }, { title = "Deux" }, { title = "Trois" }]
[[answers]]
recommendations = ["conseil/a1/r1..r2"]
decision = "accepted"
text = "Oui."
on = 2024-01-05
[[follow_ups]]
recommendation = "conseil/a1/r1"
status = "done"
text = "Fait."
on = 2024-06-01
"#;

/// What is wrong with a text, as `field rule` lines.
fn wrongs(text: &str) -> Vec<String> {
    let problems = match parse(text, Syntax::Toml) {
        Ok(dossier) => check(&dossier),
        Err(problems) => problems,
    };
    problems.iter().map(|problem| format!("{} {}", problem.field, problem.rule)).collect()
}

#[test]
fn every_rule_refuses_with_its_field() {
    assert_eq!(wrongs(PLAIN), Vec::<String>::new());
    let long = format!("summary = \"{}\"", "mot ".repeat(101));
    let faults: &[(&str, &str, &str)] = &[
        ("parvis-dossier-1", "parvis-dossier-9", "format format"),
        ("ref = \"a1\"", "ref = ", " syntax"),
        ("title = \"Avis\"", "titel = \"Avis\"", "avis[0].title missing-field|avis[0].titel unknown-field"),
        ("title = \"Avis\"", "title = 3", "avis[0].title wrong-type"),
        ("title = \"Avis\"", "title = \"\"", "avis[0].title empty"),
        ("title = \"Avis\"", "title = \"A\\u0007\"", "avis[0].title control-character"),
        ("title = \"Avis\"", "title = \"A\\u202Ev\"", "avis[0].title control-character"),
        ("title = \"Avis\"", "title = { en = \"Avis\" }", "avis[0].title.fr original-missing"),
        ("title = \"Avis\"", "title = { fr = \"A\\nB\" }", "avis[0].title.fr title"),
        ("title = \"Avis\"", "title = { fr = \"A\", anglais = \"B\" }", "avis[0].title.anglais lang"),
        ("synthetic = true", "", "city.synthetic synthetic-unsaid"),
        ("diagnosis = \"Ce qui est.\"", "", "avis[0].diagnosis missing-field"),
        ("stakes = \"Ce qui compte.\"", "", "avis[0].stakes missing-field"),
        ("summary = \"Court.\"", &long, "avis[0].summary.fr summary-length"),
        ("ref = \"ville\"", "ref = \"Ville\"", "city.ref ref"),
        ("handle = \"conseil\"", "handle = \"co\"", "councils[0].handle handle"),
        ("handle = \"conseil\"", "handle = \"relay\"", "councils[0].handle handle-reserved"),
        ("handle = \"conseil\"", "handle = \"mairie\"", "councils[0].handle handle-twice"),
        ("territory = \"35238\"", "territory = \"99238\"", "city.territory territory"),
        ("territory = \"35238\"", "territory = \"243500138\"", "city.territory siren"),
        ("kind = \"saisine\"", "kind = \"demande\"", "questions[0].kind question-kind"),
        ("kind = \"saisine\"", "kind = \"auto-saisine\"\nby = \"mairie\"", "questions[0].by question-by"),
        ("kind = \"saisine\"", "kind = \"saisine\"\nby = \"region\"", "questions[0].by actor-unknown"),
        (
            "kind = \"saisine\"",
            "kind = \"auto-saisine\"\nresponse = { decision = \"accepted\" }",
            "questions[0].response response-to-itself",
        ),
        (
            "kind = \"saisine\"",
            "kind = \"saisine\"\nresponse = { decision = \"peut-être\" }",
            "questions[0].response.decision response-decision",
        ),
        (
            "kind = \"saisine\"",
            "kind = \"saisine\"\nthemes = [\"numerique\", \"Santé\"]",
            "questions[0].themes[1] theme",
        ),
        (
            "kind = \"saisine\"",
            "kind = \"saisine\"\nexpected_by = 2022",
            "questions[0].expected_by date-order",
        ),
        (
            "kind = \"saisine\"",
            "kind = \"saisine\"\nexpected_by = 2034",
            "questions[0].expected_by deadline-too-far",
        ),
        ("asked_on = \"2023-02\"", "asked_on = \"février\"", "questions[0].asked_on civil-date"),
        ("asked_on = \"2023-02\"", "asked_on = \"0203-02\"", "questions[0].asked_on date-range"),
        ("asked_on = \"2023-02\"", "asked_on = \"2023-04\"", "avis[0].adopted_on date-order"),
        ("question = \"q1\"", "question = \"q2\"", "avis[0].question reference-unknown"),
        (
            "question = \"q1\"",
            "question = \"q1\"\nvote = { for = 0, against = 0, abstain = 0 }",
            "avis[0].vote vote-empty",
        ),
        (
            "question = \"q1\"",
            "question = \"q1\"\ndelivered = { on = 2022 }",
            "avis[0].delivered.on date-order",
        ),
        ("question = \"q1\"", "question = \"q1\"\nlicence = \"GPL-3.0\"", "avis[0].licence licence"),
        (
            "question = \"q1\"",
            "question = \"q1\"\nsources = [\"livre\"]",
            "avis[0].sources[0] source-unknown",
        ),
        (
            "question = \"q1\"",
            "question = \"q1\"\nsources = [{ url = \"https://a.example\" }]",
            "avis[0].sources[0].name missing-field",
        ),
        (
            "question = \"q1\"",
            "question = \"q1\"\nmachine_translated = [\"en\"]",
            "avis[0].machine_translated translation-language",
        ),
        ("question = \"q1\"", "question = \"q1\"\npublish_at = \"demain\"", "avis[0].publish_at instant"),
        (
            "question = \"q1\"",
            "question = \"q1\"\nclaims = [{ about = \"Un mot\", value = 1, source = \"page\" }]",
            "avis[0].claims[0].about claim-about",
        ),
        (
            "question = \"q1\"",
            "question = \"q1\"\nattachments = [{ name = \"A\", file = \"../a.pdf\", media_type = \"application/pdf\" }]",
            "avis[0].attachments[0].file attachment-file|avis[0].attachments[0] attachment-one",
        ),
        (
            "question = \"q1\"",
            "question = \"q1\"\nattachments = [{ name = \"A\", file = \"a.pdf\", media_type = \"pdf\" }]",
            "avis[0].attachments[0].media_type media-type",
        ),
        (
            "{ title = \"Deux\" }",
            "{ title = \"Deux\", number = 1, ref = \"x\" }",
            "avis[0].recommendations[1].number number",
        ),
        (
            "{ title = \"Deux\" }",
            "{ title = \"Deux\", ref = \"r1\" }",
            "avis[0].recommendations[1].ref reference-twice",
        ),
        (
            "{ title = \"Trois\" }",
            "{ title = \"Trois\", addressee = \"région\" }",
            "avis[0].recommendations[2].addressee addressee",
        ),
        (
            "{ title = \"Trois\" }",
            "{ title = \"Trois\", addressee = \"region\" }",
            "avis[0].recommendations[2].addressee actor-unknown",
        ),
        (
            "{ title = \"Trois\" }",
            "{ title = \"Trois\", tier = \"canton\" }",
            "avis[0].recommendations[2].tier tier",
        ),
        (
            "{ title = \"Une\" }",
            "{ title = \"Une\", addressee = \"@a@b.example\" }",
            "answers[0].by not-the-addressee|follow_ups[0].by not-the-addressee",
        ),
        ("r1..r2", "r2..r1", "answers[0].recommendations[0] range"),
        ("r1..r2", "r1..r4", "answers[0].recommendation reference-unknown"),
        ("decision = \"accepted\"", "decision = \"adopted\"", "answers[0].decision decision"),
        ("decision = \"accepted\"", "decision = \"refused\"", "answers[0].reason reason-missing"),
        (
            "decision = \"accepted\"",
            "decision = \"accepted\"\nby = \"conseil\"",
            "answers[0].by not-the-addressee|answers[0].by not-the-addressee",
        ),
        ("text = \"Oui.\"", "", "answers[0].text missing-field"),
        ("on = 2024-01-05", "on = 2023-01-05", "answers[0].on date-order|answers[0].on date-order"),
        ("status = \"done\"", "status = \"abandoned\"", "follow_ups[0].reason reason-missing"),
        ("status = \"done\"", "status = \"done\"\nreason = \"cher\"", "follow_ups[0].reason reason"),
        ("status = \"done\"", "status = \"done\"\nref = \"reponse\"", "follow_ups[0].ref reference-twice"),
        ("status = \"done\"", "status = \"done\"\nevidence = [\"ici\"]", "follow_ups[0].evidence[0] iri"),
        (
            "summary = \"Un conseil.\"",
            "summary = \"Un conseil.\"\nborn_of = \"conseil/a1/r9\"",
            "councils[0].born_of reference-unknown",
        ),
        (
            "summary = \"Un conseil.\"",
            "summary = \"Un conseil.\"\nborn_of = \"conseil/a1/r1\"",
            "councils born-of-cycle",
        ),
    ];
    for (good, bad, expected) in faults {
        assert!(PLAIN.contains(good), "{good}");
        let seen = wrongs(&PLAIN.replacen(good, bad, 1));
        let expected: Vec<&str> = expected.split('|').collect();
        let first = if *good == "synthetic = true" { &seen[..1] } else { &seen[..] };
        assert_eq!(first, expected, "{bad}");
    }
}

#[test]
fn all_problems_are_reported_at_once_with_what_was_probably_meant() {
    let text = PLAIN
        .replace("title = \"Avis\"", "titre = 1\ntitel = \"A\"")
        .replace("status = \"done\"", "status = \"fini\"");
    let problems = parse(&text, Syntax::Toml).unwrap_err();
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "avis[0].title: missing-field (title)",
            "avis[0].titel: unknown-field (titel (→ title?))",
            "avis[0].titre: unknown-field (titre (→ title?))",
            "follow_ups[0].status: follow-up-status (fini: in-progress, done, abandoned)",
        ]
    );
    let syntax = parse("format = \"parvis-dossier-1\"\nx = =", Syntax::Toml).unwrap_err();
    assert!(syntax[0].detail.starts_with("2:5: "), "{}", syntax[0].detail);
}

#[test]
fn json_says_the_same_as_toml() {
    let toml = parse(PLAIN, Syntax::Toml).unwrap();
    let tree = Syntax::Toml.tree(PLAIN).unwrap();
    assert_eq!(parse(&serde_json::to_string(&tree).unwrap(), Syntax::Json).unwrap(), toml);
    assert!(Syntax::of(Path::new("x.yaml")).is_err());
}

#[test]
fn a_digest_changes_with_the_words_and_only_with_them() {
    let before = items(&parse(PLAIN, Syntax::Toml).unwrap());
    let again = items(&parse(PLAIN, Syntax::Toml).unwrap());
    let digests = |items: &[Item]| items.iter().map(Item::digest).collect::<Vec<_>>();
    assert_eq!(digests(&before), digests(&again));

    let later = PLAIN.replace("ref = \"q1\"", "ref = \"q1\"\npublish_at = \"2030-01-01T00:00:00Z\"");
    assert_eq!(digests(&before), digests(&items(&parse(&later, Syntax::Toml).unwrap())));

    let changed = items(&parse(&PLAIN.replace("\"Oui.\"", "\"Oui, en 2025.\""), Syntax::Toml).unwrap());
    let differ: Vec<&str> = before
        .iter()
        .zip(&changed)
        .filter(|(a, b)| a.digest() != b.digest())
        .map(|(a, _)| a.reference.as_str())
        .collect();
    assert_eq!(differ, ["ville/conseil/a1/r1/reponse", "ville/conseil/a1/r2/reponse"]);
}

#[test]
fn answers_and_follow_ups_come_last_and_by_date() {
    let items = items(&parse(PLAIN, Syntax::Toml).unwrap());
    let references: Vec<&str> = items.iter().map(|item| item.reference.as_str()).collect();
    assert_eq!(
        references,
        [
            "ville",
            "ville/conseil",
            "ville/conseil/q1",
            "ville/conseil/a1",
            "ville/conseil/a1/r1",
            "ville/conseil/a1/r2",
            "ville/conseil/a1/r3",
            "ville/conseil/a1/r1/reponse",
            "ville/conseil/a1/r2/reponse",
            "ville/conseil/a1/r1/suivi",
        ]
    );
    assert_eq!((items[9].slug().as_str(), items[9].author()), ("conseil-a1-r1-suivi", "mairie"));
}

fn words() -> impl Strategy<Value = Text> {
    proptest::collection::btree_map("[a-z]{2}", "\\PC{1,40}", 1..3).prop_map(Text)
}

fn any_item() -> impl Strategy<Value = Item> {
    let decision = prop_oneof![
        Just(Decision::Accepted),
        Just(Decision::AcceptedInPart),
        Just(Decision::Refused),
        "[a-z]{3,9}".prop_map(|word| Decision::Other(format!("x:{word}")))
    ];
    let claim = ("[a-z]{1,9}", any::<i32>(), "\\PC{1,20}").prop_map(|(about, number, name)| Claim {
        about,
        value: ClaimValue::Number(number.into()),
        unit: None,
        source: Source { name, url: None, date: None },
    });
    let claims = proptest::collection::vec(claim, 0..3);
    (words(), proptest::option::of(words()), decision, claims, any::<bool>(), 1900..2199_u16).prop_map(
        |(text, note, decision, claims, synthetic, year)| Item {
            reference: "ville/conseil/a1/r1/reponse".into(),
            language: "fr".into(),
            common: Common {
                synthetic,
                note,
                machine_translated: vec!["en".into()],
                licence: Licence::default_of_france(),
                themes: vec![],
                sources: vec![],
                claims,
                attachments: vec![],
                publish_at: None,
            },
            body: ItemBody::Answer(Answer {
                by: "mairie".into(),
                recommendation: "ville/conseil/a1/r1".into(),
                decision,
                reason: Some(Reason::Budget),
                text,
                promised_by: None,
                on: CivilDate::parse(&year.to_string()).unwrap(),
            }),
        },
    )
}

proptest! {
    #[test]
    fn an_item_written_as_json_is_read_back_the_same(item in any_item()) {
        let text = serde_json::to_string(&item).unwrap();
        let back: Item = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(back.digest(), item.digest());
        prop_assert_eq!(back, item);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,200}") {
        let _ = parse(&text, Syntax::Toml);
        let _ = parse(&format!("format = \"parvis-dossier-1\"\n{text}"), Syntax::Toml);
        let _ = parse(&text, Syntax::Json);
    }
}

#[test]
fn every_item_of_the_samples_is_read_back_the_same() {
    for name in SAMPLES {
        for item in items(&sample(name)) {
            let back: Item = serde_json::from_str(&serde_json::to_string(&item).unwrap()).unwrap();
            assert_eq!(back, item);
        }
    }
}
