import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./browser.mjs";

// What a button copies, once it says so, is what pastes into a field.
async function copied(page, button) {
  await page.evaluate(() => (document.querySelector("#status").textContent = ""));
  await button.click();
  await page.waitForFunction(() => document.querySelector("#status").textContent === "copied");
  await page.evaluate(() => {
    const area = document.createElement("textarea");
    area.id = "pasted";
    document.body.append(area);
  });
  await page.focus("#pasted");
  await page.keyboard.press("Control+V");
  const text = await page.inputValue("#pasted");
  await page.evaluate(() => document.querySelector("#pasted").remove());
  return text;
}

for (const clipboard of ["open", "closed"]) {
  test(`commands and scripts are copied, the clipboard being ${clipboard}`, async () => {
    const { page, context, wrong } = await open("sample", { permissions: ["clipboard-read", "clipboard-write"] });
    if (clipboard === "closed") {
      await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
    }
    const finding = page.locator(".finding[open]").first();
    for (const label of ["explain", "reproduce", "bash"]) {
      const command = finding.locator(".command", { hasText: label }).first();
      assert.equal(await copied(page, command.locator("button")), await command.locator("code").textContent(), label);
    }
    const shown = await finding.locator(".script pre").textContent();
    await finding.locator(".script > summary").click();
    const script = await copied(page, finding.locator("[data-copy-script]"));
    assert.match(script, /^#!/);
    assert.ok(script.includes("curl"), "the functions that scripts share are back in");
    assert.ok(!script.includes("the functions that every script shares"), "no mark is left");
    assert.ok(script.length > shown.length);
    assert.deepEqual(wrong, []);
    await context.close();
  });
}
