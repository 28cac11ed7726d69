"""Prints the commands of the README's recipe for `github` or `gitlab`, as a runner would run them."""

import re
import sys
from pathlib import Path

import yaml


def commands(readme: str, kind: str) -> list[str]:
    for block in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL):
        recipe = yaml.safe_load(block)
        if kind == "github" and isinstance(recipe, list):
            return [step["run"] for step in recipe if "run" in step]
        if kind == "gitlab" and isinstance(recipe, dict):
            return [line for job in recipe.values() for line in job["script"]]
    sys.exit(f"the README has no recipe for {kind}")


if __name__ == "__main__":
    print("\n".join(command.rstrip() for command in commands(Path(sys.argv[1]).read_text(), sys.argv[2])))
