// SPDX-License-Identifier: GPL-3.0-or-later
// Results to look at: real ones, one with many looks, and ones made to break a page.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { assay, root, run } from "./harness.mjs";

export const script = "<script>alert(1)</script>";
const quotes = `"quotes' & <b>tags</b> &amp; ${"`"}ticks${"`"}`;
const rightToLeft = "\u202egnihton \u05e9\u05dc\u05d5\u05dd";
const emoji = "\u{1f469}\u{1f3fd}\u200d\u{1f680}\u{1f1f8}\u{1f1ea}";
const long = "long-".repeat(400);
export const hostileNames = [script, quotes, rightToLeft, emoji, long];

async function analyze(...args) {
    const { code, out, err } = await run(assay, ["analyze", ...args, "--format", "result"]);
    if (code !== 0) throw new Error(`assay analyze ${args.join(" ")}: ${err}`);
    return JSON.parse(out);
}

const planned = (name) => [`data/${name}.csv`, "--plan", `data/${name}.plan.json`];

/** looks() is the ASOS experiment with one look for each time of its data. */
async function looks() {
    const lines = fs.readFileSync(path.join(root, "data/asos-b3280a.csv"), "utf8").split("\n");
    const times = [...new Set(lines.map((line) => /\d{4}-\d\d-\d\dT[\d:]+Z/.exec(line)?.[0]))]
        .filter(Boolean)
        .sort();
    let whole;
    const seen = new Map();
    for (const time of times) {
        const after = new Date(Date.parse(time) + 1000).toISOString().replace(".000", "");
        whole = await analyze(...planned("asos-b3280a"), "--as-of", after);
        for (const metric of whole.results)
            for (const comparison of metric.result) {
                const key = `${metric.id} ${comparison.comparisonId}`;
                seen.set(key, [...(seen.get(key) ?? []), comparison.lastResult]);
                comparison.result = seen.get(key);
            }
    }
    return whole;
}

/** sequential() has boundaries, those of looks to come, a margin and values that are missing. */
async function sequential(days) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-pages-"));
    const rows = ["metric,group,time,n,mean,variance"];
    for (let day = 1; day <= days; day++)
        for (const [group, lift] of [["old", 0], ["new", 1]]) {
            const key = `${group},2026-03-0${day}`;
            const units = 1000 * day;
            const seen = units - 100 * lift * day;
            rows.push(`@units,${key},${units},,`);
            rows.push(`spend,${key},${units},${10 + 0.05 * lift * day},9`);
            rows.push(`errors,${key},${seen},${0.05 + 0.001 * lift},`);
        }
    const data = path.join(folder, "sums.csv");
    const plan = path.join(folder, "plan.json");
    fs.writeFileSync(data, `${rows.join("\n")}\n`);
    fs.writeFileSync(
        plan,
        JSON.stringify({
            groups: [
                { id: "old", weight: 1 },
                { id: "new", weight: 1 },
            ],
            comparisons: { baseline: "old" },
            horizon: { type: "groupSequential", expectedSampleSize: 12000, plannedLooks: 6 },
            metrics: [
                { id: "spend", minimumDetectableEffect: 0.02 },
                {
                    id: "errors",
                    type: "proportion",
                    role: "guardrail",
                    direction: "decrease",
                    nonInferiorityMargin: 0.1,
                },
            ],
        }),
    );
    try {
        return await analyze(data, "--plan", plan);
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

const value = (number) => ({ value: number });

function difference(estimate, lower, upper, isSignificant) {
    return {
        estimate: value(estimate),
        ...(lower === undefined ? {} : { lower: value(lower) }),
        ...(upper === undefined ? {} : { upper: value(upper) }),
        isSignificant: value(isSignificant),
    };
}

function comparison(compared, estimate, lower, upper, significant, more = {}) {
    const look = {
        baselineEstimateAbs: value(1),
        comparedEstimateAbs: value(1 + estimate),
        differenceEstimateAbs: difference(estimate, lower, upper, significant),
        differenceEstimateRel: difference(estimate, lower, upper, significant),
        baselineSampleSize: value(1234567),
        comparedSampleSize: value(7654321),
    };
    return {
        status: { message: `${compared} changed.`, decisionIsSignificant: value(significant) },
        groups: { baseline: "control", compared },
        result: [look],
        lastResult: look,
        isSignificant: value(significant),
        dimensions: [],
        ...more,
    };
}

/** hostile() has a name of each bad kind wherever a name can stand. */
function hostile() {
    const srm = (name) => ({ group: name, observed: 1000, expected: 1500.5, isSignificant: true });
    const notes = hostileNames.flatMap((name) => [
        { context: [value(name)], warning: name },
        { context: [value(name)], error: { details: name } },
        { context: [], info: name },
    ]);
    return {
        exposureFilter: script,
        annotations: notes,
        results: hostileNames.map((name) => ({
            id: name,
            statsSettings: { adjustedAlpha: 0.05 },
            metricDetails: { plannedEffectSize: value(name), hasRun: true },
            result: hostileNames.flatMap((group) => [
                comparison(group, 0.02, -0.01, 0.05, false),
                comparison(group, 0.1, 0.05, 0.15, true, {
                    dimensions: [{ key: name, value: group }],
                    segmentId: group,
                }),
            ]),
            annotations: notes,
            srmResult: [
                {
                    isSignificant: true,
                    status: { message: name },
                    result: hostileNames.map(srm),
                    dimensions: [],
                },
            ],
        })),
        treatments: hostileNames.map((name) => ({ id: name, recommendation: { status: name } })),
        labels: hostileNames.map((name) => ({ key: name, value: name })),
    };
}

/** extremes() has numbers at the ends of what there is, and much that is absent. */
function extremes() {
    const cases = [
        ["huge", comparison("b", 1e300, -1e300, 1.7e308, true)],
        ["tiny", comparison("b", 1e-300, -1e-300, 2e-300, false)],
        ["no bounds", comparison("b", 0.1, undefined, undefined, false)],
        ["one bound", comparison("b", 0.1, 0.05, undefined, true)],
        ["all zero", comparison("b", 0, 0, 0, false)],
        [
            "got worse",
            comparison("b", -0.2, -0.3, -0.1, true, {
                status: { message: "It got worse.", validationIsSignificant: value(true) },
            }),
        ],
        ["nothing", {}],
        [
            "odd times",
            comparison("b", 0.1, 0.05, 0.2, true, {
                result: ["x", "y", "z"].map((resultTime) => ({
                    resultTime,
                    differenceEstimateRel: difference(0.1, 0.05, 0.2, true),
                })),
            }),
        ],
    ];
    const statuses = ["SHIP", "CONTINUE", "END", "ABORT"].map((name) => ({
        id: name.toLowerCase(),
        recommendation: { status: `RECOMMENDATION_STATUS_${name}` },
    }));
    return {
        results: [...cases.map(([id, one]) => ({ id, result: [one] })), { id: "empty" }],
        treatments: [...statuses, { id: "none" }, { id: "number", recommendation: { status: 4 } }],
    };
}

/** samples() lists them: instance, id, AnalysisResult. */
export async function samples() {
    return [
        ["hillstrom", "hillstrom", await analyze(...planned("hillstrom"))],
        ["asos-b3280a", "asos", await analyze(...planned("asos-b3280a"))],
        ["asos-over-time", "asos-looks", await looks()],
        ["sequential", "sequential", await sequential(5)],
        ["running", "running", await sequential(2)],
        ["hostile", "hostile", hostile()],
        ["extremes", "extremes", extremes()],
        ["empty", "empty", {}],
    ];
}
