"""What does a request cost, and what limits it? `python -m bench` (docs/performance.md)."""
