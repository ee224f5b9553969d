//! The life of a council in a dossier: each rule refuses, named by its requirement; small groups never reach an
//! item.

use super::*;
use crate::domain::said::Said;

/// A council with everything it may say of its life.
const LIFE: &str = r#"
[[guarantors]]
ref = "garant"
handle = "garant"
name = "Garant"
summary = "Veille à la méthode."
[[compositions]]
council = "conseil"
on = "2024"
target = 20
seats = [{ origin = "drawn", count = 15, since = "2023-01-01", until = "2025-01-01", term = 1 }, { origin = "carried-over", count = 3, term = 2 }]
roles = [{ role = "observer", count = 1 }]
guarantors = ["garant"]
named = [{ name = "Anne Exemple", consented = true }]
[[reviews]]
council = "conseil"
year = 2023
stay = 12
leave = 6
[[draws]]
council = "conseil"
on = "2022"
stages = [{ stage = "pool", count = 40000 }, { stage = "selected", count = 20 }]
criteria = [{ criterion = "âge", groups = [{ label = "jeunes", target = 7, obtained = 3 }, { label = "adultes", target = 13, obtained = 17 }] }]
[[meetings]]
ref = "seance-2023-03"
council = "conseil"
title = "Plénière"
kind = "plenary"
start = "2023-03-14T18:30"
place = { name = "Mairie" }
present = 14
expected = 18
excused = 3
hearings = [{ speaker = "Anne Exemple", consented = true, sector = "association", topic = "Les aides" }]
[[programmes]]
council = "conseil"
year = 2023
adopted_at = "seance-2023-03"
questions = ["q1"]
[[working_groups]]
ref = "groupe-1"
council = "conseil"
title = "Groupe"
question = "q1"
leads = 2
members = 6
[[deliverables]]
ref = "choix"
council = "conseil"
kind = "prioritisation"
question = "q1"
title = "Choix"
candidates = ["Un", "Deux"]
chosen = ["Deux"]
method = "vote"
[[deliverables]]
ref = "methode"
council = "conseil"
by = "garant"
kind = "method-report"
title = "Méthode"
text = "Ce qui a manqué."
"#;

fn whole() -> String {
    format!("{PLAIN}{LIFE}")
}

/// What is wrong once one thing is replaced.
fn refused(from: &str, to: &str) -> Vec<String> {
    let text = whole();
    assert!(text.contains(from), "{from}");
    wrongs(&text.replacen(from, to, 1))
}

#[test]
fn it_stands_without_a_fault_under_the_council() {
    assert_eq!(wrongs(&whole()), Vec::<String>::new());
    let items = items(&parse(&whole(), Syntax::Toml).unwrap());
    let references: Vec<&str> = items.iter().map(|item| item.reference.as_str()).collect();
    for wanted in [
        "ville/garant",
        "ville/conseil/composition-2024",
        "ville/conseil/bilan-2023",
        "ville/conseil/tirage-2022",
        "ville/conseil/seance-2023-03",
        "ville/conseil/programme-2023",
        "ville/conseil/groupe-1",
        "ville/conseil/choix",
        "ville/conseil/methode",
    ] {
        assert!(references.contains(&wanted), "{wanted} among {references:?}");
    }
    let author = |reference: &str| items.iter().find(|item| item.reference == reference).unwrap().author();
    assert_eq!(author("ville/conseil/choix"), "conseil");
    assert_eq!(author("ville/conseil/methode"), "garant");
}

#[test]
fn r2_2_terms_of_two_years_renewable_once_unless_the_council_has_another_rule() {
    assert_eq!(refused("term = 2", "term = 3"), ["compositions[0].seats[1].term third-term"]);
    assert_eq!(refused("2025-01-01", "2026-01-01"), ["compositions[0].seats[0].until term-length"]);
    assert_eq!(refused("term = 2", "term = 0"), ["compositions[0].seats[1].term term-number"]);
    let other = whole().replacen(
        "summary = \"Un conseil.\"",
        "summary = \"Un conseil.\"\nterms = 3\nterm_years = 3",
        1,
    );
    assert_eq!(
        wrongs(&other.replacen("term = 2", "term = 3", 1).replacen("2025-01-01", "2026-01-01", 1)),
        [""; 0]
    );
}

#[test]
fn r0_1_a_sum_of_seats_that_differs_from_the_target_is_no_fault() {
    assert_eq!(refused("count = 15", "count = 12"), Vec::<String>::new());
}

#[test]
fn nobody_is_named_without_consent_r2_13_r4_10() {
    assert_eq!(
        refused("{ name = \"Anne Exemple\", consented = true }", "{ name = \"Anne Exemple\" }"),
        ["compositions[0].named[0].name consent"]
    );
    assert_eq!(
        refused(
            "speaker = \"Anne Exemple\", consented = true",
            "speaker = \"Anne Exemple\", consented = false"
        ),
        ["meetings[0].hearings[0].speaker consent"]
    );
    assert_eq!(refused("speaker = \"Anne Exemple\", consented = true, ", ""), Vec::<String>::new());
    let problem = parse(&whole().replace(", consented = true", ""), Syntax::Toml).unwrap_err().remove(0);
    assert!(!problem.detail.contains("Anne"), "a refusal does not repeat the name: {problem:?}");
}

#[test]
fn r1_1_a_programme_names_the_recorded_plenary_that_adopted_it() {
    let rule = ["programmes[0].adopted_at programme-plenary"];
    assert_eq!(refused("adopted_at = \"seance-2023-03\"\n", ""), rule);
    assert_eq!(refused("kind = \"plenary\"", "kind = \"workshop\""), rule);
    assert_eq!(refused("adopted_at = \"seance-2023-03\"", "adopted_at = \"q1\""), rule);
    assert_eq!(
        refused("adopted_at = \"seance-2023-03\"", "adopted_at = \"seance-1999\""),
        ["programmes[0] reference-unknown"]
    );
}

#[test]
fn r1_3_a_working_group_has_one_or_several_leads() {
    assert_eq!(refused("leads = 2", "leads = 0"), ["working_groups[0].leads leads"]);
    assert_eq!(refused("leads = 2", "leads = 7"), ["working_groups[0].leads leads"]);
    assert_eq!(refused("leads = 2", "leads = 1"), Vec::<String>::new());
}

#[test]
fn r2_14_attendance_is_counted_and_adds_up() {
    assert_eq!(refused("excused = 3", "excused = 5"), ["meetings[0].present attendance"]);
}

#[test]
fn r2_5_only_a_guarantor_reports_on_the_method() {
    assert_eq!(refused("by = \"garant\"\n", ""), ["deliverables[1].by method-report-by"]);
    assert_eq!(
        refused("guarantors = [\"garant\"]", "guarantors = [\"q1\"]"),
        ["compositions[0].guarantors[0] not-a-guarantor"]
    );
    assert_eq!(
        refused("guarantors = [\"garant\"]", "guarantors = [\"conseil\"]"),
        ["compositions[0].guarantors[0] not-a-guarantor"]
    );
    assert_eq!(
        refused("handle = \"garant\"", "handle = \"conseil\"")[0],
        "guarantors[0].handle handle-twice"
    );
}

#[test]
fn r2_22_a_choice_of_priorities_says_what_was_chosen_among_what_and_how() {
    assert_eq!(
        refused("chosen = [\"Deux\"]", "chosen = [\"Trois\"]"),
        ["deliverables[0].chosen prioritisation"]
    );
    assert_eq!(refused("method = \"vote\"\n", ""), ["deliverables[0].chosen prioritisation"]);
}

#[test]
fn r2_1_a_group_smaller_than_five_never_reaches_an_item_and_the_writer_is_told() {
    let dossier = parse(&whole(), Syntax::Toml).unwrap();
    let notes: Vec<String> =
        dossier.notes.iter().map(|note| format!("{} {} {}", note.field, note.rule, note.detail)).collect();
    assert_eq!(notes, ["draws[0].criteria[0].groups groups-merged jeunes + adultes"]);
    let items = items(&dossier);
    let draw = items.iter().find(|item| item.reference == "ville/conseil/tirage-2022").unwrap();
    let ItemBody::Spoken(spoken) = &draw.body else { panic!("a draw") };
    let Said::Draw(said) = Said::take(&mut spoken.said.clone()).unwrap() else { panic!("a draw") };
    let group = &said.criteria[0].groups[0];
    assert_eq!((group.obtained, group.target, said.criteria[0].groups.len()), (Some(20), Some(20), 1));
}

#[test]
fn r2_1_a_draw_keeps_fewer_at_each_stage() {
    assert_eq!(
        refused("count = 20 }]\ncriteria", "count = 50000 }]\ncriteria"),
        ["draws[0].stages draw-grows"]
    );
}

#[test]
fn r2_13_a_meeting_has_its_day_and_hour_at_the_place() {
    let items = items(&parse(&whole(), Syntax::Toml).unwrap());
    let meeting = items.iter().find(|item| item.reference == "ville/conseil/seance-2023-03").unwrap();
    let ItemBody::Spoken(spoken) = &meeting.body else { panic!("a meeting") };
    assert_eq!(spoken.said["startTime"], "2023-03-14T17:30:00Z");
    assert_eq!(spoken.said["timezone"], "Europe/Paris");
    assert_eq!(spoken.said["joinMode"], "invite");
    assert_eq!(
        spoken.said["summary"],
        "<p>Mardi 14 mars 2023, 18\u{a0}h\u{a0}30, Mairie. Sur invitation.</p>"
    );
    assert_eq!(refused("2023-03-14T18:30", "2023-03-14"), ["meetings[0].start moment"]);
    assert_eq!(
        refused("place = { name = \"Mairie\" }", "timezone = \"Europe/Rennes\""),
        ["meetings[0].timezone time-zone"]
    );
}
