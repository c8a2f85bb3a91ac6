"""How staff sign in: guessing is throttled, sessions end, a second step may be asked for (docs/operating.md)."""
