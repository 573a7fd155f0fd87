// SPDX-License-Identifier: GPL-3.0-or-later
// What the judges share: processes that end with the check, the client, and the count of cases.
import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { createRequire } from "node:module";

export const root = path.resolve(
    import.meta.dirname ?? new URL(".", import.meta.url).pathname,
    "../..",
);
export const judges = process.env.JUDGES; // folder that the judges are installed in
export const assay = process.env.ASSAY;
export const document = path.join(root, "data/contract/analysis-results.openapi.json");
export const load = createRequire(path.join(judges, "package.json"));
export const work = fs.mkdtempSync(path.join(os.tmpdir(), "assay-judges-"));
export const token = "judges-token-0123456789abcdef";

const children = new Set();
const servers = new Set();
let passed = 0;
let failed = 0;

/** ok() counts one case and says why when it failed. */
export function ok(condition, what, why = "") {
    if (condition) {
        passed++;
        return;
    }
    failed++;
    console.log(`failed: ${what}${why ? `\n    ${String(why).slice(0, 1500)}` : ""}`);
}

/** file() writes a file of the check's own and gives its path. */
export function file(name, text) {
    const at = path.join(work, name);
    fs.writeFileSync(at, text, { mode: 0o600 });
    return at;
}

/** run() runs a program to its end; a minute is the most it gets. */
export function run(program, args, { input = "", env = {} } = {}) {
    return new Promise((resolve) => {
        const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env } });
        const kill = setTimeout(() => child.kill("SIGKILL"), 60000);
        let out = "";
        let err = "";
        children.add(child);
        child.stdout.on("data", (bytes) => (out += bytes));
        child.stderr.on("data", (bytes) => (err += bytes));
        child.stdin.on("error", () => {});
        child.stdin.end(input);
        child.on("close", (code) => {
            clearTimeout(kill);
            children.delete(child);
            resolve({ code, out, err });
        });
    });
}

/** start() starts a program that stays, and waits until it says ready. */
export function start(program, args, ready) {
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
        children.add(child);
        child.log = "";
        const late = setTimeout(
            () => reject(new Error(`${program} is not ready: ${child.log}`)),
            60000,
        );
        const hear = (bytes) => {
            child.log += bytes;
            const match = ready.exec(child.log);
            if (match) {
                clearTimeout(late);
                resolve({ child, match });
            }
        };
        child.stdout.on("data", hear);
        child.stderr.on("data", hear);
        child.on("exit", () => {
            clearTimeout(late);
            children.delete(child);
            reject(new Error(`${program} ended: ${child.log}`));
        });
    });
}

/** serve() starts a server of this check at a free port; handle(request, response, body). */
export function serve(handle) {
    return new Promise((resolve) => {
        const server = http.createServer((request, response) => {
            const pieces = [];
            request.on("data", (bytes) => pieces.push(bytes));
            request.on("end", () => handle(request, response, Buffer.concat(pieces)));
        });
        servers.add(server);
        server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}`));
    });
}

async function freePort() {
    const url = await serve(() => {});
    const port = Number(new URL(url).port);
    for (const server of servers)
        if (server.address()?.port === port) {
            servers.delete(server);
            await new Promise((resolve) => server.close(resolve));
        }
    return port;
}

/** prism() starts Prism; args are those after the port. The answer is its address. */
export async function prism(mode, ...args) {
    const port = await freePort();
    const program = path.join(judges, "node_modules/.bin/prism");
    await start(program, [mode, "--errors", "-p", String(port), ...args], /Prism is listening/);
    return `http://127.0.0.1:${port}`;
}

/** endpoint() starts assay serve with a fresh database. */
export async function endpoint(name, ...args) {
    const tokens = file(`${name}.tokens`, `judge ${token}\n`);
    const database = path.join(work, `${name}.db`);
    const ready = /assay serve: (http:\/\/127\.0\.0\.1:\d+)\//;
    const { match } = await start(
        assay,
        ["serve", "--db", database, "--tokens", tokens, "--port", "0", ...args],
        ready,
    );
    return match[1];
}

/** send() makes one request, exactly as given; the answer has status, headers and body. */
export function send(url, { method = "GET", headers = {}, body, authorized = true } = {}) {
    return new Promise((resolve, reject) => {
        const all = authorized ? { authorization: `Bearer ${token}`, ...headers } : headers;
        const request = http.request(url, { method, headers: all, timeout: 20000 }, (answer) => {
            const pieces = [];
            answer.on("data", (bytes) => pieces.push(bytes));
            answer.on("end", () =>
                resolve({
                    status: answer.statusCode,
                    headers: answer.headers,
                    body: Buffer.concat(pieces).toString(),
                }),
            );
        });
        request.on("timeout", () => request.destroy(new Error("no answer in 20 s")));
        request.on("error", reject);
        request.end(body);
    });
}

function stop() {
    for (const server of servers) {
        server.closeAllConnections?.();
        server.close();
    }
    for (const child of children) child.kill("SIGTERM");
}

/** What ends the check without stop(), say an error in a handler, leaves nothing behind either. */
process.on("exit", () => {
    for (const child of children) child.kill("SIGKILL");
    fs.rmSync(work, { recursive: true, force: true });
});

/** main() runs a check, ends what it started, and prints the closing line. */
export async function main(check) {
    for (const signal of ["SIGINT", "SIGTERM"])
        process.on(signal, () => {
            stop();
            process.exit(1);
        });
    try {
        await check();
    } catch (error) {
        ok(false, "the check runs to its end", error.stack);
    }
    stop();
    const late = setTimeout(() => children.forEach((child) => child.kill("SIGKILL")), 5000);
    while (children.size > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    clearTimeout(late);
    console.log(`${passed} passed, ${failed} failed`);
    process.exit(failed === 0 && passed > 0 ? 0 : 1);
}
