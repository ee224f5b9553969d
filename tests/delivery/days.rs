//! Days of delivery on a clock that tests move: absence, patience, clocks that jump, and who comes next.

use parvis::storage::hosts::Failure;

use super::*;

/// A peer that is away while the flag is up, and takes everything else.
async fn sometimes_away() -> (Peer, Arc<Mutex<bool>>) {
    let away = Arc::new(Mutex::new(false));
    let flag = Arc::clone(&away);
    let peer =
        Peer::start(move |_, _| status(if *flag.lock().unwrap() { "502 Away" } else { "202 Accepted" }))
            .await;
    (peer, away)
}

async fn hears(app: &App, inbox: &str) {
    let mut tx = app.db.begin().await.unwrap();
    delivery::heard_from(app, &mut tx, &host(inbox)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn known(app: &App, inbox: &str) -> hosts::Host {
    hosts::get(&app.db, &host(inbox)).await.unwrap().expect("a host")
}

#[tokio::test]
async fn r05_a_peer_away_for_seven_days_gets_everything_in_order() {
    let node = ready().await;
    let app = &node.app;
    let (peer, away) = sometimes_away().await;
    let inbox = peer.inbox("/inbox");
    *away.lock().unwrap() = true;
    let mut said = Vec::new();
    for hour in 0..7 * 24 {
        if hour % 8 == 0 {
            let kind = ["Create", "Update", "Delete"][hour / 8 % 3];
            let object = format!("{}", hour / 24);
            queue(app, COUNCIL, (kind, &object), &[&inbox]).await;
            said.push(object);
        }
        step(app).await;
        app.clock.advance(SignedDuration::from_hours(1));
    }
    let tries = peer.requests().len();
    assert!((15..=45).contains(&tries), "{tries} tries in seven days");
    *away.lock().unwrap() = false;
    let mut hours = 0;
    while step(app).await.delivered == 0 {
        app.clock.advance(SignedDuration::from_hours(1));
        hours += 1;
        assert!(hours <= 6, "first try within six hours of its return");
    }
    assert_eq!(peer.told()[tries..], said, "everything, in order, at once");
    assert_eq!(step(app).await, delivery::Progress::default(), "nothing is left");
}

#[tokio::test]
async fn r06_a_host_that_asked_for_patience_is_not_tried_sooner_because_it_writes() {
    let node = ready().await;
    let app = &node.app;
    let busy = || Reply::new("429 Too Many Requests", &[("Retry-After", "7200")], b"");
    let peer = Peer::start(move |n, _| if n == 1 { busy() } else { status("202 Accepted") }).await;
    let inbox = peer.inbox("/inbox");
    queue(app, COUNCIL, ("Create", "a"), &[&inbox]).await;
    step(app).await;
    hears(app, &inbox).await;
    app.clock.advance(SignedDuration::from_mins(119));
    assert_eq!(step(app).await.hosts, 0, "it said when");
    app.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(step(app).await.delivered, 1);
}

#[tokio::test]
async fn r05_a_host_that_writes_while_a_try_fails_is_tried_again_within_the_minute() {
    let node = ready().await;
    let app = &node.app;
    let hang = || Reply { bytes: Vec::new(), drip: Some(std::time::Duration::from_mins(1)) };
    let peer = Peer::start(move |n, _| if n == 1 { hang() } else { status("202 Accepted") }).await;
    let inbox = peer.inbox("/inbox");
    queue(app, COUNCIL, ("Create", "a"), &[&inbox]).await;
    let now = app.clock.now_ms();
    let long = Failure { fails: 12, next_at: now, first_fail_at: now - 1, state: hosts::BACKING_OFF };
    let mut tx = app.db.begin().await.unwrap();
    hosts::failed(&mut tx, &host(&inbox), &long).await.unwrap();
    tx.commit().await.unwrap();
    let worker = app.clone();
    let trying = tokio::spawn(async move { delivery::step(&worker, "one").await });
    while peer.requests().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    app.clock.advance(SignedDuration::from_millis(200));
    hears(app, &inbox).await;
    assert_eq!(trying.await.unwrap().unwrap().backing_off, 1);
    app.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(step(app).await.delivered, 1, "not six hours later");
}

#[tokio::test]
async fn r06_what_waits_behind_a_refusal_does_not_make_its_host_due() {
    let node = ready().await;
    let app = &node.app;
    let peer = Peer::start(|_, _| status("403 No")).await;
    for kind in ["Create", "Update"] {
        queue(app, COUNCIL, (kind, "a"), &[&peer.inbox("/inbox")]).await;
    }
    assert_eq!(step(app).await.put_off, 1);
    assert_eq!(step(app).await.hosts, 0, "nothing can be sent: the host is left alone");
}

#[tokio::test]
async fn r06_a_refusal_is_tried_once_more_soon_and_once_more_hours_later() {
    let node = ready().await;
    let app = &node.app;
    let peer = Peer::start(|n, _| status(if n <= 2 { "401 Unauthorized" } else { "202 Accepted" })).await;
    let seq = queue(app, COUNCIL, ("Create", "a"), &[&peer.inbox("/inbox")]).await;
    step(app).await;
    app.clock.advance(SignedDuration::from_mins(2));
    step(app).await;
    app.clock.advance(SignedDuration::from_hours(4));
    assert_eq!(step(app).await.hosts, 0, "a key that could not be had is not asked for again for a while");
    app.clock.advance(SignedDuration::from_hours(3));
    step(app).await;
    assert_eq!(states(app, seq).await, [DELIVERED]);
}

#[tokio::test]
async fn r11_a_signature_refused_because_clocks_differ_loses_nothing() {
    let node = ready().await;
    let app = &node.app;
    let late = || Reply::new("401 Unauthorized", &[("Date", "Thu, 12 Mar 2026 08:02:00 GMT")], b"expired");
    let peer = Peer::start(move |n, _| if n <= 4 { late() } else { status("202 Accepted") }).await;
    let inbox = peer.inbox("/inbox");
    let first = queue(app, COUNCIL, ("Create", "a"), &[&inbox]).await;
    let boost = queue(app, COUNCIL, ("Announce", "a"), &[&inbox]).await;
    for _ in 0..4 {
        step(app).await;
        app.clock.advance(SignedDuration::from_hours(7));
    }
    assert_eq!((states(app, first).await, states(app, boost).await), (vec![WAITING], vec![WAITING]));
    assert_eq!(step(app).await.delivered, 2, "once the clocks agree");
}

#[tokio::test]
async fn r11_a_clock_put_forward_during_a_request_does_not_send_it_twice() {
    let node = ready().await;
    let app = &node.app;
    let peer =
        Peer::start(|_, _| Reply { bytes: Vec::new(), drip: Some(std::time::Duration::from_mins(1)) }).await;
    queue(app, COUNCIL, ("Create", "a"), &[&peer.inbox("/inbox")]).await;
    let mut round = Round::new(app.clone(), "one".to_owned());
    assert_eq!(round.claim().await.unwrap(), 1);
    for step in [3 * 24, -6 * 24] {
        app.clock.advance(SignedDuration::from_hours(step));
        assert_eq!(round.claim().await.unwrap(), 0, "it is being sent to");
    }
    assert_eq!(round.next().await.unwrap().backing_off, 1);
    assert_eq!(peer.requests().len(), 1);
}

#[tokio::test]
async fn r07_what_is_queued_as_a_turn_ends_is_sent_at_once() {
    let node = ready().await;
    let app = &node.app;
    let peer = Peer::start(|_, _| status("202 Accepted")).await;
    let inbox = peer.inbox("/inbox");
    let mut round = Round::new(app.clone(), "one".to_owned());
    queue(app, COUNCIL, ("Create", "a"), &[&inbox]).await;
    assert_eq!(round.claim().await.unwrap(), 1);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while known(app, &inbox).await.lease_until > 0 {
        assert!(std::time::Instant::now() < until, "the turn ends");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    // The turn is over in the database, and its end was not taken note of here.
    queue(app, COUNCIL, ("Create", "b"), &[&inbox]).await;
    assert_eq!(round.claim().await.unwrap(), 0);
    assert_eq!(round.next().await.unwrap().delivered, 1);
    assert_eq!(round.claim().await.unwrap(), 1, "not when a lease that nobody uses has ended");
    assert_eq!(round.next().await.unwrap().delivered, 1);
}

#[tokio::test]
async fn r16_hosts_take_turns_whatever_their_name() {
    let node = ready().await;
    let app = &node.app;
    let inboxes = ["https://a.example/inbox", "https://b.example/inbox"];
    for n in 0..3 {
        queue(app, COUNCIL, ("Create", &n.to_string()), &inboxes).await;
    }
    let mut served = Vec::new();
    for _ in 0..4 {
        app.clock.advance(SignedDuration::from_secs(1));
        let now = app.clock.now_ms();
        let next = hosts::claim(&app.db, "one", now, now + 60_000, 1).await.unwrap().remove(0).host;
        let mut tx = app.db.begin().await.unwrap();
        hosts::well(&mut tx, &next, now).await.unwrap();
        hosts::release(&mut tx, &next, "one").await.unwrap();
        tx.commit().await.unwrap();
        served.push(next);
    }
    assert_eq!(served, ["a.example", "b.example", "a.example", "b.example"]);
    app.clock.advance(SignedDuration::from_hours(-3));
    let now = app.clock.now_ms();
    assert_eq!(hosts::claim(&app.db, "one", now, now + 60_000, 9).await.unwrap().len(), 2, "well is due");
}

#[tokio::test]
async fn r16_a_thousand_hosts_are_not_taken_up_at_once() {
    let node = ready().await;
    let app = &node.app;
    let inboxes: Vec<String> = (0..200).map(|n| format!("https://h{n}.invalid/inbox")).collect();
    let inboxes: Vec<&str> = inboxes.iter().map(String::as_str).collect();
    queue(app, LOST, ("Create", "a"), &inboxes).await;
    let mut round = Round::new(app.clone(), "one".to_owned());
    let places = app.config.federation.parallel_hosts;
    assert_eq!(round.claim().await.unwrap(), places, "as many as there are places");
    assert_eq!(round.busy(), places);
}

#[tokio::test]
async fn r07_a_fifth_of_tarpits_holds_nobody_up() {
    let node = ready().await;
    let app = &node.app;
    let slow = || Reply { bytes: Vec::new(), drip: Some(std::time::Duration::from_mins(1)) };
    let mut peers = Vec::new();
    for n in 0..10 {
        peers.push(Peer::start(move |_, _| if n % 5 == 0 { slow() } else { status("202 Accepted") }).await);
    }
    let inboxes: Vec<String> = peers.iter().map(|peer| peer.inbox("/inbox")).collect();
    let inboxes: Vec<&str> = inboxes.iter().map(String::as_str).collect();
    for object in ["a", "b"] {
        queue(app, COUNCIL, ("Create", object), &inboxes).await;
    }
    let mut progress = step(app).await;
    assert_eq!(progress.hosts, 10, "all at once");
    // Where the machine is slow, a healthy one may have been given up on after a second: it is tried again.
    for _ in 0..8 {
        if progress.delivered < 16 {
            app.clock.advance(SignedDuration::from_hours(6));
            progress += step(app).await;
        }
    }
    assert_eq!(progress.delivered, 16, "the healthy ones have everything");
    assert_eq!(known(app, inboxes[0]).await.state, hosts::BACKING_OFF);
}
