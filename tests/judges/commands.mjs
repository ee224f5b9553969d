// What a test can ask of the foreign server: one function a command, each takes the parameters
// of the line and gives the object to answer with.

import { Temporal } from "@js-temporal/polyfill";
import { signRequest, verifyObject } from "@fedify/fedify";
import {
  Activity,
  Announce,
  Collection,
  Create,
  Delete,
  Follow,
  isActor,
  Like,
  Mention,
  Note,
  Object as ApObject,
  PUBLIC_COLLECTION,
  Tombstone,
  Undo,
  Update,
} from "@fedify/vocab";
import { lookupWebFinger } from "@fedify/webfinger";

const ACTIVITY_JSON = "application/activity+json";
const now = () => Temporal.Now.instant();
const lastSegment = (url) => new URL(url).pathname.split("/").at(-1);

/** The commands of one server. */
export function commands({ context, base, state, keyPairs }) {
  const alice = context.getActorUri("alice");
  const sender = { identifier: "alice" };
  const done = new Map(); // activities sent, by id, so that they can be undone
  let count = 0;
  const newId = (kind) => new URL(`${base}/users/alice/${kind}/${++count}`);

  async function actorAt(id) {
    const found = await context.lookupObject(id);
    if (!isActor(found)) throw new Error(`${id} is not an actor`);
    return found;
  }

  async function authorOf(object) {
    const found = await context.lookupObject(object);
    if (found?.attributionId == null) throw new Error(`${object} has no author`);
    return actorAt(found.attributionId.href);
  }

  async function send(recipient, activity) {
    done.set(activity.id.href, { recipient, activity });
    await context.sendActivity(sender, recipient, activity, { immediate: true });
    return { id: activity.id.href };
  }

  const envelope = (recipient, kind) => ({
    id: newId(kind),
    actor: alice,
    to: PUBLIC_COLLECTION,
    cc: recipient.id,
  });

  const noteFields = (recipient, content) => ({
    attribution: alice,
    to: PUBLIC_COLLECTION,
    cc: recipient.id,
    content,
    tags: [new Mention({ href: recipient.id, name: `@${recipient.preferredUsername}` })],
  });

  function keep(note) {
    state.notes.set(lastSegment(note.id), note);
    return note;
  }

  async function documentAt(url) {
    const response = await fetch(url, { headers: { Accept: ACTIVITY_JSON } });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return response.json();
  }

  // Fedify also holds what claims no author and carries no proof: that is not what is asked here.
  async function holds(document) {
    if (document.proof == null) return false;
    const { documentLoader, contextLoader } = context;
    try {
      return (await verifyObject(ApObject, document, { documentLoader, contextLoader })) != null;
    } catch {
      return false;
    }
  }

  // What Fedify read: the class, the id, and what an activity is about, as deep as it goes. What an activity only
  // names is fetched; what it embeds of another server is read as it stands.
  async function told(read) {
    if (read == null) return null;
    const { documentLoader, contextLoader } = context;
    const said = { type: read.constructor.name, id: read.id?.href ?? null };
    if (read instanceof Collection) {
      return { ...said, total: read.totalItems, items: read.itemIds.map((id) => id.href) };
    }
    if (!(read instanceof Activity)) return { ...said, by: read.attributionId?.href ?? null };
    const options = { documentLoader, contextLoader, crossOrigin: "trust", suppressError: true };
    const object = await told(await read.getObject(options));
    return { ...said, by: read.actorId.href, object, target: read.targetId?.href ?? null };
  }

  return {
    /** What Fedify makes of a document: given whole, or by its URL. */
    async read({ document, url }) {
      const { documentLoader, contextLoader } = context;
      return told(await ApObject.fromJsonLd(document ?? (await documentAt(url)), { documentLoader, contextLoader }));
    },

    /** WebFinger, then the actor it names, both through Fedify. */
    async lookup({ resource }) {
      const found = await lookupWebFinger(resource, { allowPrivateAddress: true });
      const self = found?.links?.filter((link) => link.rel === "self") ?? [];
      const actor = self.length === 1 ? await actorAt(self[0].href) : null;
      return {
        subject: found?.subject ?? null,
        self: self.map((link) => ({ href: link.href, type: link.type })),
        id: actor?.id?.href ?? null,
        type: actor?.constructor.name ?? null,
        username: actor?.preferredUsername?.toString() ?? null,
        followers: (await actor?.getFollowers())?.totalItems ?? null,
      };
    },

    async follow({ actor }) {
      const recipient = await actorAt(actor);
      const follow = new Follow({ id: newId("follows"), actor: alice, object: recipient.id, to: recipient.id });
      return send(recipient, follow);
    },

    async reply({ to, content }) {
      const recipient = await authorOf(to);
      const fields = noteFields(recipient, content);
      const note = keep(new Note({ id: newId("notes"), ...fields, replyTarget: new URL(to), published: now() }));
      const sent = await send(recipient, new Create({ ...envelope(recipient, "creates"), object: note }));
      return { ...sent, note: note.id.href };
    },

    async edit({ note, content }) {
      const kept = keep(state.notes.get(lastSegment(note)).clone({ content, updated: now() }));
      const recipient = await authorOf(kept.replyTargetId.href);
      return send(recipient, new Update({ ...envelope(recipient, "updates"), object: kept }));
    },

    async delete({ note }) {
      const recipient = await authorOf(state.notes.get(lastSegment(note)).replyTargetId.href);
      state.notes.delete(lastSegment(note));
      const object = new Tombstone({ id: new URL(note) });
      return send(recipient, new Delete({ ...envelope(recipient, "deletes"), object }));
    },

    async like({ object }) {
      const recipient = await authorOf(object);
      return send(recipient, new Like({ ...envelope(recipient, "likes"), object: new URL(object) }));
    },

    async boost({ object }) {
      const recipient = await authorOf(object);
      return send(recipient, new Announce({ ...envelope(recipient, "boosts"), object: new URL(object) }));
    },

    /** Undoes an activity sent earlier, by its id. */
    async undo({ id }) {
      const { recipient, activity } = done.get(id);
      return send(recipient, new Undo({ ...envelope(recipient, "undos"), object: activity }));
    },

    /**
     * One Like, signed by Fedify with one generation and no second try. `after` says what is changed once
     * it is signed: "body" or "nothing"; `unsigned` sends it bare. Gives the status.
     */
    async knock({ inbox, object, spec, after = "nothing", unsigned = false }) {
      const like = new Like({ id: newId("likes"), actor: alice, object: new URL(object), to: PUBLIC_COLLECTION });
      const body = JSON.stringify(await like.toJsonLd({ contextLoader: context.contextLoader }));
      const headers = { "Content-Type": ACTIVITY_JSON };
      let request = new Request(inbox, { method: "POST", headers, body });
      if (!unsigned) {
        request = await signRequest(request, keyPairs[0].privateKey, new URL("#main-key", alice), { spec });
      }
      const changed = after === "body" ? body.replace("Like", "Lame") : body;
      const response = await fetch(inbox, { method: "POST", headers: request.headers, body: changed });
      return { status: response.status, answer: (await response.text()).slice(0, 500) };
    },

    /** A plain GET, as any client: status, type, some headers and the text. */
    async get({ url, accept = ACTIVITY_JSON }) {
      const response = await fetch(url, { headers: { Accept: accept }, redirect: "manual" });
      const { status, headers } = response;
      return { status, type: headers.get("content-type"), vary: headers.get("vary"), text: await response.text() };
    },

    /** Fetches a document and says whether Fedify holds its proof, and that of a copy changed by one letter. */
    async verify({ url }) {
      const document = await documentAt(url);
      const changed = { ...document, content: `${document.content}.` };
      return { document, holds: await holds(document), changedHolds: await holds(changed) };
    },

    /** Whether Fedify holds the proof of a document given whole. */
    async "verify-document"({ document }) {
      return { holds: await holds(document) };
    },

    /** A note to an actor, in reply to nothing. Fedify puts its own proof on the activity. */
    async tell({ actor, content }) {
      const recipient = await actorAt(actor);
      const note = keep(new Note({ id: newId("notes"), ...noteFields(recipient, content), published: now() }));
      return send(recipient, new Create({ ...envelope(recipient, "creates"), object: note }));
    },

    /** The key of alice's proofs, as a Multikey. */
    async key() {
      const keys = await context.getActorKeyPairs("alice");
      const key = keys.find((pair) => pair.privateKey.algorithm.name === "Ed25519");
      return key.multikey.toJsonLd({ contextLoader: context.contextLoader });
    },

    received: () => ({ received: state.received, accepted: state.accepted }),
    sent: () => ({ sent: state.sent }),
  };
}
