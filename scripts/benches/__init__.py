"""Benchmarks, one module each: `scripts/bench NAME --json` prints one JSON line (performance.md)."""
