import assert from "node:assert/strict";
import { test } from "node:test";
import { open, visible } from "./browser.mjs";

const rows = "#rules-table tbody tr";

test("each filter of the rules leaves what it names, and reset brings all back", async () => {
  const { page, context } = await open("sample");
  const all = await visible(page, rows);
  assert.ok(all > 100, `${all} rules`);
  for (const [name, value] of [["group", "G"], ["force", "should"], ["verdict", "fail"]]) {
    await page.selectOption(`#filters [name=${name}]`, value);
    const meant = await page.locator(`${rows}[data-${name}="${value}"]`).count();
    assert.equal(await visible(page, rows), meant, name);
    assert.ok(meant > 0 && meant < all, `${name}: ${meant} of ${all}`);
    assert.equal(await page.textContent("#count"), `${meant} of ${all} rules shown`);
    await page.click("#filters button[type=reset]");
    await page.waitForFunction((n) => document.querySelector("#count").textContent.startsWith(`${n} of`), all);
    assert.equal(await visible(page, rows), all);
  }
  await context.close();
});

test("filters of several kinds and the search hold together", async () => {
  const { page, context } = await open("sample");
  await page.selectOption("#filters [name=group]", "G");
  await page.selectOption("#filters [name=verdict]", "fail");
  assert.equal(await visible(page, rows), 1);
  await page.fill("#search", "G-14");
  assert.equal(await visible(page, rows), 1);
  await page.fill("#search", "G-15");
  assert.equal(await visible(page, rows), 0);
  assert.match(await page.textContent("#count"), /^0 of /);
  await context.close();
});

test("the search takes several words in any case, and finds nothing where nothing is", async () => {
  const { page, context } = await open("sample");
  await page.fill("#search", "g-14");
  assert.equal(await visible(page, rows), 1);
  await page.fill("#search", "FAIL g-14");
  assert.equal(await visible(page, rows), 1);
  await page.fill("#search", "no such rule at all");
  assert.equal(await visible(page, rows), 0);
  await context.close();
});

test("findings are searched and filtered, and empty groups go", async () => {
  const { page, context } = await open("sample");
  const findings = "#findings .finding";
  assert.equal(await visible(page, findings), 5);
  await page.selectOption("#find [name=kind]", "warning");
  assert.equal(await visible(page, findings), 1);
  assert.equal(await visible(page, "#findings [data-part]"), 1);
  await page.selectOption("#find [name=kind]", "");
  await page.selectOption("#find [name=group]", "G");
  assert.equal(await visible(page, findings), 1);
  await page.selectOption("#find [name=group]", "");
  await page.fill("#find [name=search]", "did not store");
  assert.equal(await visible(page, findings), 1);
  assert.equal(await page.textContent("#found"), "1 of 5 findings shown");
  await context.close();
});

test("a link of a rule opens its finding, also one that a filter hides", async () => {
  const { page, context } = await open("sample");
  await page.selectOption("#find [name=kind]", "warning");
  await page.click("#rules-table a[href='#f-a1a1a1']");
  await page.waitForSelector("#f-a1a1a1[open] .timeline");
  assert.ok(await page.locator("#f-a1a1a1 .timeline").isVisible());
  await context.close();
});

test("open all and close all", async () => {
  const { page, context } = await open("sample");
  await page.click("[data-all=open]");
  assert.equal(await page.locator("#findings .finding[open] .timeline").count(), 5);
  await page.click("[data-all=close]");
  assert.equal(await page.locator("#findings .finding[open]").count(), 0);
  await context.close();
});
