"""The allocator keeps what a block frees: the next one like it asks the system for next to no page."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TWO_BLOCKS = """
import resource
import numpy as np
from shared.pipeline.freed_memory import keep_freed_memory

def block():
    return [np.ones(500_000) for _ in range(8)]

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

keep_freed_memory()
block()
before = faults()
block()
print(faults() - before)
"""
PAGES = 8 * 500_000 * 8 // 4096


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other allocators have rules of their own")
def test_a_block_takes_the_memory_that_the_one_before_it_freed() -> None:
    command = [sys.executable, "-c", TWO_BLOCKS]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    assert int(done.stdout) < PAGES / 10
