/* Draws the area of a region, or the place of a station, into the fields of its form. The server says what it thinks
   of it; everything also works by keyboard and by touch, and without this script the fields are typed. */
"use strict";

(function () {
    const frame = document.querySelector("[data-drawing]");
    if (!frame) return;
    const MOST_HANDLES = 240, PATIENCE = 400, STEP_PX = 2, LEAP_PX = 20, DECIMALS = 6;
    const { ZONES, element, turned } = Ground;
    const told = JSON.parse(document.getElementById("drawing-configuration").textContent);
    const text = (name, values = {}) => told.texts[name].replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");
    const field = (name) => document.getElementById(`id_${name}`);
    const area = field(told.area), kind = field("kind");
    const pinFields = (told.pin || []).map(field);
    const mayDraw = Boolean(area);
    const outline = new Outline();
    let chosen = null, sketch = null, size = "", isDragging = false;

    const button = (name, icon, act) => {
        const sign = element("span", icon, { className: "material-symbols-outlined" });
        sign.setAttribute("aria-hidden", "true");
        const made = element("button", [sign, element("span", text(name))], { type: "button", title: text(name) });
        made.dataset.act = name;
        made.addEventListener("click", act);
        return made;
    };

    // The frame: tools, map, what the server says

    const tools = element("div", "", { className: "drawing-tools" });
    tools.setAttribute("role", "toolbar");
    const canvas = element("div", "", { className: "map-canvas drawing-map", tabIndex: 0 });
    const status = element("p", "", { className: "drawing-status" });
    status.setAttribute("role", "status");
    const remarks = element("ul", "", { className: "drawing-remarks" });
    const paste = pastePanel();
    frame.replaceChildren(tools, paste, canvas, status, remarks);
    const map = Ground.map(canvas, told, { doubleClickZoom: false });
    const beneath = map.createPane("beneath");
    beneath.style.zIndex = 350;
    const faint = L.canvas({ pane: "beneath", padding: 0.2 });
    const layers = Object.fromEntries(["context", "shapes", "sketch", "marks", "handles"].map((name) => [name, L.layerGroup().addTo(map)]));
    canvas.append(element("div", "", { className: "drawing-cross" }));

    const actions = {
        draw: button("draw", "pentagon", () => begin(false)),
        hole: button("hole", "select_all", () => begin(true)),
        dropPoint: button("dropPoint", "remove_circle", () => chosen && removePoint(chosen)),
        drop: button("drop", "delete", () => { outline.drop(chosen); chosen = null; changed(); }),
        undo: button("undo", "undo", () => { if (outline.undo()) { chosen = null; changed(); } }),
        redo: button("redo", "redo", () => { if (outline.redo()) { chosen = null; changed(); } }),
        paste: button("paste", "content_paste", () => { paste.hidden = !paste.hidden; paste.querySelector("textarea").focus(); }),
        fit: button("fit", "fit_screen", fit),
        pinHere: button("pinHere", "add_location", () => movePin(map.getCenter())),
        add: button("add", "add_circle", () => addCorner(map.getCenter())),
        done: button("done", "check", finish),
        cancel: button("cancel", "close", () => { sketch = null; draw(); canvas.focus(); }),
    };
    tools.append(...Object.values(actions));

    function pastePanel() {
        const words = element("textarea", "", { rows: 4, spellcheck: false, placeholder: text("pasteHelp") });
        words.setAttribute("aria-label", text("pasteHelp"));
        const file = element("input", "", { type: "file", accept: ".json,.geojson,.wkt,.txt,application/geo+json" });
        file.setAttribute("aria-label", text("file"));
        file.addEventListener("change", async () => { if (file.files[0]) { words.value = await file.files[0].text(); await take(words.value); file.value = ""; } });
        const panel = element("div", [words, element("div", [
            button("use", "pentagon", () => take(words.value)), button("swap", "swap_horiz", () => { outline.swap(); changed(); fit(); }),
            file, button("close", "close", () => { panel.hidden = true; })], { className: "drawing-paste-tools" })], { className: "drawing-paste", hidden: true });
        return panel;
    }

    // What is drawn

    const colour = () => ZONES[kind?.value] || "#2563eb";
    const toPlace = ({ lat, lng }) => [Number(lng.toFixed(DECIMALS)), Number(lat.toFixed(DECIMALS))];

    function draw() {
        const focused = document.activeElement?.dataset?.handle;
        layers.shapes.clearLayers();
        outline.polygons.forEach((rings, part) => {
            const isChosen = chosen?.part === part && outline.polygons.length > 1;
            L.polygon(rings.map(turned), { color: colour(), weight: isChosen ? 4 : 2.5, fillOpacity: 0.18, bubblingMouseEvents: true })
                .on("click", () => { if (!sketch && mayDraw) { chosen = { part, ring: 0 }; draw(); } }).addTo(layers.shapes);
        });
        drawSketch();
        drawHandles();
        if (focused) frame.querySelector(`[data-handle="${focused}"]`)?.focus();
        tell();
    }

    function drawHandles() {
        layers.handles.clearLayers();
        if (sketch || !mayDraw) return;
        const view = map.getBounds().pad(0.05), found = [];
        outline.polygons.forEach((rings, part) => rings.forEach((ring, number) => ring.forEach(([lon, lat], point) => {
            if (view.contains([lat, lon])) found.push({ part, ring: number, point });
        })));
        if (found.length > MOST_HANDLES) return;
        for (const where of found) {
            handle(where);
            if (found.length <= MOST_HANDLES / 2) between(where);
        }
    }

    const ringOf = ({ part, ring }) => outline.polygons[part][ring];

    function handle(where) {
        const ring = ringOf(where), [lon, lat] = ring[where.point];
        const isChosen = chosen && ["part", "ring", "point"].every((name) => chosen[name] === where[name]);
        const icon = L.divIcon({ className: `drawing-corner${isChosen ? " is-chosen" : ""}`, iconSize: [28, 28] });
        const marker = L.marker([lat, lon], { icon, draggable: true, zIndexOffset: 500 }).addTo(layers.handles);
        const shown = marker.getElement();
        shown.dataset.handle = `${where.part}-${where.ring}-${where.point}`;
        shown.style.setProperty("--corner", colour());
        shown.setAttribute("aria-label", text("point", { n: where.point + 1, of: ring.length, lat: lat.toFixed(5), lon: lon.toFixed(5) }));
        marker.on("dragstart", () => { isDragging = true; outline.step(); });
        marker.on("drag", ({ latlng }) => { ring[where.point] = toPlace(latlng); redrawShapes(); });
        marker.on("dragend", () => { isDragging = false; chosen = where; changed(); });
        marker.on("click", () => { chosen = where; draw(); shown.isConnected || frame.querySelector(`[data-handle="${shown.dataset.handle}"]`)?.focus(); });
        marker.on("contextmenu", () => removePoint(where));
        shown.addEventListener("focus", () => { if (!isChosen) { chosen = where; tell(); } });
        shown.addEventListener("keydown", (event) => onKey(event, where));
    }

    function between(where) {
        const ring = ringOf(where), [a, b] = [ring[where.point], ring[(where.point + 1) % ring.length]];
        const middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
        const ends = [a, b].map(([lon, lat]) => map.latLngToContainerPoint([lat, lon]));
        if (ends[0].distanceTo(ends[1]) < 44) return;
        const icon = L.divIcon({ className: "drawing-between", iconSize: [24, 24] });
        const marker = L.marker([middle[1], middle[0]], { icon, draggable: true, keyboard: false, title: text("between") }).addTo(layers.handles);
        marker.getElement().style.setProperty("--corner", colour());
        const born = { ...where, point: where.point + 1 };
        marker.on("dragstart", () => { isDragging = true; outline.insert(where, middle); });
        marker.on("drag", ({ latlng }) => { ringOf(born)[born.point] = toPlace(latlng); redrawShapes(); });
        marker.on("dragend", () => { isDragging = false; chosen = born; changed(); });
        marker.on("click", () => { outline.insert(where, toPlace(L.latLng(middle[1], middle[0]))); chosen = born; changed(); });
    }

    function redrawShapes() {
        layers.shapes.getLayers().forEach((layer, part) => layer.setLatLngs(outline.polygons[part].map(turned)));
    }

    const MOVES = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

    function nudged([lon, lat], event) {
        const far = event.shiftKey ? LEAP_PX : STEP_PX, [x, y] = MOVES[event.key];
        return toPlace(map.unproject(map.project([lat, lon]).add([x * far, y * far])));
    }

    function onKey(event, where) {
        const ring = ringOf(where);
        if (MOVES[event.key]) {
            outline.step();
            ring[where.point] = nudged(ring[where.point], event);
            changed();
        } else if (event.key === "Delete" || event.key === "Backspace") {
            removePoint(where);
        } else if (event.key === "Insert" || event.key === "+") {
            const [a, b] = [ring[where.point], ring[(where.point + 1) % ring.length]];
            outline.insert(where, toPlace(L.latLng((a[1] + b[1]) / 2, (a[0] + b[0]) / 2)));
            chosen = { ...where, point: where.point + 1 };
            changed();
            frame.querySelector(`[data-handle="${where.part}-${where.ring}-${where.point + 1}"]`)?.focus();
        } else return;
        event.preventDefault();
        event.stopPropagation();
    }

    function removePoint(where) {
        if (!outline.remove(where)) return say(text("fewest"));
        chosen = { part: where.part, ring: where.ring };
        changed();
        const last = ringOf(where).length - 1;
        frame.querySelector(`[data-handle="${where.part}-${where.ring}-${Math.min(where.point, last)}"]`)?.focus();
    }

    // A new area or hole, corner by corner

    function begin(isHole) {
        sketch = { isHole, points: [], cursor: null };
        draw();
        canvas.focus();
    }

    function addCorner(latlng) {
        const place = toPlace(latlng), last = sketch.points.at(-1);
        const isSame = last && map.latLngToContainerPoint([last[1], last[0]]).distanceTo(map.latLngToContainerPoint(latlng)) < 3;
        if (!isSame) sketch.points.push(place);
        draw();
    }

    function drawSketch() {
        layers.sketch.clearLayers();
        canvas.classList.toggle("is-drawing", Boolean(sketch));
        if (!sketch) return;
        const points = turned(sketch.points);
        L.polyline(sketch.cursor ? [...points, sketch.cursor] : points, { color: colour(), weight: 2.5, dashArray: "6 5", interactive: false }).addTo(layers.sketch);
        points.forEach((point, n) => {
            const icon = L.divIcon({ className: `drawing-corner${n ? "" : " is-first"}`, iconSize: [28, 28] });
            const marker = L.marker(point, { icon, interactive: n === 0, keyboard: false }).addTo(layers.sketch);
            marker.getElement().style.setProperty("--corner", colour());
            if (n === 0) marker.on("click", finish);
        });
    }

    function finish() {
        if (sketch.points.length < 3) return say(text("fewest"));
        if (!outline.add(sketch.points, sketch)) return say(text("outside"));
        sketch = null;
        chosen = null;
        changed();
        canvas.focus();
    }

    map.on("click", ({ latlng }) => { if (sketch) addCorner(latlng); else if (chosen) { chosen = null; draw(); } });
    map.on("mousemove", ({ latlng }) => { if (sketch?.points.length) { sketch.cursor = latlng; drawSketch(); } });
    map.on("dblclick", () => { if (sketch?.points.length >= 3) finish(); else if (!sketch) map.zoomIn(); });
    canvas.addEventListener("keydown", (event) => {
        if (event.target !== canvas) return;
        if (sketch && (event.key === "Enter" || event.key === " ")) addCorner(map.getCenter());
        else if (sketch && event.key === "Escape") { sketch = null; draw(); }
        else if (sketch && event.key === "Backspace") { sketch.points.pop(); draw(); }
        else return;
        event.preventDefault();
    });
    frame.addEventListener("keydown", (event) => {
        const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
        if (!isUndo || event.target.tagName === "TEXTAREA") return;
        event.preventDefault();
        actions[event.shiftKey ? "redo" : "undo"].click();
    });

    // The fields of the form, and the server

    let isOurs = false;

    function changed() {
        area.value = outline.text({ isMulti: Boolean(told.pin) });
        isOurs = true;
        area.dispatchEvent(new Event("input", { bubbles: true }));
        area.dispatchEvent(new Event("change", { bubbles: true }));
        isOurs = false;
        draw();
        soon();
    }

    let waiting = null;
    const soon = () => { clearTimeout(waiting); waiting = setTimeout(check, PATIENCE); };

    async function ask(words) {
        const form = area.form, sent = new FormData();
        sent.set("text", words);
        sent.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
        for (const name of ["kind", "max_speed_kmh"]) sent.set(name, told.pin ? "OPERATING" : field(name)?.value || "");
        for (const option of field("asset_types")?.selectedOptions || []) sent.append("asset_types", option.value);
        if (told.self) sent.set("region", told.self);
        const answer = await fetch(told.sketch, { method: "POST", body: sent, credentials: "same-origin" }).catch(() => null);
        return answer?.ok ? answer.json() : null;
    }

    async function check() {
        if (!area.value) { size = ""; drawRemarks([]); tell(); return; }
        const asked = area.value, answer = await ask(asked);
        if (asked !== area.value) return;
        size = answer?.size || "";
        drawRemarks(answer ? answer.remarks : [{ text: text("offline"), at: [] }]);
        tell();
    }

    async function take(words, options) {
        const answer = await ask(words);
        if (answer?.polygons && outline.replace(answer.polygons, options)) {
            chosen = null;
            changed();
            fit();
        } else drawRemarks(answer?.remarks.length ? answer.remarks : [{ text: text(answer ? "nothing" : "offline"), at: [], isError: true }]);
    }

    function drawRemarks(found) {
        layers.marks.clearLayers();
        remarks.replaceChildren(...found.map((remark) => {
            for (const [lon, lat] of remark.at) L.circleMarker([lat, lon], { radius: 11, color: "#dc2626", weight: 3, fill: false, interactive: false }).addTo(layers.marks);
            const [lon, lat] = remark.at[0] || [];
            const line = lat === undefined ? element("span", remark.text) : element("button", remark.text, { type: "button" });
            if (lat !== undefined) line.addEventListener("click", () => map.setView([lat, lon], Math.max(map.getZoom(), 16)));
            return element("li", line, { className: remark.isError ? "is-error" : "" });
        }));
    }

    function say(words) { status.textContent = words; }

    function tell() {
        const isDrawing = Boolean(sketch), shown = {
            draw: mayDraw && !isDrawing, hole: mayDraw && !isDrawing, drop: mayDraw && !isDrawing, dropPoint: mayDraw && !isDrawing,
            undo: mayDraw && !isDrawing, redo: mayDraw && !isDrawing, paste: mayDraw && !isDrawing, fit: !isDrawing, pinHere: pinFields.length && pinFields[0] && !isDrawing,
            add: isDrawing, done: isDrawing, cancel: isDrawing,
        };
        for (const [name, is] of Object.entries(shown)) actions[name].hidden = !is;
        actions.hole.disabled = !outline.polygons.length;
        actions.drop.disabled = !chosen;
        actions.dropPoint.disabled = chosen?.point === undefined;
        actions.undo.disabled = !outline.past.length;
        actions.redo.disabled = !outline.future.length;
        actions.done.disabled = (sketch?.points.length ?? 0) < 3;
        if (isDrawing) return say(text(sketch.isHole ? "holing" : "drawing"));
        const parts = outline.polygons.length, handles = layers.handles.getLayers().length;
        const shape = parts ? text(parts === 1 ? "editingOne" : "editing", { parts, points: outline.points, size }) : text(pinFields.length ? "pin" : "empty");
        say([shape.replace(/, $/, ""), parts && mayDraw && !handles && text("tooMany"), text("context")].filter(Boolean).join(" · "));
    }

    // The station

    let pin = null;

    function movePin(latlng, isTyped = false) {
        if (!pin) {
            const icon = L.divIcon({ className: "drawing-pin", iconSize: [30, 30] });
            pin = L.marker(latlng, { icon, draggable: mayDraw, zIndexOffset: 1000 }).addTo(map);
            pin.getElement().setAttribute("aria-label", text("pin"));
            pin.on("dragend", () => movePin(pin.getLatLng()));
            pin.getElement().addEventListener("keydown", (event) => {
                if (!MOVES[event.key] || !mayDraw) return;
                const [lon, lat] = nudged(toPlace(pin.getLatLng()), event);
                movePin(L.latLng(lat, lon));
                event.preventDefault();
                event.stopPropagation();
            });
        }
        pin.setLatLng(latlng);
        if (isTyped || !pinFields[0]) return;
        [latlng.lat, latlng.lng].forEach((number, n) => {
            pinFields[n].value = number.toFixed(DECIMALS);
            pinFields[n].dispatchEvent(new Event("input", { bubbles: true }));
        });
    }

    function pinFromFields() {
        const [lat, lon] = pinFields[0] ? pinFields.map((each) => Number.parseFloat(each.value.replace(",", "."))) : told.place || [];
        if (Math.abs(lat) <= 90 && Math.abs(lon) <= 180) movePin(L.latLng(lat, lon), true);
    }

    // What is there already, faintly

    let asked = null;

    async function context() {
        const view = map.getBounds(), within = (value, limit) => Math.max(-limit, Math.min(limit, value)).toFixed(5);
        const box = [within(view.getSouth(), 90), within(view.getNorth(), 90), within(view.getWest(), 180), within(view.getEast(), 180)].join();
        if (box === asked) return;
        asked = box;
        const get = (url) => fetch(`${url}?box=${box}`, { credentials: "same-origin" }).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
        const [standing, moving] = await Promise.all([get(told.standing), get(told.moving)]);
        if (box !== asked) return;
        layers.context.clearLayers();
        const quiet = { renderer: faint, interactive: false };
        for (const [id, , its, , rings] of standing?.zones || []) {
            if (told.self === id) continue;
            L.polygon(rings.map(turned), { ...quiet, color: ZONES[its], weight: 1, opacity: 0.55, dashArray: "4 4", fillOpacity: its === "OPERATING" ? 0 : 0.06 }).addTo(layers.context);
        }
        for (const [id, , lat, lon] of standing?.stations || []) {
            if (told.station !== id) L.circleMarker([lat, lon], { ...quiet, radius: 6, color: "#0f766e", weight: 1.5, opacity: 0.6, fillOpacity: 0.25 }).addTo(layers.context);
        }
        for (const [, lat, lon] of moving?.vehicles || []) L.circleMarker([lat, lon], { ...quiet, radius: 2.5, stroke: false, fillColor: "#475569", fillOpacity: 0.4 }).addTo(layers.context);
        for (const [lat, lon, n] of moving?.squares || []) L.circleMarker([lat, lon], { ...quiet, radius: 4 + 5 * Math.log10(n), stroke: false, fillColor: "#475569", fillOpacity: 0.25 }).addTo(layers.context);
    }

    function fit() {
        const drawn = outline.polygons.flatMap((rings) => turned(rings[0]));
        if (drawn.length) map.fitBounds(drawn, { padding: [30, 30], maxZoom: 18 });
        else if (pin) map.setView(pin.getLatLng(), 17);
        else map.fitBounds(told.begin);
    }

    // Beginning

    const parsed = (words) => { try { return JSON.parse(words); } catch { return null; } };
    const polygonsOf = (geometry) => (geometry?.type === "Polygon" ? [geometry.coordinates] : geometry?.type === "MultiPolygon" ? geometry.coordinates : null);
    const written = area ? area.value.trim() : "";
    map.fitBounds(told.begin);
    if (told.pin) pinFromFields();
    outline.replace(polygonsOf(area ? parsed(written) : told.here) || [], { asStep: false });
    fit();
    draw();
    context();
    if (written && !outline.polygons.length) take(written, { asStep: false }); else if (written) check();
    map.on("moveend", () => { if (!isDragging) { drawHandles(); tell(); } context(); });
    area?.addEventListener("change", () => { if (!isOurs) { if (area.value.trim()) take(area.value); else { outline.replace([]); changed(); } } });
    for (const name of ["kind", "max_speed_kmh", "asset_types"]) field(name)?.addEventListener("change", () => { draw(); soon(); });
    for (const each of pinFields) each?.addEventListener("change", () => { pinFromFields(); fit(); });
})();
