// Takes the server's settings over into package.json: SPP_ANALYZER=path npm run settings
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const binary = [process.env.SPP_ANALYZER, "../target/release/spp-analyzer", "../target/debug/spp-analyzer"].find((file) => file && existsSync(file));
if (!binary) {
  console.error("no spp-analyzer binary: build it with `cargo build`, or set SPP_ANALYZER");
  process.exit(2);
}
const schema = JSON.parse(execFileSync(binary, ["config-schema"], { encoding: "utf8" }));
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const section = manifest.contributes.configuration.find(({ title }) => title === "Analysis");
section.properties = schema;
writeFileSync("package.json", `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`${Object.keys(schema).length} settings written`);
