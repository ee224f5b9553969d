//! Three years on two nodes, moved by the clock.

use parvis::domain::Hash;

use crate::world::{ANSWERS, AVIS, SCHEDULE, ask, json, page_of, publish, text, two};

#[tokio::test]
async fn each_obligation_appears_falls_due_and_is_held_by_the_clock_alone_on_both_nodes_0_10_2_23() {
    let mut two = two(&format!("{AVIS}{SCHEDULE}")).await;
    assert_eq!(
        two.owed().await,
        [
            "due answer-due 2027-03-31 130",
            "due accountability-point 2027-05-20 180",
            "due accountability-point 2029-11-20 1095",
        ]
    );
    two.becomes("2027-04-01");
    assert_eq!(two.owed().await[0], "overdue answer-due 2027-03-31 1", "nobody did anything");
    let overdue = json(&two.angers, "/api/v1/obligations?state=overdue").await;
    assert_eq!(overdue["items"][0]["since"], "2027-03-31T22:00:00Z", "midnight in France");
    assert_eq!(overdue["items"].as_array().unwrap().len(), 1);

    two.becomes("2027-04-03");
    two.say(ANSWERS).await;
    two.catch_up().await;
    assert_eq!(two.owed().await[2], "held answer-due 2027-03-31 3");

    two.becomes("2027-05-10");
    two.say(
        "[[postponements]]\nschedule = \"ccnr/avis-1/echeancier\"\ndue = \"2027-05-20\"\nto = \"2027-09-20\"\n\
         reason = \"budget\"\ntext = \"Le budget est voté en juillet.\"\n",
    )
    .await;
    two.catch_up().await;
    assert_eq!(two.owed().await[0], "due accountability-point 2027-09-20 133 from 2027-05-20, budget");
    let page = text(&two.angers, "/echeances").await;
    let why = "d’abord prévue\u{a0}: 20 mai 2027\u{202f}; nouvelle date\u{a0}: 20 septembre 2027\u{202f}; motif\u{a0}: budget";
    assert!(page.contains(why), "{page}");

    two.becomes("2027-09-21");
    assert_eq!(two.owed().await[0], "overdue accountability-point 2027-09-20 1 from 2027-05-20, budget");
    two.becomes("2027-10-01");
    two.say("[[accounts]]\navis = \"ccnr/avis-1\"\ndue = \"2027-05-20\"\non = \"2027-10-01\"\ntext = \"Bilan.\"\n")
        .await;
    two.catch_up().await;
    two.becomes("2029-11-21");
    assert_eq!(
        two.owed().await,
        [
            "overdue accountability-point 2029-11-20 1",
            "held answer-due 2027-03-31 3",
            "held accountability-point 2027-09-20 11 from 2027-05-20, budget",
        ]
    );
    two.say(
        "[[accounts]]\nref = \"bilan\"\navis = \"ccnr/avis-1\"\ndue = \"2029-11-20\"\non = \"2029-11-21\"\n\
         text = \"Bilan.\"\n",
    )
    .await;
    two.catch_up().await;
    assert!(two.owed().await.iter().all(|line| line.starts_with("held")), "all held");
}

#[tokio::test]
async fn what_was_not_promised_is_counted_from_the_delivery_and_says_so_2_23() {
    let two = two(AVIS).await;
    let expected = ["due accountability-point 2027-05-20 180", "due accountability-point 2029-11-20 1095"];
    assert_eq!(two.owed().await, expected);
    for node in [&two.rennes, &two.angers] {
        assert!(text(node, "/echeances").await.contains("rien n’a été promis"));
        let page = text(node, &page_of(node).await).await;
        assert_eq!(page.matches("Sans réponse depuis un jour.").count(), 3, "{page}");
    }
    two.becomes("2027-01-01");
    let page = text(&two.angers, &page_of(&two.angers).await).await;
    assert_eq!(page.matches("Sans réponse depuis 42 jours.").count(), 3);
}

#[tokio::test]
async fn until_the_city_acknowledges_it_the_councils_own_claim_counts_and_is_shown_as_claimed_2_23() {
    let claim = AVIS.replace("delivered = { on = \"2026-11-20\" }", "handed_over = \"2026-11-19\"");
    let two = two(&claim).await;
    assert_eq!(two.owed().await[0], "due accountability-point 2027-05-19 179");
    for node in [&two.rennes, &two.angers] {
        let page = text(node, &page_of(node).await).await;
        assert_eq!(page.matches("Sans réponse depuis 2 jours. Remise selon le conseil").count(), 3, "{page}");
        assert!(text(node, "/echeances").await.contains("Comptée depuis la remise selon le conseil"));
    }
    publish(&two.rennes, &claim.replace("handed_over", "delivered = { on = \"2026-11-20\" }\nhanded_over"))
        .await
        .unwrap();
    two.catch_up().await;
    assert_eq!(two.owed().await[0], "due accountability-point 2027-05-20 180");
    assert!(!text(&two.angers, "/echeances").await.contains("selon le conseil"));
}

#[tokio::test]
async fn lists_are_filtered_and_paged_in_one_order_0_10() {
    let two = two(&format!("{AVIS}{SCHEDULE}")).await;
    two.becomes("2027-06-01");
    let follower = &two.angers;
    let all = json(follower, "/api/v1/obligations").await;
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = json(follower, &format!("/api/v1/obligations?limit=1{after}")).await;
        seen.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        let next = url::form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>();
        after = format!("&after={next}");
    }
    assert_eq!(seen, *all["items"].as_array().unwrap());
    let (item, origin) = (&all["items"][0], two.rennes.app.urls.host());
    for (name, asked) in
        [("author", &item["council"]), ("author", &item["authority"]), ("avis", &item["avis"]["id"])]
    {
        let found = json(follower, &format!("/api/v1/obligations?{name}={}", asked.as_str().unwrap())).await;
        assert_eq!(found["items"], all["items"], "{name}");
        let nothing = json(follower, &format!("/api/v1/obligations?{name}=https://nobody.example/")).await;
        assert_eq!(nothing["items"].as_array().unwrap().len(), 0);
    }
    let there = json(follower, &format!("/api/v1/obligations?host={origin}")).await;
    assert_eq!(there["items"], all["items"]);
    for wrong in ["state=late", "limit=0", "after=x"] {
        let (status, _) = ask(follower, &format!("/api/v1/obligations?{wrong}")).await;
        assert_eq!(status.as_u16(), 400, "{wrong}");
    }
    let overdue = text(follower, "/echeances?etat=depassee").await;
    assert_eq!((overdue.matches("badge s-overdue").count(), overdue.matches("badge s-due").count()), (2, 0));
    assert_eq!(ask(follower, "/echeances?etat=demain").await.0.as_u16(), 404);
    let agenda = text(&two.rennes, "/conseils/ccnr/agenda.ics").await;
    assert_eq!(agenda.matches("BEGIN:VEVENT").count(), 3);
    assert_eq!(ask(&two.rennes, "/conseils/mairie/agenda.ics").await.0.as_u16(), 404);
}

#[tokio::test]
async fn each_step_of_the_instruction_is_dated_and_under_a_service_0_8_2_26() {
    let step = |step: &str, on: &str, service: &str| {
        format!(
            "[[instructions]]\nref = \"{step}\"\nrecommendations = [\"ccnr/avis-1/r1\", \"ccnr/avis-1/r2\"]\n\
             step = \"{step}\"\non = \"{on}\"\nservice = \"{service}\"\n"
        )
    };
    let mut dossier = AVIS.to_owned();
    dossier += &step("decided", "2027-03-20", "Cabinet");
    dossier += &step("allotted", "2026-11-25", "Direction du numérique");
    dossier += &step("under-study", "2026-12", "Direction du numérique");
    dossier += ANSWERS;
    let two = two(&dossier).await;
    let line = "Instruction\u{a0}: reçue (20 novembre 2026, Ville de Rennes)\u{202f}; attribuée (25 novembre 2026, \
                Direction du numérique)\u{202f}; à l’étude (décembre 2026, Direction du numérique)\u{202f}; décidée \
                (20 mars 2027, Cabinet)\u{202f}; répondue (3 avril 2027, Ville de Rennes).";
    for node in [&two.rennes, &two.angers] {
        let page = text(node, &page_of(node).await).await;
        assert_eq!(page.matches(line).count(), 2, "{page}");
        assert_eq!(page.matches("La Ville fera les trois.").count(), 1, "one answer is read once");
        assert_eq!(page.matches("voir la recommandation 1").count(), 2);
    }
}

#[tokio::test]
async fn what_is_done_without_evidence_says_so_everywhere_and_totals_are_counted_2_24_2_28() {
    let follow_up = |number: u8, rest: &str| {
        format!(
            "[[follow_ups]]\nrecommendation = \"ccnr/avis-1/r{number}\"\ntext = \"Fait.\"\non = \"2027-10-01\"\n{rest}"
        )
    };
    let mut dossier = format!("{AVIS}{ANSWERS}");
    dossier += &follow_up(1, "status = \"done\"\n");
    dossier += &follow_up(
        2,
        "status = \"done\"\nevidence = [\"bilan.txt\", \"https://metropole.example/bilan\"]\n\
         attachments = [{ name = \"Bilan\", media_type = \"text/plain\", file = \"bilan.txt\" }]\n",
    );
    dossier += &follow_up(3, "status = \"abandoned\"\nreason = \"out-of-remit\"\n");
    let two = two(&dossier).await;
    let hash = Hash::of("Bilan des ateliers.".as_bytes());
    for node in [&two.rennes, &two.angers] {
        let path = page_of(node).await;
        let page = text(node, &path).await;
        assert_eq!(page.matches("<span class=\"mark\">fait, sans preuve publiée</span>").count(), 1);
        assert!(page.contains(&format!("<code>{hash}</code>")), "a document shows its hash");
        let table = json(node, &format!("{path}.json")).await;
        assert_eq!(table["totals"], serde_json::json!({ "done": 2, "abandoned": 1 }));
        assert_eq!((&table["doneWithoutEvidence"], &table["count"]), (&1.into(), &3.into()));
        let totals = text(node, &format!("{path}.totaux.csv")).await;
        assert_eq!(
            totals.lines().skip(1).collect::<Vec<_>>(),
            ["abandoned,abandonnée,1,0", "done,réalisée,2,1"]
        );
        let csv = text(node, &format!("{path}.csv")).await;
        let lines: Vec<&str> = csv.lines().collect();
        assert!(lines[0].starts_with("numero,titre,rubrique,echelon,destinataire,etat,"), "{csv}");
        assert!(lines[1].ends_with(",,oui") && lines[1].contains(",done,"), "{csv}");
        assert!(lines[2].contains(",Accueil,commune,") && lines[2].ends_with(",non"), "{csv}");
        assert!(lines[2].contains(&format!("/media/{} | https://metropole.example/bilan", hash.digits())));
        assert!(
            lines[3].contains(",abandoned,") && lines[3].contains(",out-of-remit,2027-04-03,2028-06-30,")
        );
    }
}
