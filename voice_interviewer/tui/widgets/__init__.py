"""The parts screens are made of; each shows what it is given and knows nothing else."""
