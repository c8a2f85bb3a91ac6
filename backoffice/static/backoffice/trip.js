/* Where the legs of a booking began, went and should lead. */
"use strict";

(function () {
    const source = document.getElementById("trip-map-told");
    if (!source) return;
    const told = JSON.parse(source.textContent);
    const map = Ground.map("trip-map", told);
    const drawn = L.featureGroup().addTo(map);
    const dot = (place, fillColor, dashed) =>
        L.circleMarker(place, { radius: 7, color: dashed ? "#64748b" : "#ffffff", dashArray: dashed ? "3 3" : null, weight: 2, fillColor, fillOpacity: dashed ? 0.2 : 1 }).addTo(drawn);

    for (const way of told.ways) {
        const { track, position } = way;
        if (track.length > 1) L.polyline(track, { color: "#7c3aed", weight: 4, opacity: 0.85 }).addTo(drawn);
        if (way.to && track.length === 0 && way.from) L.polyline([way.from, way.to], { color: "#64748b", weight: 2, dashArray: "4 6" }).addTo(drawn);
        if (way.to) dot(way.to, "#64748b", true);
        if (track[0] || way.from) dot(track[0] || way.from, "#16a34a");
        if (track.length > 1 && !position) dot(track[track.length - 1], "#dc2626");
        if (position) dot(position, "#7c3aed");
    }
    map.fitBounds(drawn.getBounds(), { padding: [28, 28], maxZoom: 17 });
})();
