"""`python -m shop.core.translations check`: says whether the shop is complete in Dutch."""

import sys
from pathlib import Path

from shop.core.translations.check import problems_in


def main(arguments: list[str]) -> int:
    """Name every problem; 0 when there is none."""
    if arguments != ["check"]:
        print("usage: python -m shop.core.translations check", file=sys.stderr)
        return 2
    problems = problems_in(Path(__file__).resolve().parents[3])
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems with Dutch texts" if problems else "every text is there in Dutch")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
