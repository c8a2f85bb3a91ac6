// Of a new condition only the fields of the chosen kind are shown; without this script all of them are.
(() => {
    const IS_KIND = "select[name^='conditions-'][name$='-kind']:not([disabled])";

    const showChosen = (select) => {
        const details = document.getElementById(`id_${select.name.replace(/kind$/, "details")}`);
        for (const part of details ? details.children : []) {
            part.hidden = part.dataset.kind !== select.value;
        }
    };
    const showAll = () => document.querySelectorAll(IS_KIND).forEach(showChosen);

    document.addEventListener("change", (event) => event.target.matches(IS_KIND) && showChosen(event.target));
    document.addEventListener("formset:added", showAll);
    document.addEventListener("DOMContentLoaded", showAll);
})();
