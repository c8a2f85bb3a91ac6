/* Windows and menus without a mouse: one is in a window as soon as it opens, stays in it, and is back where one was. */
"use strict";

(function () {
    const INPUTS = "input, select, textarea, button, a[href], [tabindex='0']";
    const MENUS = "a[x-on\\:click*='DropdownOpen']:not([href])";
    let opener = null, lastMenu = null;

    const box = () => document.getElementById("modal-content");
    const isOpen = () => Boolean(box() && box().firstElementChild && box().checkVisibility());
    const inside = () => [...box().querySelectorAll(INPUTS)].filter((each) =>
        each.tabIndex >= 0 && !each.disabled && each.type !== "hidden" && each.checkVisibility());

    function enter() {
        const dialog = box().querySelector("#dialog");
        if (!dialog) return;
        const title = dialog.querySelector("h1");
        dialog.setAttribute("role", "dialog");
        dialog.setAttribute("aria-modal", "true");
        if (title) dialog.setAttribute("aria-label", title.textContent.trim());
        if (dialog.contains(document.activeElement)) return;
        const all = inside();
        const first = all.find((each) => each.autofocus) || all.find((each) => each.matches("input, select, textarea"));
        (first || dialog.querySelector("button[type=submit]") || all[0]).focus();
    }

    function leave() {
        const back = [opener, lastMenu].find((each) => each && each.checkVisibility());
        if (back) back.focus();
        opener = lastMenu = null;
    }

    function stay(event) {
        const all = inside();
        if (event.key !== "Tab" || !all.length) return;
        const at = all.indexOf(document.activeElement);
        const end = event.shiftKey ? 0 : all.length - 1;
        if (at !== -1 && at !== end) return;
        event.preventDefault();
        all[event.shiftKey ? all.length - 1 : 0].focus();
    }

    /* The menu hangs at the end of the page; one stands on its first line, and Escape leads back. */
    function openMenu(menu) {
        lastMenu = menu;
        menu.click();
        setTimeout(() => {
            const shown = [...document.querySelectorAll("body > nav[x-show='actionDropdownOpen']")].find((each) => each.checkVisibility());
            if (!shown) return;
            shown.querySelector("a").focus();
            shown.onkeydown = (event) => {
                if (event.key !== "Escape" || isOpen()) return;
                menu.click();
                menu.focus();
            };
        }, 50);
    }

    document.addEventListener("htmx:beforeRequest", (event) => {
        if (event.detail.target === box()) opener = event.detail.elt;
    });
    document.addEventListener("htmx:afterSettle", (event) => {
        if (event.detail.target === box()) setTimeout(() => isOpen() && enter(), 50); // it is shown by then
    });
    document.addEventListener("keydown", (event) => {
        if (isOpen()) stay(event);
        else if ((event.key === "Enter" || event.key === " ") && event.target.matches(MENUS)) {
            event.preventDefault();
            openMenu(event.target);
        }
    });
    document.addEventListener("DOMContentLoaded", () => {
        document.querySelectorAll(MENUS).forEach((menu) => {
            menu.tabIndex = 0;
            menu.setAttribute("role", "button");
            menu.setAttribute("aria-haspopup", "true");
        });
        if (!box()) return;
        let was = false;
        new MutationObserver(() => {
            if (was && !isOpen()) leave();
            was = isOpen();
        }).observe(box().parentElement, { attributes: true, attributeFilter: ["style"] });
    });
})();
