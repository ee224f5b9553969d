//! Laws of records: what is written is read back the same, whatever is said (register.md rules 3, 4, 5).

use parvis::domain::{
    CivilDate, Html, Instant, Iri, Lang, Record, Slug, Version, Words, canonical,
    codes::{Decision, FollowUpStatus, Reason, Sector, Tier},
    compose::{self, Draft},
    heard, html,
    proof::{self, ProofKey},
    record::{Claim, Source},
    said::{
        Answer, Avis, Delivery, FollowUp, Passage, Question, Recommendation, Said, Summary, Verbatim, Verdict,
    },
};
use proptest::prelude::*;

fn iri(name: &str) -> Iri {
    Iri::parse(&format!("https://rennes.example/{name}")).unwrap()
}

fn decision() -> impl Strategy<Value = Decision> {
    prop_oneof![
        Just(Decision::Accepted),
        Just(Decision::AcceptedInPart),
        Just(Decision::AlreadyDone),
        Just(Decision::Deferred),
        "parvis:[a-z]{3,8}x".prop_map(Decision::Other),
    ]
}

fn verbatim(words: &str) -> Said {
    Said::Verbatim(Verbatim {
        words: words.to_owned(),
        sector: Sector::Resident,
        speaker: None,
        as_of: None,
        said_at: Some(iri("seances/1")),
        question: None,
    })
}

fn said() -> impl Strategy<Value = Said> {
    let date = prop_oneof![Just("2023"), Just("2023-01"), Just("2023-07-04")];
    let date = date.prop_map(|text| CivilDate::parse(text).unwrap());
    let votes = proptest::option::of(0u32..60);
    prop_oneof![
        (proptest::option::of(date.clone()), any::<bool>()).prop_map(|(expected_by, own)| {
            let question = Question { addressee: Some(iri("actors/ccnr")), expected_by, asked_on: None };
            if own { Said::AutoSaisine(question) } else { Said::Saisine(question) }
        }),
        any::<bool>().prop_map(|yes| {
            let verdict = Verdict {
                concerns: vec![iri("questions/1")],
                question: Some(iri("questions/1")),
                reason: None,
                relay: None,
                entered_for: None,
            };
            if yes { Said::Acceptance(verdict) } else { Said::Refusal(verdict) }
        }),
        (votes, proptest::option::of(date.clone()), 0usize..5).prop_map(|(votes_for, adopted_on, many)| {
            Said::Avis(Box::new(Avis {
                question: Some(iri("questions/1")),
                addressee: iri("actors/mairie"),
                adopted_on,
                delivered_on: None,
                votes_for,
                votes_against: votes_for.map(|_| 1),
                votes_abstain: None,
                diagnosis: Some(Html::parse("<p>Diagnostic</p>").unwrap()),
                stakes: None,
                body: None,
                recommendations: (0..many).map(|n| iri(&format!("recommandations/{n}"))).collect(),
            }))
        }),
        (1u32..60, proptest::option::of("[a-zé ]{1,20}")).prop_map(|(number, category)| {
            Said::Recommendation(Recommendation {
                number,
                avis: iri("avis/1"),
                addressee: iri("actors/mairie"),
                answers: Some(iri("recommandations/1/reponses")),
                category,
                tier: Some(Tier::Region),
                axes: vec!["ethique".to_owned()],
            })
        }),
        date.clone().prop_map(|delivered_on| {
            Said::Delivery(Delivery {
                concerns: vec![iri("avis/1")],
                delivered_on,
                delivered_to: iri("actors/mairie"),
            })
        }),
        (decision(), proptest::option::of(date)).prop_map(|(decision, promised_by)| {
            let concerns = vec![iri("recommandations/1")];
            Said::Answer(Answer {
                concerns,
                decision,
                reason: Some(Reason::Budget),
                promised_by,
                decided_on: None,
                relay: None,
                entered_for: None,
                service: Some("Direction du numérique".to_owned()),
            })
        }),
        "[ -~é’\n]{0,60}[a-z]".prop_map(|words| verbatim(&words)),
        proptest::collection::vec("[ -~é’]{0,30}[a-z]", 1..4).prop_map(|texts| {
            let verbatims = vec![iri("verbatims/1"), iri("verbatims/2")];
            let passages = texts.into_iter().map(|text| Passage { text, verbatims: verbatims.clone() });
            Said::Summary(Summary {
                sums_up: vec![iri("seances/1")],
                question: None,
                as_of: None,
                passages: passages.collect(),
            })
        }),
        Just(Said::FollowUp(FollowUp {
            concerns: vec![iri("recommandations/1"), iri("recommandations/2")],
            status: FollowUpStatus::Abandoned,
            reason: Some(Reason::OutOfRemit),
            as_of: None,
            evidence: vec![iri("preuves/1")],
            relay: Some(iri("relais/1")),
            entered_for: None,
            service: None,
        })),
    ]
}

fn record() -> impl Strategy<Value = Record> {
    let title = "[A-Za-zàéèçœ’ \u{a0}:«»?<>&\"]{0,40}[a-z]".prop_map(|text| text.trim().to_owned());
    let text = "[ -~àéèçœ’\u{a0}\n]{1,200}[a-z]";
    (
        said(),
        title,
        text,
        any::<bool>(),
        proptest::collection::vec("[A-Z][a-z]{2,10}", 0..4),
        0i64..4_000_000_000,
    )
        .prop_map(|(said, title, text, synthetic, themes, seconds)| {
            let mut words = Words::new(Lang::french(), text.clone());
            if synthetic {
                words.in_languages.push((Lang::parse("en").unwrap(), format!("In English: {text}")));
                words.machine_translated.push(Lang::parse("en").unwrap());
            }
            let mut draft = draft(said);
            draft.title = Some(Words::new(Lang::french(), title));
            draft.text = words;
            draft.themes = themes
                .iter()
                .map(|theme| (format!("#{theme}"), iri(&format!("themes/{}", theme.to_lowercase()))))
                .collect();
            draft.synthetic = synthetic;
            let published =
                Instant::parse("2026-01-01T00:00:00Z").unwrap().plus_seconds(seconds % 300_000_000);
            compose::compose(draft, published).unwrap()
        })
}

fn draft(said: Said) -> Draft {
    Draft {
        id: iri("avis/0198"),
        url: iri("avis/a1"),
        author: iri("actors/ccnr"),
        author_name: "Le conseil".to_owned(),
        said,
        title: None,
        summary: None,
        text: Words::new(Lang::french(), ""),
        recommendations: Vec::new(),
        numbers: vec![3, 4],
        about: None,
        toward: None,
        reference: Some("CCNR-A1".to_owned()),
        in_reply_to: None,
        context: iri("contexts/1"),
        group: Some(iri("actors/fil")),
        mentions: vec![(iri("actors/mairie"), "@mairie@rennes.example".to_owned())],
        themes: Vec::new(),
        sources: Vec::new(),
        files: Vec::new(),
        claims: vec![Claim {
            about: "parvis:seats".to_owned(),
            value: 20.into(),
            unit: Some("personnes".to_owned()),
            source: Source { name: "Page de la Ville".to_owned(), url: None, date: Some("2023".to_owned()) },
        }],
        licence: Some("etalab-2.0".to_owned()),
        note: None,
        synthetic: false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_written_is_read_back_the_same(record in record()) {
        let document = record.to_document();
        let text = canonical::write(&document);
        let read = Record::from_document(&canonical::read(&text).unwrap()).unwrap();
        prop_assert_eq!(&read, &record);
        prop_assert_eq!(read.hash(), record.hash());
        prop_assert_eq!(canonical::hash(&document), record.hash());
    }

    #[test]
    fn a_signed_record_holds_and_any_changed_word_breaks_it(record in record(), seed in any::<[u8; 32]>()) {
        let key = ProofKey::from_seed(iri("actors/ccnr").join("#ed25519-1"), &seed).unwrap();
        let public = proof::from_multibase(&key.public()).unwrap();
        let mut document = record.to_document();
        proof::sign(&mut document, &key, record.envelope.published);
        prop_assert!(proof::verify(&document, &public).is_ok());
        let parsed = Version::from_document(&document).unwrap().to_document();
        prop_assert_eq!(canonical::canonical(&parsed), canonical::canonical(&document), "the proof is kept");
        document.insert("parvis:ref".to_owned(), "CCNR-A2".into());
        prop_assert!(proof::verify(&document, &public).is_err());
    }

    #[test]
    fn saying_the_same_makes_no_version_and_saying_more_makes_the_next(record in record(), word in "[a-z]{3,9}") {
        let hash = record.hash();
        let at = record.envelope.published.plus_seconds(60);
        prop_assert_eq!(compose::next_version(&record, &hash, record.clone(), at), None);
        let mut more = record.clone();
        more.envelope.reference = Some(word);
        let next = compose::next_version(&record, &hash, more, at).unwrap();
        let (before, after) = (Version::Record(Box::new(record)), Version::Record(Box::new(next)));
        prop_assert_eq!(after.follows(&before, &hash), Ok(()));
    }

    #[test]
    fn r4_6_a_verbatim_may_be_redacted_under_any_name_and_nothing_else(
        pieces in proptest::collection::vec(("[a-zé&<’]{1,4}", any::<bool>()), 1..9),
        word in "[A-Z]{1,4}",
    ) {
        let all: Vec<&str> = pieces.iter().map(|(piece, _)| piece.as_str()).collect();
        let kept: Vec<&str> =
            pieces.iter().map(|(piece, stays)| if *stays { piece.as_str() } else { heard::MARK }).collect();
        let published = Instant::parse("2026-01-01T00:00:00Z").unwrap();
        let first = compose::compose(draft(verbatim(&all.join(" "))), published).unwrap();
        let hash = first.hash();
        let next = |words: &str| {
            let renamed = Draft { author_name: "Le conseil, renommé".to_owned(), ..draft(verbatim(words)) };
            let fresh = compose::compose(renamed, published).unwrap();
            compose::next_version(&first, &hash, fresh, published.plus_seconds(60))
        };
        let before = Version::Record(Box::new(first.clone()));
        if let Some(next) = next(&kept.join(" ")) {
            prop_assert!(kept.contains(&heard::MARK));
            prop_assert_eq!(Version::Record(Box::new(next)).follows(&before, &hash), Ok(()));
        } else {
            prop_assert_eq!(kept, all.clone(), "nothing was redacted, and a name is not said here");
        }
        let edited = Version::Record(Box::new(next(&format!("{} {word}", all.join(" "))).unwrap()));
        prop_assert_eq!(edited.follows(&before, &hash).unwrap_err().rule, "verbatim-edited");
    }

    #[test]
    fn composed_text_holds_no_markup_of_the_title(title in "[ -~]{1,60}[a-z]") {
        let escaped = html::escape(&title);
        prop_assert_eq!(html::plain(&format!("<p>{escaped}</p>")), title.trim());
    }

    #[test]
    fn every_text_has_a_slug(text in "\\PC{0,200}") {
        let slug = Slug::of(&text);
        prop_assert!(Slug::parse(slug.as_str()).is_ok(), "{slug}");
    }

    #[test]
    fn no_input_makes_the_parser_fail_badly(text in "\\PC{0,400}") {
        let _ = Version::parse(&text);
        let _ = Iri::parse(&text);
        let _ = Instant::parse_foreign(&text);
        let _ = CivilDate::parse(&text);
    }
}
