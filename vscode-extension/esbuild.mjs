// Bundles the extension (CommonJS for the extension host), the two webviews (plain scripts) and, with --tests, the unit tests.
import { context, build } from "esbuild";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const flags = new Set(process.argv.slice(2));
const common = { bundle: true, minify: flags.has("--minify"), sourcemap: flags.has("--minify") ? false : "linked", logLevel: "warning" };

if (flags.has("--tests")) {
  rmSync("out", { recursive: true, force: true });
  const tests = readdirSync("test/unit").filter((name) => name.endsWith(".test.ts"));
  await build({ ...common, entryPoints: tests.map((name) => `test/unit/${name}`), outdir: "out", platform: "node", format: "cjs", outExtension: { ".js": ".cjs" }, external: ["vscode", "vscode-oniguruma", "vscode-textmate"] });
} else {
  rmSync("dist", { recursive: true, force: true });
  const targets = [
    { ...common, entryPoints: ["src/extension.ts"], outfile: "dist/extension.js", platform: "node", format: "cjs", target: "node18", external: ["vscode"] },
    { ...common, entryPoints: ["src/webview/frame.ts", "src/webview/timeline.ts"], outdir: "dist/webview", platform: "browser", format: "iife", target: "es2022" },
  ];
  if (flags.has("--watch")) for (const target of targets) await (await context(target)).watch();
  else {
    const results = await Promise.all(targets.map((target) => build({ ...target, metafile: true })));
    writeFileSync("dist/third-party-licenses.txt", licenses(results.flatMap(({ metafile }) => Object.keys(metafile.inputs))));
  }
}

/** The licences of the packages whose files went into the bundle. */
function licenses(inputs) {
  const packages = new Set(inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []));
  return [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name} ${version} (${license})\n\n${file && existsSync(`${folder}/${file}`) ? readFileSync(`${folder}/${file}`, "utf8") : ""}`;
  }).join(`\n${"-".repeat(80)}\n`);
}
