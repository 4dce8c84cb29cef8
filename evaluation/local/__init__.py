"""What runs weights in this process: settings, the weights' files, batches, pixels. torch is loaded inside functions only."""
