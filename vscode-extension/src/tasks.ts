import * as vscode from "vscode";
import type { Server } from "./server";

interface Definition extends vscode.TaskDefinition {
  command: "check" | "frames";
  args?: string[];
}

/** `spp: check` and `spp: frames` for each workspace folder. */
export function registerTasks(context: vscode.ExtensionContext, server: Server): void {
  const make = (definition: Definition, scope: vscode.WorkspaceFolder | vscode.TaskScope): vscode.Task => {
    const format = definition.command === "check" ? ["--output-format", "concise"] : [];
    const execution = new vscode.ProcessExecution(server.binary ?? "spp-analyzer", [definition.command, ...format, ...(definition.args ?? [])]);
    const task = new vscode.Task(definition, scope, definition.command, "spp", execution, definition.command === "check" ? ["$spp"] : []);
    if (definition.command === "check") task.group = vscode.TaskGroup.Build;
    return task;
  };
  context.subscriptions.push(
    vscode.tasks.registerTaskProvider("spp", {
      provideTasks: () => (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => (["check", "frames"] as const).map((command) => make({ type: "spp", command }, folder))),
      resolveTask: (task) => {
        const definition = task.definition as Definition;
        return definition.command === "check" || definition.command === "frames" ? make(definition, task.scope && typeof task.scope === "object" ? task.scope : vscode.TaskScope.Workspace) : undefined;
      },
    }),
  );
}
