"""The contract between the halves: JSON Schemas, and the checks and files derived from them."""
