/* A list without a mouse: j and k move, Enter opens, t takes, a answers, ? tells the keys. On a page t, a and ? work. */
"use strict";

(function () {
    const TYPING = "input, textarea, select, [contenteditable], .select2-container";
    const BUTTONS = { t: "take", a: "answer" };
    const MOVES = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
    let here = null;

    const rows = () => [...document.querySelectorAll("#result_list tr.data-row")];
    const linkOf = (row) => row.querySelector("th a[href], td a[href]");
    const windowIsOpen = () => {
        const asked = document.querySelector("#modal-content #dialog");
        return Boolean((asked && asked.checkVisibility()) || document.querySelector("dialog[open]"));
    };

    /* The address of the thing one stands on, or of the page itself, without what is done there. */
    function about() {
        const address = here ? new URL(linkOf(here).href).pathname : window.location.pathname;
        return address.endsWith("/change/") ? address.slice(0, -"change/".length) : null;
    }

    function button(name, base) {
        return base && document.querySelector(`a[href="${base}${name}/"]`);
    }

    function move(by) {
        const all = rows();
        if (!all.length) return false;
        const at = all.indexOf(here);
        const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
        stand(next);
        linkOf(next).focus({ preventScroll: true });
        next.scrollIntoView({ block: "nearest" });
        return true;
    }

    function stand(row) {
        if (here) here.classList.remove("is-here");
        here = row;
        if (here) here.classList.add("is-here");
    }

    function tell() {
        const keys = document.getElementById("keys");
        if (!keys) return false;
        const has = (name) => document.querySelector(`a[href$="/${name}/"]`);
        keys.querySelectorAll("[data-needs]").forEach((line) => { line.hidden = !has(line.dataset.needs); });
        keys.querySelectorAll("[data-needs-rows]").forEach((line) => { line.hidden = !rows().length; });
        keys.showModal();
        return true;
    }

    function press(name) {
        const found = button(name, about());
        if (!found) return false;
        found.click();
        return true;
    }

    function open() {
        const link = here && linkOf(here);
        if (!link || document.activeElement === link) return false; // the browser follows the link itself
        if (document.activeElement && document.activeElement.closest("a, button")) return false;
        link.click();
        return true;
    }

    document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
        if (event.target.closest && event.target.closest(TYPING)) return;
        if (windowIsOpen()) return;
        let done = false;
        if (event.key in MOVES) done = move(MOVES[event.key]);
        else if (event.key in BUTTONS) done = press(BUTTONS[event.key]);
        else if (event.key === "Enter") done = open();
        else if (event.key === "?") done = tell();
        if (done) event.preventDefault();
    });
    document.addEventListener("focusin", (event) => {
        const row = event.target.closest && event.target.closest("#result_list tr.data-row");
        if (row) stand(row);
    });
    document.addEventListener("click", (event) => {
        if (event.target.closest("[data-keys-open]")) tell();
    });
})();
