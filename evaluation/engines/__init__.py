"""Where models and judges run: here, or in pools of actors on many GPUs and nodes. Only the process asked for writes ledgers."""
