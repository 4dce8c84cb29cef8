"""unisandbox makes, proves, publishes and scores controlled synthetic data for multimodal models."""

__version__ = "0.2.0"
