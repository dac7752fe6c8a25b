"""Hooks of the docs site: links to files outside of docs/ lead to the repository.

The pages link to such files by relative paths, so that the links work on GitHub. The site has no such files. REPO_URL
and REPO_REF name the repository and the commit or branch; without them these links become plain text.
"""

import os
import posixpath
import re

# [text](target), but not images. The text may have code with brackets.
LINK = re.compile(r"(?<!!)\[((?:[^\[\]`]|`[^`]*`)+)\]\(([^)\s#]+)(#[^)\s]*)?\)")


def on_page_markdown(markdown, page, config, files):
    """Replace the links of a page that lead to what the site does not have."""
    folder = posixpath.dirname(page.file.src_uri)

    def replaced(match):
        text, target, _ = match.groups()
        if re.match(r"[a-z]+:", target):
            return match.group(0)
        path = posixpath.normpath(posixpath.join("docs", folder, target))
        inside = posixpath.relpath(path, "docs")
        if files.get_file_from_path(inside) and not inside.startswith(".."):
            return match.group(0)
        # A page that does not exist stays as it is, so that `mkdocs build --strict` reports it.
        if not os.path.exists(os.path.join(os.path.dirname(config.config_file_path), path)):
            return match.group(0)
        repository = config.repo_url
        if not repository:
            return text
        return f"[{text}]({repository.rstrip('/')}/blob/{os.environ.get('REPO_REF', 'main')}/{path})"

    return LINK.sub(replaced, markdown)
