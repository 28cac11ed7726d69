// One browser for a file of tests, and pages that remember what went wrong on them.
import { chromium } from "playwright-core";
import { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const directory = process.env.UCKS_PAGES;
if (!directory) throw new Error("UCKS_PAGES names no directory of pages; start the tests with suite/browser/run.sh");

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
});
after(async () => {
  await browser.close();
});

/** The address of a page from disk. */
export const address = (name) => pathToFileURL(join(directory, `${name}.html`)).href;

/**
 * Opens a page from disk. `wrong` collects errors of the console and of scripts, `asked` every request but the
 * one for the page itself.
 */
export async function open(name, { width = 1280, height = 900, scheme = "light", ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, ...more });
  const page = await context.newPage();
  const wrong = [], asked = [];
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("dialog", (dialog) => {
    wrong.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url() !== address(name) && !request.url().startsWith("data:")) asked.push(request.url());
  });
  await page.goto(address(name));
  return { page, context, wrong, asked };
}

/** What is seen of the elements. */
export const visible = (page, selector) =>
  page.$$eval(selector, (all) => all.filter((e) => e.checkVisibility()).length);
