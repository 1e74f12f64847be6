import assert from "node:assert/strict";
import { test } from "node:test";
import { findServer, type Surroundings } from "../../src/discovery";
import * as format from "../../src/format";
import { heatOf } from "../../src/heat";

function around(files: string[], rest: Partial<Surroundings> = {}): Surroundings {
  return { setting: null, extensionFolder: "/ext", searchPath: "/usr/bin:/opt/bin", platform: "linux", homeFolder: "/home/p", workspaceFolder: "/work", isExecutable: (file) => files.includes(file), ...rest };
}

test("the_setting_goes_before_the_bundled_binary_and_that_before_the_path", () => {
  const files = ["/own/spp-analyzer", "/ext/server/spp-analyzer", "/opt/bin/spp-analyzer"];
  assert.deepEqual(findServer(around(files, { setting: "/own/spp-analyzer" })), { kind: "found", path: "/own/spp-analyzer", origin: "setting" });
  assert.deepEqual(findServer(around(files)), { kind: "found", path: "/ext/server/spp-analyzer", origin: "bundled" });
  assert.deepEqual(findServer(around(["/opt/bin/spp-analyzer"])), { kind: "found", path: "/opt/bin/spp-analyzer", origin: "PATH" });
});

test("a_wrong_setting_is_reported_and_nothing_else_is_started_instead", () => {
  const found = findServer(around(["/opt/bin/spp-analyzer"], { setting: "~/bin/spp" }));
  assert.equal(found.kind, "missing");
  assert.match(found.kind === "missing" ? found.message : "", /\/home\/p\/bin\/spp/);
});

test("a_relative_entry_of_the_path_is_not_searched", () => {
  assert.equal(findServer(around([".spp-analyzer", "./spp-analyzer", "bin/spp-analyzer"], { searchPath: ".:bin" })).kind, "missing");
});

test("the_message_for_a_missing_server_says_how_to_get_it", () => {
  const found = findServer(around([]));
  assert.match(found.kind === "missing" ? found.message : "", /cargo install --path server/);
});

test("bytes_and_counts_are_written_for_people", () => {
  assert.equal(format.bytes(12), "12 B");
  assert.equal(format.bytes(1536), "1.5 KiB");
  assert.equal(format.bytes(40 * 1024 * 1024), "40 MiB");
  assert.equal(format.count(1204), "1\u202f204");
  assert.equal(format.plural(1, "block"), "1 block");
});

test("heat_grows_with_bytes", () => {
  assert.deepEqual([0, 1, 16, 256, 4096].map((bytes) => heatOf(bytes, 4096)), [1, 1, 2, 3, 4]);
});
