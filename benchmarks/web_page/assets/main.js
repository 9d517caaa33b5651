// Puts the page together, and draws again what the reader's choices change.
"use strict";

const tables = [];
const overview = { place: element("div"), sentence: element("p", { class: "hint", role: "status" }) };
const side = { picked: element("div"), scaling: element("div") };

function drawOverview() {
    const comparison = DATA.comparisons[chosen.comparison];
    const plots = comparison ? [ratioPlot(comparison)] : DATA.units.length ? [estimatePlot()] : [];
    const head = comparison
        ? [verdictLegend(comparison), sentenceOf(comparisonSentences(comparison).join(" "))]
        : [legend(DATA.sources), sentenceOf(DATA.units.length ? estimateSentence() : "No benchmark was measured.")];
    forget(overview.place);
    overview.place.replaceChildren(...head, overview.sentence, ...plots);
    tellLeftOut();
}

// Say which benchmarks the first plot leaves out.
function tellLeftOut() {
    const comparison = DATA.comparisons[chosen.comparison];
    const rows = comparison ? rowsOf(comparison) : withUnit(chosen.unit);
    const positive = comparison ? rows : rows.filter(isDrawable);
    const limited = drawable(positive, comparison ? distance : (row) => row.point, MOST_BENCHMARKS);
    const odd = rows.length - positive.length;
    overview.sentence.textContent = [
        leftOutSentence(limited, comparison ? "that differ most" : "with the largest estimates"),
        odd ? `${count(odd, "estimate")} not above zero cannot be drawn on this axis; the table has them.` : "",
        rows.length || !chosen.words.length ? "" : "No benchmark matches the filter.",
    ]
        .filter(Boolean)
        .join(" ");
}

function sentenceOf(text) {
    return element("p", { class: "hint", hidden: !text }, text);
}

function comparisonSentences(comparison) {
    return [
        `Each ratio is ${comparison.new} divided by ${comparison.old}.`,
        comparison.summary,
        `Differences up to ${comparison.threshold}, the grey band, do not matter.`,
        ...comparison.notes,
    ];
}

// Plots that are replaced are observed no more.
function forget(place) {
    for (const plot of place.querySelectorAll(".plot")) {
        widths.unobserve(plot);
        drawn.delete(plot);
    }
}

function drawPicked() {
    forget(side.picked);
    const hint = element("p", { class: "hint" }, "Pick a benchmark in the plot or in the table to see its samples.");
    side.picked.replaceChildren(...(chosen.picked === null ? [hint] : details()));
}

function drawScaling() {
    forget(side.scaling);
    const names = familyNames();
    chosen.family = names.includes(chosen.family) ? chosen.family : "";
    const choice = selection("family", "Family", ["all", ...names], (index) => {
        chosen.family = index ? names[index - 1] : "";
        drawScaling();
        document.getElementById("family").focus();
    });
    choice.querySelector("select").selectedIndex = chosen.family ? names.indexOf(chosen.family) + 1 : 0;
    const left = chosenFamilies().length - shownFamilies().length;
    const told = `${count(left, "line is", "lines are")} not drawn; choose a family to see them.`;
    const sentence = sentenceOf(left ? told : "");
    side.scaling.replaceChildren(choice, scalingLegend(), sentence, scalingPlot());
}

// Pick the benchmark that the page's address names.
function pick() {
    const before = chosen.picked;
    chosen.picked = placeOf(location.hash);
    if (before === chosen.picked) {
        return;
    }
    drawPicked();
    redrawAll(document.querySelectorAll("#overview .plot, #scaling .plot"));
    tables.forEach((table) => table.show());
    if (chosen.picked !== null) {
        document.getElementById("picked-title").focus({ preventScroll: true });
        document.getElementById("picked").scrollIntoView({ block: "nearest" });
    }
}

function filter(event) {
    chosen.words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    tables.forEach((table) => table.filter());
    redrawAll(document.querySelectorAll("#overview .plot"));
    tellLeftOut();
    const found = new Set(matching(DATA.measurements.rows).map((row) => row.benchmark)).size;
    const all = DATA.benchmarks.length;
    document.getElementById("filter-count").textContent = chosen.words.length
        ? `${found.toLocaleString("en")} of ${count(all, "benchmark")}`
        : "";
}

function choices() {
    const made = [];
    if (DATA.comparisons.length > 1) {
        const names = DATA.comparisons.map((comparison) => comparison.name);
        made.push(
            selection("comparison", "Comparison", names, (index) => {
                chosen.comparison = index;
                drawOverview();
                drawPicked();
                drawRatioTable();
            }),
        );
    }
    if (DATA.units.length > 1 && !DATA.comparisons.length) {
        made.push(
            selection(
                "unit",
                "Unit",
                DATA.units.map((unit) => unit.name),
                (index) => {
                    chosen.unit = index;
                    drawOverview();
                    if (DATA.families.length) {
                        drawScaling();
                    }
                },
            ),
        );
    }
    return made;
}

const ratioTablePlace = element("div");

function drawRatioTable() {
    const comparison = DATA.comparisons[chosen.comparison];
    const decorate = (row, index, cell) => {
        if (index === 0) {
            const { sign } = VERDICTS[row.verdict];
            cell.className = `verdict ${row.verdict}`;
            cell.prepend(element("span", { class: "sign", "aria-hidden": "true" }, sign));
        }
        return cell;
    };
    tables[1] = resultTable("ratios", `Ratios, ${comparison.name}`, comparison.columns, comparison.rows, decorate);
    ratioTablePlace.replaceChildren(tables[1].place);
}

function main() {
    const { columns, rows } = DATA.measurements;
    const page = document.getElementById("main");
    document.getElementById("no-scripts").remove();
    const title = DATA.comparisons.length ? "Ratios" : "Estimates";
    chosen.picked = placeOf(location.hash);
    const sides = [section("picked", "Picked benchmark", side.picked)];
    if (DATA.families.length) {
        sides.push(section("scaling", "Scaling with size", side.scaling));
    }
    if (DATA.prices) {
        const over = `Times are geometric means over ${count(DATA.prices.benchmarks, "benchmark")} that all measured.`;
        const line = "No other source beats those on the dashed line in both price and time.";
        sides.push(
            section(
                "prices",
                "Price against time",
                element("p", { class: "hint" }, `${over} ${line}`),
                pricePlot(),
                priceTable(),
            ),
        );
    }
    page.append(
        element(
            "div",
            { class: "columns" },
            section("overview", title, ...choices(), overview.place),
            element("aside", { "aria-label": "Details" }, ...sides),
        ),
    );
    tables[0] = resultTable("measurements", "All measurements", columns, rows);
    if (DATA.comparisons.length) {
        page.append(section("ratios", "Table of ratios", ratioTablePlace));
        drawRatioTable();
    }
    page.append(section("measurements", "Table of measurements", tables[0].place));
    drawOverview();
    drawPicked();
    if (DATA.families.length) {
        drawScaling();
    }
    document.getElementById("toolbar").hidden = false;
    document.getElementById("filter").addEventListener("input", filter);
    window.addEventListener("hashchange", pick);
}

main();
