// How times grow with size, and price against time.
"use strict";

const MOST_POINTS = 2000; // of the plot of sizes

// Those of the chosen family or, without a choice, all of the chosen unit.
function chosenFamilies() {
    const families = DATA.families.filter((family) => family.unit === chosen.unit);
    return chosen.family ? families.filter((family) => family.name === chosen.family) : families;
}

// The lines that are drawn: as many as the page can hold, but one at least.
function shownFamilies() {
    let points = 0;
    return chosenFamilies().filter((family, index) => {
        points += family.points.length;
        return index === 0 || points <= MOST_POINTS;
    });
}

function familyNames() {
    return [...new Set(DATA.families.filter((family) => family.unit === chosen.unit).map((family) => family.name))];
}

function seriesOf(family) {
    return [DATA.sources.length > 1 && DATA.sources[family.source], family.variant].filter(Boolean).join(", ");
}

function scalingPlot() {
    return plotPlace("Estimates against size, both on logarithmic axes", (width) => {
        const families = shownFamilies();
        if (!families.length) {
            return null;
        }
        const points = families.flatMap((family, index) =>
            family.points.map(([size, point, benchmark]) => ({
                size,
                point,
                benchmark,
                index,
                name: family.name,
                series: seriesOf(family),
            })),
        );
        const marginLeft = 64;
        const { ticks, text, ...scale } = logAxis(
            points.map((one) => one.point),
            DATA.units[chosen.unit].ticks,
            8 * 70,
        );
        const marks = seriesMarks(
            families.map((_, index) => points.filter((point) => point.index === index)),
            (own, look) => {
                const { colour: fill, symbol, opacity } = look;
                return [
                    Plot.line(own, {
                        x: "size",
                        y: "point",
                        z: "index",
                        stroke: fill,
                        strokeWidth: 1.5,
                        strokeOpacity: opacity,
                    }),
                    // A longer line has no dots, of which there would be too many.
                    Plot.dot(points.length <= MOST_POINTS ? own : [], {
                        x: "size",
                        y: "point",
                        fill,
                        fillOpacity: opacity,
                        symbol,
                        r: 3,
                    }),
                ];
            },
        );
        return {
            marginLeft,
            marginRight: 20,
            marginTop: 16,
            marginBottom: 36,
            height: 300,
            x: { type: "log", domain: d3.extent(points, (one) => one.size) },
            y: scale,
            marks: [
                Plot.gridY({ ticks, strokeOpacity: 0.12 }),
                Plot.axisX(
                    sizeTicks(
                        points.map((one) => one.size),
                        width - marginLeft,
                    ),
                    { text: (size) => size.toLocaleString("en"), label: "size" },
                ),
                Plot.axisY(ticks, { text, label: null }),
                ...marks,
                ...points
                    .filter((one) => one.benchmark === chosen.picked)
                    .map((one) => Plot.dot([one], { x: "size", y: "point", r: 7, stroke: "currentColor" })),
                Plot.tip(
                    points,
                    Plot.pointer({ x: "size", y: "point", title: scalingText, lineWidth: 24, lineHeight: 1.3 }),
                ),
            ],
        };
    });
}

function scalingText(point) {
    const row = DATA.measurements.rows.find((one) => one.benchmark === point.benchmark && one.point === point.point);
    return row ? tipText(row) : DATA.benchmarks[point.benchmark].name;
}

// The sizes themselves as ticks, as many as there is room for.
function sizeTicks(sizes, room) {
    const every = d3.sort(new Set(sizes));
    const position = d3.scaleLog(d3.extent(every), [0, room]);
    const ticks = [];
    for (const size of every) {
        if (!ticks.length || position(size) - position(ticks.at(-1)) >= 68) {
            ticks.push(size);
        }
    }
    return ticks;
}

function scalingLegend() {
    const families = shownFamilies();
    return legend(
        families.map(
            (family) =>
                [chosen.family ? "" : family.name, seriesOf(family)].filter(Boolean).join(", ") || family.name,
        ),
    );
}

function pricePlot() {
    return plotPlace("Price against time of each source, with the Pareto front", (width) => {
        const { points } = DATA.prices;
        const front = d3.sort(
            points.filter((point) => point.front),
            (point) => point.usd,
        );
        const named = points.length <= 12 ? points : front;
        return {
            marginLeft: 56,
            marginRight: 64,
            marginTop: 26,
            marginBottom: 36,
            height: Math.min(300, width * 0.8),
            x: { label: "price (USD/h)", nice: true, grid: true, ticks: Math.max(2, Math.round(width / 90)) },
            y: { label: "time relative to the fastest", nice: true, grid: true },
            marks: [
                Plot.line(front, {
                    x: "usd",
                    y: "time",
                    stroke: "var(--series-1)",
                    strokeWidth: 1.5,
                    strokeDasharray: "5 3",
                }),
                Plot.dot(points, {
                    x: "usd",
                    y: "time",
                    r: 4.5,
                    symbol: (point) => (point.front ? "circle" : "times"),
                    stroke: (point) => (point.front ? "var(--series-1)" : "var(--muted)"),
                    fill: (point) => (point.front ? "var(--series-1)" : "none"),
                    strokeWidth: 1.5,
                }),
                Plot.text(named, {
                    x: "usd",
                    y: "time",
                    text: (point) => priceLabel(point),
                    dy: -12,
                    fill: "currentColor",
                }),
                Plot.tip(
                    points,
                    Plot.pointer({
                        x: "usd",
                        y: "time",
                        title: (point) => [DATA.sources[point.source], point.machine, ...point.texts].join("\n"),
                        lineHeight: 1.3,
                    }),
                ),
            ],
        };
    });
}

// The machine alone names a source, unless others have the same.
function priceLabel(point) {
    const same = DATA.prices.points.filter((other) => other.machine === point.machine);
    return same.length > 1 ? DATA.sources[point.source] : point.machine;
}

function priceTable() {
    const cells = (point) => [point.machine, ...point.texts, point.front ? "on the front" : "beaten"];
    const head = ["source", "machine", "price", "relative time", "Pareto front"].map((title) =>
        element("th", { scope: "col" }, title),
    );
    const rows = d3
        .sort(DATA.prices.points, (point) => point.usd)
        .map((point) =>
            element(
                "tr",
                {},
                element("th", { scope: "row" }, element("bdi", {}, DATA.sources[point.source])),
                ...cells(point).map((text) => element("td", {}, text)),
            ),
        );
    const table = element(
        "table",
        {},
        element("thead", {}, element("tr", {}, ...head)),
        element("tbody", {}, ...rows),
    );
    const place = element(
        "div",
        { class: "scroll", role: "region", "aria-label": "Price and time of each source", tabindex: "0" },
        table,
    );
    return element("details", {}, element("summary", {}, "As a table"), place);
}
