"""Training of the reference model on a release's training data, and self-training of any model that thinks and draws."""
