// Makes the pictures of docs/report.md: node pictures.mjs REPORT.html DIRECTORY [CODE]
//
// CODE is the finding that stands open; default: the first one. CHROMIUM names the browser.
import { chromium } from "playwright-core";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [report, directory, code] = process.argv.slice(2);
if (!report || !directory) throw new Error("usage: node pictures.mjs REPORT.html DIRECTORY [CODE]");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});

async function picture(name, { width, height, scheme = "light", open = code, at, media = "screen" }) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme });
  await page.goto(pathToFileURL(resolve(report)).href);
  await page.emulateMedia({ media, colorScheme: scheme });
  const wanted = open ? `#f-${open}` : ".finding";
  await page.evaluate((selector) => {
    document.querySelectorAll(".finding").forEach((f) => (f.open = false));
    document.querySelector(selector).open = true;
  }, wanted);
  if (media === "print") {
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await page.addStyleTag({ content: "body { padding: 14mm }" });
  }
  await page.waitForTimeout(200);
  if (at) await page.evaluate((selector) => document.querySelector(selector).scrollIntoView(), at === "finding" ? wanted : at);
  await page.waitForTimeout(200);
  await page.screenshot({ path: join(directory, `report-${name}.png`) });
  await page.close();
}

await picture("light", { width: 1200, height: 1150, open: "" });
await picture("dark", { width: 1200, height: 1180, scheme: "dark", at: "finding" });
await picture("phone", { width: 390, height: 1200, at: "finding" });
await picture("cells", { width: 1200, height: 760, at: "#cells" });
await picture("print", { width: 794, height: 1123, media: "print" });
await browser.close();
