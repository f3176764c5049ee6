"""Neural networks: arrays in, arrays out, no astronomy; the only home of torch, imported when it is first used."""
