// Reads every kind of page of a running node in headless Chromium, as a citizen would: in French and in
// English, on a telephone (320 px) and on a desk (1280 px). It judges nothing: it measures, and
// tests/browser.rs says what must hold.
//
//   echo '{"base": "http://…", "chromium": "/usr/bin/chromium", "pictures": "folder", "perKind": 2, "also": ["/positions"]}' | node pages.mjs
//
// Standard output: one JSON object, { links: [...], pages: [...] }.

import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { chromium } from "playwright-core";
import { crawl, oneOfEachKind } from "./crawl.mjs";

const { base, chromium: executablePath, pictures, perKind, also } = JSON.parse(await text(process.stdin));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
const LANGUAGES = { fr: "fr-FR", en: "en-GB" };
const WIDTHS = [320, 1280];

if (pictures) mkdirSync(pictures, { recursive: true });
const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
  ],
});

const links = await crawl(base);
const paths = [...oneOfEachKind(links, perKind), ...also];
const readers = Object.keys(LANGUAGES).flatMap((language) => WIDTHS.map((width) => ({ language, width })));
const pages = (await Promise.all(readers.map(readAll))).flat();
const searched = await searchByKeyboard();
await browser.close();
console.log(JSON.stringify({ links, pages, searched }));

/** Every page, one after the other, in one language at one width. */
async function readAll({ language, width }) {
  const context = await browser.newContext({ locale: LANGUAGES[language], viewport: { width, height: 800 } });
  const measured = [];
  for (const path of paths) measured.push({ path, language, width, ...(await measure(context, path, language, width)) });
  await context.close();
  return measured;
}

/** A search without a mouse: Tab to the field, words, Enter, Tab to the first result, Enter. */
async function searchByKeyboard() {
  const page = await browser.newPage({ locale: LANGUAGES.fr });
  await page.goto(`${base}/recherche`, { waitUntil: "load" });
  const tabTo = async (selector) => {
    for (let press = 0; press < 60; press++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((selector) => document.activeElement.matches(selector), selector)) return;
    }
  };
  await tabTo("main input");
  await page.keyboard.type("numérique");
  await page.keyboard.press("Enter");
  await page.waitForURL(/[?]/);
  await tabTo("main h3 a");
  const wanted = await page.evaluate(() => document.activeElement.href);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  const found = { wanted, url: page.url(), title: await page.title() };
  await page.close();
  return found;
}

/** The whole page as a person sees it, for a folder that was asked for. */
async function takePicture(page, path, language, width) {
  const name = path.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "") || "accueil";
  await page.screenshot({ path: join(pictures, `${name.slice(0, 80)}.${language}.${width}.png`), fullPage: true });
}

/** One page in one language at one width. */
async function measure(context, path, language, width) {
  const page = await context.newPage();
  const requests = [];
  const complaints = [];
  page.on("request", (request) => requests.push(request));
  page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
  page.on("pageerror", (error) => void complaints.push(String(error)));
  await page.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      globalThis.violations.push(`${event.violatedDirective}: ${event.blockedURI}`),
    );
  });
  const response = await page.goto(base + path, { waitUntil: "load" });
  const seen = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title,
    headings: document.querySelectorAll("h1").length,
    mains: document.querySelectorAll("main").length,
    scripts: document.querySelectorAll("script:not([type='application/ld+json'])").length,
    scrollWidth: document.scrollingElement.scrollWidth,
    innerWidth: window.innerWidth,
    violations: globalThis.violations,
  }));
  if (pictures) await takePicture(page, path, language, width);
  const skipLink = await firstStop(page);
  // One language and the narrow window are enough: order and focus are the same in the others.
  const keyboard = language === "fr" && width === WIDTHS[0] ? await byKeyboard(page) : null;
  const transferred = await Promise.all(requests.map(sizeOf));
  const axe = await accessibility(page);
  await page.close();
  return {
    status: response.status(),
    policy: response.headers()["content-security-policy"] ?? null,
    ...seen,
    skipLink,
    keyboard,
    axe,
    complaints,
    requests: requests.map((request, n) => ({ url: request.url(), bytes: transferred[n] })),
  };
}

/** Where the first press of Tab leads: a link inside the page, made visible, whose target exists. */
async function firstStop(page) {
  await page.keyboard.press("Tab");
  return page.evaluate(() => {
    const link = document.activeElement;
    const box = link.getBoundingClientRect();
    const href = link.getAttribute("href") ?? "";
    return {
      href,
      visible: box.width > 1 && box.height > 1 && box.left >= 0 && box.top >= 0,
      leadsSomewhere: href.startsWith("#") && document.getElementById(href.slice(1)) != null,
    };
  });
}

/**
 * The rest of the page with Tab alone (the first stop is behind us): which controls were never reached, which
 * of those reached show no focus, and whether Tab leads out of the page again.
 */
async function byKeyboard(page) {
  const expected = await page.evaluate(() => {
    const shown = (element) => element.checkVisibility({ visibilityProperty: true });
    const all = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']");
    globalThis.controls = [...all].filter(shown);
    // A field for a date has a stop for each of its parts.
    return globalThis.controls.length + 4 * document.querySelectorAll("input[type=date]").length;
  });
  const noFocus = [];
  const reached = new Set([0]);
  let left = false;
  let before = -1;
  for (let press = 0; press < expected + 5 && !left; press++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      const { outlineStyle, boxShadow } = getComputedStyle(element);
      return {
        index: globalThis.controls.indexOf(element),
        outside: element === document.body || element === document.documentElement,
        shows: outlineStyle !== "none" || boxShadow !== "none",
        html: element.outerHTML.slice(0, 120),
      };
    });
    left = at.outside || (at.index >= 0 && at.index !== before && reached.has(at.index));
    before = at.index;
    if (at.index >= 0) reached.add(at.index);
    if (!left && !at.shows) noFocus.push(at.html);
  }
  const unreached = await page.evaluate(
    (reached) => globalThis.controls.filter((_, n) => !reached.includes(n)).map((element) => element.outerHTML.slice(0, 120)),
    [...reached],
  );
  return { unreached, noFocus, left };
}

/** Bytes of one answer on the wire: headers and body. */
async function sizeOf(request) {
  try {
    const sizes = await request.sizes();
    return sizes.responseBodySize + sizes.responseHeadersSize;
  } catch {
    return 0; // a request that got no answer: named in the list all the same
  }
}

/** What axe-core finds wrong; run through the debugger, so that the policy of the page stays in force. */
async function accessibility(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.html.slice(0, 160)) }));
}
