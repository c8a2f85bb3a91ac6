// Imports: the bar follows the job, a chosen column explains itself, and a file that is too large is not sent.
(() => {
    const PAUSE = 1000;

    const follow = async (section) => {
        try {
            const answer = await fetch(section.dataset.progress, { headers: { Accept: "application/json" } });
            const told = await answer.json();
            section.querySelector("progress").value = told.percent;
            section.querySelector("[data-text]").textContent = told.text;
            if (!told.is_at_work) {
                window.location.reload();
                return;
            }
        } catch {
            // The server is away for a moment: asked again.
        }
        setTimeout(follow, PAUSE, section);
    };

    const explain = (select, texts) => {
        document.getElementById(select.dataset.explains).textContent = texts[select.value] || "";
    };

    const refuseLarge = (form) => {
        form.addEventListener("submit", (event) => {
            const file = form.querySelector("input[type=file]").files[0];
            const isTooLarge = Boolean(file) && file.size > Number(form.dataset.mostMb) * 1024 * 1024;
            form.querySelector("[data-too-large]").classList.toggle("hidden", !isTooLarge);
            if (isTooLarge) {
                event.preventDefault();
            }
        });
    };

    document.addEventListener("DOMContentLoaded", () => {
        document.querySelectorAll("[data-progress]").forEach((section) => setTimeout(follow, PAUSE, section));
        document.querySelectorAll("form[data-most-mb]").forEach(refuseLarge);
        const texts = document.getElementById("import-explanations");
        if (texts) {
            const explained = JSON.parse(texts.textContent);
            document.querySelectorAll("select[data-explains]").forEach((select) => {
                explain(select, explained);
                select.addEventListener("change", () => explain(select, explained));
            });
        }
    });
})();
