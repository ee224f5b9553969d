"""Judges of documents, for tests/judges.rs: PyLD, the JSON Schemas of NodeInfo, apsig.

Reads an order (one JSON object) on standard input, writes its finding on standard output.

  {"do": "expand", "contexts": {url: context}, "documents": [{"name", "document"}…]}
      What PyLD cannot make sense of. Nothing is fetched: a context comes from `activitypub-linked-data`,
      else from those given.
  {"do": "schema", "documents": [{"schema": path, "document"}…]}
  {"do": "prove", "document", "secret", "options"}
  {"do": "verify", "documents": [{"document", "key"}…]}
      apsig makes a proof, or says which hold.
"""

import copy
import json
import sys

from ap.linked_data.contexts import SCHEMA_DEFINITIONS
from apsig import ProofSigner, ProofVerifier
from jsonschema import Draft4Validator
from pyld import jsonld


# ActivityStreams shows a bare type here ("Image"), though its context makes it an identifier.
FORMER_TYPE = "https://www.w3.org/ns/activitystreams#formerType"


def loader(given):
    def load(url, _options=None):
        bare = url.split("://", 1)[1].rstrip("/")
        if bare in SCHEMA_DEFINITIONS:
            document = SCHEMA_DEFINITIONS[bare]["document"]
        elif url in given:
            document = given[url]
        else:
            raise ValueError(f"a context that nobody ships: {url}")
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}

    return load


def undefined(value, at=""):
    """Terms that no context defines: the vocabulary of ActivityStreams sends them to `_:`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.startswith("_:"):
                yield f"{at}/{name[2:]}"
            if name == FORMER_TYPE:
                continue
            if name == "@type" or name == "@id":
                for one in inner if isinstance(inner, list) else [inner]:
                    if not isinstance(one, str) or one.startswith("_:") or ":" not in one:
                        yield f"{at}/{name} {one}"
            else:
                yield from undefined(inner, f"{at}/{name.rsplit('#', 1)[-1].rsplit('/', 1)[-1]}")
    elif isinstance(value, list):
        for inner in value:
            yield from undefined(inner, at)


def expand(order):
    load = loader(order["contexts"])
    faults = {}
    for entry in order["documents"]:
        try:
            expanded = jsonld.expand(entry["document"], {"documentLoader": load})
            found = sorted(set(undefined(expanded)))
            if not expanded:
                found = ["says nothing"]
        except (jsonld.JsonLdError, ValueError) as error:
            found = [str(error)[:400]]
        if found:
            faults[entry["name"]] = found
    return {"faults": faults}


def schema(order):
    faults = []
    for entry in order["documents"]:
        with open(entry["schema"], encoding="utf-8") as file:
            validator = Draft4Validator(json.load(file))
        faults += [f"{entry['schema']}: {error.message}" for error in validator.iter_errors(entry["document"])]
    return {"faults": faults}


def prove(order):
    return ProofSigner(order["secret"]).sign(order["document"], order["options"])


def verify(order):
    # apsig takes the proof out of the document it is given.
    holds = [
        ProofVerifier(entry["key"]).verify(copy.deepcopy(entry["document"])) is not None
        for entry in order["documents"]
    ]
    return {"holds": holds}


order = json.load(sys.stdin)
json.dump({"expand": expand, "schema": schema, "prove": prove, "verify": verify}[order["do"]](order), sys.stdout)
