// What all plots have in common: size, axes, colours and how they are drawn again when their place changes.
"use strict";

const ROW_HEIGHT = 18;
const FONT_SIZE = 12;
const NARROWEST = 160; // pixels; in less, nothing is drawn
const MOST_SERIES = 7; // that are told apart by colour and shape
const SHAPES = ["circle", "square", "triangle", "diamond", "cross", "star", "wye"];

// Plots that are shown, with the function that draws each for a width.
const drawn = new Map();
const widths = new ResizeObserver((entries) => {
    for (const { target } of entries) {
        if (Math.abs(target.clientWidth - (target.drawnWidth ?? 0)) > 1) {
            redraw(target);
        }
    }
});

// A place for a plot. `make(width)` gives Plot's options, or null to show nothing.
function plotPlace(label, make) {
    const place = element("div", { class: "plot" });
    drawn.set(place, { label, make });
    widths.observe(place);
    return place;
}

function redraw(place) {
    const { label, make } = drawn.get(place);
    const width = place.clientWidth;
    place.drawnWidth = width;
    const options = width >= NARROWEST ? make(width) : null;
    if (!options) {
        place.replaceChildren();
        return;
    }
    const svg = Plot.plot({
        className: "chart",
        width,
        style: { fontSize: `${FONT_SIZE}px`, overflow: "visible" },
        ariaLabel: `${label}. The tables of this page have the same numbers.`,
        ...options,
    });
    svg.setAttribute("role", "img");
    nameMarks(svg);
    // Plot adds the marks at the pointer after it has told of the change.
    svg.addEventListener("input", () => requestAnimationFrame(() => nameMarks(svg)));
    // What is nearest to the pointer is the plot's value.
    svg.addEventListener("click", () => {
        if (svg.value && svg.value.benchmark !== undefined) {
            location.hash = fragmentOf(svg.value.benchmark);
        }
    });
    place.replaceChildren(svg);
}

// An image is named as a whole, so that names of its parts are for scripts alone.
function nameMarks(svg) {
    for (const part of svg.querySelectorAll("[aria-label]")) {
        part.setAttribute("data-mark", part.getAttribute("aria-label"));
        part.removeAttribute("aria-label");
    }
}

function redrawAll(places) {
    places.forEach(redraw);
}

function colour(index) {
    return `var(--series-${(index % MOST_SERIES) + 1})`;
}

// A legend of shapes and words for the names of series; nothing if there are too few or too many to tell apart.
function legend(names) {
    if (names.length < 2 || names.length > MOST_SERIES) {
        return element("p", { class: "legend", hidden: true });
    }
    const items = names.map((name, index) =>
        element("span", { class: "series", title: name }, mark(index), element("span", {}, name)),
    );
    return element("p", { class: "legend" }, ...items);
}

// The shape of a series, as its plot draws it.
function mark(index) {
    const svg = d3.create("svg").attr("width", 12).attr("height", 12).attr("viewBox", "-6 -6 12 12");
    const symbol = d3[`symbol${SHAPES[index][0].toUpperCase()}${SHAPES[index].slice(1)}`];
    svg.attr("aria-hidden", "true").append("path").attr("d", d3.symbol(symbol, 42)()).attr("fill", colour(index));
    return svg.node();
}

// The marks of all series, each a list of rows. `make(rows, look, index)` gives the marks of one series, which has a
// colour and a shape of its own if there are few; or the marks of many series at once, all alike.
function seriesMarks(series, make) {
    if (series.length > MOST_SERIES) {
        return make(series.flat(), { colour: colour(0), symbol: "circle", opacity: 0.3 }, null);
    }
    return series.flatMap((rows, index) =>
        make(rows, { colour: colour(index), symbol: SHAPES[index], opacity: 1 }, index),
    );
}

// The width for names beside a plot of rows.
function nameWidth(rows, width) {
    const longest = Math.max(...rows.map((row) => row.name.length), 4);
    return Math.round(Math.min(longest * FONT_SIZE * 0.56 + 16, width * 0.42, 340));
}

// The axis with the names of benchmarks, cut in the middle where there is no room.
function nameAxis(marginLeft) {
    return Plot.axisY({
        label: null,
        tickSize: 0,
        tickPadding: 8,
        tickFormat: (place) => DATA.benchmarks[place].name,
        title: (place) => DATA.benchmarks[place].name,
        textOverflow: "ellipsis-middle",
        lineWidth: (marginLeft - 12) / FONT_SIZE,
    });
}

// Ticks of a logarithmic axis from those of its unit: those around the values, as many as there is room for.
function logAxis(values, ticks, room) {
    const [low, high] = d3.extent(values);
    const inside = ticks.slice(
        Math.max(
            0,
            ticks.findLastIndex(([tick]) => tick <= low),
        ),
        ticks.findIndex(([tick]) => tick >= high) + 1 || ticks.length,
    );
    const powers = inside.filter(([tick]) => Number.isInteger(Math.round(Math.log10(tick) * 1e6) / 1e6));
    let shown = inside.length * 70 <= room ? inside : powers.length > 1 ? powers : [inside[0], inside.at(-1)];
    const step = Math.ceil((shown.length * 70) / room);
    shown = shown.filter((_, index) => index % step === 0);
    const texts = new Map(inside);
    return {
        type: "log",
        domain: [inside[0][0], inside.at(-1)[0]],
        ticks: shown.map(([tick]) => tick),
        // A text and not a tickFormat, of which a logarithmic axis leaves out what is far from a power of its base.
        text: (tick) => texts.get(tick),
    };
}

// The places of the benchmarks of `rows` that are drawn: at most as many as the page can hold, the greatest first.
function drawable(rows, greatness, most) {
    const groups = [...grouped(rows, (row) => row.benchmark)];
    const perBenchmark = Math.max(1, Math.ceil(rows.length / Math.max(1, groups.length)));
    const limit = Math.max(10, Math.min(most, Math.floor(4000 / perBenchmark)));
    if (groups.length <= limit) {
        return { places: new Set(groups.map(([place]) => place)), of: groups.length };
    }
    const ordered = d3.sort(groups, ([, group]) => -d3.max(group, greatness));
    return { places: new Set(ordered.slice(0, limit).map(([place]) => place)), of: groups.length };
}

// Highlights of the row of the picked benchmark, and of the row that the pointer is at.
function rowHighlights(rows, places) {
    const band = { y: "benchmark", strokeWidth: ROW_HEIGHT, stroke: "currentColor" };
    const marks = [Plot.ruleY(rows, Plot.pointerY({ ...band, strokeOpacity: 0.07 }))];
    if (places.has(chosen.picked)) {
        marks.push(
            Plot.ruleY([{ benchmark: chosen.picked }], { ...band, stroke: "var(--accent)", strokeOpacity: 0.16 }),
        );
    }
    return marks;
}
