/** The language server's process and the client that speaks with it. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as vscode from "vscode";
import { LanguageClient, State, type DynamicFeature, type LanguageClientOptions, type ServerOptions, type StaticFeature } from "vscode-languageclient/node";
import { findServer, type Found } from "./discovery";
import type { CommandArguments, Lifetime, Status as ServerStatus } from "./protocol";
import type { Status } from "./status";

/** The extension registers the server's commands itself, because it shows their results. */
class Client extends LanguageClient {
  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    if ("registrationType" in feature && feature.registrationType.method === "workspace/executeCommand") return;
    super.registerFeature(feature);
  }
}

export class Server implements vscode.Disposable {
  #client: Client | undefined;
  #found: Found | undefined;
  /** Start and stop take turns. */
  #turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly output: vscode.LogOutputChannel,
    private readonly status: Status,
  ) {}

  /** Path of the binary, if one was found. */
  get binary(): string | undefined {
    return this.#found?.kind === "found" ? this.#found.path : undefined;
  }

  get running(): boolean {
    return this.#client?.state === State.Running;
  }

  start(): Promise<void> {
    return this.#inTurn(() => this.#start());
  }

  restart(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#stop();
      await this.#start();
    });
  }

  dispose(): void {
    void this.#inTurn(() => this.#stop());
  }

  async lifetime(document: vscode.TextDocument, position: vscode.Position, token: vscode.CancellationToken): Promise<Lifetime | null> {
    const client = this.#client;
    if (!client || !this.running) return null;
    return client.sendRequest<Lifetime | null>("spp/lifetime", client.code2ProtocolConverter.asTextDocumentPositionParams(document, position), token);
  }

  /** Carries out a command of the server. Throws with a message that is fit to be shown. */
  async execute<T>(command: string, argument: CommandArguments, token?: vscode.CancellationToken): Promise<T> {
    const client = this.#client;
    if (!client || !this.running) throw new Error(this.#found?.kind === "missing" ? this.#found.message : "the language server is not running");
    return client.sendRequest<T>("workspace/executeCommand", { command, arguments: [argument] }, token);
  }

  get client(): LanguageClient | undefined {
    return this.#client;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work, work);
    return this.#turn;
  }

  async #start(): Promise<void> {
    this.#found = this.#find();
    await vscode.commands.executeCommand("setContext", "spp.serverState", this.#found.kind);
    if (this.#found.kind === "missing") {
      this.output.error(this.#found.message);
      this.status.set({ state: "error", message: this.#found.message });
      void this.#explainMissing(this.#found.message);
      return;
    }
    this.output.info(`server: ${this.#found.path} (${this.#found.origin})`);
    this.status.set({ state: "loading", message: "starting" });
    const configuration = vscode.workspace.getConfiguration("spp");
    const command = this.#found.path;
    const extraEnv = vscode.workspace.isTrusted ? configuration.get<Record<string, string>>("server.extraEnv", {}) : {};
    const serverOptions: ServerOptions = { command, args: ["lsp"], options: { env: { ...process.env, ...extraEnv } } };
    const clientOptions: LanguageClientOptions = {
      documentSelector: [{ language: "spp", scheme: "file" }, { language: "spp", scheme: "untitled" }],
      initializationOptions: { trusted: vscode.workspace.isTrusted, settings: plain(configuration) },
      synchronize: {
        configurationSection: "spp",
        fileEvents: [vscode.workspace.createFileSystemWatcher("**/*.spp"), vscode.workspace.createFileSystemWatcher("**/spp.toml")],
      },
      outputChannel: this.output,
      diagnosticCollectionName: "spp",
      markdown: { supportHtml: false },
    };
    const client = new Client("spp", "S++ Analyzer", serverOptions, clientOptions);
    this.#client = client;
    client.onNotification("spp/status", (status: ServerStatus) => this.status.set(status));
    client.onDidChangeState(({ newState }) => {
      if (client !== this.#client) return;
      if (newState === State.Stopped) this.status.set({ state: "error", message: "the language server has stopped" });
    });
    try {
      await client.start();
      this.status.set({ state: "ready", ...(client.initializeResult?.serverInfo?.version ? { message: `version ${client.initializeResult.serverInfo.version}` } : {}) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.output.error(message);
      this.status.set({ state: "error", message });
    }
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (!client) return;
    try {
      await client.dispose(2000);
    } catch (error) {
      this.output.warn(`stopping: ${String(error)}`);
    }
  }

  #find(): Found {
    const configuration = vscode.workspace.getConfiguration("spp");
    const inspected = configuration.inspect<string | null>("server.path");
    // VS Code withholds restricted settings in an untrusted workspace; this holds for editors that do not.
    const setting = vscode.workspace.isTrusted ? configuration.get<string | null>("server.path", null) : (inspected?.globalValue ?? null);
    return findServer({
      setting: setting || null,
      extensionFolder: this.context.extensionPath,
      searchPath: process.env["PATH"] ?? "",
      platform: process.platform,
      homeFolder: os.homedir(),
      workspaceFolder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
      isExecutable: (file) => {
        try {
          fs.accessSync(file, fs.constants.X_OK);
          return fs.statSync(file).isFile();
        } catch {
          return false;
        }
      },
    });
  }

  async #explainMissing(message: string): Promise<void> {
    const choice = await vscode.window.showErrorMessage(`S++: ${message}.`, "Set Path", "Try Again");
    if (choice === "Set Path") await vscode.commands.executeCommand("workbench.action.openSettings", "spp.server.path");
    else if (choice === "Try Again") await this.restart();
  }
}

/** The settings as plain data; the proxy of VS Code cannot be sent. */
function plain(configuration: vscode.WorkspaceConfiguration): unknown {
  return JSON.parse(JSON.stringify(configuration));
}
