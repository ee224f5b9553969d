// Reading HTTP messages: whole bodies, the generation of a signature, a summary of what an inbox got.

/** The whole body of an incoming request. */
export async function collectBody(incoming) {
  const parts = [];
  for await (const part of incoming) parts.push(part);
  return Buffer.concat(parts);
}

/** Which generation of HTTP signatures a message carries: "rfc9421", "cavage", or null. */
export function specOf(headers) {
  if (headers.has("signature-input")) return "rfc9421";
  return headers.has("signature") ? "cavage" : null;
}

/** What an inbox received, and the answer it gave. */
export function receivedOf(request, body, status) {
  let message = {};
  try {
    message = JSON.parse(body.toString("utf8"));
  } catch {
    // kept as an empty message: the status tells what became of it
  }
  return { path: new URL(request.url).pathname, signature: specOf(request.headers), status, message };
}
