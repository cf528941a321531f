"""Where model weights come from: a folder, an installed package, or the model hub."""
