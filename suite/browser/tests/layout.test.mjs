import assert from "node:assert/strict";
import { test } from "node:test";
import { open, visible } from "./browser.mjs";

const wide = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const name of ["sample", "declared", "clean"]) {
  for (const width of [390, 768, 1280]) {
    test(`${name}: ${width} wide, and nothing scrolls sideways`, async () => {
      const { page, context } = await open(name, { width });
      assert.equal(await wide(page), 0);
      await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
      await page.waitForTimeout(50);
      assert.equal(await wide(page), 0, "with everything open");
      await context.close();
    });
  }
}

test("on a phone request and answer stand one below the other, beside each other elsewhere", async () => {
  for (const [width, below] of [[390, true], [1280, false]]) {
    const { page, context } = await open("sample", { width });
    const tops = await page.$$eval(".finding[open] .divergent figure", (all) => all.map((f) => f.getBoundingClientRect().top));
    assert.equal(tops.length, 2);
    assert.equal(tops[1] > tops[0], below);
    await context.close();
  }
});

test("the difference is marked", async () => {
  const { page, context } = await open("sample");
  await page.evaluate(() => (document.querySelector("#f-a1a1a1").open = true));
  await page.waitForSelector("#f-a1a1a1 .divergent mark");
  const marks = await page.$$eval("#f-a1a1a1 mark", (all) => all.map((m) => m.textContent));
  assert.ok(marks.some((m) => m.includes("UriPath")), marks.join(" "));
  await context.close();
});

test("on paper every finding is open, and there is no button", async () => {
  const { page, context } = await open("sample", { scheme: "dark" });
  const findings = await page.locator(".finding").count();
  assert.ok(findings > (await page.locator(".finding[open]").count()));
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator(".finding[open] .timeline").count(), findings);
  for (const gone of ["button", ".filters", "nav", ".skip"]) assert.equal(await visible(page, gone), 0, gone);
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(ground, "rgb(255, 255, 255)", "ink on white, whatever the theme");
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await page.locator(".finding[open]").count(), 1);
  const paper = await page.pdf({ format: "A4" });
  assert.equal(paper.subarray(0, 4).toString(), "%PDF");
  await context.close();
});
