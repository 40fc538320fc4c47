"""The answers of Databricks on which sources differ, and states that nobody has heard of."""

from shared.testing.fake_lakehouse_jobs import FakeLakehouseJobs

JOB = "rcm_medallion"


def test_the_token_of_an_ended_run_may_start_another_run() -> None:
    fake = FakeLakehouseJobs(token_outlives_end=False)
    first = fake.start(JOB, "t", {})
    assert fake.start(JOB, "t", {}) == first
    fake.finish(first, "FAILED")
    assert fake.start(JOB, "t", {}) != first


def test_a_run_can_be_put_in_a_state_that_is_not_known() -> None:
    fake = FakeLakehouseJobs()
    run = fake.start(JOB, "t", {})
    fake.report(run, "HIBERNATING")
    state = fake.state(run)
    assert state is not None
    assert (state.life_cycle_state, state.result_state) == ("HIBERNATING", None)


def test_only_what_fits_runs_at_once() -> None:
    fake = FakeLakehouseJobs(most_concurrent_runs=2)
    runs = [fake.start(JOB, str(number), {}) for number in range(4)]
    assert [run.databricks_run_id for run in fake.active()] == runs[:2]
    fake.finish(runs[1])
    assert [run.databricks_run_id for run in fake.active()] == [runs[0], runs[2]]
