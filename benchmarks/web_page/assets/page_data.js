// The data that the page contains, and what is picked and filtered of it.
"use strict";

const DATA = JSON.parse(document.getElementById("data").textContent);

// What the reader has chosen. `picked` is a benchmark's place, or null.
const chosen = { words: [], unit: 0, comparison: 0, family: "", picked: null };

// The texts of columns with names, and all texts of a row, in lower case, for the filter to search.
for (const { columns, rows } of [DATA.measurements, ...DATA.comparisons]) {
    for (const row of rows) {
        columns.forEach(({ names }, index) => {
            if (names) {
                row.texts[index] = names[row.numbers[index]];
            }
        });
        row.name = DATA.benchmarks[row.benchmark].name;
        row.searched = [row.name, ...row.texts].join("\n").toLowerCase();
    }
}

function matching(rows) {
    return rows.filter((row) => chosen.words.every((word) => row.searched.includes(word)));
}

// The id that a benchmark has in results; its name is shown.
function idOf(benchmark) {
    return benchmark.id ?? benchmark.name;
}

// The part of the page's address that names a benchmark.
function fragmentOf(place) {
    const benchmark = DATA.benchmarks[place];
    const named = new URLSearchParams();
    if (benchmark.target !== null) {
        named.set("target", benchmark.target);
    }
    named.set("id", idOf(benchmark));
    return `#${named}`;
}

// The place of the benchmark that a fragment names, or null.
function placeOf(fragment) {
    const named = new URLSearchParams(fragment.slice(1));
    const found = DATA.benchmarks.findIndex(
        (benchmark) => idOf(benchmark) === named.get("id") && benchmark.target === named.get("target"),
    );
    return found < 0 ? null : found;
}

// The values of a property in the order of their first rows, with the rows of each.
function grouped(rows, key) {
    const groups = new Map();
    for (const row of rows) {
        const name = key(row);
        if (!groups.has(name)) {
            groups.set(name, []);
        }
        groups.get(name).push(row);
    }
    return groups;
}
