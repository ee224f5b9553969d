"""Prints the results of benches/load as one table, beside the limit of the machine measured in the same run
and two foreign servers measured once before (benches/README.md says how). Usage: table.py FOLDER"""

import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
result = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
verify = 1000 / result["limit"]["rsa2048_verify_per_s_x1"]
sign = 1000 / result["limit"]["rsa2048_sign_per_s_x1"]
missed = []


def peak():
    return max(row["rss_peak_mib"] for name in result for row in result[name].get("process", []))


def memory(name):
    return result[name]["process"][0]["rss_end_mib"]


def cost(name, of="activity"):
    return result[name][f"cpu_ms_per_{of}"]


def busy(name):
    """How much of the machine somebody else used meanwhile, in percent of its cores."""
    one = result[name]
    return "" if "other_cpu_s" not in one else f"{100 * one['other_cpu_s'] / one['watched_s'] / result['limit']['cores']:.0f} %"


rows = []


def row(what, ours, aim, good, gts="–", snac="–", run=None):
    if good is False:
        missed.append(what)
    mark = {True: "yes", False: "**no**", None: ""}[good]
    rows.append([what, ours, aim, mark, gts, snac, busy(run) if run else ""])


warm, cold, hang = result["warm"], result["cold"], result["hang"]
delivery = cost("fanout10", "delivery")
best = max(result["warm"]["processed_per_s"], result["warm64"]["processed_per_s"])
row("RSA-2048 verify / sign, one core", f"{verify:.4f} / {sign:.3f} ms", "", None, "0.018 / 0.28 ms", "", "limit")
row("warm activity, CPU", f"{cost('warm'):.3f} ms = {cost('warm') / verify:.0f} verifications", "≤ 25 verifications",
    cost("warm") <= 25 * verify, "8.2–13.6 ms", "1.0–1.1 ms", "warm")
row("… against GoToSocial's 8.2 ms", f"{8.2 / cost('warm'):.0f} times less", "≥ 10 times less", cost("warm") <= 0.82)
row("warm, processed per s (8 / 64 at once)",
    f"{warm['processed_per_s']:.0f} / {result['warm64']['processed_per_s']:.0f}", "≥ 3 000", best >= 3000,
    "138–217", "614–623", "warm64")
row("warm, p50 / p95 / p99", f"{warm['p50_ms']} / {warm['p95_ms']} / {warm['p99_ms']} ms", "", None,
    "11.9 / 68 / 157 ms", "0.7 / 5.6 / 13 ms")
row("warm, accepted and never processed", f"{warm['accepted'] - warm['processed']} of {warm['accepted']}", "0",
    warm["accepted"] == warm["processed"], "0", "2–3 of 2 000")
row("cold activity, CPU", f"{cost('cold'):.2f} ms", "≥ 10 times less", cost("cold") <= 2.8, "28–37 ms", "99 ms", "cold")
row("cold, processed per s", f"{cold['processed_per_s']:.0f}", "", None, "50–60", "9.6")
row("200 followers: Accepts, all done", f"{result['follow']['accepts']}, {result['follow']['all_done_s']} s", "200",
    result["follow"]["accepts"] == 200, "200, 2.3 s", "199, 22 s", "follow")
row("follower, CPU", f"{cost('follow', 'follow'):.2f} ms", "", None, "21 ms", "97 ms")
row("one post to 200 hosts: first / p50 / last",
    "{first_ms:.0f} / {p50_ms:.0f} / {last_ms:.0f} ms".format(**result["fanout"]), "", None,
    "77 / 193 / 313 ms", "1 094 / 3 315 / 5 485 ms", "fanout")
row("ten posts: deliveries per s", f"{result['fanout10']['deliveries_per_s']:.0f}", "", None, "937", "40", "fanout10")
row("missing, twice, out of order",
    " + ".join(str(sum(result[run][key] for run in ("fanout", "fanout10", "hang")))
               for key in ("missing", "duplicates", "out_of_order")), "0 + 0 + 0",
    not any(result[run][key] for run in ("fanout", "fanout10", "hang")
            for key in ("missing", "duplicates", "out_of_order")), "0", "0")
row("delivery, CPU", f"{delivery:.3f} ms = {delivery / sign:.1f} signatures", "≤ 2 signatures", delivery <= 2 * sign,
    "1.1–1.6 ms", "42–44 ms", "fanout10")
row("5 % of the hosts hang: the others' last", f"{hang['last_ms']:.0f} ms", "≤ 1 s", hang["last_ms"] <= 1000,
    "40 300 ms", "23 900 ms", "hang")
for name, what, aim, gts, snac in (
    ("read_actor", "actor, GET per s", 20000, "12 180", "6 720"),
    ("read_record", "avis as JSON, GET per s", None, "8 790", "7 680"),
    ("read_page", "avis as page, GET per s", 6000, "1 610", "2 200"),
    ("read_page_gzip", "… compressed", None, "", ""),
):
    one = result[name]
    row(what, f"{one['ok_per_s']:.0f} (p99 {one['p99_ms']} ms, CPU {cost(name, 'request'):.3f} ms, "
        f"{one['body_bytes'] / 1000:.1f} kB)", f"≥ {aim}" if aim else "", one["ok_per_s"] >= aim if aim else None,
        gts, snac, name)
row("memory, idle and fresh", f"{memory('idle')} MiB", "≤ 30 MiB", memory("idle") <= 30, "103–143 MiB", "10 MiB")
row("memory, peak of everything", f"{peak()} MiB", "≤ 100 MiB", peak() <= 100, "160–214 MiB", "14–21 MiB")
row("memory, idle afterwards", f"{memory('afterwards')} MiB", "", None, "163 MiB", "17 MiB")
small, large = cost("grown_1000"), cost("grown_100000")
row("warm activity, CPU, on 1 000 → 100 000 records", f"{small:.3f} → {large:.3f} ms", "flat (≤ 1.25 times)",
    large <= 1.25 * small, "8.2 → 13.6 ms (with 2 600 more)", "", "grown_100000")

head = ["", "Parvis", "aim", "reached", "GoToSocial 0.20", "snac 2.94", "others' CPU"]
for cells in [head, ["---"] * len(head), *rows]:
    print("| " + " | ".join(cells) + " |")
print()
print("Every aim is reached." if not missed else "Missed: " + "; ".join(missed) + ".")
sys.exit(1 if missed else 0)
