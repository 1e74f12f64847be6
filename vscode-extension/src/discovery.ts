/** Where the language server is. Pure apart from the probes it is given. */
import * as path from "node:path";

export interface Surroundings {
  /** `spp.server.path`, already without the value of an untrusted workspace. */
  setting: string | null;
  extensionFolder: string;
  searchPath: string;
  platform: NodeJS.Platform;
  homeFolder: string;
  workspaceFolder: string | undefined;
  isExecutable(file: string): boolean;
}

export type Found = { kind: "found"; path: string; origin: "setting" | "bundled" | "PATH" } | { kind: "missing"; message: string };

export function findServer(around: Surroundings): Found {
  const name = around.platform === "win32" ? "spp-analyzer.exe" : "spp-analyzer";
  if (around.setting) {
    const expanded = expand(around.setting, around);
    if (around.isExecutable(expanded)) return { kind: "found", path: expanded, origin: "setting" };
    return { kind: "missing", message: `\`spp.server.path\` names \`${expanded}\`, which is not an executable file` };
  }
  const bundled = path.join(around.extensionFolder, "server", name);
  if (around.isExecutable(bundled)) return { kind: "found", path: bundled, origin: "bundled" };
  const delimiter = around.platform === "win32" ? ";" : ":";
  for (const folder of around.searchPath.split(delimiter)) {
    // A relative entry would be looked up in the workspace, whose files are not trusted.
    if (!path.isAbsolute(folder)) continue;
    const candidate = path.join(folder, name);
    if (around.isExecutable(candidate)) return { kind: "found", path: candidate, origin: "PATH" };
  }
  const cargo = path.join(around.homeFolder, ".cargo", "bin", name);
  if (around.isExecutable(cargo)) return { kind: "found", path: cargo, origin: "PATH" };
  return { kind: "missing", message: "`spp-analyzer` is neither bundled with this extension nor on the PATH: install it with `cargo install --path server`, or set `spp.server.path`" };
}

function expand(setting: string, around: Surroundings): string {
  const home = setting === "~" || setting.startsWith("~/") ? around.homeFolder + setting.slice(1) : setting;
  const workspace = home.replace(/\$\{workspaceFolder\}/g, around.workspaceFolder ?? "");
  return path.isAbsolute(workspace) || !around.workspaceFolder ? workspace : path.join(around.workspaceFolder, workspace);
}
