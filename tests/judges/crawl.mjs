// Finding the pages of a node: every link of every page, from the home page on.

const LIMIT = 400; // pages read; a node of the tests has far fewer

/** Every page reached from the home page, in order of path: { path, status, type, from }. */
export async function crawl(base) {
  const found = new Map([["/", null]]);
  const pages = [];
  for (const [path, from] of found) {
    if (pages.length >= LIMIT) break;
    const response = await fetch(base + path, { headers: { Accept: "text/html" }, redirect: "manual" });
    const type = response.headers.get("content-type") ?? "";
    pages.push({ path, from, status: response.status, type });
    const html = type.startsWith("text/html") ? await response.text() : (await response.arrayBuffer(), "");
    for (const link of linksOf(html, base, path)) if (!found.has(link)) found.set(link, path);
  }
  return pages.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function* linksOf(html, base, path) {
  for (const [, href] of html.matchAll(/<a\b[^>]*\bhref="([^"]*)"/g)) {
    const url = new URL(href.replaceAll("&amp;", "&").replaceAll("&#38;", "&"), base + path);
    if (url.origin === new URL(base).origin) yield url.pathname + url.search;
  }
}

/** At most `count` pages of each kind: lists, profiles, questions, avis and so on. */
export function oneOfEachKind(pages, count) {
  const kinds = new Map();
  for (const { path, status, type } of pages) {
    if (status !== 200 || !type.startsWith("text/html")) continue;
    const kept = kinds.get(kindOf(path)) ?? [];
    if (kept.length < count) kinds.set(kindOf(path), [...kept, path]);
  }
  return [...kinds.values()].flat();
}

/** `/avis/12-ia` is of the kind `/avis/…`, `/@ccnr` of the kind `/@…`. */
export function kindOf(path) {
  const [first, ...rest] = path.split("?")[0].split("/").slice(1);
  const head = first.startsWith("@") ? "@…" : first;
  return `/${[head, ...rest.map(() => "…")].join("/")}`;
}
