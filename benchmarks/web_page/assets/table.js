// Tables that can be sorted by each column and filtered, and that show many rows part by part.
"use strict";

const ROWS_AT_ONCE = 100;

// A table of rows with `benchmark`, `name`, `texts` and `numbers`. `unitOf(row)` keeps rows of one unit together.
function resultTable(id, caption, columns, rows, decorate = null) {
    const all = [{ title: "benchmark", is_number: false }, ...columns];
    const order = { column: 0, sign: 1 };
    let first = 0;

    const headers = all.map((column, index) => {
        const arrow = element("span", { class: "arrow", "aria-hidden": "true" });
        const button = element("button", { type: "button", onclick: () => sortBy(index) }, column.title, arrow);
        return { arrow, cell: element("th", { scope: "col", class: column.is_number ? "number" : "text" }, button) };
    });
    const body = element("tbody");
    const told = element("span", { role: "status" });
    const back = element("button", { type: "button", onclick: () => turn(-ROWS_AT_ONCE) }, "Previous rows");
    const on = element("button", { type: "button", onclick: () => turn(ROWS_AT_ONCE) }, "Next rows");

    const place = element(
        "div",
        { class: "table" },
        element(
            "div",
            { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" },
            element(
                "table",
                { id: `${id}-table` },
                element("caption", {}, caption),
                element("thead", {}, element("tr", {}, ...headers.map((header) => header.cell))),
                body,
            ),
        ),
        element("p", { class: "pages" }, told, back, on),
    );

    function value(row, column) {
        return column === 0 ? row.benchmark : row.numbers[column - 1];
    }

    function compare(a, b) {
        const [x, y] = [value(a, order.column), value(b, order.column)];
        const units = all[order.column].is_number ? (a.unit ?? 0) - (b.unit ?? 0) : 0;
        // Cells without a number come last in either order.
        if (x === null || y === null) {
            return units || (x === null) - (y === null) || a.benchmark - b.benchmark;
        }
        return units || order.sign * (x - y) || a.benchmark - b.benchmark;
    }

    function sortBy(column) {
        order.sign = order.column === column ? -order.sign : 1;
        order.column = column;
        first = 0;
        show();
    }

    function turn(by) {
        first += by;
        show();
        place.querySelector(".scroll").scrollIntoView({ block: "nearest" });
    }

    function line(row) {
        const link = element("a", { href: fragmentOf(row.benchmark), title: row.name }, element("bdi", {}, row.name));
        if (row.benchmark === chosen.picked) {
            link.setAttribute("aria-current", "true");
        }
        const cells = row.texts.map((text, index) => {
            const cell = element("td", { class: columns[index].is_number ? "number" : "text" }, text);
            return decorate ? decorate(row, index, cell) : cell;
        });
        return element("tr", {}, element("th", { scope: "row" }, link), ...cells);
    }

    function show() {
        headers.forEach(({ cell, arrow }, index) => {
            const sorted = index === order.column;
            arrow.textContent = sorted ? (order.sign > 0 ? "▲" : "▼") : "";
            if (sorted) {
                cell.setAttribute("aria-sort", order.sign > 0 ? "ascending" : "descending");
            } else {
                cell.removeAttribute("aria-sort");
            }
        });
        const found = matching(rows).sort(compare);
        const last = Math.min(first + ROWS_AT_ONCE, found.length);
        body.replaceChildren(...found.slice(first, last).map(line));
        const part = found.length > ROWS_AT_ONCE ? `Rows ${first + 1} to ${last} of ` : "";
        told.textContent = part + count(found.length, part ? "" : "row", part ? "" : undefined).trim();
        back.hidden = on.hidden = found.length <= ROWS_AT_ONCE;
        back.disabled = first === 0;
        on.disabled = last === found.length;
    }

    show();
    return {
        place,
        // Show the rows that match the filter, from the first one on.
        filter() {
            first = 0;
            show();
        },
        show,
    };
}
