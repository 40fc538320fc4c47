import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.set_up.spark_conf import local_spark_environment

REPOSITORY = Path(__file__).parents[3]
TESTS = REPOSITORY / "databricks" / "tests"


@pytest.mark.connect
def test_the_whole_job_runs_where_a_session_is_only_a_client(tmp_path: Path) -> None:
    path = os.pathsep.join(str(one) for one in (TESTS.parent / "src", TESTS / "support", REPOSITORY))
    environment = local_spark_environment(REPOSITORY, os.environ) | {"PYTHONPATH": path}
    script = [sys.executable, str(TESTS / "support" / "connect_run.py"), str(tmp_path)]
    run = subprocess.run(script, env=environment, capture_output=True, text=True, check=False)
    # Two versions of the one patient who changed, one of the one who is gone since; two persons; two claims.
    assert run.stdout.split()[-4:] == ["pyspark.sql.connect.session", "3", "2", "2"], run.stderr[-2000:]
