"""Source that is huge, binary, nested, linked, or no source: a finding, never a crash, and nothing of it runs."""

from __future__ import annotations

import os

import pytest

from zenoo_security.checks import Status, Target, run
from zenoo_security.checks.addon_code import injection, snapshot
from zenoo_security.checks.addon_code.view import read_sources
from zenoo_security.errors import ConfigurationError


def reason(folder):
    return next(iter(read_sources(folder).unread.values()), None)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"#" * 1_048_577, "it has more than 1 MiB"),
        (b"\x00\x01\x02", "it is binary"),
        (b"# \xff\xfe", "it is not UTF-8"),
        (b"x = " + b"(" * 100_000, "its brackets are nested too deeply"),
        (b"x = " + b"-" * 200_000 + b"1", "it is nested too deeply"),
        (b"x = 1" + b"+1" * 200_000, "it is nested too deeply"),
        (b"x" + b".a" * 200_000, "it is nested too deeply"),
        (b"def f(:\n", "Python does not parse line 1"),
        (b"print 'old'\n", "Python does not parse line 1"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path, content, says):
    (tmp_path / "x.py").write_bytes(content)
    assert reason(tmp_path) in {says, "it is nested too deeply"}


def test_links_lead_nowhere(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text("API_KEY = 'kX83-zz01-Qp'\n")
    addons = tmp_path / "addons"
    addons.mkdir()
    (addons / "linked.py").symlink_to(outside / "secret.py")
    (addons / "folder").symlink_to(outside)
    (addons / "circle").symlink_to(addons)
    found = read_sources(addons)
    assert found.modules == []
    assert found.unread == dict.fromkeys(("circle", "folder", "linked.py"), "it is a symbolic link")


def test_what_is_left_out_is_said(tmp_path):
    """Otherwise the name of a folder hides an addon."""
    for name in ("venv", "addon/node_modules", ".git"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "x.py").write_text("eval(x)\n")
    found = read_sources(tmp_path)
    assert found.unread == dict.fromkeys(("venv", "addon/node_modules"), "folders of this name are left out")
    results = {one.check.id: one.status for one in run(Target(code=tmp_path)).results}
    assert (results["CODE-02"], results["CODE-15"]) == (Status.PASS, Status.FAIL)


def test_a_folder_with_nothing_in_it_is_no_pass(tmp_path):
    (tmp_path / "README.md").write_text("x")
    assert {one.status for one in run(Target(code=tmp_path)).results} == {Status.ERROR}


@pytest.mark.asvs("v5.0.0-8.2.1")
@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("a,a,model_a,,1,0,0,0", "model_a: a right for everybody"),
        ("a,a,model_a,,True,,,", "model_a: a right for everybody"),
        ("a,a,model_a,,0,0,yes,0", "model_a: a right for everybody"),
        ('"a\x0ba",a,model_a,,1,0,0,0', "model_a: a right for everybody"),
        ("x" * 200_000, "this is no CSV, so its rights are not known"),
    ],
)
def test_rights_are_read_as_odoo_reads_them(tmp_path, rows, says):
    (tmp_path / "security").mkdir()
    head = "id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink\n"
    (tmp_path / "security" / "ir.model.access.csv").write_text(head + rows + "\n")
    found = [one.message for one in run(Target(code=tmp_path)).results if one.check.id == "CODE-11"]
    assert found == [says]


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.py")
    assert reason(tmp_path) == "it is no regular file"


def test_nothing_is_run(tmp_path):
    (tmp_path / "x.py").write_text(f"open({str(tmp_path / 'made')!r}, 'w')\n")
    run(Target(code=tmp_path))
    assert not (tmp_path / "made").exists()


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{' ' * n}for x in y:\n" for n in range(90)) + " " * 90 + "cr.execute(f'{x}')\n",
        "def f(x):\n    f(x)\n    cr.execute(x)\n" * 4_000,
        "x = " + "f(" * 150 + "y" + ")" * 150 + "\ncr.execute(x)\n",
        "def f(x):\n" + "    x = x + y\n" * 12_000 + "    cr.execute(x)\n",
        "x = " + "a + " * 900 + "a\ncr.execute(x)\n",
        "x = " + "'a' + " * 900 + "a\ncr.execute(x)\n",
    ],
    ids=["loops", "functions", "calls", "assignments", "sum", "text"],
)
def test_values_are_followed_to_an_end(tmp_path, text):
    (tmp_path / "x.py").write_text(text)
    found = read_sources(tmp_path)
    assert found.unread == {}
    assert found.problems("CODE-01") or "f(" in text
    assert found.problems("CODE-18") == []


def test_trees_are_not_kept(tmp_path):
    """All of Odoo's addons would be two gigabytes of them."""
    for number in range(3):
        (tmp_path / f"{number}.py").write_text(
            "class A(models.Model):\n    _name = 'a'\n    def f(self):\n        return 1\n"
        )
    kept = read_sources(tmp_path).modules
    assert [len(one.nodes) for one in kept] == [1, 1, 1]
    assert [len(one.classes[0].body) for one in kept] == [1, 1, 1]


@pytest.mark.asvs("v5.0.0-16.5.3")
def test_a_check_that_fails_is_an_error_and_the_others_go_on(tmp_path, monkeypatch):
    def fails(_self, _sources):
        raise KeyError("SECRET")

    monkeypatch.setattr(injection.Evaluation, "look", fails)
    (tmp_path / "x.py").write_text("eval(x)\nos.system(x)\n")
    results = {one.check.id: one for one in run(Target(code=tmp_path)).results}
    assert results["CODE-02"].status is Status.ERROR
    assert "SECRET" not in results["CODE-02"].message
    assert results["CODE-16"].status is Status.FAIL


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(snapshot, "_MAX_FILES", 2)
    for number in range(3):
        (tmp_path / f"{number}.py").touch()
    with pytest.raises(ConfigurationError, match="more than 2 files"):
        read_sources(tmp_path)


def test_no_folder_is_an_error_of_every_check(tmp_path):
    report = run(Target(code=tmp_path / "absent"))
    assert {result.status for result in report.results} == {Status.ERROR}


def test_a_finding_has_its_file_and_line(tmp_path):
    (tmp_path / "x.py").write_text("# one\ncr.execute(f'{a}')\n")
    found = [result for result in run(Target(code=tmp_path)).findings if result.check.id == "CODE-01"]
    assert [(one.file, one.line) for one in found] == [(str(tmp_path / "x.py"), 2)]
    single = [result for result in run(Target(code=tmp_path / "x.py")).findings if result.check.id == "CODE-01"]
    assert [(one.file, one.line) for one in single] == [(str(tmp_path / "x.py"), 2)]


def test_no_secret_of_the_source_is_shown(tmp_path):
    (tmp_path / "x.py").write_text("API_KEY = 'kX83-zz01-Qp'\n")
    report = run(Target(code=tmp_path))
    assert not [result for result in report.results if "kX83" in result.message + result.subject]
