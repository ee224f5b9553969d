//! Every rule refuses, with its field.

use super::*;
use crate::domain::{
    Code,
    codes::{Decision, FollowUpStatus, Reason, Tier},
};

/// A fault: what is replaced, by what, and the problems it makes, `field rule` joined by `|`.
const FAULTS: &[(&str, &str, &str)] = &[
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
    ("kind = \"saisine\"", "kind = \"saisine\"\nexpected_by = 2022", "questions[0].expected_by date-order"),
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
        "question = \"q1\"\nsub_question = \"travail\"",
        "avis[0].convention missing-field",
    ),
    ("question = \"q1\"", "question = \"q1\"\nconvention = \"IA !\"", "avis[0].convention addressee"),
    (
        "question = \"q1\"",
        "question = \"q1\"\nvote = { for = 0, against = 0, abstain = 0 }",
        "avis[0].vote vote-empty",
    ),
    ("question = \"q1\"", "question = \"q1\"\ndelivered = { on = 2022 }", "avis[0].delivered.on date-order"),
    ("question = \"q1\"", "question = \"q1\"\nlicence = \"GPL-3.0\"", "avis[0].licence licence"),
    ("question = \"q1\"", "question = \"q1\"\nsources = [\"livre\"]", "avis[0].sources[0] source-unknown"),
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
        "{ title = \"Trois\" }",
        "{ title = \"Trois\", number = 1, ref = \"x\" }",
        "avis[0].recommendations[2].number number",
    ),
    (
        "{ title = \"Trois\" }",
        "{ title = \"Trois\", ref = \"r1\" }",
        "avis[0].recommendations[2].ref reference-twice",
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
    ("[\"conseil/a1/r1..r2\"]", "[]", "answers[0].recommendation missing-field"),
    (
        "{ title = \"Trois\" }",
        "{ title = \"Trois\", ref = \"remise\" }]\ndelivered = { on = 2024 }\nthemes = [",
        "avis[0].delivered.ref reference-twice",
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

#[test]
fn every_rule_refuses_with_its_field() {
    assert_eq!(wrongs(PLAIN), Vec::<String>::new());
    let mut unlike = Vec::new();
    for (good, bad, expected) in FAULTS {
        assert!(PLAIN.contains(good), "{good}");
        let seen = wrongs(&PLAIN.replacen(good, bad, 1));
        let expected: Vec<&str> = expected.split('|').collect();
        if seen.iter().take(expected.len()).ne(&expected)
            || (seen.len() > expected.len() && *good != "synthetic = true")
        {
            unlike.push(format!("{bad}: {seen:?}"));
        }
    }
    assert_eq!(unlike, Vec::<String>::new());
}

#[test]
fn an_avis_answers_a_question_of_its_own_council_and_slugs_do_not_meet() {
    let other = r#"
[[councils]]
ref = "conseil-a1"
handle = "autre"
name = "Autre"
summary = "Un autre."
[[avis]]
ref = "r1"
council = "conseil-a1"
question = "conseil/q1"
title = "Avis"
summary = "Court."
diagnosis = "Ce qui est."
stakes = "Ce qui compte."
"#;
    assert_eq!(
        wrongs(&format!("{PLAIN}{other}")),
        [
            "avis[1].question question-of-other-council",
            "avis[0].ref reference-twice",
            "avis[1].ref reference-twice",
        ]
    );
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
fn the_example_of_the_documentation_is_a_dossier() {
    let page = include_str!("../../../docs/dossier.md");
    let example = page.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(wrongs(example), Vec::<String>::new());
}

#[test]
fn every_word_of_the_code_lists_is_documented() {
    fn documented<C: Code>(page: &str) {
        for (word, _) in C::ALL {
            assert!(page.contains(&format!("`{word}`")), "{word}");
        }
    }
    let page = include_str!("../../../docs/dossier.md");
    documented::<Decision>(page);
    documented::<FollowUpStatus>(page);
    documented::<Reason>(page);
    documented::<Tier>(page);
}

#[test]
fn a_summary_has_at_most_a_hundred_words_in_each_language() {
    let summary = |words: usize| {
        let text = format!("summary = {{ fr = \"Court.\", en = \"{}\" }}", "word : ".repeat(words));
        wrongs(&PLAIN.replacen("summary = \"Court.\"", &text, 1))
    };
    assert_eq!(summary(100), Vec::<String>::new());
    assert_eq!(summary(101), ["avis[0].summary.en summary-length"]);
}
