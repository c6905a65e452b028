"""What all stages of the language share: diagnostics, the model, labels."""
