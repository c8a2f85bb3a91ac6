/* Windows and menus without a mouse: one is in a window as soon as it opens, stays in it, and is back where one was. */
"use strict";

(function () {
    const INPUTS = "input, select, textarea, button, a[href], [tabindex='0']";
    const BUTTONS = "a[x-on\\:click*='DropdownOpen']:not([href])";
    const FRAMES = 300; // some seconds: what is not shown by then was closed again
    let opener = null, lastMenu = null;

    const box = () => document.getElementById("modal-content");
    const isOpen = () => Boolean(box() && box().firstElementChild && box().checkVisibility());
    const inside = () => [...box().querySelectorAll(INPUTS)].filter((each) =>
        each.tabIndex >= 0 && !each.disabled && each.type !== "hidden" && each.checkVisibility());

    /* What a click shows is shown some frames later, many on a slow machine. */
    function soon(found, then, left = FRAMES) {
        const what = found();
        if (what) then(what);
        else if (left) requestAnimationFrame(() => soon(found, then, left - 1));
    }

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

    /* The menus hang at the end of the page. One that closes is seen for some frames, and would take a click for one
       outside of it, which closes it again. */
    const menus = () => [...document.querySelectorAll("body > nav[x-show='actionDropdownOpen']")].filter((each) => each.checkVisibility());
    const stays = (menu) => Alpine.$data(menu).actionDropdownOpen;

    /* One stands on the first line of what opens, and Escape leads back. */
    function press(button) {
        if (stays(button)) button.click();
        else soon(() => menus().every(stays), () => {
            lastMenu = button;
            button.click();
            soon(() => menus().find(stays), (menu) => standOn(menu, button));
        });
    }

    function standOn(menu, button) {
        menu.querySelector("a").focus();
        menu.onkeydown = (event) => {
            if (event.key !== "Escape" || isOpen()) return;
            button.click();
            button.focus();
        };
    }

    document.addEventListener("htmx:beforeRequest", (event) => {
        if (event.detail.target === box()) opener = event.detail.elt;
    });
    document.addEventListener("htmx:afterSettle", (event) => {
        if (event.detail.target === box()) soon(isOpen, enter);
    });
    document.addEventListener("keydown", (event) => {
        if (isOpen()) stay(event);
        else if ((event.key === "Enter" || event.key === " ") && event.target.matches(BUTTONS)) {
            event.preventDefault();
            press(event.target);
        }
    });
    document.addEventListener("DOMContentLoaded", () => {
        document.querySelectorAll(BUTTONS).forEach((button) => {
            button.tabIndex = 0;
            button.setAttribute("role", "button");
            button.setAttribute("aria-haspopup", "true");
        });
        if (!box()) return;
        let was = false;
        new MutationObserver(() => {
            if (was && !isOpen()) leave();
            was = isOpen();
        }).observe(box().parentElement, { attributes: true, attributeFilter: ["style"] });
    });
})();
