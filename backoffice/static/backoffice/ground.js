/* What every map of the back office stands on: the ground, a scale, and the colours of zones. Needs Leaflet.

   Ground.map(id, told, options): a Leaflet map in that element. `told` is what backoffice/ground.py tells a page.
   Text reaches the page as text, never as HTML: Ground.element(name, content, attributes) makes elements of it. */
"use strict";

const Ground = (function () {
    const ZONES = {
        OPERATING: "#2563eb", NO_ACCESS: "#b91c1c", NO_PARKING: "#dc2626", PARKING: "#16a34a", DISCOUNT: "#0d9488", SPEEDLIMIT: "#d97706",
    };

    function element(name, content = "", attributes = {}) {
        const made = Object.assign(document.createElement(name), attributes);
        made.append(...[].concat(content));
        return made;
    }

    function map(id, told, options = {}) {
        const made = L.map(id, { minZoom: 3, maxZoom: 20, worldCopyJump: true, zoomSnap: 0.5, ...options });
        ground(told).addTo(made);
        made.attributionControl.setPrefix(false);
        L.control.scale({ imperial: false }).addTo(made);
        new ResizeObserver(() => made.invalidateSize()).observe(made.getContainer());
        return made;
    }

    /* Tiles of a map server where the operator named one, otherwise degrees. */
    function ground(told) {
        if (told.tiles) return L.tileLayer(told.tiles, { attribution: told.attribution, maxZoom: 20, referrerPolicy: "strict-origin-when-cross-origin" });
        const Degrees = L.GridLayer.extend({
            createTile(place) {
                const corner = this._map.unproject(place.scaleBy(this.getTileSize()), place.z);
                return element("div", `${corner.lat.toFixed(4)}, ${corner.lng.toFixed(4)}`, { className: "map-tile" });
            },
        });
        return new Degrees({ maxZoom: 20 });
    }

    /* GeoJSON writes longitude first, Leaflet latitude. */
    const turned = (ring) => ring.map(([lon, lat]) => [lat, lon]);

    return { ZONES, element, map, turned };
})();
