// SPDX-License-Identifier: GPL-3.0-or-later
// The contract's document: valid OpenAPI by Spectral's rules, and the same fields as the platform's
// published example.
import fs from "node:fs";
import path from "node:path";
import { document, judges, main, ok, root, run } from "./harness.mjs";

const contract = JSON.parse(fs.readFileSync(document, "utf8"));

function resolve(schema) {
    const name = schema.$ref?.split("/").pop();
    return name ? contract.components.schemas[name] : schema;
}

/** Where a published example and a schema differ: members, and the types of what they hold. */
function differences(example, schema, at, found) {
    // of the forms of a map, the published one is first
    const { type, properties, items } = resolve(resolve(schema).oneOf?.[0] ?? schema);
    const place = at || "the request";
    if (Array.isArray(example)) {
        if (type === "array") differences(example[0], items, `${at}[]`, found);
        else found.push(`${place} is a list`);
    } else if (typeof example === "object") {
        const names = Object.keys(example);
        const wanted = Object.keys(properties ?? {});
        if (names.length === 0)
            // the publication says "object" and no more
            return found;
        if (type !== "object" || resolve(schema).additionalProperties !== false)
            found.push(`${place} is an object with these members and no others`);
        if (names.join() !== wanted.join()) found.push(`${place} has ${names}, not ${wanted}`);
        for (const name of names.filter((one) => wanted.includes(one)))
            differences(example[name], properties[name], at ? `${at}.${name}` : name, found);
    } else {
        const types = { string: ["string"], number: ["number", "integer"], boolean: ["boolean"] };
        if (!types[typeof example].includes(type))
            found.push(`${place} is a ${typeof example}, not ${type}`);
    }
    return found;
}

main(async () => {
    const spectral = path.join(judges, "node_modules/.bin/spectral");
    const linted = await run(spectral, [
        "lint",
        "--ruleset",
        path.join(root, "tests/contract/spectral.json"),
        "--fail-severity",
        "hint",
        document,
    ]);
    ok(linted.code === 0, "Spectral finds nothing", linted.out + linted.err);

    const published = JSON.parse(
        fs.readFileSync(path.join(root, "data/contract/create-analysis-result.json"), "utf8"),
    );
    const request = { $ref: "#/components/schemas/CreateAnalysisResultRequest" };
    ok(
        differences(published, request, "", []).length === 0,
        "the fields are those published",
        differences(published, request, "", []).join("\n"),
    );
    const required = (name) => contract.components.schemas[name].required?.join();
    ok(
        required("CreateAnalysisResultRequest") === "parent,analysisResult",
        "a request's required fields",
    );
    ok(
        required("AnalysisResult") === "createTime,updateTime,creator,updater",
        "a result's required fields",
    );

    // The comparison can fail.
    published.analysisResult.results[0].other = 1;
    published.analysisResult.exposureFilter = 2;
    ok(differences(published, request, "", []).length === 2, "two differences are found");
});
