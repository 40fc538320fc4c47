"""The parts of the local world and what each stands on."""

from local.set_up import azurite, class_archive, delta_jars, java, json_schema_suite, python_environments
from local.set_up.part import Part, files

PARTS = (
    Part(
        name="uv",
        title="uv, which makes the Python environments",
        ingredients=files(python_environments.UV_LOCK),
        build=python_environments.build_uv,
        proof="bin/uv",
    ),
    Part(
        name="app",
        title="Python 3.13: the function app, the local world, the tools of development",
        ingredients=files(*python_environments.APP_LOCKS),
        build=python_environments.build_app,
        proof="bin/python",
        needs=("uv",),
    ),
    Part(
        name="lakehouse",
        title="Python 3.12: Spark and Delta",
        ingredients=files(python_environments.LAKEHOUSE_LOCK),
        build=python_environments.build_lakehouse,
        proof="bin/python",
        needs=("uv",),
    ),
    Part(
        name="java",
        title="Java 17 or 21",
        ingredients=files(java.JAVA_LOCK, "local/set_up/java.py"),
        build=java.build_java,
        proof=java.PROOF,
        needs=("uv",),
    ),
    Part(
        name="azurite",
        title="Azurite, the storage emulator",
        ingredients=files(*(f"local/azurite/{name}" for name in azurite.SOURCE)),
        build=azurite.build_azurite,
        proof=azurite.MAIN,
        needs=("app",),
    ),
    Part(
        name="json-schema-test-suite",
        title="the official tests of JSON Schema",
        ingredients=files("local/set_up/json_schema_suite.py"),
        build=json_schema_suite.build_json_schema_suite,
        proof=json_schema_suite.PROOF,
        needs=("uv",),
    ),
    Part(
        name="bench-env",
        title="Python 3.13: the validators that ours is measured against",
        ingredients=files(*python_environments.BENCH_LOCKS),
        build=python_environments.build_bench,
        proof="bin/python",
        needs=("uv",),
        is_asked_for=True,
    ),
    Part(
        name="jars",
        title="the jars of Delta",
        ingredients=files(delta_jars.LIST),
        build=delta_jars.build_jars,
        needs=("lakehouse", "java"),
    ),
    Part(
        name="class_archive",
        title="an archive of Spark's classes, for quick starts",
        ingredients=class_archive.ingredients,
        build=class_archive.build_class_archive,
        needs=("jars",),
    ),
)


def with_needs(names: set[str]) -> list[Part]:
    """The named parts and all they stand on, each after what it needs."""
    wanted = set(names)
    for part in reversed(PARTS):
        if part.name in wanted:
            wanted.update(part.needs)
    return [part for part in PARTS if part.name in wanted]
