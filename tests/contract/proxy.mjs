// SPDX-License-Identifier: GPL-3.0-or-later
// Prism as validating proxy in front of assay serve: each request of the client and each answer of
// the server is held against the contract's document.
import net from "node:net";
import {
    assay,
    document,
    endpoint,
    file,
    main,
    ok,
    prism,
    run,
    send,
    serve,
    token,
} from "./harness.mjs";
import { example, requests } from "./requests.mjs";

const parent = "workflows/checkout/instances/july";
const collection = `/v2/${parent}/analysisResults`;
const json = { "content-type": "application/json" };

function judge(what, answer, status) {
    const objections = answer.headers["sl-violations"] ?? "";
    const byPrism = answer.body.includes("stoplight.io/prism");
    ok(answer.status === status, `${what}: ${status}, not ${answer.status}`, answer.body);
    ok(!objections && !byPrism, `${what}: Prism accepts`, `${objections}\n${answer.body}`);
    return answer;
}

/** Requests that the contract allows, and their answers, through Prism. */
async function allowed(base) {
    const ask = async (what, status, at, options) =>
        judge(what, await send(base + at, options), status);
    const create = (id, labels) => ({
        method: "POST",
        headers: json,
        body: JSON.stringify({
            parent,
            analysisResultId: id,
            analysisResult: { ...example().analysisResult, labels },
        }),
    });
    await ask("an empty list", 200, collection);
    for (let i = 0; i < 5; i++)
        await ask(
            "create",
            200,
            `${collection}?analysisResultId=made-${i}`,
            create(`made-${i}`, [{ key: "team", value: i % 2 ? "a b" : "c" }]),
        );
    await ask("create with the id in the body", 200, collection, create("in-the-body", []));
    const random = await ask("create without an id", 200, collection, create(undefined, []));
    ok(/analysisResults\/[a-z0-9-]{2,63}"/.test(random.body), "a random id is given");
    await ask("the smallest result", 200, collection, {
        method: "POST",
        headers: json,
        body: JSON.stringify({ parent, analysisResult: {} }),
    });
    await ask("create again", 409, collection, create("made-1", []));
    const got = await ask("get", 200, `${collection}/made-1`);
    await ask("get what is known", 304, `${collection}/made-1`, {
        headers: { "if-none-match": got.headers.etag },
    });
    await ask("get what is not there", 404, `${collection}/nothing`);
    let token = "";
    let seen = 0;
    for (let page = 0; page < 9 && token !== undefined; page++) {
        const list = await ask(
            "a page of the list",
            200,
            `${collection}?pageSize=3&pageToken=${token}`,
        );
        seen += JSON.parse(list.body).analysisResults.length;
        token = JSON.parse(list.body).nextPageToken;
    }
    ok(seen === 8, `pages hold each result once: ${seen} of 8`);
    const filter = encodeURIComponent('labels.team = "a b"');
    const some = await ask(
        "a filtered list",
        200,
        `/v2/workflows/-/instances/-/analysisResults?filter=${filter}`,
    );
    ok(JSON.parse(some.body).analysisResults.length === 2, "the filter finds two");
    await ask("a filter that is not valid", 400, `${collection}?filter=team`);
    await ask("a page token of another list", 400, `${collection}?pageToken=${"0".repeat(32)}`);
    await ask("delete another version", 412, `${collection}/made-1`, {
        method: "DELETE",
        headers: { "if-match": '"x"' },
    });
    await ask("delete", 200, `${collection}/made-1`, {
        method: "DELETE",
        headers: { "if-match": got.headers.etag },
    });
    await ask("delete what is gone", 404, `${collection}/made-1`, { method: "DELETE" });
    await ask("a token that is not known", 401, collection, {
        headers: { authorization: "Bearer nobody" },
    });
    await ask("health", 200, "/healthz", { authorized: false });
    await ask("the page of all results", 200, "/");
    await ask("the page of one result", 200, "/results/checkout/july/made-2");
    await ask("the page of none", 404, "/results/checkout/july/nothing");
    await ask("another parent in the body", 400, collection, {
        method: "POST",
        headers: json,
        body: JSON.stringify({ parent: "workflows/checkout/instances/june", analysisResult: {} }),
    });
}

/** Each request of the client, then again: the second finds the first and compares. */
async function client(base) {
    const bearer = [
        "--token-file",
        file("token", `${token}\n`),
        "--base-url",
        base,
        "--max-attempts",
        "1",
    ];
    for (const [what, args, input] of requests())
        for (const time of ["first", "again"]) {
            const got = await run(assay, [...args, ...bearer], { input });
            ok(got.code === 0, `${what}, ${time}: exit 0, not ${got.code}`, got.err);
        }
    const list = await send(`${base}/v2/workflows/-/instances/-/analysisResults?pageSize=1000`);
    judge("all that the client posted, in one list", list, 200);
    ok(JSON.parse(list.body).analysisResults.length === requests().length, "each is there once");
}

/** Sends bytes as they are, and reads to the end: for requests no library makes. */
function raw(base, text) {
    return new Promise((resolve, reject) => {
        const { port } = new URL(base);
        const pieces = [];
        const socket = net.connect(Number(port), "127.0.0.1", () => socket.write(text));
        socket.setTimeout(20000, () => socket.destroy(new Error("no answer in 20 s")));
        socket.on("data", (bytes) => pieces.push(bytes));
        socket.on("error", reject);
        socket.on("end", () => {
            const [head, ...body] = Buffer.concat(pieces).toString().split("\r\n\r\n");
            const [line, ...fields] = head.split("\r\n");
            const headers = Object.fromEntries(
                fields.map((field) => {
                    const colon = field.indexOf(":");
                    return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
                }),
            );
            resolve({ status: Number(line.split(" ")[1]), headers, body: body.join("\r\n\r\n") });
        });
    });
}

/** A server that gives one answer, whatever it is asked; Prism in front of it judges the answer. */
async function replay() {
    const current = {};
    const upstream = await serve((_, response) => {
        const { connection, "transfer-encoding": _t, ...headers } = current.answer.headers;
        response.writeHead(current.answer.status, headers);
        response.end(current.answer.body);
    });
    const base = await prism("proxy", document, upstream);
    const valid = {
        POST: [
            collection,
            { method: "POST", headers: json, body: JSON.stringify({ parent, analysisResult: {} }) },
        ],
        GET: [collection, {}],
        ONE: [`${collection}/made-1`, {}],
        DELETE: [`${collection}/made-1`, { method: "DELETE" }],
        HEALTH: ["/healthz", {}],
        PAGE: ["/results/checkout/july/made-1", {}],
    };
    return async (operation, answer) => {
        current.answer = answer;
        const [at, options] = valid[operation];
        return send(base + at, options);
    };
}

/** Requests that the contract does not allow: the refusal itself has to keep to it. */
async function refused(serveUrl, slow) {
    const judged = await replay();
    const ask = async (what, operation, status, answer) =>
        judge(what, await judged(operation, answer), status);
    const lines = (method, at, headers, body = "") =>
        [
            `${method} ${at} HTTP/1.1`,
            "Host: a",
            `Authorization: Bearer ${token}`,
            "Connection: close",
            ...headers,
            "",
            body,
        ].join("\r\n");
    const post = (body, type = "application/json", at = collection) =>
        raw(
            serveUrl,
            lines(
                "POST",
                at,
                [`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`],
                body,
            ),
        );
    const bodies = [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"parent":3}',
        `{"parent":"${parent}"}`,
        `{"parent":"${parent}","analysisResult":[]}`,
        '{"parent":"x","analysisResult":{}}',
        `{"parent":"${parent}","analysisResult":{"results":[{"groupId":1,"id":2}]},"more":1}`,
        `{"parent":"${parent}","analysisResult":{},"analysisResultId":"A"}`,
        `{"parent":"${parent}","analysisResult":{"results":[${"1,".repeat(40)}1]}}`,
        `{"parent":"${parent}","analysisResult":{"labels":[${"{},".repeat(64)}{}]}}`,
    ];
    for (const body of bodies)
        await ask(`create with ${body.slice(0, 60)}`, "POST", 400, await post(body));
    await ask(
        "create with bad UTF-8",
        "POST",
        400,
        await raw(
            serveUrl,
            Buffer.concat([
                Buffer.from(
                    lines("POST", collection, [
                        "Content-Type: application/json",
                        "Content-Length: 3",
                    ]),
                ),
                Buffer.from([0x22, 0xff, 0x22]),
            ]),
        ),
    );
    await ask(
        "create with an id in capitals",
        "POST",
        400,
        await post(
            `{"parent":"${parent}","analysisResult":{}}`,
            undefined,
            `${collection}?analysisResultId=ABC`,
        ),
    );
    await ask("create as text", "POST", 415, await post("{}", "text/plain"));
    await ask(
        "create without a length",
        "POST",
        411,
        await raw(serveUrl, lines("POST", collection, ["Content-Type: application/json"])),
    );
    await ask(
        "create with too much",
        "POST",
        413,
        await raw(
            serveUrl,
            lines("POST", collection, [
                "Content-Type: application/json",
                "Content-Length: 999999999",
            ]),
        ),
    );
    await ask(
        "create without a token",
        "POST",
        401,
        await send(serveUrl + collection, {
            method: "POST",
            headers: json,
            body: "{}",
            authorized: false,
        }),
    );
    await ask(
        "list without a token",
        "GET",
        401,
        await send(serveUrl + collection, { authorized: false }),
    );
    await ask(
        "list with a wrong size",
        "GET",
        400,
        await send(`${serveUrl + collection}?pageSize=-1`),
    );
    await ask(
        "list with a parameter twice",
        "GET",
        400,
        await send(`${serveUrl + collection}?pageSize=1&pageSize=2`),
    );
    await ask("get a wrong id", "ONE", 400, await send(`${serveUrl + collection}/A`));
    await ask(
        "get without a token",
        "ONE",
        401,
        await send(`${serveUrl + collection}/made-1`, { authorized: false }),
    );
    await ask(
        "delete without a token",
        "DELETE",
        401,
        await send(`${serveUrl + collection}/made-1`, { method: "DELETE", authorized: false }),
    );
    await ask(
        "delete a wrong id",
        "DELETE",
        400,
        await send(`${serveUrl + collection}/A`, { method: "DELETE" }),
    );
    await ask(
        "a page without a token",
        "PAGE",
        401,
        await send(`${serveUrl}/results/checkout/july/made-1`, { authorized: false }),
    );
    await ask(
        "replace a list",
        "GET",
        405,
        await send(serveUrl + collection, { method: "PUT", headers: { "content-length": 0 } }),
    );
    await ask(
        "patch a result",
        "ONE",
        405,
        await send(`${serveUrl + collection}/made-1`, {
            method: "PATCH",
            headers: { "content-length": 0 },
        }),
    );
    await ask(
        "post to health",
        "HEALTH",
        405,
        await send(`${serveUrl}/healthz`, { method: "POST", headers: { "content-length": 0 } }),
    );
    for (const [method, at, operation] of [
        ["POST", collection, "POST"],
        ["DELETE", `${collection}/made-1`, "DELETE"],
    ]) {
        let answer;
        for (let i = 0; i < 20 && answer?.status !== 429; i++)
            answer = await send(slow + at, {
                method,
                headers: { ...json, "content-length": 2 },
                body: "{}",
            });
        await ask(`${method}, too often`, operation, 429, answer);
    }
    await negatives(judged);
}

/** The judge can say no. */
async function negatives(judged) {
    const answer = (status, body, headers = json) => ({
        status,
        headers,
        body: JSON.stringify(body),
    });
    const wrong = [
        ["an answer without the server's fields", "ONE", answer(200, {})],
        ["an error without a message", "ONE", answer(404, { code: 5, details: [] })],
        [
            "a status that is not documented",
            "ONE",
            answer(418, { code: 5, message: "x", details: [] }),
        ],
        ["a list with a member too many", "GET", answer(200, { analysisResults: [], total: 0 })],
        [
            "a refusal without its challenge",
            "GET",
            answer(401, { code: 16, message: "x", details: [] }),
        ],
    ];
    for (const [what, operation, given] of wrong) {
        const got = await judged(operation, given);
        const objections = (got.headers["sl-violations"] ?? "") + got.body;
        ok(/VIOLATIONS|"severity"/.test(objections), `Prism objects to ${what}`, objections);
    }
}

main(async () => {
    const first = await endpoint("first", "--strict");
    await allowed(await prism("proxy", document, first));
    const second = await endpoint("second", "--strict");
    await client(await prism("proxy", document, second));
    await refused(
        await endpoint("third", "--strict"),
        await endpoint("slow", "--strict", "--max-posts", "1"),
    );
});
