// The picked benchmark: its samples in the order in which they were taken, and how they are distributed.
"use strict";

const SAMPLES_HEIGHT = 210;

// The measurements of the picked benchmark by series: one for each source and variant.
function pickedSeries() {
    const rows = DATA.measurements.rows.filter((row) => row.benchmark === chosen.picked);
    return grouped(rows, (row) =>
        [DATA.sources.length > 1 ? DATA.sources[row.source] : "", row.series].filter(Boolean).join(", "),
    );
}

function scaleOf(rows) {
    const [size, unit] = rows[0].scale;
    return { size, label: unit ? `per iteration (${unit})` : "per iteration" };
}

function samplePlot(series) {
    const groups = [...series.values()];
    const { size, label } = scaleOf(groups[0]);
    return plotPlace("Samples in the order in which they were taken", (width) => ({
        ...margins(width),
        x: { label: "sample", tickFormat: (index) => (Number.isInteger(index) ? String(index) : "") },
        y: { label, grid: true, nice: true },
        marks: seriesMarks(groups, (rows, look) => {
            const { colour: fill, symbol, opacity } = look;
            const points = rows.flatMap((row) =>
                (row.samples ?? []).map((value, place) => ({ place: place + 1, value: value / size })),
            );
            return [
                Plot.ruleY(rows.slice(0, 1), { y: (row) => row.point / size, stroke: fill, strokeDasharray: "4 3" }),
                Plot.dot(points, { x: "place", y: "value", fill, fillOpacity: opacity, symbol, r: 2.6 }),
            ];
        }),
    }));
}

// In place of samples that the page has no room for: the median of each measurement, and what most samples are within.
function quantilePlot(series) {
    const rows = [...series.values()].flat().filter((row) => row.quantiles?.length > 1);
    const { size, label } = scaleOf(rows.length ? rows : [...series.values()][0]);
    const at = (share) => (row) => row.quantiles[Math.round(share * (row.quantiles.length - 1))] / size;
    const points = rows.map((row, place) => ({ ...row, place: place + 1 }));
    return plotPlace("Median and middle 80 % of each measurement's samples", (width) => ({
        ...margins(width),
        x: { label: "measurement", tickFormat: (index) => (Number.isInteger(index) ? String(index) : "") },
        y: { label, grid: true, nice: true },
        marks: [
            Plot.ruleX(points, { x: "place", y1: at(0.1), y2: at(0.9), stroke: "var(--series-1)", strokeWidth: 1.5 }),
            Plot.dot(points, { x: "place", y: at(0.5), fill: "var(--surface)", stroke: "var(--series-1)", r: 3 }),
            Plot.tip(
                points,
                Plot.pointerX({ x: "place", y: at(0.5), title: tipText, lineWidth: 24, lineHeight: 1.3 }),
            ),
        ],
    }));
}

// The share of samples up to each value. Quantiles are joined by lines, as there may be anything in between.
function distributionPlot(series) {
    const groups = [...series.values()];
    const { size, label } = scaleOf(groups[0]);
    return plotPlace("Share of the samples up to each value", (width) => ({
        ...margins(width),
        x: { label, nice: true },
        y: { label: "share of samples", grid: true, domain: [0, 1], tickFormat: "~%" },
        marks: seriesMarks(groups, (rows, { colour: stroke, opacity: strokeOpacity }) => {
            const curve = DATA.measurements.has_samples ? "step-after" : "linear";
            const points = rows.flatMap((row, place) =>
                shares(row).map(([value, share]) => ({ value: value / size, share, place })),
            );
            return [Plot.line(points, { x: "value", y: "share", z: "place", curve, stroke, strokeOpacity })];
        }),
    }));
}

// Points [value, share] of a measurement's empirical distribution.
function shares(row) {
    if (row.quantiles) {
        return row.quantiles.map((value, index) => [value, index / Math.max(1, row.quantiles.length - 1)]);
    }
    if (!row.samples?.length) {
        return [];
    }
    const ordered = d3.sort(row.samples);
    return [[ordered[0], 0], ...ordered.map((value, index) => [value, (index + 1) / ordered.length])];
}

function margins(width) {
    return {
        marginLeft: 56,
        marginRight: 12,
        marginTop: 26,
        marginBottom: 34,
        height: Math.min(SAMPLES_HEIGHT, width * 0.7),
    };
}

// What the page tells of the picked benchmark.
function details() {
    const series = pickedSeries();
    const rows = [...series.values()].flat();
    const { name, target } = DATA.benchmarks[chosen.picked];
    const close = element("button", { type: "button", class: "close", onclick: () => (location.hash = "") }, "Close");
    const parts = [
        element("p", { class: "picked-name" }, element("bdi", { title: name }, name), close),
        ...(rows.length === 1 || target === null ? [] : [element("p", { class: "hint" }, `Target ${target}`)]),
        ...comparedParagraphs(),
        ...(rows.length === 1 ? [valueList(rows[0])] : []),
        legend([...series.keys()]),
    ];
    if (!rows.some((row) => row.samples?.length || row.quantiles?.length)) {
        return [...parts, element("p", { class: "hint" }, "No samples are known of this benchmark.")];
    }
    const inOrder = DATA.measurements.has_samples
        ? [element("h3", {}, "Samples in time order"), samplePlot(series)]
        : [
              element("h3", {}, "Median and middle 80 % of the samples"),
              quantilePlot(series),
              element(
                  "p",
                  { class: "hint" },
                  "There are too many samples for one page, so it has their quantiles instead.",
              ),
          ];
    return [...parts, ...inOrder, element("h3", {}, "Distribution of the samples"), distributionPlot(series)];
}

// The picked benchmark's verdict in the chosen comparison.
function comparedParagraphs() {
    const row = DATA.comparisons[chosen.comparison]?.rows.find((one) => one.benchmark === chosen.picked);
    if (!row) {
        return [];
    }
    const { sign } = VERDICTS[row.verdict];
    const shape = element("span", { class: "sign", "aria-hidden": "true" }, sign);
    const rest = row.texts.slice(1).filter(Boolean).join(" · ");
    return [
        element(
            "p",
            { class: `verdict ${row.verdict}` },
            shape,
            `${row.verdict} `,
            element("span", { class: "hint" }, rest),
        ),
    ];
}

// The cells of a measurement as a list.
function valueList(row) {
    const pairs = DATA.measurements.columns
        .map((column, index) => [column.title, row.texts[index]])
        .filter(([, text]) => text);
    const items = pairs.map(([title, text]) => element("div", {}, element("dt", {}, title), element("dd", {}, text)));
    return element("dl", { class: "values" }, ...items);
}
