/** TextMate scopes and the server's semantic tokens agree on keywords and types, for all examples: nothing changes its colour when the server starts. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import * as oniguruma from "vscode-oniguruma";
import * as textmate from "vscode-textmate";

const binary = [process.env["SPP_ANALYZER"], "../target/release/spp-analyzer", "../target/debug/spp-analyzer"].find((file) => file && existsSync(file));

test("textmate_and_semantic_tokens_agree_on_keywords_and_types", async (t) => {
  if (!binary) return process.env["CI"] ? assert.fail("no spp-analyzer binary: build it first, or set SPP_ANALYZER") : t.skip("no spp-analyzer binary is built");
  const files = (readdirSync("../examples", { recursive: true }) as string[]).filter((name) => name.endsWith(".spp")).map((name) => path.resolve("../examples", name));
  assert.ok(files.length > 0);
  const grammar = await loadGrammar();
  const server = new Server(binary);
  try {
    const legend = await server.start(path.resolve("../examples"));
    const disagreements: string[] = [];
    let compared = 0;
    for (const file of files) {
      const text = readFileSync(file, "utf8");
      const scopes = scopesOf(grammar, text);
      for (const token of await server.tokens(file, text, legend)) {
        if (!["keyword", "modifier", "class", "enum", "type", "typeParameter", "interface"].includes(token.type)) continue;
        const at = scopes[token.line]?.find((scope) => scope.from <= token.column && token.column < scope.to);
        const expected = token.type === "keyword" || token.type === "modifier" ? /keyword|storage|variable\.language|support\.type\.self|constant\.language/ : /entity\.name\.type|support\.(class|type)/;
        compared += 1;
        if (!at || !at.scopes.some((scope) => expected.test(scope))) disagreements.push(`${path.basename(file)}:${token.line + 1}:${token.column + 1} ${token.type} is ${at?.scopes.at(-1) ?? "nothing"}`);
      }
    }
    assert.ok(compared > 200, `only ${compared} tokens were compared`);
    assert.deepEqual(disagreements.slice(0, 20), []);
  } finally {
    server.stop();
  }
});

interface Scoped { from: number; to: number; scopes: string[] }

async function loadGrammar(): Promise<textmate.IGrammar> {
  const wasm = readFileSync(createRequire(path.resolve("package.json")).resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({ createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns), createOnigString: (text) => new oniguruma.OnigString(text) }),
    loadGrammar: async () => textmate.parseRawGrammar(readFileSync("syntaxes/spp.tmLanguage.json", "utf8"), "spp.tmLanguage.json"),
  });
  const grammar = await registry.loadGrammar("source.spp");
  assert.ok(grammar);
  return grammar;
}

function scopesOf(grammar: textmate.IGrammar, text: string): Scoped[][] {
  let state: textmate.StateStack = textmate.INITIAL;
  return text.split(/\r?\n/).map((line) => {
    const result = grammar.tokenizeLine(line, state);
    state = result.ruleStack;
    return result.tokens.map((token) => ({ from: token.startIndex, to: token.endIndex, scopes: token.scopes }));
  });
}

/** Just enough of a client to ask for semantic tokens. */
class Server {
  readonly #process;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #next = 0;
  #buffer = Buffer.alloc(0);

  constructor(file: string) {
    this.#process = spawn(file, ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
    this.#process.stdout.on("data", (chunk: Buffer) => this.#receive(chunk));
  }

  async start(folder: string): Promise<string[]> {
    const result = (await this.#request("initialize", {
      processId: process.pid, rootUri: pathToFileURL(folder).href,
      capabilities: { textDocument: { semanticTokens: { requests: { full: true }, tokenTypes: [], tokenModifiers: [], formats: ["relative"] } } },
    })) as { capabilities: { semanticTokensProvider: { legend: { tokenTypes: string[] } } } };
    this.#send({ method: "initialized", params: {} });
    return result.capabilities.semanticTokensProvider.legend.tokenTypes;
  }

  async tokens(file: string, text: string, legend: string[]): Promise<{ line: number; column: number; type: string }[]> {
    const uri = pathToFileURL(file).href;
    this.#send({ method: "textDocument/didOpen", params: { textDocument: { uri, languageId: "spp", version: 1, text } } });
    const result = (await this.#request("textDocument/semanticTokens/full", { textDocument: { uri } })) as { data: number[] };
    const out = [];
    let line = 0;
    let column = 0;
    for (let i = 0; i + 4 < result.data.length; i += 5) {
      const [down = 0, right = 0, , type = 0] = result.data.slice(i, i + 5);
      column = down > 0 ? right : column + right;
      line += down;
      out.push({ line, column, type: legend[type] ?? "" });
    }
    return out;
  }

  stop(): void {
    this.#process.kill();
  }

  #request(method: string, params: unknown): Promise<unknown> {
    const id = (this.#next += 1);
    this.#send({ id, method, params });
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  #send(message: object): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.#process.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.#process.stdin.write(body);
  }

  #receive(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#buffer.subarray(0, end).toString())?.[1] ?? 0);
      if (this.#buffer.length < end + 4 + length) return;
      const message = JSON.parse(this.#buffer.subarray(end + 4, end + 4 + length).toString()) as { id?: number; method?: string; result?: unknown };
      this.#buffer = this.#buffer.subarray(end + 4 + length);
      if (message.method !== undefined && message.id !== undefined) this.#send({ id: message.id, result: null });
      else if (message.id !== undefined) {
        this.#waiting.get(message.id)?.(message.result);
        this.#waiting.delete(message.id);
      }
    }
  }
}
