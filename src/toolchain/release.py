"""Downloads every file of a release with pip's own settings: argv is the project, the version and a folder.

Prints one JSON object. pip has no public command for this: `pip download` only takes the files for one platform and
one Python at a time. The parts of pip that are used here have been the same since pip 22.2.
"""

import sys

# Before any other import: `-c` puts the current directory first, and its modules must not run.
sys.path[:] = [folder for folder in sys.path if folder]

import hashlib
import json
import logging
import os


class Failures(logging.Handler):
    """Collects why pages of the index could not be read: pip only logs that."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.messages = []

    def emit(self, record):
        if str(record.msg).startswith("Could not fetch URL"):
            self.messages.append(record.getMessage())


def version_in(filename, project, canonical, Version):
    """The version of a file of this project, or None if the file is not one of its wheels and sdists."""
    if filename.endswith(".whl"):
        parts = filename[:-4].split("-")
        name, version = (parts[0], parts[1].replace("_", "-")) if len(parts) >= 5 else ("", "")
        split = [(name, version)]
    else:
        for ending in (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz"):
            if filename.endswith(ending):
                stem = filename[: -len(ending)]
                break
        else:
            return None
        # The names and versions of old files may have hyphens.
        places = [at for at, character in enumerate(stem) if character == "-"]
        split = [(stem[:at], stem[at + 1 :]) for at in places]
    for name, version in split:
        if canonical(name) == project:
            try:
                return Version(version)
            except ValueError:
                continue
    return None


def run(project, version, folder):
    from pip._internal.commands import create_command
    from pip._internal.index import collector as collecting
    from pip._internal.network.utils import HEADERS, response_chunks
    from pip._vendor.packaging.utils import canonicalize_name
    from pip._vendor.packaging.version import Version

    failures = Failures()
    collecting.logger.addHandler(failures)
    collecting.logger.setLevel(logging.DEBUG)
    collecting.logger.propagate = False

    command = create_command("download")
    options, _ = command.parse_args(["--no-input", "--no-cache-dir", project])
    with command.main_context():
        session = command.get_default_session(options)
        collector = collecting.LinkCollector.create(session, options=options)

        def links_of_page(location):
            page = collector.fetch_response(location)
            return list(collecting.parse_links(page)) if page else []

        sources = collector.collect_sources(project, candidates_from_page=links_of_page)
        # The index comes first: a folder of find-links may have a part of the files only.
        links = []
        for source in (*sources.index_urls, *sources.find_links):
            if source is not None:
                links.extend(source.page_candidates())
                links.extend(source.file_links())

        canonical = canonicalize_name(project)
        wanted = Version(version)
        files = {}
        versions = set()
        for link in links:
            found = version_in(link.filename, canonical, canonicalize_name, Version)
            if found is not None:
                versions.add(found)
                if found == wanted:
                    files.setdefault(link.filename, link)
        if not files:
            known = [str(one) for one in sorted(versions)]
            return {"missing": {"versions": known, "failures": failures.messages}}
        paths = []
        for filename, link in sorted(files.items()):
            path = os.path.join(folder, os.path.basename(filename))
            response = session.get(link.url_without_fragment, headers=HEADERS, stream=True)
            response.raise_for_status()
            digest = None
            if link.hash_name in hashlib.algorithms_guaranteed:
                digest = hashlib.new(link.hash_name)
            with open(path, "wb") as file:
                for chunk in response_chunks(response):
                    file.write(chunk)
                    if digest:
                        digest.update(chunk)
            if digest and digest.hexdigest() != link.hash:
                return {"mismatch": filename}
            paths.append(path)
        return {"files": paths}


def main():
    try:
        import pip
    except ImportError:
        return "no_pip"
    try:
        return run(*sys.argv[1:])
    except (ImportError, AttributeError, TypeError) as error:
        return {"unsupported": f"pip {pip.__version__}: {error!r}"}
    except SystemExit:
        raise
    except Exception as error:
        return {"failed": str(error) or repr(error)}


print(json.dumps(main()))
