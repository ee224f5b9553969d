//! The delivery machine: its rules one by one, and properties over all inputs. Months of it are lived through
//! in `tests/simulator`.

use proptest::prelude::*;

use super::*;

const NOW: i64 = 1_800_000_000_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

fn answered(status: u16) -> Outcome {
    Outcome::Answered { status, retry_after: None }
}

fn first(outcome: Outcome) -> Verdict {
    judge(0, NOW, Health::default(), outcome, (NOW, 0.5))
}

#[test]
fn accepted_or_known_already_is_delivered_and_the_host_is_well() {
    let ailing =
        Health { fails: 9, next_at: NOW - 1, first_fail_at: Some(NOW - DAY), suspended: false, asked: false };
    for status in [200, 202, 204, 409] {
        let verdict = judge(2, NOW, ailing, answered(status), (NOW, 0.1));
        assert_eq!(verdict.row, RowFate::Delivered, "{status}");
        assert_eq!(verdict.host, Health { next_at: NOW, ..Health::default() });
        assert!(verdict.go_on);
    }
}

#[test]
fn a_410_is_refused_at_once_and_its_actor_is_to_be_checked_r6() {
    assert_eq!(first(answered(410)).row, RowFate::Refused { gone: true });
    assert!(first(answered(410)).go_on);
}

#[test]
fn refusals_are_tried_three_times_and_never_count_as_delivered_r6() {
    for status in [400, 401, 403, 404, 301] {
        let tries: Vec<_> =
            (0..3).map(|n| judge(n, NOW, Health::default(), answered(status), (NOW, 0.5)).row).collect();
        assert_eq!(
            tries,
            [RowFate::Later(NOW + MINUTE), RowFate::Later(NOW + 6 * HOUR), RowFate::Refused { gone: false }],
            "{status}"
        );
    }
    assert_eq!(first(answered(422)).row, RowFate::Refused { gone: false });
    assert_eq!(first(answered(413)).row, RowFate::Refused { gone: false });
}

#[test]
fn trouble_of_the_host_holds_everything_back_without_spending_a_try() {
    for outcome in
        [answered(408), answered(429), answered(500), answered(503), answered(101), Outcome::Silent]
    {
        let verdict = first(outcome);
        assert_eq!(verdict.row, RowFate::Waits);
        assert!(!verdict.go_on);
        assert_eq!(verdict.host.fails, 1);
        assert_eq!(verdict.host.next_at, NOW + MINUTE);
        assert_eq!(verdict.host.first_fail_at, Some(NOW));
    }
}

#[test]
fn retry_after_is_honoured_up_to_a_day_r6() {
    let asked = |hours| Outcome::Answered { status: 429, retry_after: Some(Duration::from_hours(hours)) };
    assert_eq!(first(asked(2)).host.next_at, NOW + 2 * HOUR);
    assert_eq!(first(asked(200)).host.next_at, NOW + 24 * HOUR);
    assert!(first(asked(2)).host.asked && !first(answered(429)).host.asked);
    let long = Health { fails: 12, next_at: NOW, first_fail_at: Some(NOW - DAY), ..Health::default() };
    let soon = Outcome::Answered { status: 503, retry_after: Some(Duration::from_secs(30)) };
    assert_eq!(judge(0, NOW, long, soon, (NOW, 0.5)).host.next_at, NOW + MINUTE, "it says when");
}

#[test]
fn a_signature_refused_while_clocks_differ_spends_nothing_r11() {
    assert_eq!(judge(2, NOW, Health::default(), Outcome::ClocksApart, (NOW, 0.5)).row, RowFate::Waits);
}

#[test]
fn several_failures_in_one_back_off_count_once() {
    let once = first(Outcome::Silent).host;
    let twice = judge(0, NOW, once, Outcome::Silent, (NOW + 1000, 0.0)).host;
    assert_eq!(twice.fails, 1);
    assert!(twice.next_at >= once.next_at);
    let later = judge(0, NOW, once, Outcome::Silent, (once.next_at, 0.5)).host;
    assert_eq!(later.fails, 2);
}

#[test]
fn a_back_off_from_before_the_clock_was_turned_back_does_not_run_on_r11() {
    let ahead =
        Health { fails: 3, next_at: NOW + 4 * DAY, first_fail_at: Some(NOW + 3 * DAY), ..Health::default() };
    let verdict = judge(0, NOW, ahead, Outcome::Silent, (NOW, 0.5));
    assert_eq!((verdict.host.fails, verdict.host.next_at), (4, NOW + 8 * MINUTE));
}

#[test]
fn what_cannot_be_sent_is_given_up_after_three_tries_and_harms_nobody_r17() {
    let ailing = Health { fails: 2, next_at: 0, first_fail_at: Some(1), suspended: false, asked: false };
    assert!(matches!(judge(0, NOW, ailing, Outcome::Unsendable, (NOW, 0.5)).row, RowFate::Later(_)));
    let last = judge(2, NOW, ailing, Outcome::Unsendable, (NOW, 0.5));
    assert_eq!(last, Verdict { row: RowFate::GivenUp, host: ailing, go_on: true });
}

#[test]
fn after_thirty_days_a_row_is_given_up_and_the_host_suspended() {
    let silent = Health {
        fails: 90,
        next_at: NOW,
        first_fail_at: Some(NOW - 31 * DAY),
        suspended: false,
        asked: false,
    };
    let old = judge(0, NOW - 31 * DAY, silent, Outcome::Silent, (NOW, 0.5));
    assert_eq!(old.row, RowFate::GivenUp);
    assert!(old.host.suspended);
    assert_eq!(judge(0, NOW - DAY, silent, Outcome::Silent, (NOW, 0.5)).row, RowFate::Waits);
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::Silent),
        Just(Outcome::Unsendable),
        (0u16..1000, proptest::option::of(0u64..10_000_000)).prop_map(|(status, wait)| {
            Outcome::Answered { status, retry_after: wait.map(Duration::from_secs) }
        }),
    ]
}

fn healths() -> impl Strategy<Value = Health> {
    (0u32..200, -DAY..DAY, proptest::option::of(0..40 * DAY)).prop_map(|(fails, next, since)| Health {
        fails,
        next_at: NOW + next,
        first_fail_at: since.map(|ago| NOW - ago),
        suspended: false,
        asked: false,
    })
}

proptest! {
    #[test]
    fn a_host_is_never_put_off_beyond_a_day_nor_tried_within_the_minute(
        health in healths(), outcome in outcomes(), fraction in 0.0..1.0f64,
    ) {
        let verdict = judge(0, NOW, health, outcome, (NOW, fraction));
        prop_assert!(verdict.host.next_at <= NOW + DAY);
        if !verdict.go_on {
            prop_assert!(verdict.host.next_at >= NOW + 48_000);
            prop_assert!(verdict.host.fails >= 1);
        }
    }

    #[test]
    fn only_a_2xx_or_409_counts_as_delivered(tries in 0u32..9, health in healths(), outcome in outcomes()) {
        let delivered = judge(tries, NOW, health, outcome, (NOW, 0.5)).row == RowFate::Delivered;
        let accepted = matches!(outcome, Outcome::Answered { status: 200..=299 | 409, .. });
        prop_assert_eq!(delivered, accepted);
    }

    #[test]
    fn silence_never_ends_a_young_row(tries in 0u32..9, health in healths(), age in 0..30 * DAY) {
        let verdict = judge(tries, NOW - age, health, Outcome::Silent, (NOW, 0.5));
        prop_assert_eq!(verdict.row, RowFate::Waits);
    }
}
