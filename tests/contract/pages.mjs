// SPDX-License-Identifier: GPL-3.0-or-later
// The pages of assay serve in headless Chromium: in both themes, on a desk and on a phone, without
// scripts, with keys, on paper; their HTML by html-validate.
import { endpoint, load, main, ok, send, token } from "./harness.mjs";
import { focusRing, inspect } from "./inspect.mjs";
import { hostileNames, samples } from "./samples.mjs";

const { chromium } = load("playwright-core");
const { HtmlValidate } = load("html-validate");

const flags = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];
const json = { "content-type": "application/json" };

async function store(base, instance, id, analysisResult) {
    const parent = `workflows/web/instances/${instance}`;
    const answer = await send(`${base}/v2/${parent}/analysisResults?analysisResultId=${id}`, {
        method: "POST",
        headers: json,
        body: JSON.stringify({ parent, analysisResult }),
    });
    ok(answer.status === 200, `${instance} is stored`, answer.body);
}

/** A page that tells of everything that must not happen on it. */
async function watched(context, base, isRefusal) {
    const page = await context.newPage();
    const events = [];
    page.on("console", (message) => {
        // Chromium itself says so when the page it was asked for is a refusal.
        const isExpected = isRefusal && message.text().startsWith("Failed to load resource");
        if (!isExpected) events.push(`console ${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => events.push(`error: ${error}`));
    page.on("dialog", (dialog) => {
        events.push(`dialog: ${dialog.message()}`);
        dialog.dismiss();
    });
    page.on("request", (request) => {
        const { protocol, origin } = new URL(request.url());
        if (origin !== new URL(base).origin && protocol !== "data:")
            events.push(`request to ${request.url()}`);
    });
    await page.exposeFunction("tell", (text) => events.push(text));
    await page.addInitScript(() =>
        document.addEventListener("securitypolicyviolation", (event) =>
            window.tell(`policy: ${event.violatedDirective} ${event.blockedURI}`),
        ),
    );
    return { page, events };
}

const strict = new RegExp(
    "^default-src 'none'; img-src data:; style-src 'sha256-[A-Za-z0-9+/]+='; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'$",
);

/** One page in one theme, as wide as phones and desks are: as it comes, and with all unfolded. */
async function look(browser, base, what, at, status, { scheme, widths }) {
    const context = await browser.newContext({
        viewport: { width: widths[0], height: 800 },
        colorScheme: scheme,
    });
    const { page, events } = await watched(context, base, status !== 200);
    const answer = await page.goto(base + at);
    ok(answer.status() === status, `${what}, ${scheme}: ${status}, not ${answer.status()}`);
    const policy = answer.headers()["content-security-policy"];
    ok(strict.test(policy), `${what}, ${scheme}: a strict policy`, policy);
    const unfold = (isOpen) =>
        page.evaluate((open) => {
            for (const fold of document.querySelectorAll("details")) fold.open = open;
        }, isOpen);
    for (const width of widths) {
        const name = `${what}, ${scheme}, ${width} px`;
        await page.setViewportSize({ width, height: 800 });
        await unfold(false);
        const wrong = await page.evaluate(inspect);
        ok(wrong.length === 0, `${name}: nothing is wrong`, wrong.slice(0, 8).join("\n"));
        await unfold(true);
        const opened = await page.evaluate(inspect);
        ok(opened.length === 0, `${name}: nor with all unfolded`, opened.slice(0, 8).join("\n"));
    }
    ok(events.length === 0, `${what}, ${scheme}: nothing happens`, events.join("\n"));
    await context.close();
}

/** Names are text, wherever they stand. */
async function names(browser, base) {
    const context = await browser.newContext();
    const { page, events } = await watched(context, base, false);
    await page.goto(`${base}/results/web/hostile/hostile`);
    const text = await page.evaluate(() => document.body.textContent);
    for (const name of hostileNames)
        ok(text.split(name).length > 20, `${name.slice(0, 40)} is shown as it is, often`);
    ok((await page.locator("bdi").count()) > 100, "names keep their direction to themselves");
    const large = await page.locator("h3 > bdi").first().textContent();
    ok(large.length > 0, "a heading has a name");
    ok(events.length === 0, "no name does anything", events.join("\n"));
    await context.close();
}

/** No interval without its level, no p without what it is for, on any page of a result. */
async function labels(browser, base, pages) {
    const page = await browser.newPage();
    let intervals = 0;
    for (const [what, at] of pages) {
        await page.goto(base + at);
        const seen = await page.evaluate(() => {
            document.querySelectorAll("details").forEach((fold) => (fold.open = true));
            // A cell has what its row and column are about in their headers.
            const texts = [...document.querySelectorAll("p, td")].map((e) => {
                const table = e.closest("table");
                const heads = table ? [...table.querySelectorAll("caption, thead th")] : [];
                return [e.textContent, ...heads.map((head) => head.textContent)].join(" ");
            });
            const isInterval = / to [+\u2212\d]/;
            const isTest = /[(;] ?p [\d.]/;
            const says = /for (better|worse|not worse|a change)|sizes|missing|differs|tail/;
            return {
                intervals: texts.filter((text) => isInterval.test(text)).length,
                levels: texts.filter((text) => isInterval.test(text) && !/% interval/.test(text)),
                hypotheses: texts.filter((text) => isTest.test(text) && !says.test(text)),
            };
        });
        intervals += seen.intervals;
        ok(seen.levels.length === 0, `${what}: each interval has its level`,
            seen.levels.slice(0, 3).join("\n"));
        ok(seen.hypotheses.length === 0, `${what}: each p has its hypothesis`,
            seen.hypotheses.slice(0, 3).join("\n"));
    }
    ok(intervals > 20, `${intervals} intervals are looked at`);
    await page.close();
}

/** Without scripts the pages are the same; keys reach everything; paper shows what is folded. */
async function otherWays(browser, base) {
    const at = `${base}/results/web/hillstrom/hillstrom`;
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const page = await plain.newPage();
    await page.goto(at);
    ok(
        await page.getByText("Ship").first().isVisible(),
        "without scripts: the recommendation is there",
    );
    const slices = page.getByText("channel").first();
    ok(!(await slices.isVisible()), "without scripts: slices are folded");
    await page.locator("summary").nth(1).click();
    ok(await page.locator("table.slices").first().isVisible(), "without scripts: they unfold");
    await plain.close();

    const context = await browser.newContext();
    const keyed = await context.newPage();
    await keyed.goto(at);
    const reached = new Set();
    for (let i = 0; i < 12; i++) {
        await keyed.keyboard.press("Tab");
        ok(await keyed.evaluate(focusRing), `key ${i + 1}: the focus is seen`);
        reached.add(await keyed.evaluate(() => document.activeElement.tagName));
    }
    ok(
        reached.has("A") && reached.has("SUMMARY") && reached.has("DIV"),
        "keys reach links, folds, tables",
        [...reached].join(),
    );
    await keyed.emulateMedia({ media: "print" });
    ok(await keyed.locator("table.slices").first().isVisible(), "on paper: slices are there");
    const paper = await keyed.pdf({ format: "A4" });
    ok(paper.subarray(0, 5).toString() === "%PDF-" && paper.length > 20000, "it prints");
    await context.close();
}

/** Lists: pages, labels, and what they lead to. */
async function lists(browser, base) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(base);
    const links = async () => page.locator(".results h2 a").allTextContents();
    const first = await links();
    await page.getByText("Older results").click();
    const second = await links();
    ok(
        first.length === 20 && second.length === 5,
        `pages of 20 and 5: ${first.length}, ${second.length}`,
    );
    ok(new Set([...first, ...second]).size === 25, "each result is on one page");
    await page.getByText("Newest results").click();
    ok((await links()).join() === first.join(), "back at the newest");
    await page.locator(".labels a", { hasText: 'a "b" \\ &' }).first().click();
    ok(
        (await links()).length === 5,
        `a label leads to those that have it: ${(await links()).length}`,
    );
    await page.getByText("Show all").click();
    ok((await links()).length === 20, "and back");
    await page.locator(".results h2 a").first().click();
    ok((await page.title()).startsWith("n-"), "a title leads to its result");
    await page.getByLabel("Breadcrumb").getByText("web / n-").click();
    ok((await links()).length === 1, "the breadcrumb leads to the results of one experiment");
    await page.goto(`${base}/?filter=labels.team%3Dnone`);
    ok(await page.getByText("Nothing matches").isVisible(), "a list that selects nothing says so");
    await context.close();
}

/** A browser without a token reads why; with one it gets in. */
async function doors(browser) {
    const closed = await endpoint("closed");
    const stranger = await send(`${closed}/`, {
        authorized: false,
        headers: { accept: "text/html" },
    });
    ok(
        stranger.status === 401 && stranger.body.includes("A token is needed"),
        "a stranger reads why",
    );
    ok(stranger.headers["www-authenticate"]?.startsWith("Basic"), "and is asked for a password");
    const machine = await send(`${closed}/`, { authorized: false });
    ok(machine.status === 401 && JSON.parse(machine.body).code === 16, "a machine reads JSON");
    const context = await browser.newContext({
        httpCredentials: { username: "any", password: token },
    });
    const page = await context.newPage();
    const answer = await page.goto(`${closed}/`);
    ok(answer.status() === 200, "the token as password opens the door");
    ok(await page.getByText("No results yet").isVisible(), "an empty list says so");
    await context.close();
}

/** Long figures and names stay whole: large ones on one line, sizes of groups without scrolling. */
async function figures(browser, base) {
    const bounds = { lower: { value: -1234567890123 }, upper: { value: 4234567890123 } };
    const group = (name, observed, expected, isSignificant) => ({
        group: name,
        observed,
        expected,
        isSignificant,
    });
    const sizes = [
        group("control", 157800, 164800, false),
        group("treatment variant", 164800, 157800, true),
    ];
    await store(base, "figures", "large", {
        results: [
            {
                id: "m",
                srmResult: [{ isSignificant: true, result: sizes }],
                result: [
                    {
                        groups: { baseline: "control", compared: "treatment variant" },
                        lastResult: {
                            differenceEstimateAbs: { ...bounds, estimate: { value: 1534567890123 } },
                        },
                    },
                ],
            },
        ],
    });
    for (const width of [360, 390, 700, 1200, 1280]) {
        const page = await browser.newPage({ viewport: { width, height: 900 } });
        await page.goto(`${base}/results/web/figures/large`);
        const seen = await page.evaluate(() => {
            const estimate = document.querySelector(".estimate");
            const line = parseFloat(getComputedStyle(estimate).lineHeight);
            const wide = document.querySelector(".wide");
            return {
                lines: Math.round(estimate.clientHeight / line),
                scroll: wide.scrollWidth - wide.clientWidth,
                outside: [...document.querySelectorAll(".forest text")].filter((text) => {
                    const [own, card] = [text, text.closest(".card")].map((e) =>
                        e.getBoundingClientRect(),
                    );
                    return own.left < card.left || own.right > card.right;
                }).length,
            };
        });
        ok(seen.lines === 1, `${width}: a large figure is on one line, not ${seen.lines}`);
        ok(seen.scroll === 0, `${width}: sizes of groups fit, but for ${seen.scroll} pixels`);
        ok(seen.outside === 0, `${width}: no figure of a drawing leaves its card`);
        await page.close();
    }
}

/** What inspects the pages can say no. */
async function negatives(browser, base) {
    const spoil = [
        [
            "a faint line of a boundary",
            () => {
                const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
                line.setAttribute("class", "boundary");
                document.querySelector("svg").append(line);
                for (const sheet of document.styleSheets)
                    sheet.insertRule(".boundary.boundary{stroke:#d9d9d9}", sheet.cssRules.length);
            },
        ],
        ["a faint text", () => document.querySelector("h1").setAttribute("style", "color:#999")],
        [
            "something wide",
            () => {
                const wide = document.createElement("p");
                wide.className = "mini";
                wide.textContent = "w".repeat(3000);
                document.body.append(wide);
                for (const sheet of document.styleSheets) sheet.insertRule("p.mini{width:9000px}");
            },
        ],
        [
            "a skipped heading",
            () => document.querySelector("main").append(document.createElement("h6")),
        ],
        ["a script", () => document.body.append(document.createElement("script"))],
        [
            "a drawing without a name",
            () => document.querySelector("svg").removeAttribute("aria-hidden"),
        ],
    ];
    for (const [what, change] of spoil) {
        const page = await browser.newPage();
        await page.goto(`${base}/results/web/hillstrom/hillstrom`);
        await page.evaluate(change);
        ok((await page.evaluate(inspect)).length > 0, `${what} is found`);
        await page.close();
    }
}

async function markup(base, pages) {
    const validator = new HtmlValidate({
        extends: ["html-validate:recommended"],
        // Pages are written by a program: how compact they are is its business.
        rules: { "long-title": "off", "no-trailing-whitespace": "off" },
    });
    for (const [what, at] of pages) {
        const { body } = await send(base + at, { headers: { accept: "text/html" } });
        const report = await validator.validateString(body);
        const said = report.results.flatMap(({ messages }) =>
            messages.map(
                ({ ruleId, message, line, column }) => `${ruleId} ${line}:${column} ${message}`,
            ),
        );
        ok(report.valid && said.length === 0, `${what}: valid HTML`, said.slice(0, 6).join("\n"));
    }
}

main(async () => {
    const base = await endpoint("pages", "--open-pages");
    const pages = [
        ["the list", "/", 200],
        ["nothing there", "/results/web/none/none", 404],
        ["no such page", "/nothing", 404],
        ["an id that is none", "/results/web/a/B", 400],
        ["a filter that is none", "/?filter=x", 400],
    ];
    for (const [instance, id, result] of await samples()) {
        await store(base, instance, id, result);
        pages.push([instance, `/results/web/${instance}/${id}`, 200]);
    }
    const many = await endpoint("many", "--open-pages");
    for (let i = 0; i < 25; i++)
        await store(many, `n-${i}`, `id-${i}`, {
            labels: [{ key: 'te"am', value: i % 5 ? "others" : 'a "b" \\ &' }],
        });
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        args: flags,
    });
    try {
        for (const scheme of ["light", "dark"])
            for (const [what, at, status] of pages)
                await look(browser, base, what, at, status, {
                    scheme,
                    widths: [1280, 1200, 390, 360],
                });
        await names(browser, base);
        const own = ["hillstrom", "asos-b3280a", "sequential"];
        await labels(browser, base, pages.filter(([what]) => own.includes(what)));
        await otherWays(browser, base);
        await figures(browser, base);
        await lists(browser, many);
        await doors(browser);
        await negatives(browser, base);
        await markup(base, [...pages, ["a list of many", "/"]]);
    } finally {
        await browser.close();
    }
});
