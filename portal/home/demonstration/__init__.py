"""A synthetic province for demonstrations, tests and benchmarks. The same seed and date give the same database."""
