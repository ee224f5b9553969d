//! Items: order, digests, and reading back.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    CivilDate,
    codes::{Decision, Licence, Reason},
};

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
    assert_eq!(differ, ["ville/conseil/a1/r1/reponse"]);
}

#[test]
fn answers_and_follow_ups_come_last_and_by_date_several_at_once_as_one_2_37() {
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
            "ville/conseil/a1/r1/suivi",
        ]
    );
    let ItemBody::Answer(answer) = &items[7].body else { panic!("an answer") };
    assert_eq!(answer.recommendations, ["ville/conseil/a1/r1", "ville/conseil/a1/r2"]);
    assert_eq!((items[8].slug().as_str(), items[8].author()), ("conseil-a1-r1-suivi", "mairie"));
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
                recommendations: vec!["ville/conseil/a1/r1".into()],
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
