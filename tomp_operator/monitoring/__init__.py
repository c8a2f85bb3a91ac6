"""What those ask who keep the service running: is it alive, is it ready, how is it doing (docs/operating.md)."""
