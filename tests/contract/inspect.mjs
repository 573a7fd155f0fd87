// SPDX-License-Identifier: GPL-3.0-or-later
// What is looked at within a page. inspect() runs there, in the browser: it uses nothing from here.

/** inspect() gives a list of what is wrong with the page as it stands. */
export function inspect() {
    const wrong = [];
    const all = (selector) => [...document.querySelectorAll(selector)];
    const say = (element, what) =>
        wrong.push(`${what}: ${element.outerHTML?.slice(0, 160) ?? element}`);

    const rgb = (text) => {
        const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
        return { r, g, b, a };
    };
    const over = (top, under) => ({
        r: top.r * top.a + under.r * (1 - top.a),
        g: top.g * top.a + under.g * (1 - top.a),
        b: top.b * top.a + under.b * (1 - top.a),
        a: 1,
    });
    const light = ({ r, g, b }) => {
        const [x, y, z] = [r, g, b].map((value) => {
            const share = value / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const contrast = (one, other) => {
        const [high, low] = [light(one), light(other)].sort((x, y) => y - x);
        return (high + 0.05) / (low + 0.05);
    };
    const behind = (element) => {
        const layers = [];
        for (let at = element; at; at = at.parentElement)
            layers.push(rgb(getComputedStyle(at).backgroundColor));
        return layers.reduceRight((under, top) => over(top, under), {
            r: 255,
            g: 255,
            b: 255,
            a: 1,
        });
    };
    const isShown = (element) =>
        element.checkVisibility({ visibilityProperty: true, opacityProperty: true });

    // Text, at least 4.5, or 3 when it is large; drawings that mean something, at least 3.
    let texts = 0;
    for (const element of all("body *")) {
        const hasText = [...element.childNodes].some(
            (node) => node.nodeType === 3 && node.data.trim(),
        );
        if (!hasText || !isShown(element) || element.closest("title")) continue;
        const style = getComputedStyle(element);
        const colour = rgb(element.closest("svg") ? style.fill : style.color);
        const size = parseFloat(style.fontSize);
        const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        const under = behind(element.closest("svg") ?? element);
        const ratio = contrast(over(colour, under), under);
        texts++;
        if (ratio < (isLarge ? 3 : 4.5)) say(element, `contrast ${ratio.toFixed(2)}`);
    }
    if (texts < 4) wrong.push(`only ${texts} texts are looked at`);
    for (const mark of all(
        "svg .interval, svg .cap, svg .zero, svg .path, svg .point, svg .margin, svg .boundary, " +
            "svg .end, svg .event, svg .single, svg.icon path",
    )) {
        if (!isShown(mark)) continue;
        const style = getComputedStyle(mark);
        const under = behind(mark.closest("svg"));
        const paints = [style.stroke, style.fill].filter((paint) => paint.startsWith("rgb"));
        const paintOver = (paint) => {
            const colour = rgb(paint);
            return over({ ...colour, a: colour.a * Number(style.opacity) }, under);
        };
        const best = Math.max(...paints.map((paint) => contrast(paintOver(paint), under)));
        if (!(best >= 3)) say(mark, `contrast of a drawing ${best.toFixed(2)}`);
    }

    // Nothing sticks out sideways; what is wider scrolls within.
    const page = document.documentElement;
    if (page.scrollWidth > innerWidth)
        wrong.push(`the page is ${page.scrollWidth} wide, not ${innerWidth}`);

    // Nothing to run, no style beside the sheet.
    for (const element of all(
        "script, iframe, object, embed, form, base, [style], link[rel=stylesheet]",
    ))
        say(element, "not wanted here");
    for (const element of all("*"))
        for (const { name, value } of element.attributes)
            if (name.startsWith("on") || /^\s*(javascript|data):text/i.test(value))
                say(element, name);

    // Structure: landmarks, one first heading, none skipped, names of regions.
    for (const mark of ["header", "main", "footer", "h1", "title"])
        if (all(mark === "title" ? "head > title" : mark).length !== 1)
            wrong.push(`not one ${mark}`);
    if (page.lang !== "en") wrong.push("no language");
    let level = 0;
    for (const heading of all("h1, h2, h3, h4, h5, h6")) {
        const next = Number(heading.tagName[1]);
        if (next > level + 1) say(heading, `a heading of level ${next} after ${level}`);
        level = next;
    }
    for (const element of all("nav, section, [role=group]")) {
        const label = element.getAttribute("aria-label");
        const labelledBy = document.getElementById(element.getAttribute("aria-labelledby"));
        if (!label && !labelledBy?.textContent) say(element, "no name");
    }
    for (const table of all("table")) {
        if (!table.querySelector("thead th[scope=col]")) say(table, "no column headers");
        for (const row of table.querySelectorAll("tbody tr"))
            if (!row.querySelector("th[scope=row], th[scope=rowgroup]")) say(row, "no row header");
        if (!table.closest("[role=group][tabindex='0']")) say(table, "cannot be scrolled by keys");
    }
    for (const svg of all("svg")) {
        const isNamed =
            svg.getAttribute("role") === "img" && svg.querySelector("title")?.textContent;
        if (!isNamed && svg.getAttribute("aria-hidden") !== "true")
            say(svg, "neither named nor hidden");
    }
    for (const link of all("a"))
        if (!link.textContent.trim() || !link.getAttribute("href")) say(link, "an empty link");
    return wrong;
}

/** focusRing() is true when the element that has the focus shows it. */
export function focusRing() {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}
