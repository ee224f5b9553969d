// An independent fediverse server, built on Fedify: one person, `alice`, with an inbox, RSA and Ed25519
// keys and WebFinger, on a free port of 127.0.0.1 under the name localhost. A test tells it what to do,
// one JSON object a line on standard input, and reads one JSON line back for each. Nothing here knows
// Parvis: what it accepts, Fedify accepted.
//
//   node fediverse.mjs [--first-knock=rfc9421|draft-cavage-http-signatures-12] [--secure] [--software=lemmy]
//
// --first-knock  the generation of HTTP signatures it tries first
// --secure       answers only signed requests for its actor ("authorized fetch")
// --software     what its NodeInfo says it is; without it, it has none

import { AsyncLocalStorage } from "node:async_hooks";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { configure, getStreamSink } from "@logtape/logtape";
import { createFederation, generateCryptoKeyPair, MemoryKvStore } from "@fedify/fedify";
import { Activity, CryptographicKey, Endpoints, Note, Person } from "@fedify/vocab";
import { commands } from "./commands.mjs";
import { collectBody, receivedOf, specOf } from "./messages.mjs";
import { signatures } from "./signatures.mjs";

const options = Object.fromEntries(
  process.argv.slice(2).map((argument) => argument.replace(/^--/, "").split("=")),
);
const firstKnock = options["first-knock"] ?? "rfc9421";
const secure = "secure" in options;

await configure({
  contextLocalStorage: new AsyncLocalStorage(),
  sinks: { errors: getStreamSink(new WritableStream({ write: (chunk) => void process.stderr.write(chunk) })) },
  loggers: [
    { category: "fedify", lowestLevel: "warning", sinks: ["errors"] },
    { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["errors"] },
  ],
});

// What this server did and what was done to it.
const state = {
  requests: [], // every request made to it, as it came
  received: [], // those to its inboxes, with the answer Fedify gave
  sent: [], // its own requests, with their kind of signature and the answer
  accepted: [], // activities that passed Fedify's checks
  notes: new Map(), // its own notes, by the last segment of their id
};

// Every request this server makes is written down. WebFinger insists on https for a handle; here, where
// everything is plain http on the loopback, that one request alone is made over http.
const realFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  if (url.protocol === "https:" && url.hostname === "localhost" && url.pathname === "/.well-known/webfinger") {
    url.protocol = "http:";
    input = url;
  }
  const headers = new Headers(input instanceof Request ? input.headers : init?.headers);
  const method = init?.method ?? (input instanceof Request ? input.method : "GET");
  const entry = { method, url: url.href, signature: specOf(headers), status: null };
  state.sent.push(entry);
  const response = await realFetch(input, init);
  entry.status = response.status;
  return response;
};

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const base = `http://localhost:${server.address().port}`;

const keyPairs = [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")];

const federation = createFederation({
  kv: new MemoryKvStore(),
  origin: base,
  allowPrivateAddress: true,
  firstKnock,
});

const actor = federation
  .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
    if (identifier !== "alice") return null;
    const keys = await ctx.getActorKeyPairs(identifier);
    return new Person({
      id: ctx.getActorUri(identifier),
      preferredUsername: identifier,
      name: "Alice",
      summary: "A citizen on another server",
      url: new URL(`${base}/@alice`),
      inbox: ctx.getInboxUri(identifier),
      outbox: ctx.getOutboxUri(identifier),
      followers: ctx.getFollowersUri(identifier),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: keys[0].cryptographicKey,
      assertionMethods: keys.map((pair) => pair.multikey),
    });
  })
  .mapHandle((_ctx, username) => username)
  .setKeyPairsDispatcher((_ctx, identifier) => (identifier === "alice" ? keyPairs : []));
if (secure) {
  actor.authorize(async (ctx, _identifier) => (await ctx.getSignedKey()) instanceof CryptographicKey);
}

if ("software" in options) {
  federation.setNodeInfoDispatcher("/nodeinfo/2.1", () => ({
    software: { name: options.software, version: "1.0.0" },
    protocols: ["activitypub"],
    usage: { users: {}, localPosts: 0, localComments: 0 },
  }));
}
federation.setOutboxDispatcher("/users/{identifier}/outbox", () => ({ items: [] }));
federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [] }));
federation.setObjectDispatcher(Note, "/users/{identifier}/notes/{id}", (_ctx, { id }) => state.notes.get(id) ?? null);
federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .setSharedKeyDispatcher(() => ({ identifier: "alice" }))
  .on(Activity, (_ctx, activity) => void state.accepted.push(activity.id?.href ?? null));

server.on("request", async (incoming, outgoing) => {
  try {
    const body = await collectBody(incoming);
    const { method, url, headers, httpVersion } = incoming;
    state.requests.push({ method, url, headers, httpVersion });
    const request = new Request(new URL(url, base), {
      method,
      headers: Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => [name, one])),
      body: body.length > 0 ? body : undefined,
    });
    const response = await federation.fetch(request, { contextData: undefined });
    if (method === "POST") state.received.push(receivedOf(request, body, response.status));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    console.error(error);
    outgoing.writeHead(500).end();
  }
});

const context = federation.createContext(new URL(base), undefined);
const parts = { context, base, state, keyPairs };
const obey = { ...commands(parts), ...signatures(parts) };

console.log(JSON.stringify({ ready: base, actor: context.getActorUri("alice").href }));

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...parameters } = JSON.parse(line);
  let answer;
  try {
    if (!(name in obey)) throw new Error(`no command ${name}`);
    answer = (await obey[name](parameters)) ?? {};
  } catch (error) {
    answer = { error: String(error?.stack ?? error) };
  }
  console.log(JSON.stringify(answer));
}
process.exit(0);
