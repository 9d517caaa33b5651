// Elements of the page. Texts are set as text, so that no name is ever markup.
"use strict";

// An element with attributes, listeners (`onclick`) and children: elements or texts.
function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith("on")) {
            made.addEventListener(name.slice(2), value);
        } else if (value !== false && value !== null) {
            made.setAttribute(name, value === true ? "" : value);
        }
    }
    made.append(...children);
    return made;
}

// A labelled list to choose from; `choose` gets the index of the choice.
function selection(id, label, options, choose) {
    const list = element(
        "select",
        { id, onchange: () => choose(list.selectedIndex) },
        ...options.map((option) => element("option", {}, option)),
    );
    return element("p", { class: "selection" }, element("label", { for: id }, label), list);
}

// A section of the page with a heading that can get the focus.
function section(id, title, ...children) {
    const heading = element("h2", { id: `${id}-title`, tabindex: "-1" }, title);
    return element("section", { id, "aria-labelledby": `${id}-title` }, heading, ...children);
}

function count(number, singular, plural = `${singular}s`) {
    return `${number.toLocaleString("en")} ${number === 1 ? singular : plural}`;
}
