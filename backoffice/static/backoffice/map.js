/* The live map: asks for what is in view, draws it, and asks again. Text reaches the page as text, never as HTML. */
"use strict";

(function () {
    const CLOSE = 17, LISTED = 100, PATIENCE = 250;
    const { ZONES, element, turned } = Ground;
    const told = JSON.parse(document.getElementById("map-configuration").textContent);
    const states = new Map(told.states.map(([value, text, colour]) => [value, { text, colour }]));
    const types = new Map(told.types);
    const filters = document.getElementById("map-filters");
    const list = document.getElementById("map-list");
    const status = document.getElementById("map-status");
    const clock = document.getElementById("map-clock");
    const canvas = L.canvas({ padding: 0.3, tolerance: 4 });
    const map = Ground.map("live-map", told, { renderer: canvas });
    const layers = Object.fromEntries(["zones", "rides", "stations", "squares", "vehicles"].map((name) => [name, L.layerGroup().addTo(map)]));
    const markers = new Map();
    const etags = new Map();
    let vehicles = [], timer = null, chosen = null, running = null, asOf = "";

    const text = (name, values = {}) => told.texts[name].replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");

    // Asking

    function address(base, withFilters) {
        const view = map.getBounds(), query = new URLSearchParams();
        const within = (value, limit) => Math.max(-limit, Math.min(limit, value)).toFixed(5);
        query.set("box", [within(view.getSouth(), 90), within(view.getNorth(), 90), within(view.getWest(), 180), within(view.getEast(), 180)].join());
        if (withFilters) new FormData(filters).forEach((value, name) => value && query.append(name, value));
        return `${base}?${query}`;
    }

    async function ask(name, withFilters, signal) {
        const url = address(told[name], withFilters), known = etags.get(name);
        const headers = known && known.url === url ? { "If-None-Match": known.etag } : {};
        const answer = await fetch(url, { headers, signal, credentials: "same-origin", redirect: "manual" });
        asOf = answer.headers.get("As-Of") ?? asOf;
        if (answer.status === 304) return null;
        if (answer.type === "opaqueredirect" || answer.status === 403) throw new Error("signedOut");
        if (!answer.ok) throw new Error("offline");
        const found = await answer.json();
        etags.set(name, { url, etag: answer.headers.get("ETag") });
        return found;
    }

    async function refresh() {
        clearTimeout(timer);
        running?.abort();
        const mine = (running = new AbortController());
        try {
            const [moving, standing] = await Promise.all([ask("moving", true, mine.signal), ask("standing", false, mine.signal)]);
            if (standing) drawStanding(standing);
            if (moving) drawMoving(moving);
            clock.textContent = text("updated", { time: asOf });
            if (status.classList.contains("is-wrong")) sayHowMany();
        } catch (error) {
            if (error.name === "AbortError") return;
            etags.clear();
            status.textContent = text(error.message === "signedOut" ? "signedOut" : "offline");
            status.classList.add("is-wrong");
        }
        if (!document.hidden && mine === running) timer = setTimeout(refresh, told.seconds * 1000);
    }

    let waiting = null;
    const soon = () => { clearTimeout(waiting); waiting = setTimeout(refresh, PATIENCE); };

    // Drawing

    let total = 0, areSquares = false;

    function sayHowMany() {
        status.classList.remove("is-wrong");
        status.textContent = text(areSquares ? "squares" : "vehicles", { n: total.toLocaleString(document.documentElement.lang) });
    }

    const size = () => (map.getZoom() < 13 ? 4 : map.getZoom() < 15 ? 5.5 : 7);

    function look([, , , state, charge, , , alerts]) {
        const isLow = charge !== null && charge < told.low;
        return {
            radius: size(), fillColor: states.get(state).colour, fillOpacity: 0.95, weight: alerts.length || isLow ? 2.5 : 1,
            color: alerts.length ? "#dc2626" : isLow ? "#f59e0b" : "#ffffff",
        };
    }

    function drawMoving(found) {
        vehicles = found.vehicles;
        total = found.total;
        areSquares = found.squares.length > 0;
        const gone = new Set(markers.keys());
        for (const vehicle of vehicles) {
            const [id, lat, lon] = vehicle, shown = JSON.stringify(vehicle);
            const marker = markers.get(id);
            gone.delete(id);
            if (!marker) {
                const made = L.circleMarker([lat, lon], look(vehicle)).on("click", () => open(id));
                made.shown = shown;
                markers.set(id, made.addTo(layers.vehicles));
            } else if (marker.shown !== shown) {
                marker.setLatLng([lat, lon]).setStyle(look(vehicle));
                marker.shown = shown;
            }
        }
        for (const id of gone) {
            layers.vehicles.removeLayer(markers.get(id));
            markers.delete(id);
        }
        drawSquares(found.squares);
        layers.rides.clearLayers();
        for (const [, , asset, state, line] of found.rides) {
            const colour = state === "ISSUE_REPORTED" ? "#dc2626" : "#7c3aed";
            L.polyline(line, { color: colour, weight: 3, opacity: 0.7, dashArray: state === "PAUSED" ? "4 6" : null, bubblingMouseEvents: false })
                .on("click", () => open(asset)).addTo(layers.rides);
        }
        const later = vehicles.filter((vehicle) => vehicle[7].length);  // what needs somebody lies on top
        for (const vehicle of [...vehicles, ...later]) markers.get(vehicle[0]).bringToFront();
        sayHowMany();
        drawList();
    }

    function drawSquares(squares) {
        layers.squares.clearLayers();
        for (const [lat, lon, n, trip, out, low, alerts] of squares) {
            const size = Math.round(26 + 8 * Math.log10(n));
            const icon = L.divIcon({ className: `map-square${alerts ? " has-alerts" : ""}`, iconSize: [size, size], html: String(n) });
            const title = text("square", { n, trip, out, low, alerts });
            L.marker([lat, lon], { icon, title, alt: title })
                .on("click", () => map.setView([lat, lon], map.getZoom() + 2)).addTo(layers.squares);
        }
    }

    function drawList() {
        const focused = document.activeElement?.dataset?.vehicle;
        const first = [...vehicles].sort((a, b) => (b[7].length > 0) - (a[7].length > 0) || a[6].localeCompare(b[6], undefined, { numeric: true }));
        const rows = first.slice(0, LISTED).map(([id, , , state, charge, type, number, alerts]) => {
            const dot = element("i");
            dot.style.background = states.get(state).colour;
            if (alerts.length) dot.classList.add("is-alert");
            const button = element("button", [dot, element("b", number), element("span", charge === null ? "" : `${charge}\u00a0%`)], { type: "button" });
            button.title = [types.get(type), states.get(state).text, ...alerts.map((kind) => told.alerts[kind])].join(" · ");
            button.dataset.vehicle = id;
            button.addEventListener("click", () => open(id, true));
            return element("li", button);
        });
        if (vehicles.length > LISTED) rows.push(element("li", element("p", text("more", { n: vehicles.length - LISTED }))));
        list.replaceChildren(...rows);
        if (focused) list.querySelector(`[data-vehicle="${Number(focused)}"]`)?.focus();
    }

    function drawStanding({ stations, zones }) {
        layers.zones.clearLayers();
        layers.stations.clearLayers();
        for (const [, name, kind, speed, rings] of zones) {
            const isOurs = kind === "OPERATING";
            const zone = L.polygon(rings.map(turned), { color: ZONES[kind], weight: isOurs ? 2 : 1, dashArray: isOurs ? "6 4" : null, fillOpacity: isOurs ? 0.03 : 0.12, interactive: !isOurs });
            if (!isOurs) zone.bindTooltip(words([name, told.zones[kind], speed && text("speed", { n: speed })]), { sticky: true });
            zone.addTo(layers.zones).bringToBack();
        }
        for (const [id, name, lat, lon, here, capacity, isOpen] of stations) {
            const share = capacity ? Math.min(100, Math.round((100 * here) / capacity)) : 0;
            const icon = L.divIcon({ className: `map-station${isOpen ? "" : " is-closed"}`, iconSize: [24, 20], html: String(here) });
            const fill = text(capacity ? "station" : "stationOpen", { here, places: capacity });
            const marker = L.marker([lat, lon], { icon, title: name, alt: name }).addTo(layers.stations);
            marker.getElement().style.background = `linear-gradient(to top, #5eead4 ${share}%, #f0fdfa ${share}%)`;
            const page = element("a", text("page"), { href: `/admin/fleet/station/${id}/change/` });
            marker.bindPopup(() => element("div", [element("h3", name), words([fill, !isOpen && text("closed")]), element("p", page)]));
        }
    }

    const words = (parts) => element("div", parts.filter(Boolean).join(" · "));

    // One vehicle

    async function open(id, isCentred = false) {
        const answer = await fetch(told.vehicle.replace("_", encodeURIComponent(id)), { credentials: "same-origin" }).catch(() => null);
        const found = answer?.ok ? await answer.json() : null;
        if (!found || found.lat === null) {
            status.textContent = text(answer ? "unknown" : "offline");
            status.classList.add("is-wrong");
            return;
        }
        const facts = element("dl", found.facts.flatMap(([what, value]) => [element("dt", what), element("dd", value)]));
        const links = element("p", found.links.map(([name, href]) => element("a", name, { href })));
        if (found.isVirtual && !filters.elements.sandbox.checked) filters.elements.sandbox.checked = true;
        chosen = found.id;
        if (isCentred) map.setView([found.lat, found.lon], Math.max(map.getZoom(), CLOSE));
        const popup = L.popup({ maxWidth: 280, autoPanPadding: [20, 20] }).setLatLng([found.lat, found.lon]);
        popup.setContent(element("div", [element("h3", found.number), facts, links])).openOn(map);
        remember();
        if (isCentred) links.querySelector("a")?.focus();
    }

    // Where we are is in the address: a link to it can be passed on.

    function remember() {
        const { lat, lng } = map.getCenter(), url = new URL(location);
        if (chosen) url.searchParams.set("vehicle", chosen); else url.searchParams.delete("vehicle");
        url.hash = `${lat.toFixed(5)},${lng.toFixed(5)},${map.getZoom()}`;
        history.replaceState(null, "", url);
    }

    function begin() {
        const place = location.hash.slice(1).split(",").map(Number);
        const isPlace = place.length === 3 && place.every(Number.isFinite) && Math.abs(place[0]) <= 85 && Math.abs(place[1]) <= 180;
        if (isPlace) map.setView(place.slice(0, 2), place[2]); else map.fitBounds(told.begin);
        const wanted = new URLSearchParams(location.search);
        for (const name of ["q", "state", "type", "below"]) if (wanted.has(name)) filters.elements[name].value = wanted.get(name);
        for (const name of ["alerts", "sandbox"]) filters.elements[name].checked = wanted.get(name) === "1";
        if (wanted.get("vehicle")) open(wanted.get("vehicle"), !isPlace);
    }

    begin();
    map.on("moveend", () => { remember(); soon(); });
    map.on("zoomend", () => { for (const marker of markers.values()) marker.setRadius(size()); });
    map.on("popupclose", () => { chosen = null; remember(); });
    filters.addEventListener("input", soon);
    filters.addEventListener("submit", (event) => { event.preventDefault(); refresh(); });
    document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : refresh()));
    refresh();
})();
