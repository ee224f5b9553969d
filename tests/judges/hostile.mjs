// Opens pages that show hostile text in headless Chromium, without the policy that would stop a script, so
// that nothing but the cleaning stands between the text and the reader. It judges nothing: it tells what
// ran, what was asked of the network and what the browser made of the text; tests/attacks says what must hold.
//
//   echo '{"base": "http://…", "chromium": "/usr/bin/chromium", "port": 1234, "paths": ["/…"]}' | node hostile.mjs
//
// Standard output: one JSON array, an object for each page.

import { text } from "node:stream/consumers";
import { chromium } from "playwright-core";

const { base, chromium: executablePath, port, paths } = JSON.parse(await text(process.stdin));
const { host, hostname } = new URL(base);
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
    `--host-resolver-rules=MAP ${hostname}:${new URL(base).port} 127.0.0.1:${port}, MAP * ~NOTFOUND`,
  ],
});
const context = await browser.newContext({ bypassCSP: true });
const seen = [];
for (const path of paths) seen.push(await open(path));
await browser.close();
console.log(JSON.stringify(seen));

/** One page: loaded, then every event that a hidden handler may wait for. */
async function open(path) {
  const page = await context.newPage();
  const requests = [];
  const dialogs = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    dialog.dismiss();
  });
  const response = await page.goto(base + path, { waitUntil: "load" });
  // That a script would run here at all, or all else would say nothing.
  const runs = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "globalThis.__control = 1";
    document.head.append(script);
    return globalThis.__control === 1;
  });
  const found = await page.evaluate(() => {
    const events = "error load focus blur click mouseover mouseenter pointerenter toggle animationstart transitionend begin scroll";
    for (const element of document.querySelectorAll("main *")) {
      for (const name of events.split(" ")) {
        element.dispatchEvent(new Event(name, { cancelable: true }));
      }
    }
    const elements = [...document.querySelectorAll("main li.said > div *")];
    const attributes = elements.flatMap((element) => [...element.attributes].map((one) => one.name));
    const links = [...document.querySelectorAll("main a[href], main [src], main [action]")];
    return {
      elements: [...new Set(elements.map((element) => element.localName))].sort(),
      attributes: [...new Set(attributes)].sort(),
      protocols: [...new Set(links.map((link) => new URL(link.href || link.src || link.action, document.baseURI).protocol))].sort(),
      said: document.querySelectorAll("main li.said").length,
    };
  });
  await page.waitForTimeout(300);
  const ran = await page.evaluate(() => globalThis.__xss ?? null);
  const at = page.url();
  await page.close();
  const elsewhere = requests.filter((url) => new URL(url).host !== host);
  return { path, at, status: response.status(), runs, ran, dialogs, elsewhere, ...found };
}
