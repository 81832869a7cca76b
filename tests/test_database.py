from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading

import pytest

from seedance_widgets import database as database_module
from seedance_widgets import migrations
from seedance_widgets.database import Database, on_network
from seedance_widgets.errors import LibraryError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "home" / "library.db"


@pytest.fixture
def database(path):
    made = Database(path)
    yield made
    made.close()


def mode(database):
    return database.rows("PRAGMA journal_mode")[0][0]


def version(path):
    with sqlite3.connect(path) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def names(path):
    with sqlite3.connect(path) as connection:
        return {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}


# opening


def test_a_new_one_has_all_steps_and_a_safe_mode(database, path):
    assert version(path) == len(migrations.STEPS)
    assert mode(database) == "wal"
    assert database.rows("PRAGMA synchronous")[0][0] == 2


def test_on_a_network_home_the_log_that_needs_shared_memory_is_not_used(path, monkeypatch):
    monkeypatch.setattr(database_module, "on_network", lambda _: True)
    assert mode(Database(path)) == "delete"


MOUNTS = r"""proc /proc proc rw 0 0
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /home/local ext4 rw 0 0
//nas/x /mnt/nas cifs rw 0 0
me@host:/ /mnt/ssh fuse.sshfs rw 0 0
auto /mnt/plan autofs rw 0 0
host /mnt/plan 9p rw 0 0
//nas/y /mnt/my\040films cifs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("folder", "network"),
    [
        ("/home/ann/library", True),
        ("/home/local/library", False),
        ("/homestead/library", False),
        ("/mnt/nas/a/b", True),
        ("/mnt/ssh", True),
        ("/mnt/plan/x", True),
        ("/mnt/my films/takes", True),
        ("/var/lib", False),
    ],
)
def test_network_homes_are_recognised(monkeypatch, folder, network):
    monkeypatch.setattr(database_module.Path, "read_text", lambda *_, **__: MOUNTS)
    assert on_network(database_module.Path(folder)) is network


def test_a_system_that_does_not_tell_its_mounts_counts_as_local(monkeypatch, tmp_path):
    def gone(*_, **__):
        raise FileNotFoundError

    monkeypatch.setattr(database_module.Path, "read_text", gone)
    assert on_network(tmp_path) is False


def test_many_threads_open_a_new_one_at_once(path):
    errors, barrier = [], threading.Barrier(8)

    def open_it():
        barrier.wait()
        try:
            Database(path).execute("INSERT INTO runners VALUES (?, 'h', 1, 's', 0)", (str(threading.get_ident()),))
        except LibraryError as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Database(path).rows("SELECT count(*) FROM runners")[0][0] == 8


def test_several_processes_open_a_new_one_at_once(path):
    code = (
        "import sys; from pathlib import Path; from seedance_widgets.database import Database; sys.stdin.readline();"
        "Database(Path(sys.argv[1])).execute('INSERT INTO runners VALUES (?, 1, 1, 1, 1)', (sys.argv[2],))"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(path), str(number)], stdin=subprocess.PIPE, text=True)
        for number in range(3)
    ]
    for each in running:
        each.stdin.write("go\n")
        each.stdin.flush()
    assert [each.wait(30) for each in running] == [0, 0, 0]
    for each in running:
        each.stdin.close()
    assert Database(path).rows("SELECT count(*) FROM runners")[0][0] == 3


# steps


def test_one_of_a_newer_version_is_left_alone(path):
    Database(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(LibraryError, match="newer version"):
        Database(path)
    assert version(path) == 99
    assert path.read_bytes()[:16] == before[:16]


def test_a_later_step_is_taken_over_a_copy(path, monkeypatch):
    first = Database(path)
    first.execute("INSERT INTO runners VALUES ('r', 'h', 1, 's', 0)")
    known = len(migrations.STEPS)
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, "ALTER TABLE runners ADD COLUMN more TEXT;"))
    second = Database(path)
    assert second.rows("SELECT id, more FROM runners")[0]["more"] is None
    assert version(path) == known + 1
    copy = path.with_name(f"library.db.before-{known + 1}")
    assert version(copy) == known
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT id FROM runners").fetchall() == [("r",)]


def test_a_step_that_fails_leaves_everything_as_it_was(path, monkeypatch):
    Database(path).close()
    before = names(path), version(path)
    steps = (*migrations.STEPS, "CREATE TABLE more (x); CREATE TABLE broken syntax here (;")
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", steps)
        with pytest.raises(LibraryError):
            Database(path)
    assert (names(path), version(path)) == before
    Database(path).close()


def test_a_kernel_of_the_old_version_that_is_still_open_is_met_by_the_new_one(path, monkeypatch):
    old = Database(path)
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, "CREATE TABLE more (x);"))
    Database(path).close()
    old.execute("INSERT INTO runners VALUES ('r', 'h', 1, 's', 0)")
    assert old.rows("SELECT count(*) FROM runners")[0][0] == 1


# using


def test_a_transaction_is_kept_whole_or_not_at_all(database):
    def fail():
        with database.transaction() as connection:
            connection.execute("INSERT INTO runners VALUES ('r', 'h', 1, 's', 0)")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert database.rows("SELECT * FROM runners") == []
    with database.transaction() as connection:
        connection.execute("INSERT INTO runners VALUES ('r', 'h', 1, 's', 0)")
    assert len(database.rows("SELECT * FROM runners")) == 1


def test_a_statement_that_fails_is_a_library_error_and_leaves_it_usable(database):
    for statement in ("INSERT INTO nowhere VALUES (1)", "nonsense"):
        with pytest.raises(LibraryError, match=str(database.path)):
            database.execute(statement)
        with pytest.raises(LibraryError):
            database.rows(statement)
    assert database.rows("SELECT 1")[0][0] == 1


def test_a_lock_that_is_kept_too_long_is_told_in_words(database, path, monkeypatch):
    monkeypatch.setattr(database_module, "BUSY", 0.1)
    with sqlite3.connect(path, isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(LibraryError, match="locked"):
            database.execute("DELETE FROM runners")
        holder.execute("ROLLBACK")
    database.execute("DELETE FROM runners")


def test_a_full_disk_is_told_in_words(database):
    database.execute("PRAGMA max_page_count = 1")
    with pytest.raises(LibraryError, match="disk is full"):
        database.execute("INSERT INTO runners VALUES ('r', ?, 1, 's', 0)", ("h" * 100_000,))


def test_after_closing_a_late_answer_can_still_be_written(database, path):
    database.close()
    database.execute("INSERT INTO runners VALUES ('late', 'h', 1, 's', 0)")
    assert Database(path).rows("SELECT id FROM runners")[0]["id"] == "late"


def test_closing_while_threads_are_inside_loses_nothing(path):
    database, written, errors = Database(path), [], []

    def write(name):
        for number in range(40):
            try:
                database.execute("INSERT INTO runners VALUES (?, 'h', 1, 's', 0)", (f"{name}-{number}",))
                written.append(f"{name}-{number}")
            except LibraryError as error:
                errors.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        database.close()
    for thread in threads:
        thread.join()
    assert errors == []
    kept = {row["id"] for row in Database(path).rows("SELECT id FROM runners")}
    assert kept == set(written)
    assert len(kept) == 160
