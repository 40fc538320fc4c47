"""What a machine was told for pip holds for uv, Node and Java as well."""

from pathlib import Path

import pytest

from local.set_up.mirrors import for_uv_and_node, java_proxy_options, pip_settings

MIRROR = "https://packages.hospital.example/simple"


@pytest.fixture(autouse=True)
def no_uv_settings_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


def test_an_index_named_for_pip_becomes_uvs_default_index() -> None:
    assert for_uv_and_node({}, {"index-url": MIRROR}) == {"UV_DEFAULT_INDEX": MIRROR}


def test_an_index_named_for_uv_itself_wins() -> None:
    given = {"UV_INDEX_URL": "https://other.example/simple"}
    assert for_uv_and_node(given, {"index-url": MIRROR}) == given


def test_a_uv_settings_file_keeps_pips_indexes_out(tmp_path: Path) -> None:
    settings = tmp_path / ".config" / "uv" / "uv.toml"
    settings.parent.mkdir(parents=True)
    settings.touch()
    assert for_uv_and_node({}, {"index-url": MIRROR}) == {}


def test_extra_indexes_are_searched_as_pip_searches_them() -> None:
    derived = for_uv_and_node({}, {"extra-index-url": f"\\n{MIRROR}\\nhttps://more.example/simple"})
    assert derived == {"UV_INDEX": f"{MIRROR} https://more.example/simple", "UV_INDEX_STRATEGY": "unsafe-best-match"}


def test_a_folder_of_wheels_is_passed_on_only_where_it_exists(tmp_path: Path) -> None:
    derived = for_uv_and_node({}, {"find-links": f"{tmp_path} /no/such/folder"})
    assert derived == {"UV_FIND_LINKS": str(tmp_path)}


def test_pips_certificates_serve_uv_and_node() -> None:
    derived = for_uv_and_node({}, {"cert": "/etc/hospital.pem"})
    assert derived == {"SSL_CERT_FILE": "/etc/hospital.pem", "NODE_EXTRA_CA_CERTS": "/etc/hospital.pem"}


def test_certificates_named_for_node_stay() -> None:
    given = {"SSL_CERT_FILE": "/a.pem", "NODE_EXTRA_CA_CERTS": "/b.pem"}
    assert for_uv_and_node(given, {"cert": "/c.pem"}) == given


def test_pips_own_files_and_variables_are_read_the_variable_last(tmp_path: Path) -> None:
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[global]\nindex-url = {MIRROR}\ntimeout = 20\n")
    read = pip_settings({"PIP_CONFIG_FILE": str(settings), "PIP_TIMEOUT": "60", "HOME": str(tmp_path)})
    assert (read["index-url"], read["timeout"]) == (MIRROR, "60")


def test_a_proxy_of_the_environment_reaches_the_jvm() -> None:
    assert java_proxy_options({"https_proxy": "http://proxy.example:3128"}) == [
        "-Dhttps.proxyHost=proxy.example",
        "-Dhttps.proxyPort=3128",
    ]
    assert java_proxy_options({"HTTP_PROXY": "proxy.example"}) == [
        "-Dhttp.proxyHost=proxy.example",
        "-Dhttp.proxyPort=80",
    ]
