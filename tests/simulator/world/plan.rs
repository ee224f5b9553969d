//! What will go wrong in a run, and when: decided at its start.

use super::{Cut, DAY, Event, FOREIGN, HOUR, MINUTE, SECOND, START, World};

impl World {
    /// What will go wrong, and when.
    pub(super) fn plan(&mut self, days: i64) {
        let (count, end) = (self.nodes.len(), self.end);
        self.gone_from = self.time(START, end);
        for node in 0..count {
            let first = self.time(START, START + 3 * DAY);
            self.at(first, Event::Publish(node));
            for peer in 0..count {
                if self.follows[node][peer] {
                    let first = self.time(START, START + HOUR);
                    self.at(first, Event::CatchUp(node, peer));
                }
            }
            for _ in 0..days / 20 {
                let (crash, down) = (self.time(START, end), self.time(SECOND, 2 * HOUR));
                self.at(crash, Event::Crash(node, down));
            }
            for _ in 0..days / 30 {
                let wrong = [3 * DAY, -3 * DAY, 2 * HOUR, -2 * HOUR, 20 * HOUR, -20 * HOUR][self.dice(6)];
                let (from, lasts) = (self.time(START, end - DAY), self.time(MINUTE, 2 * DAY));
                self.at(from, Event::Step(node, wrong));
                self.at(from + lasts, Event::Step(node, -wrong));
            }
        }
        for _ in 0..days / 3 {
            let (a, b, start) = (self.dice(count), self.dice(count + FOREIGN), self.time(START, end));
            let cut = Cut { from: a, to: b, start, end: start + self.time(MINUTE, 2 * DAY) };
            self.cut(cut);
            if self.dice(2) == 0 {
                self.cut(Cut { from: b, to: a, ..cut });
            }
        }
        let away = self.dice(count);
        let start = self.time(START + DAY, end - 8 * DAY);
        self.at(start, Event::Crash(away, 7 * DAY));
        let (a, b, start) = (self.dice(count), self.dice(count), self.time(START, end - 8 * DAY));
        self.cut(Cut { from: a, to: b, start, end: start + 7 * DAY });
        if self.seed.is_multiple_of(8) {
            self.cut(Cut { from: b, to: a, start: START + 2 * DAY, end: START + 42 * DAY });
        }
        self.at(START + HOUR, Event::Look);
    }

    fn cut(&mut self, cut: Cut) {
        if cut.from != cut.to {
            self.cuts.push(cut);
            self.at(cut.end.min(self.end), Event::Healed(cut.from, cut.to));
        }
    }
}
