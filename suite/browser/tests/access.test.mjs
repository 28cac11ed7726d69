import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { open } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// Contrast, names, roles, landmarks and tables, as WCAG 2.2 AA asks.
for (const name of ["sample", "declared", "clean"]) {
  for (const scheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      test(`${name}, ${scheme}, ${width} wide: axe finds nothing`, async () => {
        const { page, context } = await open(name, { scheme, width });
        const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        assert.equal(background === "rgb(255, 255, 255)", scheme === "light", background);
        await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
        // Findings off the screen are not laid out, and axe would take their contents to cover what is below.
        await page.addStyleTag({ content: ".finding { content-visibility: visible !important }" });
        await page.waitForTimeout(50);
        await page.evaluate(axe);
        const { violations, passes } = await page.evaluate(
          (values) => window.axe.run(document, { runOnly: { type: "tag", values } }),
          standards,
        );
        const told = violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html).join(" ")}`);
        assert.deepEqual(told, []);
        assert.ok(passes.some((p) => p.id === "color-contrast"), "contrast was looked at");
        await context.close();
      });
    }
  }
}

test("the button turns the theme against the system's, and says so", async () => {
  for (const scheme of ["light", "dark"]) {
    const { page, context } = await open("sample", { scheme });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await ground();
    const other = scheme === "dark" ? "light" : "dark";
    assert.equal(await page.textContent("#theme"), `use ${other} theme`);
    await page.click("#theme");
    assert.notEqual(await ground(), before);
    assert.equal(await page.textContent("#theme"), `use ${scheme} theme`);
    await page.click("#theme");
    assert.equal(await ground(), before);
    await context.close();
  }
});

const focused = (page) =>
  page.evaluate(() => {
    const e = document.activeElement;
    const style = getComputedStyle(e);
    return {
      what: e.id || e.name || e.getAttribute("href") || e.className || e.tagName.toLowerCase(),
      tag: e.tagName.toLowerCase(),
      top: e.getBoundingClientRect().top + scrollY,
      outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    };
  });

test("Tab goes down the page, through everything that works, and shows where it is", async () => {
  const { page, context } = await open("sample");
  const seen = [];
  for (let n = 0; n < 60; n += 1) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (at.tag === "body") break;
    assert.ok(at.outline, `${at.what} shows no focus`);
    seen.push(at);
  }
  const names = seen.map((s) => s.what);
  assert.equal(names[0], "#findings", "the link that skips to the findings comes first");
  for (const name of ["theme", "search", "group", "kind"]) assert.ok(names.includes(name), `${name} is not reached`);
  assert.ok(seen.filter((s) => s.tag === "summary").length >= 3, names.join(" "));
  const downwards = seen.slice(1).every((s, at) => at === 0 || s.top >= seen[at].top - 40);
  assert.ok(downwards, seen.map((s) => `${s.what} ${Math.round(s.top)}`).join(", "));
  await context.close();
});

test("Enter opens and closes a finding; the skip link leads to the findings", async () => {
  const { page, context } = await open("sample");
  await page.focus("#f-a1a1a1 > summary");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#f-a1a1a1[open] .timeline");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#f-a1a1a1[open]").count(), 0);
  await page.keyboard.press("Home");
  await page.focus(".skip");
  await page.keyboard.press("Enter");
  assert.match(page.url(), /#findings$/);
  await context.close();
});
