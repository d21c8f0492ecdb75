"""Models that can be got: what there is (`entries`), how a file comes (`fetch`), where it is kept (`shelf`)."""
