//! Calendars (RFC 5545): what is to come, to subscribe to from any agenda. One writer for every calendar of
//! the node: whoever has dates makes events.

use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};
use jiff::civil;

use crate::domain::Instant;

/// Longest line, in octets (RFC 5545 §3.1).
const LINE: usize = 75;

/// A calendar.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// What it is called.
    pub name: String,
    /// What is in it.
    pub events: Vec<Event>,
}

/// Something at a date.
#[derive(Clone, Debug)]
pub struct Event {
    /// Names it for ever, everywhere.
    pub uid: String,
    /// When.
    pub when: When,
    /// When it last changed.
    pub changed: Instant,
    /// What it is called.
    pub title: String,
    /// What is to be known of it.
    pub words: String,
    /// Address of its page.
    pub url: String,
    /// Where it takes place.
    pub place: Option<String>,
}

/// When something is.
#[derive(Clone, Copy, Debug)]
pub enum When {
    /// On a day.
    Day(civil::Date),
    /// From an instant to another, if its end is known.
    Time(Instant, Option<Instant>),
}

impl Calendar {
    /// The calendar as agendas read it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = Lines::default();
        lines.put("BEGIN", "VCALENDAR");
        lines.put("VERSION", "2.0");
        lines.put("PRODID", "-//Parvis//Parvis//FR");
        lines.put("CALSCALE", "GREGORIAN");
        for name in ["NAME", "X-WR-CALNAME"] {
            lines.put(name, &escape(&self.name));
        }
        lines.put("REFRESH-INTERVAL;VALUE=DURATION", "PT6H");
        lines.put("X-PUBLISHED-TTL", "PT6H");
        for event in &self.events {
            event.write(&mut lines);
        }
        lines.put("END", "VCALENDAR");
        lines.0
    }

    /// The same as an answer.
    #[must_use]
    pub fn answer(&self) -> Response {
        ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], self.text()).into_response()
    }
}

impl Event {
    fn write(&self, lines: &mut Lines) {
        lines.put("BEGIN", "VEVENT");
        lines.put("UID", &escape(&self.uid));
        lines.put("DTSTAMP", &instant(self.changed));
        lines.put("LAST-MODIFIED", &instant(self.changed));
        match self.when {
            When::Day(day) => {
                lines.put("DTSTART;VALUE=DATE", &day.strftime("%Y%m%d").to_string());
                lines.put("TRANSP", "TRANSPARENT");
            }
            When::Time(from, to) => {
                lines.put("DTSTART", &instant(from));
                if let Some(to) = to {
                    lines.put("DTEND", &instant(to));
                }
            }
        }
        lines.put("SUMMARY", &escape(&self.title));
        lines.put("DESCRIPTION", &escape(&self.words));
        if let Some(place) = &self.place {
            lines.put("LOCATION", &escape(place));
        }
        let address = self.url.chars().filter(|char| !char.is_control());
        lines.put("URL", &address.collect::<String>());
        lines.put("END", "VEVENT");
    }
}

/// Content lines, folded and ended as the standard has them.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn put(&mut self, name: &str, value: &str) {
        let mut room = LINE;
        for char in format!("{name}:{value}").chars() {
            if char.len_utf8() > room {
                self.0.push_str("\r\n ");
                room = LINE - 1;
            }
            room -= char.len_utf8();
            self.0.push(char);
        }
        self.0.push_str("\r\n");
    }
}

fn instant(at: Instant) -> String {
    at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text value (RFC 5545 §3.3.11): nothing in it can end a line or begin another property.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\\' | ';' | ',' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            char if char.is_control() => {}
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(title: &str) -> Calendar {
        let changed = Instant::parse("2026-03-09T08:02:00Z").unwrap();
        Calendar {
            name: "Échéances, Rennes".to_owned(),
            events: vec![Event {
                uid: "https://rennes.example/avis/1#answer-due-2026-09-30".to_owned(),
                when: When::Day("2026-09-30".parse().unwrap()),
                changed,
                title: title.to_owned(),
                words: "Une ligne\nune autre".to_owned(),
                url: "https://rennes.example/avis/1".to_owned(),
                place: None,
            }],
        }
    }

    #[test]
    fn lines_are_folded_between_characters_and_end_with_crlf() {
        let text = calendar(&"é".repeat(200)).text();
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        assert!(text.split("\r\n").all(|line| line.len() <= LINE && !line.contains(['\r', '\n'])));
        assert!(text.replace("\r\n ", "").contains(&format!("SUMMARY:{}\r\n", "é".repeat(200))));
    }

    #[test]
    fn no_text_begins_a_line_of_its_own() {
        let text = calendar("a,b;c\\d\r\nEND:VCALENDAR\u{7}").text();
        assert!(text.contains("SUMMARY:a\\,b\\;c\\\\d\\nEND:VCALENDAR\r\n"), "{text}");
        assert_eq!(text.matches("\r\nEND:VCALENDAR").count(), 1);
        assert!(text.contains("DESCRIPTION:Une ligne\\nune autre\r\n"));
        assert!(text.contains("DTSTART;VALUE=DATE:20260930\r\n"));
    }

    #[test]
    fn a_meeting_has_its_hours() {
        let mut calendar = calendar("Séance");
        let at = |text| Instant::parse(text).unwrap();
        calendar.events[0].when = When::Time(at("2026-09-30T16:00:00Z"), Some(at("2026-09-30T18:00:00Z")));
        calendar.events[0].place = Some("Mairie, salle 2".to_owned());
        let text = calendar.text();
        assert!(text.contains("DTSTART:20260930T160000Z\r\nDTEND:20260930T180000Z\r\n"));
        assert!(text.contains("LOCATION:Mairie\\, salle 2\r\n"));
    }
}
