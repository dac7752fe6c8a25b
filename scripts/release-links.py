#!/usr/bin/env python3
"""Prepare README.md and pyproject.toml for the project's page on PyPI.

PyPI shows the README without the repository, so its relative links would be dead there. This script replaces them by
links to the repository, and adds the addresses of the project to pyproject.toml. It changes both files in place; the
release workflow runs it before it builds.

    scripts/release-links.py REPOSITORY_URL REF DOCS_URL
"""

import re
import sys
from pathlib import Path

LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)\s]+)\)")


def main(repository: str, ref: str, docs: str) -> None:
    repository = repository.rstrip("/")
    readme = Path("README.md")
    text = readme.read_text(encoding="utf-8")
    readme.write_text(LINK.sub(rf"]({repository}/blob/{ref}/\1)", text), encoding="utf-8", newline="\n")
    project = Path("pyproject.toml")
    text = project.read_text(encoding="utf-8")
    addresses = {
        "Homepage": repository,
        "Documentation": docs,
        "Source": repository,
        "Issues": f"{repository}/issues",
        "Changelog": f"{repository}/blob/{ref}/CHANGELOG.md",
    }
    lines = "".join(f'{name} = "{address}"\n' for name, address in addresses.items())
    changed, count = re.subn(r"(?m)^(\[project\.urls\]\n)(?:.+\n)*", rf"\g<1>{lines}", text)
    if count != 1:
        sys.exit("pyproject.toml has no [project.urls]")
    project.write_text(changed, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
