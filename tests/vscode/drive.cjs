// The checks of the VS Code test. Each is one sentence; the first that fails ends the run, with a screenshot.
const { chromium } = require("playwright-core");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");

const [base, workspace] = process.argv.slice(2);
const artifacts = process.env.ARTIFACTS;
// Places are named by their text, so that the programs may change.
const broken = place("broken.spp");
const tour = place("tour.spp");
const PATIENCE = 10_000;
fs.mkdirSync(artifacts, { recursive: true });

main().catch((error) => {
  console.error(error);
  process.exit(1);
});

async function main() {
  await waitForServer();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  const page = await browser.newPage({ viewport: { width: 1360, height: 820 } });
  const editor = driver(page);
  let current = "";
  const check = async (sentence, work) => {
    current = sentence;
    const start = Date.now();
    await work();
    console.log(`ok    ${sentence} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  };
  try {
    await page.goto(`${base}/?folder=${encodeURIComponent(workspace)}`);
    await checks(page, editor, check);
    console.log("all checks of the VS Code test passed");
  } catch (error) {
    await page.screenshot({ path: path.join(artifacts, "failure.png") }).catch(() => undefined);
    console.error(`FAILED ${current}\n${error.stack}\nscreenshot: ${path.join(artifacts, "failure.png")}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

async function checks(page, editor, check) {
  await check("a restricted workspace has diagnostics and a status item", async () => {
    await editor.open("broken.spp");
    await page.locator(".squiggly-error").first().waitFor({ timeout: 60_000 });
    await page.locator("#status\\.host, .statusbar-item").filter({ hasText: "S++" }).first().waitFor();
  });

  await check("a restricted workspace refuses to evaluate", async () => {
    await editor.open("tour.spp");
    await editor.command("S++: Evaluate Function or Program");
    await page.locator(".notification-list-item").filter({ hasText: "needs a trusted workspace" }).first().waitFor();
    await editor.shot("restricted");
  });

  await check("granting trust restarts the server with evaluation", async () => {
    await editor.command("Notifications: Clear All Notifications");
    await editor.command("Workspaces: Manage Workspace Trust");
    await page.locator(".workspace-trust-editor .monaco-button").filter({ hasText: /^Trust/ }).first().click();
    await page.locator(".workspace-trust-editor").filter({ hasText: "You trust this folder" }).first().waitFor();
    await editor.command("View: Close All Editors");
  });

  await check("an error is underlined and listed with its rule", async () => {
    await editor.open("broken.spp");
    await page.locator(".squiggly-error").first().waitFor();
    await editor.command("Problems: Focus on Problems View");
    await page.locator(".markers-panel .monaco-list-row").filter({ hasText: "A22" }).first().waitFor();
    await editor.focus();
    await editor.goto(...broken("&Arr[T]", 2));
    await editor.command("Show or Focus Hover");
    await page.locator(".monaco-hover:not(.hidden)").filter({ hasText: "A22" }).first().waitFor();
    await editor.shot("diagnostics");
    await page.keyboard.press("Escape");
  });

  await check("a quick fix is offered and mends the error", async () => {
    await editor.focus();
    await editor.goto(...broken("&Arr[T]", 2));
    await page.keyboard.press("Control+.");
    const fix = page.locator(".action-widget .action-item, .action-widget .monaco-list-row.action").filter({ hasText: /take ownership|own/i }).first();
    await fix.waitFor();
    await editor.shot("quick-fix");
    await page.keyboard.press("Enter");
    await editor.textMatches(/fn realloc\(arr: Arr\[T\], size/);
    await page.locator(".squiggly-error").first().waitFor({ state: "detached" });
    await editor.command("View: Hide Panel");
    await editor.command("View: Revert and Close Editor");
  });

  await check("hints show frame sizes, heap sites and drops; lenses evaluate and measure", async () => {
    await editor.open("tour.spp");
    await editor.goto(...tour("fill(&mut squares, n)?"));
    await page.locator(".codelens-decoration").filter({ hasText: "Evaluate" }).locator("visible=true").first().waitFor();
    await page.locator(".codelens-decoration").filter({ hasText: /frame \d+/ }).locator("visible=true").first().waitFor();
    await editor.textMatches(/frame \d+ B/);
    await editor.textMatches(/heap/);
    await editor.textMatches(/drops/);
  });

  await check("a hover names the frame slot and the heap block", async () => {
    await editor.goto(...tour("squares = Vec", 2));
    await editor.command("Show or Focus Hover");
    const hover = page.locator(".monaco-hover:not(.hidden)").first();
    await hover.waitFor();
    await page.waitForFunction(() => /frame slot[\s\S]*\+\d+/.test(document.querySelector(".monaco-hover:not(.hidden)")?.textContent ?? ""), undefined, { timeout: PATIENCE });
    assert.match(await hover.innerText(), /heap/);
    await page.waitForTimeout(400);
    await editor.shot("hover");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
  });

  await check("the value under the cursor is marked where it is alive, borrowed and moved", async () => {
    await editor.goto(...tour("squares = Vec", 2));
    await page.waitForFunction(() => document.querySelectorAll('.view-overlays [class*="ced-"], .view-overlays .cdr[class*="TextEditorDecorationType"]').length >= 3, undefined, { timeout: PATIENCE });
    await editor.shot("lifetime");
  });

  await check("the frame view draws slots and heap blocks", async () => {
    await editor.command("S++: Show Frame of Function");
    const frame = await editor.webview(".bar");
    assert.match(await frame.locator("h1").innerText(), /load/);
    assert.ok((await frame.locator(".bar").count()) >= 2);
    assert.ok((await frame.locator(".heap").count()) >= 1);
    assert.ok((await frame.locator(".borrow").count()) >= 1);
    await frame.locator(`.line[data-line="${tour("squares = Vec")[0]}"].current`).waitFor();
    await editor.command("View: Toggle Primary Side Bar Visibility"); // more room for the picture
    await editor.shot("frame", 600);
  });

  await check("the frame view follows the cursor, and a click goes to the source", async () => {
    await editor.goto(...tour("squares.push"));
    const frame = await editor.webview(".bar");
    await frame.locator("h1").filter({ hasText: "fill" }).waitFor();
    await frame.locator(`.line[data-line="${tour("while i < n")[0]}"]`).click();
    await page.locator(".editor-instance .active-line-number").filter({ hasText: new RegExp(`^${tour("while i < n")[0]}$`) }).first().waitFor();
  });

  await check("the frame view is worked by keyboard", async () => {
    const frame = await editor.webview(".bar");
    await frame.locator('[tabindex="0"]').first().focus();
    await page.keyboard.press("ArrowRight");
    const label = await frame.locator(":focus").getAttribute("aria-label");
    assert.ok(label, "an arrow key moves the focus to a labelled item");
    await page.keyboard.press("Enter");
    await page.locator(".statusbar-item").filter({ hasText: /Ln 2\d,/ }).first().waitFor();
    await page.waitForFunction(() => document.activeElement?.closest(".editor-instance"));
  });

  await check("an evaluation fills the timeline, the line heat and the list of lines", async () => {
    await editor.command("View: Close Editors in Other Groups");
    await editor.goto(...tour("let few"));
    await editor.command("S++: Evaluate Function or Program");
    const timeline = await editor.webview(".block");
    assert.ok((await timeline.locator(".block").count()) >= 2);
    await timeline.locator("header").filter({ hasText: "no leak" }).waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll('.view-lines span[class*="ced-"]')].some((span) => /block.*·/.test(getComputedStyle(span, "::after").content)), undefined, { timeout: PATIENCE });
    await editor.goto(...tour("squares = Vec", 2));
    await page.waitForTimeout(500);
    await editor.shot("timeline");
    await editor.command("View: Toggle Primary Side Bar Visibility");
    await editor.command("S++ Allocation: Focus on Allocating Lines View").catch(() => editor.command("View: Show S++ Allocation"));
    await page.locator(".monaco-list-row").filter({ hasText: /tour\.spp:\d+/ }).first().waitFor();
    await editor.shot("evaluation");
  });

  await check("both views follow a light theme", async () => {
    await editor.command("S++: Show Frame of Function");
    await editor.webview(".bar");
    await editor.command("Preferences: Toggle between Light/Dark Themes");
    await page.locator(".monaco-workbench.vs").first().waitFor();
    await page.waitForTimeout(400);
    await editor.shot("light");
    await editor.command("Preferences: Toggle between Light/Dark Themes");
  });

  await check("an edit ends the line heat", async () => {
    await editor.focus();
    await editor.goto(...tour("mod tour", 8));
    await page.keyboard.type(" ");
    await page.waitForFunction(() => ![...document.querySelectorAll('.view-lines span[class*="ced-"]')].some((span) => /block.*·/.test(getComputedStyle(span, "::after").content)), undefined, { timeout: PATIENCE });
    await page.keyboard.press("Control+z");
  });

  await check("every allocation fails once and the report opens", async () => {
    await editor.goto(...tour("let few"));
    await editor.command("S++: Evaluate With Each Allocation Failing");
    const preview = await editor.webview("table");
    await preview.locator("table").filter({ hasText: /handled|panic/ }).first().waitFor();
    await editor.command("View: Hide Panel");
    await editor.shot("failures");
    await preview.locator("a").first().click();
    await page.waitForFunction(() => document.activeElement?.closest(".editor-instance"));
  });

  await check("a rename changes every use", async () => {
    await editor.open("tour.spp");
    await editor.goto(...tour("load(n", 1));
    await page.keyboard.press("F2");
    const input = page.locator(".rename-box input");
    await input.waitFor();
    await input.fill("loaded");
    await page.keyboard.press("Enter");
    await editor.textMatches(/fn loaded\(n/);
    await editor.goto(...tour("let few"));
    await editor.textMatches(/let few = loaded\(4\)/);
    await page.keyboard.press("Control+z");
  });

  await check("the walkthrough opens", async () => {
    await editor.command("File: Save"); // else closing asks
    await editor.command("View: Close All Editors");
    await editor.command("Welcome: Open Walkthrough...");
    await editor.pick("S++ and its memory");
    await page.locator(".getting-started-category, .gettingStartedContainer").filter({ hasText: "Ask a value where it lives" }).first().waitFor();
    await page.waitForTimeout(400);
    await editor.shot("walkthrough");
  });
}

/** What a person does, in the words of a test. */
function driver(page) {
  const self = {
    async open(name) {
      const row = page.locator(".explorer-folders-view .monaco-list-row").filter({ has: page.getByText(name, { exact: true }) }).first();
      if (!(await row.isVisible().catch(() => false))) await self.explorer();
      await row.waitFor({ timeout: 60_000 });
      await row.dblclick();
      await page.locator(`.tab.active[data-resource-name="${name}"]`).first().waitFor({ timeout: PATIENCE });
      await page.locator(".editor-instance .view-line").first().waitFor();
    },
    async explorer() {
      await page.keyboard.press("Control+Shift+E");
      await page.locator(".explorer-folders-view").first().waitFor({ timeout: 60_000 });
    },
    async focus() {
      await self.command("View: Focus First Editor Group");
    },
    async command(title) {
      const input = page.locator(".quick-input-widget input.input").first();
      await page.keyboard.press("F1");
      await input.waitFor({ timeout: PATIENCE });
      await input.fill(`>${title}`);
      await self.pick(title);
    },
    async pick(label) {
      const row = page.locator(".quick-input-list .monaco-list-row").filter({ hasText: label }).first();
      await row.waitFor({ timeout: PATIENCE });
      await row.click();
      await page.locator(".quick-input-widget").first().waitFor({ state: "hidden", timeout: PATIENCE }).catch(() => undefined);
    },
    async goto(line, column) {
      await self.focus();
      await page.keyboard.press("Control+g");
      const input = page.locator(".quick-input-widget input.input").first();
      await input.waitFor({ timeout: PATIENCE });
      await input.fill(`:${line}:${column}`);
      await page.keyboard.press("Enter");
      await page.locator(".statusbar-item").filter({ hasText: new RegExp(`Ln ${line},`) }).first().waitFor({ timeout: PATIENCE });
    },
    async textMatches(pattern) {
      await page.waitForFunction(
        ([source, flags]) => new RegExp(source, flags).test([...document.querySelectorAll(".editor-instance .view-line")].map((line) => line.textContent.replace(/\u00a0/g, " ")).join("\n")),
        [pattern.source, pattern.flags], { timeout: PATIENCE });
    },
    /** The innermost page of the webview that has an element `selector`. */
    async webview(selector) {
      const until = Date.now() + PATIENCE;
      for (;;) {
        for (const frame of page.frames()) {
          if (frame !== page.mainFrame() && (await frame.locator(selector).count().catch(() => 0)) > 0 && (await frame.locator(selector).first().isVisible().catch(() => false))) return frame;
        }
        if (Date.now() > until) throw new Error(`no webview shows ${selector}`);
        await page.waitForTimeout(100);
      }
    },
    async shot(name, height) {
      await page.mouse.move(0, 0); // else what lies under it shows its tooltip
      await page.waitForTimeout(500); // until notifications and hovers have faded in
      await page.screenshot({ path: path.join(artifacts, `${name}.png`), ...(height ? { clip: { x: 0, y: 0, width: 1360, height } } : {}) });
    },
  };
  page.setDefaultTimeout(PATIENCE);
  return self;
}

/** Finds the position of a text, `right` characters into it; both count from 1. */
function place(name) {
  const lines = fs.readFileSync(path.join(__dirname, "fixtures", name), "utf8").split("\n");
  return (text, right = 0) => {
    const line = lines.findIndex((candidate) => candidate.includes(text));
    if (line < 0) throw new Error(`${name} has no ${text}`);
    return [line + 1, lines[line].indexOf(text) + right + 1];
  };
}

async function waitForServer() {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    const ok = await fetch(`${base}/healthz`).then((answer) => answer.ok, () => false);
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("code-server did not start within 30 s");
}
