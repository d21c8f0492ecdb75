"""What the user should know beside the result: one dim line on standard error."""


def notice(text: str) -> None:
    """Print a notice; the result on standard output stays clean."""
    from rich.console import Console

    Console(stderr=True, highlight=False).print(text, style="dim", markup=False, soft_wrap=True)
