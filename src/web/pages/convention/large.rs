//! A convention that is too large to stand side by side on one page: an overview, each count of which leads to the
//! recommendations it counts, and lists of those, some at a time.

use super::{
    Asked, key,
    show::{Cell, City},
    title,
};
use crate::{
    actions::side_by_side::{Line, Table},
    domain::{Code as _, codes::Status},
    web::{
        layout::Page,
        view::{Badge, People, Seen, Who},
    },
};

/// Recommendations on a page of a list.
const AT_ONCE: usize = 20;

/// Counts of recommendations, by what stands in the rows and by status.
pub(super) struct Counts {
    /// Unlike that of any other table of the page.
    pub id: &'static str,
    pub caption: String,
    pub head: String,
    pub columns: Vec<Badge>,
    pub rows: Vec<Counted>,
}

/// A row: what it is of, and its counts, each with what leads to those it counts.
pub(super) struct Counted {
    pub title: String,
    pub server: String,
    pub silent: Option<Seen>,
    pub href: String,
    pub total: usize,
    pub counts: Vec<Option<(usize, String)>>,
}

/// Some of the recommendations asked for.
pub(super) struct Listed {
    pub groups: Vec<Group>,
    pub first: Option<String>,
    pub next: Option<String>,
}

/// What stands under one sub-question.
pub(super) struct Group {
    pub title: String,
    pub ideas: Vec<(Who, Cell)>,
}

/// How many recommendations there are, by sub-question and by council, in each status.
pub(super) fn overview(page: &Page, (table, asked): (&Table, &Asked), cities: &[City]) -> Vec<Counts> {
    let statuses = statuses(table);
    let columns: Vec<Badge> = statuses.iter().map(|status| Badge::of(status, page)).collect();
    let counted = |lines: &[&Line], of: &Asked| -> Vec<Option<(usize, String)>> {
        let count = |status: &Status| {
            let count = lines.iter().filter(|line| line.status == *status).count();
            let of = Asked { etat: Some(status.word().to_owned()), ..of.clone() };
            (count > 0).then(|| (count, of.query()))
        };
        statuses.iter().map(count).collect()
    };
    let row = |title: String, of: Asked, lines: &[&Line]| Counted {
        title,
        server: String::new(),
        silent: None,
        href: of.query(),
        total: lines.len(),
        counts: counted(lines, &of),
    };
    let by_question = table.headings().into_iter().map(|heading| {
        let lines: Vec<&Line> = table.lines.iter().filter(|line| line.heading == heading).collect();
        let of = Asked { q: Some(key(table, &heading)), ..asked.clone() };
        row(title(page, table, &heading), of, &lines)
    });
    let by_city = cities.iter().map(|city| {
        let lines: Vec<&Line> = table.lines.iter().filter(|line| line.row.author == city.council).collect();
        let of = Asked { ville: Some(city.asked.clone()), ..asked.clone() };
        let counted = row(city.who.name.clone(), of, &lines);
        Counted { server: city.who.address.clone(), silent: city.silent.clone(), ..counted }
    });
    let table = |id, caption: &str, head: &str, rows| Counts {
        id,
        caption: page.t(caption),
        head: page.t(head),
        columns: columns.clone(),
        rows,
    };
    vec![
        table("par-question", "convention-coverage", "convention-question", by_question.collect()),
        table("par-conseil", "convention-progress", "convention-filter-city", by_city.collect()),
    ]
}

/// Statuses that there are, in their order.
fn statuses(table: &Table) -> Vec<Status> {
    let known = Status::ALL.iter().map(|(_, status)| status.clone());
    let mut all: Vec<Status> =
        known.filter(|status| table.lines.iter().any(|line| line.status == *status)).collect();
    for line in &table.lines {
        if !all.contains(&line.status) {
            all.push(line.status.clone());
        }
    }
    all
}

/// A page of the recommendations asked for, after as many as were `before`.
pub(super) fn list(
    page: &Page,
    (table, asked): (&Table, &Asked),
    people: &People,
    before: usize,
    cell: impl Fn(&Line) -> Cell,
) -> Listed {
    let shown = table.lines.iter().skip(before).take(AT_ONCE);
    let mut groups: Vec<Group> = Vec::new();
    let mut last: Option<&Line> = None;
    for line in shown {
        if last.is_none_or(|last| last.heading != line.heading) {
            groups.push(Group { title: title(page, table, &line.heading), ideas: Vec::new() });
        }
        if let Some(group) = groups.last_mut() {
            group.ideas.push((people.who(&line.row.author), cell(line)));
        }
        last = Some(line);
    }
    let more = before + AT_ONCE < table.lines.len();
    let start = Asked { apres: None, ..asked.clone() };
    Listed {
        groups,
        first: (before > 0).then(|| format!("{}?{}", page.path, start.whole_query())),
        next: last.filter(|_| more).map(|line| asked.next(&page.path, &line.row.uri)),
    }
}
