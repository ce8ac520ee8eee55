"""The same sweep on a real cluster of two workers of Dask on this machine."""

import distributed
import joblib
import numpy as np
import pytest
from sweep_jobs import fails, where
from test_sweep import assert_same_rows, run


@pytest.fixture(scope="module")
def cluster():
    settings = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**settings) as workers, distributed.Client(workers):
        yield workers


def on_the_cluster(*arguments, **options):
    with joblib.parallel_config(backend="dask"):
        return run(*arguments, **options)


def test_a_cluster_computes_the_rows_that_one_process_does(cluster, tmp_path):
    table = on_the_cluster(tmp_path / "cluster")
    assert_same_rows(table, run(tmp_path / "here"))
    assert {path.name for path in (tmp_path / "cluster").iterdir()} == {
        path.name for path in (tmp_path / "here").iterdir()
    }


def test_both_workers_work_on_one_thread_of_blas(cluster, tmp_path):
    table = on_the_cluster(tmp_path, where, [{"size": 4}], range(20))
    processes = {worker.pid for worker in cluster.workers.values()}
    assert len(processes) == 2
    assert set(table["process"]) == processes
    assert (table["threads"] == 1).all()


def test_a_sweep_begun_here_is_finished_on_the_cluster(cluster, tmp_path):
    begun = run(tmp_path, where, [{"size": 4}], range(3))
    table = on_the_cluster(tmp_path, where, [{"size": 4}], range(6))
    assert_same_rows(table.rows[:3], begun)
    assert not set(table["process"][3:]) & set(begun["process"])
    largest = [np.random.default_rng(seed).normal(size=4).max() for seed in range(6)]
    np.testing.assert_array_equal(table["largest"], largest)


def test_an_error_on_a_worker_comes_through_and_names_the_net(cluster, tmp_path):
    with pytest.raises(ArithmeticError, match="diverged") as error:
        on_the_cluster(tmp_path, fails, [{"bad": False}, {"bad": True}], [7])
    assert "bad=True" in error.value.__notes__[0]
