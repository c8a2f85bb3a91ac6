"""The live map: what stands and moves in a box, as little JSON as shows it."""
