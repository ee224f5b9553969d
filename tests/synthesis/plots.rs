//! The plots: what the table says is in the plot, they are valid XML, and nothing in them is markup of others.

use std::fmt::Write as _;

use jiff::civil::date;
use parvis::{
    domain::codes::Status,
    i18n::Lang,
    storage::records::{self, Page},
    web::{
        layout::Page as Frame,
        view::plot::{self, Coverage, Event, Progress},
    },
};
use proptest::prelude::*;

use crate::{node::node, page};

async fn frame() -> Frame {
    Frame::new(&node("rennes", 8471).await.app, Lang::Fr, "/")
}

/// The picture, and the cells of the table.
fn parts(figure: &str) -> (String, Vec<String>) {
    let picture = figure.split("<svg").nth(1).unwrap().split("</svg>").next().unwrap();
    let cells = figure.split("<td>").skip(1).map(|rest| rest.split("</td>").next().unwrap().to_owned());
    (format!("<svg{picture}</svg>"), cells.collect())
}

/// Reads XML to its end: names of elements, and their texts.
fn read(xml: &str) -> Result<(Vec<String>, String), quick_xml::Error> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut names, mut text) = (Vec::new(), String::new());
    loop {
        match reader.read_event()? {
            Event::Start(tag) | Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    attribute.map_err(quick_xml::Error::from)?;
                }
                names.push(String::from_utf8_lossy(tag.name().as_ref()).into_owned());
            }
            Event::Text(words) => text.push_str(&String::from_utf8_lossy(&words)),
            Event::GeneralRef(entity) => {
                let _ = write!(text, "&{};", String::from_utf8_lossy(&entity));
            }
            Event::Eof => return Ok((names, text)),
            _ => {}
        }
    }
}

/// What every plot must be.
fn holds(figure: &str) {
    let (picture, cells) = parts(figure);
    let (names, text) = read(&picture).unwrap_or_else(|error| panic!("{error}: {picture}"));
    assert_eq!(&names[..3], ["svg", "title", "desc"], "{picture}");
    for name in &names {
        assert!(["svg", "title", "desc", "g", "rect", "text"].contains(&name.as_str()), "{name}");
    }
    for cell in cells {
        assert!(text.contains(&cell), "{cell} is in the table and not in {text}");
    }
    for word in ["<script", "style=", "onload", "href"] {
        assert!(!figure.contains(word), "{word}");
    }
}

#[tokio::test]
async fn the_plots_say_what_their_tables_say_5_6() {
    let page = frame().await;
    let progress = [
        Progress { city: "Rennes".into(), standing: vec![Status::Done, Status::Done, Status::Refused] },
        Progress { city: "Angers".into(), standing: vec![Status::Proposed; 1200] },
        Progress { city: "Nancy".into(), standing: Vec::new() },
    ];
    let shown = plot::progress(&page, "avancement", &progress).to_string();
    // A status without recommendations in a city is no part of its bar; the words of the bar say its total.
    let counted = shown.replace("<td>0</td>", "");
    holds(&counted);
    assert!(
        counted.contains("Rennes\u{a0}: 3") && counted.contains("Angers\u{a0}: 1\u{202f}200"),
        "{counted}"
    );
    let covered = Coverage {
        cities: vec!["Rennes".into(), "Angers".into(), "Une très longue communauté urbaine".into()],
        rows: vec![
            ("Comment garantir la transparence des usages de l’IA ?".into(), vec![4, 0, 12]),
            ("Sobriété".into(), vec![0, 1, 7]),
        ],
    };
    let shown = plot::coverage(&page, "themes", &covered).to_string();
    let without_totals = shown.replace("<td>16</td>", "").replace("<td>8</td>", "");
    assert_ne!(shown, without_totals, "totals of rows stand in the table");
    holds(&without_totals);
    assert!(
        shown.contains("Une très longue comm")
            && shown.contains("<th scope=\"col\">Une très longue communauté urbaine</th>")
    );
    let event = |city: &str, kind: &str, day| Event { city: city.into(), kind: kind.into(), day };
    let events = [
        event("Rennes", "Avis", date(2024, 10, 1)),
        event("Rennes", "Answer", date(2024, 10, 1)),
        event("Angers", "FollowUp", date(2026, 3, 17)),
        event("Angers", "FollowUp", date(2026, 3, 17)),
        event("Angers", "Thing", date(2025, 1, 31)),
    ];
    let shown = plot::timeline(&page, "temps", &events).to_string();
    holds(&shown.replace("<td>Rennes</td>", "").replace("<td>Angers</td>", ""));
    assert!(shown.contains("17 mars 2026, Suivi\u{a0}: 2"), "{shown}");
    holds(&plot::timeline(&page, "temps", &[]).to_string());
    let draw = [("Lettres".to_owned(), 40_000), ("Conseil".to_owned(), 20)];
    holds(&plot::funnel(&page, &draw).to_string());
    let grades = plot::grades(&page, "notes", &[385, 249, 1159, 3749, 8492], Some(5)).to_string();
    holds(&grades);
    assert!(grades.contains("60,5\u{202f}%"), "{grades}");
}

#[tokio::test]
async fn a_draw_is_plotted_in_the_same_way_2_1() {
    let node = node("rennes", 8471).await;
    node.publish_sample("rennes.toml").await;
    let slice = Page::first(1);
    let draw = records::by_kind_ours(&node.app.db, "Draw", &slice).await.unwrap().remove(0);
    let shown = page(&node, &format!("/tirages/{}", draw.slug)).await;
    let figure = shown.split("<figure class=\"plot\">").nth(1).unwrap();
    holds(figure.split("</table>").next().unwrap());
}

#[tokio::test]
async fn a_long_timeline_is_taken_together_by_months_then_years_5_6() {
    let page = frame().await;
    let days = (0..2000).map(|n| date(2020, 1, 1) + jiff::Span::new().days(n));
    let events: Vec<Event> =
        days.map(|day| Event { city: "Rennes".into(), kind: "Answer".into(), day }).collect();
    let months = plot::timeline(&page, "temps", &events[..900]).to_string();
    assert!(months.contains("février 2020, Réponse\u{a0}: 29"), "{months}");
    let years = plot::timeline(&page, "temps", &events).to_string();
    assert!(years.contains("2020, Réponse\u{a0}: 366") && years.len() < 20_000, "{years}");
}

#[test]
fn no_name_becomes_markup_5_6() {
    let page = tokio::runtime::Runtime::new().unwrap().block_on(frame());
    let name = "(<|>|&|\"|'|/|svg|script|]]|!--|#|;| |\\PC|\u{0}|\u{b}|\u{202e}){0,40}";
    let counts = proptest::collection::vec(0_usize..2000, 3);
    proptest!(ProptestConfig::with_cases(64), |(city in name, theme in name, counts in counts, grades in proptest::collection::vec(any::<u32>(), 5))| {
        let progress = [Progress { city: city.clone(), standing: vec![Status::Done; counts[0]] }];
        let covered = Coverage { cities: vec![city.clone(); 3], rows: vec![(theme.clone(), counts)] };
        let events = [Event { city, kind: theme.clone(), day: date(2024, 1, 1) }];
        for figure in [
            plot::progress(&page, "a", &progress),
            plot::coverage(&page, "b", &covered),
            plot::timeline(&page, "c", &events),
            plot::funnel(&page, &[(theme, grades[0])]),
            plot::grades(&page, "d", &grades, None),
        ] {
            let (picture, _) = parts(figure.as_str());
            let (names, _) = read(&picture).map_err(|error| TestCaseError::fail(format!("{error}: {picture}")))?;
            prop_assert!(names.iter().all(|name| ["svg", "title", "desc", "g", "rect", "text"].contains(&name.as_str())));
        }
    });
}
