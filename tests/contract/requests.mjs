// SPDX-License-Identifier: GPL-3.0-or-later
// Every kind of request the client sends: name, arguments of assay, what stands on standard input.
import fs from "node:fs";
import { document, file } from "./harness.mjs";

const parent = "workflows/contract/instances/judges";
const analyze = (...args) => ["analyze", ...args, "--post", "--format", "csv"];

function rows(header, line, count) {
    const lines = [header];
    for (let i = 0; i < count; i++) lines.push(line(i));
    return `${lines.join("\n")}\n`;
}

const groups = ["control", "<script>alert(1)</script>", 'quo"te & \u202eright\u202c \u{1f600}'];

/** A file of 300 units with what plans can ask for; every third unit of the last group is gone. */
function units() {
    const quote = (text) => `"${text.replaceAll('"', '""')}"`;
    return file(
        "units.csv",
        rows(
            "g,bought,spend,visits,before,country,device",
            (i) =>
                [
                    quote(groups[i % 3]),
                    i % 7 === 0 ? 1 : 0,
                    ((i * 37) % 101) / 4,
                    1 + (i % 5),
                    (i * 17) % 23,
                    ["SE", "DE"][i % 2],
                    ["phone", "desk"][i % 4 >> 1],
                ].join(","),
            300,
        ),
    );
}

const weights = `control=1,${groups[1]}=1,${groups[2]}=1`;
const everyFlag = [
    "--group",
    "g",
    "--all-pairs",
    "--weights",
    weights,
    "--alpha",
    "0.1",
    "--power",
    "0.9",
    "--proportion",
    "bought:role=success,mde=0.2",
    "--metric",
    "spend:role=guardrail,margin=0.1",
    "--metric",
    "visits:role=deterioration,direction=decrease",
    "--ratio",
    "spend/visits:id=per-visit",
    "--covariate",
    "before",
    "--reduction",
    "pooled",
    "--multiplicity",
    "all",
    "--relative",
    "delta",
    "--test",
    "t",
    "--skewness-correction",
    "hall",
    "--srm-method",
    "sequential",
    "--dimension",
    "country",
    "--dimension",
    "device",
    "--segment",
    "phones=device = 'phone'",
    "--exposure-filter",
    "exposureFilters/all",
    "--label",
    "team=judges",
    "--label",
    "empty=",
    "--parent",
    parent,
    "--id",
    "every-flag",
];

/** The request of the contract's document, as a client sends it. */
export function example() {
    const operation = JSON.parse(fs.readFileSync(document, "utf8")).paths[
        "/v2/workflows/{workflow}/instances/{instance}/analysisResults"
    ].post;
    return operation.requestBody.content["application/json"].example;
}

/** requests() lists them; each is sent once. */
export function requests() {
    const data = units();
    const mismatch = file(
        "mismatch.csv",
        rows("g,x", (i) => `${i % 5 ? "a" : "b"},${i % 9}`, 400),
    );
    const few = file("few.csv", "g,x\na,1\nb,2\nb,3\n");
    const whole = JSON.stringify(example());
    const bare = file("bare.json", JSON.stringify(example().analysisResult));
    const flags = ["--group", "g", "--baseline", "a", "--metric", "x", "--parent", parent];
    const simple = ["--group", "g", "--baseline", "control", "--parent", parent];
    return [
        [
            "Hillstrom, with its plan",
            analyze("data/hillstrom.csv", "--plan", "data/hillstrom.plan.json"),
        ],
        [
            "ASOS, with its plan",
            analyze("data/asos-b3280a.csv", "--plan", "data/asos-b3280a.plan.json"),
        ],
        [
            "ASOS, as of an early look",
            analyze(
                "data/asos-b3280a.csv",
                "--plan",
                "data/asos-b3280a.plan.json",
                "--as-of",
                "2020-01-20T00:00:00Z",
            ),
        ],
        ["every flag of a plan", analyze(data, ...everyFlag)],
        ["one metric and nothing else", analyze(data, ...simple, "--metric", "spend")],
        ["a ratio", analyze(data, ...simple, "--ratio", "spend/visits")],
        [
            "a proportion with log intervals",
            analyze(
                data,
                ...simple,
                "--proportion",
                "bought",
                "--relative",
                "log",
                "--srm-tolerance",
                "0.1",
            ),
        ],
        [
            "variance reduction by group",
            analyze(
                data,
                ...simple,
                "--metric",
                "spend:covariates=before",
                "--deterioration-alpha",
                "off",
            ),
        ],
        [
            "segments alone",
            analyze(
                data,
                ...simple,
                "--metric",
                "spend",
                "--segment",
                "se=country = 'SE'",
                "--segment",
                "de=country = 'DE'",
            ),
        ],
        ["a metric without direction", analyze(data, ...simple, "--metric", "spend:direction=any")],
        ["a sample ratio mismatch", analyze(mismatch, ...flags)],
        ["errors among the annotations", analyze(few, ...flags)],
        ["a file with a result", ["post", bare, "--parent", parent, "--id", "from-a-file"]],
        ["a request from standard input", ["post", "-"], whole],
    ];
}
