"""What is fast, and what it is compared with: ``python -m benchmarks.<name>`` prints a table. None is a test."""
