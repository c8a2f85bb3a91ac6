/* Where a vehicle is, the ways of its latest trips, and where else it was. */
"use strict";

(function () {
    const told = document.getElementById("whereabouts-configuration");
    if (!told) return;
    const { here, rides, places, ...ground } = JSON.parse(told.textContent);
    const map = Ground.map("whereabouts-map", ground, { scrollWheelZoom: false });
    map.fitBounds(ground.begin);
    let shown = null;
    const drawn = L.featureGroup().addTo(map);
    rides.forEach(([way, isRunning], n) => {
        const look = isRunning ? { color: "#7c3aed", weight: 4, opacity: 0.9 } : { color: "#64748b", weight: 2, opacity: Math.max(0.2, 0.8 - n / 25) };
        L.polyline(way, { ...look, interactive: false }).addTo(drawn);
    });
    for (const place of places) L.circleMarker(place, { radius: 3.5, color: "#64748b", weight: 1.5, fillColor: "#fff", fillOpacity: 1, interactive: false }).addTo(drawn);
    if (here) L.marker(here, { icon: L.divIcon({ className: "whereabouts-here", iconSize: [20, 20] }), interactive: false, keyboard: false }).addTo(drawn);
    if (drawn.getLayers().length) map.fitBounds(drawn.getBounds(), { padding: [24, 24], maxZoom: 16 });
    document.getElementById("whereabouts").addEventListener("click", (event) => {
        const place = places[event.target.closest("[data-place]")?.dataset.place];
        if (!place) return;
        shown?.remove();
        shown = L.circleMarker(place, { radius: 9, color: "#dc2626", weight: 3, fill: false, interactive: false }).addTo(map);
        map.setView(place, Math.max(map.getZoom(), 15));
    });
})();
