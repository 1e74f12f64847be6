// Validates every message that the server sent in recorded test runs against the types of the protocol.
//
//   node validate.mjs RECORDS EXTENSIONS.md FOLDER-WITH-node_modules
//
// Fails on a message that its type does not allow (members that the protocol does not know included), on a method
// without a type, and on a method of the table that no test provoked.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { createGenerator } from "ts-json-schema-generator";

const [records, extensions, work] = process.argv.slice(2);

// The interfaces of the document.
const fences = [...readFileSync(extensions, "utf8").matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code);
const code = fences.filter((code) => code.includes("interface ")).join("\n");
const imports = 'import type { Range, Position, Location } from "vscode-languageserver-protocol";\n';
writeFileSync(join(work, "extensions.ts"), imports + code.replaceAll(/^interface /gm, "export interface "));

const schema = createGenerator({
    path: join(work, "messages.ts"),
    tsconfig: join(work, "tsconfig.json"),
    type: "Messages",
    skipTypeCheck: false,
    additionalProperties: false,
}).createSchema("Messages");

const ajv = new Ajv({ strict: false, allErrors: true, verbose: false });
ajv.addSchema(schema, "protocol");
const sections = schema.definitions.Messages.properties;
const resolve = (part) => (part.$ref ? schema.definitions[decodeURIComponent(part.$ref.split("/").pop())] : part);
const methods = (section) => Object.keys(resolve(sections[section]).properties);
const compiled = new Map();
function validator(section, method) {
    const key = `${section} ${method}`;
    if (!compiled.has(key)) {
        const part = resolve(sections[section]).properties[method];
        compiled.set(key, part && ajv.compile({ ...part, definitions: schema.definitions }));
    }
    return compiled.get(key);
}

// The frame around them (JSON-RPC 2.0).
const id = { type: ["integer", "string", "null"] };
const error = {
    type: "object",
    required: ["code", "message"],
    properties: { code: { type: "integer" }, message: { type: "string", minLength: 1 }, data: {} },
    additionalProperties: false,
};
const frame = (properties, required) =>
    ajv.compile({
        type: "object",
        required: ["jsonrpc", ...required],
        properties: { jsonrpc: { const: "2.0" }, ...properties },
        additionalProperties: false,
    });
const frames = {
    request: frame({ id, method: { type: "string" }, params: {} }, ["id", "method"]),
    notification: frame({ method: { type: "string" }, params: {} }, ["method"]),
    result: frame({ id, result: {} }, ["id", "result"]),
    error: frame({ id, error }, ["id", "error"]),
};
// Codes that JSON-RPC or the protocol define.
const codes = new Set([-32700, -32600, -32601, -32602, -32603, -32002, -32001, -32803, -32802, -32801, -32800]);
const section = { request: "requests", notification: "notifications", result: "results" };

let messages = 0;
const seen = new Map();
const failures = new Map();
const fail = (what, value) => {
    const known = failures.get(what) ?? { count: 0, value };
    failures.set(what, { ...known, count: known.count + 1 });
};
for (const file of readdirSync(records).filter((name) => name.endsWith(".jsonl"))) {
    for (const line of readFileSync(join(records, file), "utf8").split("\n").filter(Boolean)) {
        const { kind, method, value, message } = JSON.parse(line);
        messages += 1;
        seen.set(`${kind} ${method}`, (seen.get(`${kind} ${method}`) ?? 0) + 1);
        if (!frames[kind](message)) {
            fail(`${kind} ${method}: ${ajv.errorsText(frames[kind].errors)}`, message);
        }
        if (kind === "error") {
            if (!codes.has(value.code)) fail(`${method}: unknown error code ${value.code}`, value);
            if (value.code === -32603) fail(`${method}: ${value.message}`, value);
            continue;
        }
        const validate = validator(section[kind], method);
        if (!validate) {
            fail(`${kind} ${method}: not in the table`, value);
        } else if (!validate(value ?? null)) {
            // The shortest says most.
            const [first] = validate.errors.sort((a, b) => b.instancePath.length - a.instancePath.length);
            const path = first.instancePath.replaceAll(/\d+/g, "*");
            fail(`${kind} ${method}: ${path} ${first.message} ${JSON.stringify(first.params)}`, value);
        }
    }
}

// What the server never asks for or does not offer.
const never = new Set([
    "request client/unregisterCapability",
    "request window/showMessageRequest",
    "request window/showDocument",
    "request workspace/applyEdit",
    "notification window/showMessage",
    "result codeAction/resolve",
    "result codeLens/resolve",
    "result inlayHint/resolve",
    "result documentLink/resolve",
    "result workspace/willCreateFiles",
    "result workspace/willDeleteFiles",
]);
for (const kind of ["request", "notification", "result"]) {
    for (const method of methods(section[kind])) {
        const key = `${kind} ${method}`;
        if (!seen.has(key) && !never.has(key)) fail(`${key}: no test provokes it`, null);
    }
}

for (const [what, { count, value }] of failures) {
    console.error(`${what} (${count} times)`);
    if (value) console.error(`    ${JSON.stringify(value).slice(0, 400)}`);
}
console.log(`${messages} messages of ${seen.size} kinds, ${failures.size} failures`);
process.exitCode = failures.size === 0 && messages > 0 ? 0 : 1;
