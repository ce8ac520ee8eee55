"""A disk that refuses: noticed before the first net, and no matter where all is done."""

import pytest
from sweep_jobs import logged
from test_sweep import assert_same_rows, run
from test_sweep_workers import lines


def test_a_folder_that_cannot_be_written_to_is_noticed_before_the_first_net(tmp_path):
    (tmp_path / "file").touch()
    setting = {"log": str(tmp_path / "log"), "size": 2}
    with pytest.raises(PermissionError, match="folder must be a folder to write to"):
        run(tmp_path / "file" / "nets", logged, [setting], range(3))
    assert lines(tmp_path / "log") == []


def test_a_finished_sweep_can_be_read_where_nothing_can_be_written(tmp_path, monkeypatch):
    table = run(tmp_path)

    def refuse(*arguments):
        raise PermissionError("folder must be writable")

    monkeypatch.setattr("flatlib._files.write_whole", refuse)
    assert_same_rows(run(tmp_path), table)
