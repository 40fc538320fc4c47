"""Walks a graph of lineage edges from one dataset, with or against the stream."""

from collections.abc import Iterable

Edge = tuple[str, str]


def walk(edges: Iterable[Edge], start: str, downwards: bool) -> list[Edge]:
    """Every edge that is reached from `start`, nearest first, each once; cycles are no trouble."""
    here, there = (0, 1) if downwards else (1, 0)
    by_start: dict[str, list[Edge]] = {}
    for edge in edges:
        by_start.setdefault(edge[here], []).append(edge)
    seen, reached, found = {start}, [start], []
    for dataset in reached:
        for edge in by_start.get(dataset, []):
            found.append(edge)
            if edge[there] not in seen:
                seen.add(edge[there])
                reached.append(edge[there])
    return list(dict.fromkeys(found))
