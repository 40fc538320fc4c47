"""Print the sources of the world as the Markdown table that README.md shows: `python -m local.world.describe`."""

from local.world.nouns import BILLING_NOUNS, SYSTEM_NOUNS, Noun
from local.world.shapes import SHAPES, Shape


def source_tables() -> str:
    """Return one Markdown section per noun: path, delivery, key, and each column with the header of each source."""
    return "\n".join(_section(noun) for noun in (*SYSTEM_NOUNS, *BILLING_NOUNS))


def _section(noun: Noun) -> str:
    shapes = [shape for shape in SHAPES.values() if shape.noun is noun]
    origins = [shape.source_id.split("__")[0] for shape in shapes]
    columns = (
        f"| `{c.silver}` | {c.kind} | {'yes' if c.required else ''} | "
        + " | ".join(f"`{shape.header[c.silver]}`" for shape in shapes)
        + " |"
        for c in noun.columns
    )
    return "\n".join(
        (
            f"### {noun.name}",
            f"{noun.delivery}; key `{', '.join(noun.key)}`; " + "; ".join(map(_place, shapes)) + ".\n",
            "| silver column | type | required | " + " | ".join(origins) + " |",
            "| --- | --- | --- |" + " --- |" * len(shapes),
            *columns,
            "",
        )
    )


def _place(shape: Shape) -> str:
    delimiter = "" if shape.delimiter == "," else f", separated by `{shape.delimiter}`"
    aliases = ", ".join(f"`{seen}` = `{name}`" for seen, name in shape.aliases.items())
    return f"`{shape.path_pattern}`{delimiter}" + (f", header aliases {aliases}" if aliases else "")


if __name__ == "__main__":
    print(source_tables())
