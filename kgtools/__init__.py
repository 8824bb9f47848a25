"""The Indo-Pacific Partnership Knowledge Graph toolkit."""
