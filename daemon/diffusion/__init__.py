"""What all generators on diffusers share: finding and checking weights, memory, steps, families, faults of torch."""
