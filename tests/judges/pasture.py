"""fediverse-pasture: foreign actors and foreign-shaped messages, for tests/judges.rs.

Reads an order (one JSON object) on standard input, writes its finding on standard output. What these
servers do is fediverse-pasture's; nothing here knows Parvis.

  {"do": "verify_actor", "actors": [id…]}
      Six actors, each another kind of server, fetch every actor and post to its inbox.
  {"do": "inputs", "to": id, "in_reply_to": id}
      Every message of fediverse-pasture-inputs goes to an inbox twice: as it is, then as a reply.
"""

import asyncio
import json
import os
import socket
import sys
import tempfile
from contextlib import asynccontextmanager

import aiohttp
import fediverse_pasture_inputs
from fediverse_pasture.data_provider import bovine_actor_for_actor_data
from fediverse_pasture.data_provider.generate import generate_key_pair
from fediverse_pasture.data_provider.models import ActorData
from fediverse_pasture.runner import ActivitySender
from fediverse_pasture.runner.config import SendingConfig
from fediverse_pasture.server import BlueprintForActors
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart

# The messages name the server that fediverse-pasture runs on, and a note it serves there.
PASTURE = "http://pasture-one-actor"
NOTE = f"{PASTURE}/assets/note1.jsonap"
# Nobody replies more than fifty times a day, and no server is asked for more than ten keys a minute: the
# messages are shared out among so many.
AUTHORS = 6


@asynccontextmanager
async def serving(build):
    """An application on a free port of the loopback; `build` makes it, given its domain."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    domain = f"localhost:{listener.getsockname()[1]}"
    app, config, done = build(domain), Config(), asyncio.Event()
    config.bind = [f"fd://{listener.fileno()}"]
    config.accesslog = None
    task = asyncio.create_task(serve(app, config, shutdown_trigger=done.wait))
    try:
        yield app, domain
    finally:
        done.set()
        await task
        listener.detach()


async def verify_actor(order):
    from fediverse_pasture.verify_actor import build_app

    async with serving(lambda domain: build_app(False, domain, False, 60)) as (app, _):
        found = {}
        for actor in order["actors"]:
            answer = await app.test_client().post(
                "/", form={"actor_uri": actor}, headers={"Accept": "application/json"}
            )
            found[actor] = await answer.get_json()
        return found


def shaped(example, actor, base, parent):
    """A message as its author would write it on this server; `parent` makes it a reply."""
    text = json.dumps(example)
    if parent:
        text = text.replace(NOTE, parent)
    written = json.loads(text.replace(f"{PASTURE}/actor", actor).replace(PASTURE, base))
    reply = {"inReplyTo": parent} if parent else {}
    return lambda note: {**note, "content": "text", **reply, **written}


async def inputs(order):
    key = generate_key_pair("main")
    actors = [
        ActorData(actor_name=f"citizen{n}", user_part=f"citizen{n}", key_pairs=[key])
        for n in range(AUTHORS)
    ]

    def build(_):
        app = Quart(__name__)
        app.register_blueprint(BlueprintForActors(actors, application_actor=actors[0]).blueprint)
        return app

    status = None

    async def note_status(_session, _context, end):
        nonlocal status
        if end.method == "POST":
            status = end.response.status

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(note_status)
    sent = []
    async with serving(build) as (_, domain), aiohttp.ClientSession(trace_configs=[trace]) as session:
        senders = []
        for actor in actors:
            citizen, document = bovine_actor_for_actor_data(f"http://{domain}/{actor.actor_name}", actor)
            await citizen.init(session=session)
            sender = ActivitySender.for_actor(citizen, document)
            sender.sleep_after_getting_inbox = False
            sender.sending_config = SendingConfig(include_cc=True)
            senders.append((document.id, sender))
        examples = [
            (name, number, example)
            for name, data in sorted(fediverse_pasture_inputs.available.items())
            for number, example in enumerate(data.examples)
        ]
        for parent in [None, order["in_reply_to"]]:
            for at, (name, number, example) in enumerate(examples):
                actor, sender = senders[at % AUTHORS]
                sender.init_create_note(shaped(example, actor, f"http://{domain}", parent))
                status = None
                await sender.send(order["to"])
                note = {"name": name, "number": number, "reply": parent is not None}
                sent.append({**note, "status": status, "id": sender.object_id})
    return {"sent": sent}


async def main():
    order = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # fediverse-pasture keeps its keys in the working directory
        finding = await {"verify_actor": verify_actor, "inputs": inputs}[order["do"]](order)
    json.dump(finding, sys.stdout)


asyncio.run(main())
