"""What is fast, and what it is compared with.

``python -m benchmarks`` prints one table, ``python -m benchmarks.<name>`` more of one of them. None is a test; the
figures that no machine changes are held in ``tests/test_costs.py``.
"""
