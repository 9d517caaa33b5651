"""Whether two results differ: ratios with intervals, and a verdict on each benchmark. The method is in docs/method.md.

Pure functions. Only this package may import numpy and scipy, which take longer to load than all others together.
"""
