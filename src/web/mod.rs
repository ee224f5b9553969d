//! The pages a citizen reads: server-rendered, one small stylesheet, no script. It reads the register and
//! writes nothing but what a one-time link lets enter, by an action; every HTML of a record is cleaned where it is shown.

mod assets;
pub mod calendar;
mod dates;
mod diff;
pub mod error;
pub mod feed;
pub mod headers;
pub mod language;
pub mod layout;
pub mod markup;
mod media;
pub mod pages;
pub mod view;

use askama::Template;
use axum::{
    Router,
    extract::OriginalUri,
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};

pub use error::{Failure, render_failures};
pub use headers::security_headers;

use crate::{App, Error, domain::said::Said};

/// Every page of the site, with its caching and its errors as pages. Content negotiation with the
/// documents of federation, and [`security_headers`], are put around it by the server.
pub fn router(app: App) -> Router {
    Router::new()
        .merge(site())
        .merge(records())
        .fallback(unknown)
        .layer(middleware::from_fn(headers::page_caching))
        .layer(middleware::from_fn_with_state(app.clone(), render_failures))
        .with_state(app)
}

/// The pages of the site itself.
fn site() -> Router<App> {
    use pages::{
        council, directory, genealogy, home, legal, network, obligations, positions, profile, received,
        remit, respond, search, theme,
    };
    Router::new()
        .route("/", get(home::show))
        .route("/conseils", get(council::list))
        .route("/conseils/{handle}", get(council::show))
        .route("/conseils/{handle}/agenda.ics", get(obligations::agenda))
        .route("/echeances", get(obligations::show))
        .route("/echeances.ics", get(obligations::calendar))
        .route("/flux/echeances.atom", get(feed::obligations::show))
        .route("/positions", get(positions::show))
        .route("/positions.csv", get(positions::csv))
        .route("/positions.json", get(positions::json))
        .route("/genealogie", get(genealogy::show))
        .route("/genealogie.csv", get(genealogy::csv))
        .route("/competences", get(remit::show))
        .route("/competences.csv", get(remit::csv))
        .route("/competences.json", get(remit::json))
        .route("/relais/repondre/{token}", get(respond::show).post(respond::answer))
        .route("/recus", get(received::list))
        .route("/recus/{key}", get(received::show))
        .route("/recherche", get(search::show))
        .route("/reseau", get(network::show))
        .route("/annuaire", get(directory::show))
        .route("/annuaire.csv", get(directory::csv))
        .route("/annuaire.opml", get(directory::opml))
        .route("/themes/{slug}", get(theme::show))
        .route("/accessibilite", get(legal::accessibility))
        .route("/donnees-personnelles", get(legal::privacy))
        .route("/langue/{code}", get(language::switch))
        .route("/flux/{file}", get(feed::show))
        .route("/static/{name}", get(assets::serve))
        .route("/media/{hash}", get(media::show))
        .route("/{named}", get(profile::show))
}

/// The pages of our records: some kinds have one of their own, the others share one.
fn records() -> Router<App> {
    use pages::{avis, convention, heard, life, question, record, strategy, synthesis};
    let own = Router::new()
        .route("/questions", get(question::list))
        .route("/questions/{slug}", get(question::show))
        .route("/avis", get(avis::list))
        .route("/avis/{slug}", get(avis::show))
        .route("/seances", get(life::meetings))
        .route("/livrables", get(life::deliverables))
        .route("/tirages", get(life::draws))
        .route("/tirages/{slug}", get(life::draw))
        .route("/conventions", get(convention::list))
        .route("/conventions/{name}", get(convention::show))
        .route("/conventions/{name}/charte", get(convention::charter))
        .route("/conventions/{name}/{file}", get(convention::members))
        .route("/debats", get(heard::series_list))
        .route("/debats/{slug}", get(heard::series))
        .route("/verbatims", get(heard::verbatims))
        .route("/resumes", get(heard::summaries))
        .route("/publications", get(heard::publications))
        .route("/publications/{slug}", get(heard::publication))
        .route("/strategies", get(strategy::list))
        .route("/strategies/{slug}", get(strategy::show))
        .route("/syntheses", get(synthesis::list))
        .route("/syntheses/{slug}", get(synthesis::show));
    let others = Said::FOLDERS.iter().filter(|(_, folder)| !OWN_PAGES.contains(folder));
    others.fold(own, |router, (kind, folder)| {
        let show = move |state, lang, slug| record::of_kind(kind, state, lang, slug);
        router.route(&format!("/{folder}/{{slug}}"), get(show))
    })
}

/// Folders with pages of their own; a recommendation stands on the page of its avis.
const OWN_PAGES: [&str; 9] = [
    "questions",
    "avis",
    "recommandations",
    "strategies",
    "tirages",
    "conventions",
    "debats",
    "publications",
    "syntheses",
];

/// An address where nothing is.
async fn unknown(OriginalUri(uri): OriginalUri) -> Failure {
    Error::not_found(uri.path()).into()
}

/// A rendered template as a response.
fn html(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => {
            let kind = HeaderValue::from_static("text/html; charset=utf-8");
            (status, [(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => Failure::from(Error::internal(error)).into_response(),
    }
}
