// activitypub-testing, for tests/judges.rs: the W3C's MUSTs on actors and their collections. Reads
// {"subjects": [id…]} on standard input, writes one finding per subject and test on standard output.

import { text } from "node:stream/consumers";
import { ActorUrlTestRun } from "activitypub-testing/test-actor";

const { subjects } = JSON.parse(await text(process.stdin));
// What it has to say beside its findings is for people.
const aside = Object.fromEntries(["log", "debug", "info", "warn", "error"].map((name) => [name, console.error]));
const findings = [];
for (const subject of subjects) {
  for await (const { test, result } of new ActorUrlTestRun(new URL(subject), { console: aside, eachTestTimeLimit: "T60S" })) {
    findings.push({ subject, test: test.name ?? test.id, outcome: result.outcome, info: String(result.info ?? "") });
  }
}
process.stdout.write(JSON.stringify({ findings }));
