"""Claims that lie in a cluster, answered where they lie: ``kb.spark.evaluate``."""

from kb.spark.adapter import evaluate

__all__ = ["evaluate"]
