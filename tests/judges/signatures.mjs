// What a test can ask of the foreign server about signatures alone: Fedify signs anything for it, Fedify
// and @peertube/http-signature say what they hold of ours.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { signRequest, verifyRequest } from "@fedify/fedify";
import httpSignature from "@peertube/http-signature";

const ACTIVITY_JSON = "application/activity+json";
/** What PeerTube and Misskey want covered. */
const COVERED = { POST: ["(request-target)", "host", "date", "digest"], GET: ["(request-target)", "host", "date"] };
/** The time a slow machine may take, in seconds; theirs is five minutes. */
const CLOCK_SKEW = 3600;

/** The commands of one server about signatures. */
export function signatures({ context, base, state, keyPairs }) {
  const alice = context.getActorUri("alice");

  // One signed message of any bytes; the status of the answer.
  async function post(inbox, body, spec = "rfc9421") {
    const request = new Request(inbox, { method: "POST", headers: { "Content-Type": ACTIVITY_JSON }, body });
    const signed = await signRequest(request, keyPairs[0].privateKey, new URL("#main-key", alice), { spec });
    const response = await fetch(inbox, { method: "POST", headers: signed.headers, body });
    await response.arrayBuffer();
    return response.status;
  }

  const keys = new Map();
  async function publicKeyOf(keyId) {
    if (!keys.has(keyId)) {
      const response = await fetch(keyId, { headers: { Accept: ACTIVITY_JSON } });
      keys.set(keyId, (await response.json()).publicKey.publicKeyPem);
    }
    return keys.get(keyId);
  }

  async function heldByPeertube(request) {
    try {
      const options = { clockSkew: CLOCK_SKEW, headers: COVERED[request.method] };
      const parsed = httpSignature.parse(request, options);
      return httpSignature.verify(parsed, await publicKeyOf(parsed.keyId));
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
  }

  return {
    /**
     * Posts every document of a folder, signed: as its bytes are; as an activity of alice's; as what alice
     * creates, in reply to `parent`. Gives the statuses, null for a form it cannot take.
     */
    async "post-folder"({ inbox, folder, parent }) {
      const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
      const sent = [];
      for (const name of names) {
        const bytes = await readFile(join(folder, name));
        const entry = { name, bare: await post(inbox, bytes), activity: null, carried: null, note: null };
        let document = null;
        try {
          document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
        } catch {
          // sent as it is only
        }
        if (document != null && typeof document === "object" && !Array.isArray(document)) {
          const named = (kind) => ({ id: `${base}/users/alice/${kind}/${name}` });
          const activity = { ...document, ...named("activities"), actor: alice.href };
          entry.activity = await post(inbox, JSON.stringify(activity));
          const object = { ...document, ...named("notes"), attributedTo: alice.href, inReplyTo: parent };
          const create = { type: "Create", actor: alice.href, to: ["as:Public"], object };
          entry.note = object.id;
          entry.carried = await post(inbox, JSON.stringify({ ...create, ...named("creates") }));
        }
        sent.push(entry);
      }
      return { sent };
    },

    /** Whether Fedify holds a signature made elsewhere, under a key given with it. */
    async "verify-request"({ url, headers, body, key, spec }) {
      const request = new Request(url, { method: "POST", headers, body });
      const owner = key.owner;
      const inline = { "@context": ["https://w3id.org/security/v1"], type: "CryptographicKey", ...key, owner };
      const documentLoader = async (documentUrl) => ({ contextUrl: null, documentUrl, document: inline });
      const held = await verifyRequest(request, { documentLoader, contextLoader: context.contextLoader, spec });
      return { key: held?.id?.href ?? null };
    },

    /**
     * What the verifier of PeerTube and Misskey holds of every signed request that came: as it was, and once
     * its digest or its path is another.
     */
    async peertube() {
      const judged = [];
      for (const request of state.requests.filter(({ headers }) => headers.signature != null)) {
        const { method, url, headers } = request;
        const digest = { ...headers, ...(headers.digest && { digest: headers.digest.replace(/=./, "=_") }) };
        judged.push({
          method,
          url,
          held: await heldByPeertube(request),
          elsewhere: await heldByPeertube({ ...request, url: `${url}?` }),
          otherwise: method === "POST" ? await heldByPeertube({ ...request, headers: digest }) : false,
        });
      }
      return { judged };
    },
  };
}
