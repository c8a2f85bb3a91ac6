/* The areas being drawn, with every step back and forth. Knows no map.

   Points are [longitude, latitude]; a ring is kept without the point that closes it; the first ring of an area is its
   border, the others are holes. */
"use strict";

class Outline {
    static MOST_STEPS = 200;

    constructor() {
        this.polygons = [];
        this.past = [];
        this.future = [];
    }

    /* GeoJSON's closed rings, in place of what was; one step. False if these are no rings of points. */
    replace(polygons, { asStep = true } = {}) {
        const isPoint = (point) => Array.isArray(point) && Number.isFinite(point[0]) && Number.isFinite(point[1]);
        const areRings = (rings) => Array.isArray(rings) && rings.length && rings.every((ring) => Array.isArray(ring) && ring.every(isPoint));
        if (!Array.isArray(polygons) || !polygons.every(areRings)) return false;
        if (asStep) this.step();
        this.polygons = polygons.map((rings) => rings.map((ring) => opened(ring.map(([lon, lat]) => [lon, lat]))));
        return true;

        function opened(ring) {
            const [first, last] = [ring[0], ring.at(-1)];
            return ring.length > 1 && first[0] === last[0] && first[1] === last[1] ? ring.slice(0, -1) : ring;
        }
    }

    step() {
        this.past.push(JSON.stringify(this.polygons));
        if (this.past.length > Outline.MOST_STEPS) this.past.shift();
        this.future = [];
    }

    undo() { return this.#go(this.past, this.future); }

    redo() { return this.#go(this.future, this.past); }

    #go(from, to) {
        if (!from.length) return false;
        to.push(JSON.stringify(this.polygons));
        this.polygons = JSON.parse(from.pop());
        return true;
    }

    /* A new area; or a hole in the area around its first point, false if there is none. */
    add(ring, { isHole = false } = {}) {
        if (!isHole) {
            this.step();
            this.polygons.push([ring]);
            return true;
        }
        const around = this.polygons.findIndex(([border]) => Outline.covers(border, ring[0]));
        if (around < 0) return false;
        this.step();
        this.polygons[around].push(ring);
        return true;
    }

    insert({ part, ring, point }, place) {
        this.step();
        this.polygons[part][ring].splice(point + 1, 0, place);
    }

    /* False where only three are left. */
    remove({ part, ring, point }) {
        const points = this.polygons[part][ring];
        if (points.length <= 3) return false;
        this.step();
        points.splice(point, 1);
        return true;
    }

    /* The hole, or the area with all its holes. */
    drop({ part, ring }) {
        this.step();
        if (ring > 0) this.polygons[part].splice(ring, 1); else this.polygons.splice(part, 1);
    }

    swap() {
        this.step();
        this.polygons = this.polygons.map((rings) => rings.map((ring) => ring.map(([lon, lat]) => [lat, lon])));
    }

    get points() { return this.polygons.flat(2).length; }

    /* As GeoJSON; "" if nothing is drawn. One area is a Polygon unless it has to be a MultiPolygon. */
    text({ isMulti = false } = {}) {
        if (!this.polygons.length) return "";
        const round = (number) => Math.round(number * 1e7) / 1e7;
        const closed = this.polygons.map((rings) => rings.map((ring) => [...ring, ring[0]].map((point) => point.map(round))));
        const isOne = closed.length === 1 && !isMulti;
        return JSON.stringify(isOne ? { type: "Polygon", coordinates: closed[0] } : { type: "MultiPolygon", coordinates: closed });
    }

    static covers(border, [lon, lat]) {
        let isInside = false;
        border.forEach(([x, y], n) => {
            const [u, v] = border[(n || border.length) - 1];
            if (y > lat !== v > lat && lon < ((u - x) * (lat - y)) / (v - y) + x) isInside = !isInside;
        });
        return isInside;
    }
}
