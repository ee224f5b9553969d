"""Fills a stopped node's database to a number of records, each a copy of an avis of its own under another
id, with as many replies and handled activities: enough for indexes and counts to weigh what they weigh in a
node that has run for years. Usage: grow.py DATABASE COUNT"""

import sqlite3
import sys

database, count = sqlite3.connect(sys.argv[1]), int(sys.argv[2])


def columns(table):
    return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]


def copies(table, where, changed):
    """Copies of one row, numbered $n, with some columns changed."""
    picked = ", ".join(changed.get(name, name) for name in columns(table))
    have = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    database.execute(
        f"WITH RECURSIVE n(n) AS (SELECT ? UNION ALL SELECT n + 1 FROM n WHERE n < ?) "
        f"INSERT OR IGNORE INTO {table} SELECT {picked} FROM n, (SELECT * FROM {table} WHERE {where} LIMIT 1)",
        (have + 1, count),
    )


number = "substr('00000000' || n, -8)"
far = f"'https://far' || (n % 500) || '.test/'"
record = f"{far} || 'avis/' || {number}"
changed = {"uri": record, "author": f"{far} || 'a'", "origin": "'far' || (n % 500) || '.test'", "ours": "0"}
versions = {**changed, "seq": "1000000 + n", "hash": f"'sha256:' || {number}"}
copies("versions", "kind = 'Avis'", versions)
slug = {"slug": f"'s' || {number}", "context": f"{record} || '#c'", "parent": "NULL"}
seqs = {"seq": "1000000 + n", "first_seq": "1000000 + n"}
copies("records", "kind = 'Avis'", {**changed, **slug, **seqs})
replies = {"uri": f"{far} || 'note/' || {number}", "author": f"{far} || 'u/' || (n % 20000)", "origin": "'https://far' || (n % 500) || '.test'"}
copies("replies", "1", replies)
copies("received", "1", {"activity": f"{far} || 'act/' || {number}"})
copies("actors", "NOT ours", {"uri": f"{far} || 'u/' || {number}", "host": "'far' || (n % 500) || '.test'"})
keys = {"id": f"{far} || 'u/' || {number} || '#main-key'", "actor": f"{far} || 'u/' || {number}"}
copies("keys", "secret IS NULL", keys)
database.execute("UPDATE counters SET value = max(value, 2000000) WHERE name = 'changes'")
database.commit()
