// SPDX-License-Identifier: GPL-3.0-or-later
// Prism as mock server: it checks each request of the client against the contract's document, and
// answers with the examples there.
import http from "node:http";
import fs from "node:fs";
import path from "node:path";
import { assay, document, file, main, ok, prism, run, serve, token, work } from "./harness.mjs";
import { example, requests } from "./requests.mjs";

const calls = []; // what the client sent, and what Prism said of it

/** An answer under the name that was asked for, with what was sent unless it is an older one: Prism's
 * examples all have one name and one content, and a client takes others for no acknowledgement. */
function named(url, status, text, sent, isOlder) {
    const id = url.searchParams.get("analysisResultId");
    if (status < 200 || status > 299 || id === null) return text;
    const answer = JSON.parse(text);
    answer.name = `${url.pathname.replace(/^\/v2\//, "")}/${id}`;
    if (isOlder) return JSON.stringify(answer);
    answer.createTime = answer.updateTime = new Date().toISOString();
    return JSON.stringify({ ...answer, ...JSON.parse(sent).analysisResult });
}

/** A step between client and mock: notes violations, and asks for the answer that a case wants. */
async function between(mock, prefer, { renames = true, isOlder = false } = {}) {
    return serve((request, response, body) => {
        const wish =
            prefer[`${request.method} ${new URL(request.url, mock).pathname.split("/")[1]}`];
        const headers = { ...request.headers, ...(wish ? { prefer: wish } : {}) };
        const onward = http.request(
            mock + request.url,
            { method: request.method, headers },
            (answer) => {
                calls.push({
                    request: `${request.method} ${request.url}`,
                    status: answer.statusCode,
                    violations: answer.headers["sl-violations"],
                    body: body.toString(),
                });
                const url = new URL(request.url, mock);
                const parts = [];
                answer.on("data", (part) => parts.push(part));
                answer.on("end", () => {
                    const text = Buffer.concat(parts).toString();
                    const headers = { ...answer.headers };
                    for (const name of ["content-length", "transfer-encoding"]) delete headers[name];
                    response.writeHead(answer.statusCode, headers);
                    response.end(
                        renames ? named(url, answer.statusCode, text, body, isOlder) : text,
                    );
                });
            },
        );
        onward.on("error", () => response.destroy());
        onward.end(body);
    });
}

/** Runs the client; expects its exit code, and no violation unless one is wanted. */
async function expect(what, base, args, code, { input, calls: count, violates = false } = {}) {
    calls.length = 0;
    const options = ["--base-url", base, "--max-attempts", "1"];
    const got = await run(assay, [...args, ...options], { input });
    const violations = calls.map((call) => call.violations).filter(Boolean);
    const lines = calls.map((call) => `${call.request} ${call.status}`);
    const story = [got.err, ...lines, ...violations].join("\n");
    ok(got.code === code, `${what}: exit ${code}, not ${got.code}`, story);
    ok(
        violations.length > 0 === violates,
        `${what}: ${violates ? "Prism objects" : "Prism accepts"}`,
        story,
    );
    if (count !== undefined)
        ok(calls.length === count, `${what}: ${count} requests, not ${calls.length}`, story);
    ok(!got.err.includes(token) && !got.out.includes(token), `${what}: the token is in no output`);
}

/** Answers the client has to cope with, by what the mock is asked for. */
async function answers(mock, bearer) {
    const body = JSON.stringify(example());
    const other = example();
    other.analysisResult.results[0].statsSettings.adjustedAlpha = 0.01;
    const cases = [
        ["created", {}, body, 0, 1],
        ["there already, and equal", { "POST v2": "code=409" }, body, 0, 2],
        ["there already, and different", { "POST v2": "code=409" }, JSON.stringify(other), 76, 2],
        [
            "there already, and gone",
            { "POST v2": "code=409", "GET v2": "code=404" },
            body,
            75,
            undefined,
        ],
        ["refused", { "POST v2": "code=400" }, body, 76, 1],
        ["token not known", { "POST v2": "code=401" }, body, 77, undefined],
        ["too large", { "POST v2": "code=413" }, body, 76, 1],
        ["wrong type", { "POST v2": "code=415" }, body, 76, 1],
        ["too many", { "POST v2": "code=429" }, body, 75, 1],
        ["unavailable", { "POST v2": "code=503" }, body, 75, 1],
    ];
    for (const [what, prefer, input, code, count] of cases) {
        const base = await between(mock, prefer);
        await expect(what, base, ["post", ...bearer, "-"], code, { input, calls: count });
    }
}

main(async () => {
    const mock = await prism("mock", document);
    const base = await between(mock, {});
    const bearer = ["--token-file", file("token", `${token}\n`)];
    for (const [what, args, input] of requests())
        await expect(what, base, [...args, ...bearer], 0, { input, calls: 1 });

    const outbox = path.join(work, "outbox");
    const refused = await between(mock, { "POST v2": "code=503" });
    const whole = JSON.stringify(example());
    await expect("into the outbox", refused, ["post", ...bearer, "--outbox", outbox, "-"], 75, {
        input: whole,
    });
    ok(fs.readdirSync(outbox).length === 1, "the result is in the outbox");
    await expect("out of the outbox", base, ["post", ...bearer, "--outbox", outbox], 0, {
        calls: 1,
    });
    ok(fs.readdirSync(outbox).length === 0, "the outbox is empty");

    const client = [
        "--client-id",
        "judge",
        "--client-secret-file",
        file("secret", "judges-secret\n"),
    ];
    await expect("client credentials", base, ["post", ...client, "-"], 0, {
        input: whole,
        calls: 2,
    });

    await answers(mock, bearer);

    // A name that was not asked for is looked up, and what is there is compared.
    const as_it_is = await between(mock, {}, { renames: false });
    const asked = ["post", ...bearer, "-"];
    const second = { ...example(), analysisResultId: "second" };
    let input = JSON.stringify(second);
    await expect("another name", as_it_is, asked, 0, { input, calls: 2 });
    second.analysisResult.results[0].statsSettings.adjustedAlpha = 0.01;
    input = JSON.stringify(second);
    await expect("another name and result", as_it_is, asked, 76, { input, calls: 2 });

    // So it is where an older result of the name is given back in the place of 409.
    const keeps = await between(mock, {}, { isOlder: true });
    await expect("an older result", keeps, asked, 76, { input, calls: 2 });
    await expect("an older result, equal", keeps, asked, 0, { input: whole, calls: 1 });

    // The judge can say no.
    const unknown = example();
    unknown.analysisResult.results[0].groupId = "x";
    await expect("a field the contract has not", base, ["post", ...bearer, "-"], 76, {
        input: JSON.stringify(unknown),
        violates: true,
    });
    const typed = example();
    typed.analysisResult.results[0].result[0].lastResult.baselineSampleSize.value = "1000";
    await expect("a text for a number", base, ["post", ...bearer, "-"], 76, {
        input: JSON.stringify(typed),
        violates: true,
    });
});
