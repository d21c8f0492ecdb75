"""From a Russian prompt to an English one, for engines that read English only."""
