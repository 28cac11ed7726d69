import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { test } from "node:test";
import { open, visible } from "./browser.mjs";

test("2,000 findings open, are searched, and unfold", async (t) => {
  const { page, context, wrong } = await open("many");
  const loaded = await page.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventEnd);
  const painted = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0);
  assert.equal(await page.locator("#findings .finding").count(), 2_000);
  const filtered = await page.evaluate(() => {
    const field = document.querySelector("#find [name=search]"), began = performance.now();
    field.value = "01999";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    document.body.getBoundingClientRect();
    return performance.now() - began;
  });
  assert.equal(await visible(page, "#findings .finding"), 1);
  await page.click("#findings .finding:not([hidden]) > summary");
  await page.waitForSelector("#findings .finding[open]:not([hidden]) .timeline");
  assert.deepEqual(wrong, []);
  const size = readFileSync(new URL(page.url())).length / 1e6;
  t.diagnostic(
    `${size.toFixed(1)} MB: first paint after ${painted.toFixed(0)} ms, load event after ${loaded.toFixed(0)} ms, ` +
      `first search ${filtered.toFixed(0)} ms; load average ${loadavg()[0].toFixed(1)}`,
  );
  await context.close();
});
