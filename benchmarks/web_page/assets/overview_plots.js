// The first plot of the page: ratios of a comparison, or estimates.
"use strict";

const MOST_BENCHMARKS = 100; // of the first plot
const WIDE_RATIO = 2.5; // from which on a logarithmic axis has ticks enough
const VERDICTS = {
    slower: { sign: "▲", symbol: "triangle", rotate: 0, colour: "var(--slower)" },
    faster: { sign: "▼", symbol: "triangle", rotate: 180, colour: "var(--faster)" },
    unclear: { sign: "◇", symbol: "diamond", rotate: 0, colour: "var(--unclear)", hollow: true },
    same: { sign: "●", symbol: "circle", rotate: 0, colour: "var(--same)" },
};

// A sentence if not all benchmarks are drawn.
function leftOutSentence({ places, of }, which) {
    return places.size < of
        ? `The plot shows the ${places.size} benchmarks ${which}, of ${of.toLocaleString("en")}. Filter to see others.`
        : "";
}

function rowsOf(comparison) {
    return matching(comparison.rows).filter((row) => row.ratio > 0);
}

function distance(row) {
    return Math.abs(Math.log(row.ratio));
}

function ratioPlot(comparison) {
    return plotPlace(`Ratios ${comparison.name}, with intervals, on a logarithmic axis`, (width) => {
        const rows = rowsOf(comparison);
        const limited = drawable(rows, distance, MOST_BENCHMARKS);
        const shown = d3.sort(
            rows.filter((row) => limited.places.has(row.benchmark)),
            (row) => -row.ratio,
        );
        if (!shown.length) {
            return null;
        }
        const marginLeft = nameWidth(shown, width);
        const ends = shown
            .flatMap((row) => [row.ratio, row.low ?? row.ratio, row.high ?? row.ratio])
            .filter((end) => end > 0);
        const reach =
            Math.max(...ends.map((end) => Math.abs(Math.log(end))), Math.log(comparison.band[1]) * 1.5) * 1.04;
        const domain = [Math.exp(-reach), Math.exp(reach)];
        // Those of a logarithmic scale are 0.9, 1, 2: too far apart if nothing is beyond.
        const scale = domain[1] < WIDE_RATIO ? d3.scaleLinear(domain, [0, 1]) : d3.scaleLog(domain, [0, 1]);
        const ticks = scale.ticks(Math.max(3, Math.round((width - marginLeft) / 80)));
        const axis = { label: null, text: d3.format(".4~g") };
        return {
            marginLeft,
            marginRight: 16,
            marginTop: 26,
            marginBottom: 26,
            height: shown.length * ROW_HEIGHT + 52,
            x: { type: "log", domain, clamp: true },
            y: { type: "point", domain: shown.map((row) => row.benchmark), padding: 0.5 },
            marks: [
                Plot.rect([comparison.band], { x1: "0", x2: "1", fill: "currentColor", fillOpacity: 0.08 }),
                Plot.gridX({ ticks, strokeOpacity: 0.12 }),
                Plot.axisX(ticks, { ...axis, anchor: "top" }),
                Plot.axisX(ticks, { ...axis, anchor: "bottom" }),
                nameAxis(marginLeft),
                Plot.ruleX([1], { strokeOpacity: 0.6 }),
                ...rowHighlights(shown, limited.places),
                Plot.ruleY(
                    shown.filter((row) => row.low !== undefined),
                    {
                        x1: "low",
                        x2: "high",
                        y: "benchmark",
                        stroke: (row) => VERDICTS[row.verdict].colour,
                        strokeWidth: 1.5,
                    },
                ),
                ...[...grouped(shown, (row) => row.verdict)].map(([verdict, group]) => {
                    const { symbol, rotate, colour: fill, hollow } = VERDICTS[verdict];
                    const paint = { fill: hollow ? "var(--surface)" : fill, stroke: fill, strokeWidth: 1.5 };
                    return Plot.dot(group, { x: "ratio", y: "benchmark", symbol, rotate, r: 4, ...paint });
                }),
                Plot.tip(
                    shown,
                    Plot.pointerY({
                        x: "ratio",
                        y: "benchmark",
                        title: (row) => [row.name, ...row.texts].join("\n"),
                        lineWidth: 28,
                        lineHeight: 1.3,
                    }),
                ),
            ],
        };
    });
}

// How many benchmarks have each verdict, as a legend of the shapes.
function verdictLegend(comparison) {
    const found = grouped(comparison.rows, (row) => row.verdict);
    const items = Object.entries(VERDICTS).map(([verdict, { sign }]) =>
        element(
            "span",
            { class: `verdict ${verdict}` },
            element("span", { class: "sign", "aria-hidden": "true" }, sign),
            `${(found.get(verdict) ?? []).length} ${verdict}`,
        ),
    );
    return element("p", { class: "legend" }, ...items);
}

// What the first plot shows when nothing is compared.
function estimateSentence() {
    const many =
        DATA.sources.length > MOST_SERIES
            ? `Each dot is one of ${DATA.sources.length} sources; point at it for its name. `
            : "";
    const { name } = DATA.units[chosen.unit];
    const what = name === "time" ? "Time per iteration" : `Estimates (${name})`;
    const lines = DATA.sources.length > MOST_SERIES ? "" : ", with its interval";
    return `${many}${what}${lines}, on a logarithmic axis.`;
}

function withUnit(unit) {
    return matching(DATA.measurements.rows).filter((row) => row.unit === unit);
}

function isDrawable(row) {
    return row.point > 0;
}

function estimatePlot() {
    return plotPlace("Estimates with their intervals, on a logarithmic axis", (width) => {
        const rows = withUnit(chosen.unit).filter(isDrawable);
        const limited = drawable(rows, (row) => row.point, MOST_BENCHMARKS);
        const shown = rows.filter((row) => limited.places.has(row.benchmark));
        if (!shown.length) {
            return null;
        }
        const marginLeft = nameWidth(shown, width);
        const sources = DATA.sources.length;
        const few = sources <= MOST_SERIES;
        const ends = shown.flatMap((row) => [
            row.point,
            few ? (row.low ?? row.point) : row.point,
            few ? (row.high ?? row.point) : row.point,
        ]);
        const { ticks, text, ...scale } = logAxis(
            ends.filter((end) => end > 0),
            DATA.units[chosen.unit].ticks,
            width - marginLeft,
        );
        const axis = { label: null, text };
        const series = DATA.sources.map((_, source) => shown.filter((row) => row.source === source));
        return {
            marginLeft,
            marginRight: 24,
            marginTop: 26,
            marginBottom: 26,
            height: limited.places.size * ROW_HEIGHT + 52,
            x: { ...scale, clamp: true },
            y: { type: "point", domain: [...new Set(shown.map((row) => row.benchmark))], padding: 0.5 },
            marks: [
                Plot.gridX({ ticks, strokeOpacity: 0.12 }),
                Plot.gridY({ strokeOpacity: 0.06 }),
                Plot.axisX(ticks, { ...axis, anchor: "top" }),
                Plot.axisX(ticks, { ...axis, anchor: "bottom" }),
                nameAxis(marginLeft),
                ...rowHighlights(shown, limited.places),
                ...seriesMarks(series, (group, look, source) => {
                    // Sources lie a little below each other, so that none hides another.
                    const dy = few ? (source - (sources - 1) / 2) * Math.min(4, 12 / sources) : 0;
                    const { colour: fill, symbol, opacity: fillOpacity } = look;
                    const intervals = few ? group.filter((row) => row.low !== undefined) : [];
                    return [
                        Plot.ruleY(intervals, {
                            x1: "low",
                            x2: "high",
                            y: "benchmark",
                            stroke: fill,
                            strokeWidth: 1.5,
                            dy,
                        }),
                        Plot.dot(group, {
                            x: "point",
                            y: "benchmark",
                            fill,
                            fillOpacity,
                            symbol,
                            r: few ? 3.5 : 3,
                            dy,
                        }),
                    ];
                }),
                Plot.tip(
                    shown,
                    Plot.pointer({
                        x: "point",
                        y: "benchmark",
                        title: (row) => tipText(row),
                        lineWidth: 28,
                        lineHeight: 1.3,
                    }),
                ),
            ],
        };
    });
}

// The cells of a measurement below each other, with their headings.
function tipText(row) {
    const cells = DATA.measurements.columns.map(
        (column, index) => row.texts[index] && `${column.title}: ${row.texts[index]}`,
    );
    return [row.name, ...cells.filter(Boolean)].join("\n");
}
