"""The report of a run: results.json, samples.jsonl, and one page to look at."""
