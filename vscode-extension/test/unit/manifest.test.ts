/** The manifest agrees with the code, with docs/lsp-extensions.md and with the schema that the server prints. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { test } from "node:test";

interface Property { type: string | string[]; default?: unknown; enum?: unknown[]; description?: string; markdownDescription?: string; minimum?: number; maximum?: number; items?: unknown }
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
  contributes: {
    commands: { command: string }[];
    configuration: { title: string; properties: Record<string, Property> }[];
    grammars: { path: string }[]; snippets: { path: string }[];
    walkthroughs: { steps: { media: { image?: string; markdown?: string } }[] }[];
    colors: { id: string }[];
  };
};
const properties = Object.assign({}, ...manifest.contributes.configuration.map((section) => section.properties)) as Record<string, Property>;
const clientOnly = ["spp.server.path", "spp.server.extraEnv", "spp.lineHeat.enabled", "spp.lifetimeHighlight.enabled", "spp.frameView.followCursor"];
const ofServer = Object.keys(properties).filter((name) => !clientOnly.includes(name)).sort();
const sources = readdirSync("src").filter((name) => name.endsWith(".ts")).map((name) => readFileSync(path.join("src", name), "utf8")).join("\n");

test("every_contributed_command_is_registered", () => {
  for (const { command } of manifest.contributes.commands) assert.ok(sources.includes(`"${command}"`), command);
});

test("every_contributed_file_exists", () => {
  const files = [...manifest.contributes.grammars, ...manifest.contributes.snippets].map((entry) => entry.path);
  for (const { steps } of manifest.contributes.walkthroughs) for (const { media } of steps) files.push(media.image ?? media.markdown ?? "");
  for (const file of files) assert.ok(existsSync(file), file);
});

test("settings_and_defaults_are_those_of_the_protocol_page", () => {
  const page = readFileSync("../docs/lsp-extensions.md", "utf8");
  const documented = new Map([...page.matchAll(/^\| `(spp\.[\w.]+)` \| `(.+?)` \|/gm)].map((row) => [row[1] ?? "", JSON.parse(row[2] ?? "null") as unknown]));
  assert.deepEqual([...documented.keys()].sort(), ofServer);
  for (const [name, value] of documented) assert.deepEqual(properties[name]?.default, value, name);
});

test("settings_are_those_of_the_server", (t) => {
  const binary = [process.env["SPP_ANALYZER"], "../target/release/spp-analyzer", "../target/debug/spp-analyzer"].find((file) => file && existsSync(file));
  if (!binary) return process.env["CI"] ? assert.fail("no spp-analyzer binary: build it first, or set SPP_ANALYZER") : t.skip("no spp-analyzer binary is built");
  const schema = JSON.parse(execFileSync(binary, ["config-schema"], { encoding: "utf8" })) as Record<string, Property>;
  assert.deepEqual(Object.keys(schema).sort(), ofServer, "run `npm run settings` to take over the server's schema");
  for (const name of ofServer) assert.deepEqual(properties[name], schema[name], `${name}: run \`npm run settings\` to take over the server's schema`);
});

test("the_problem_matcher_reads_the_concise_format", () => {
  const { problemMatchers } = (JSON.parse(readFileSync("package.json", "utf8")) as { contributes: { problemMatchers: { pattern: { regexp: string } }[] } }).contributes;
  const match = new RegExp(problemMatchers[0]?.pattern.regexp ?? "").exec("src/main.spp:11:29: error[A22] `realloc` must own its array, but `arr` is a borrow");
  assert.deepEqual(match?.slice(1), ["src/main.spp", "11", "29", "error", "A22", "`realloc` must own its array, but `arr` is a borrow"]);
  assert.equal(new RegExp(problemMatchers[0]?.pattern.regexp ?? "").exec("1 error in 2 files"), null);
});
