/* What lies under every map: the tiles of a map server where the operator named one, otherwise degrees. */
"use strict";

function drawGround(map, { tiles, attribution }) {
    if (tiles) {
        L.tileLayer(tiles, { attribution, maxZoom: 20, referrerPolicy: "strict-origin-when-cross-origin" }).addTo(map);
    } else {
        const Degrees = L.GridLayer.extend({
            createTile(place) {
                const corner = map.unproject(place.scaleBy(this.getTileSize()), place.z);
                return Object.assign(document.createElement("div"), { className: "map-tile", textContent: `${corner.lat.toFixed(4)}, ${corner.lng.toFixed(4)}` });
            },
        });
        new Degrees({ maxZoom: 20 }).addTo(map);
    }
    map.attributionControl.setPrefix(false);
    L.control.scale({ imperial: false }).addTo(map);
}
