/* Each former shape of a region over its present one. */
"use strict";

(function () {
    const told = JSON.parse(document.getElementById("former-configuration").textContent);
    for (const frame of document.querySelectorAll("[data-former]")) {
        const rings = JSON.parse(document.getElementById(frame.id.replace("former", "shape")).textContent);
        const map = Ground.map(frame, told, { zoomControl: false, scrollWheelZoom: false });
        const now = L.polygon(told.now.map(Ground.turned), { color: "#64748b", weight: 2, dashArray: "5 5", fill: false, interactive: false });
        const then = L.polygon(rings.map(Ground.turned), { color: "#2563eb", weight: 2.5, fillOpacity: 0.18, interactive: false });
        map.fitBounds(now.getBounds().extend(then.getBounds()), { padding: [12, 12] });
        now.addTo(map);
        then.addTo(map);
    }
})();
