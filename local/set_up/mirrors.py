"""Package indexes, proxies and certificates as the machine is already set up for pip, told to the other tools.

Nothing here names a registry: without settings each tool asks its own default one.
"""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

UV_SETTINGS = ("UV_CONFIG_FILE", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL")

INDEX_ADVICE = (
    "Check the line to the package index. Behind a mirror set UV_DEFAULT_INDEX (or pip's PIP_INDEX_URL or pip.conf), "
    "behind a proxy HTTPS_PROXY, and for a certificate authority of your own SSL_CERT_FILE; then try again."
)
NPM_ADVICE = (
    "Check the line to the npm registry. Behind a mirror set npm_config_registry, behind a proxy HTTPS_PROXY, and for "
    "a certificate authority of your own NODE_EXTRA_CA_CERTS; then try again."
)


def tool_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The given environment, with what only pip was told said to uv and Node as well."""
    return for_uv_and_node(environment, pip_settings(environment))


def pip_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """pip's settings from its files and variables by name ("index-url"), the strongest last; {} without pip."""
    listed = subprocess.run(
        [python_with_pip(), "-m", "pip", "config", "list"],
        check=False,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    settings: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.stdout.splitlines():
        name, _, value = line.partition("=")
        section, _, option = name.rpartition(".")
        settings.setdefault(section, {})[option] = value.strip("'\"")
    return {**settings["global"], **settings["install"], **settings[":env:"]}


def python_with_pip() -> str:
    """The interpreter below this one's environment: an environment made by uv holds no pip, its base does."""
    return str(getattr(sys, "_base_executable", sys.executable))


def for_uv_and_node(environment: Mapping[str, str], pip: Mapping[str, str]) -> dict[str, str]:
    """`environment` wins over pip's settings; a uv with settings of its own keeps them and takes none from pip."""
    derived: dict[str, str] = {}
    if not _uv_has_settings(environment):
        derived |= _indexes(pip)
    if certificates := pip.get("cert"):
        derived["SSL_CERT_FILE"] = certificates
    if timeout := pip.get("timeout") or pip.get("default-timeout"):
        derived["UV_HTTP_TIMEOUT"] = timeout
    if proxy := pip.get("proxy"):
        derived["HTTPS_PROXY"] = derived["HTTP_PROXY"] = proxy
    merged = {**derived, **environment}
    if "SSL_CERT_FILE" in merged:
        merged.setdefault("NODE_EXTRA_CA_CERTS", merged["SSL_CERT_FILE"])
    return merged


def java_proxy_options(environment: Mapping[str, str]) -> list[str]:
    """The JVM reads no proxy variables: the same as system properties."""
    options = []
    for scheme in ("http", "https"):
        if url := environment.get(f"{scheme}_proxy") or environment.get(f"{scheme.upper()}_PROXY"):
            proxy = urlsplit(url if "//" in url else f"//{url}")
            options += [f"-D{scheme}.proxyHost={proxy.hostname}", f"-D{scheme}.proxyPort={proxy.port or 80}"]
    return options


def _uv_has_settings(environment: Mapping[str, str]) -> bool:
    folders = [Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config"), Path("/etc")]
    return any(name in environment for name in UV_SETTINGS) or any(
        (folder / "uv" / "uv.toml").exists() for folder in folders
    )


def _indexes(pip: Mapping[str, str]) -> dict[str, str]:
    derived = {}
    if "index-url" in pip:
        derived["UV_DEFAULT_INDEX"] = pip["index-url"]
    if "extra-index-url" in pip:
        # pip takes the best version of all its indexes; the locks' hashes say which file that may be.
        derived |= {"UV_INDEX": _words(pip["extra-index-url"]), "UV_INDEX_STRATEGY": "unsafe-best-match"}
    if links := [link for link in _words(pip.get("find-links", "")).split() if "://" in link or Path(link).exists()]:
        derived["UV_FIND_LINKS"] = ",".join(links)
    if "trusted-host" in pip:
        derived["UV_INSECURE_HOST"] = _words(pip["trusted-host"])
    return derived


def _words(value: str) -> str:
    """pip separates by white space, written as an escaped line end where a file had one."""
    return " ".join(value.replace("\\n", " ").split())
