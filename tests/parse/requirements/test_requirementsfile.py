import pytest

from paritycheck.parse.requirements.requirementsfile import read_requirements
from tests.parse.requirements.shown import declared, included


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Flask", "1 flask"),
        ("zope.interface>=5,<6", "1 zope-interface<6,>=5"),
        (
            "uvicorn[Standard,h11]==0.30 ; python_version < '3.12'",
            '1 uvicorn[h11,standard]==0.30; python_version < "3.12"',
        ),
        ("a==1  # why", "1 a==1"),
        ("a==1 --hash=sha256:00 --hash sha256:11", "1 a==1"),
        ("a==1 --config-settings x=y", "1 a==1"),
        ("a @ https://host/a-1.zip", "1 a @ url https://host/a-1.zip"),
        (
            "a@git+https://host/a.git@v1 ; sys_platform == 'linux'",
            '1 a; sys_platform == "linux" @ git git+https://host/a.git@v1',
        ),
        ("git+https://host/a.git@v1#egg=A_b", "1 a-b @ git git+https://host/a.git@v1#egg=A_b"),
        ("git+ssh://git@host/a.git", "1  @ git git+ssh://git@host/a.git"),
        ("-e git+https://host/a.git#egg=a[x]", "1 -e a[x] @ git git+https://host/a.git#egg=a"),
        ("https://host/a-1.0-py3-none-any.whl", "1 a==1.0 @ url https://host/a-1.0-py3-none-any.whl"),
        ("./wheels/a-1.0-py3-none-any.whl", "1 a==1.0 @ path ./wheels/a-1.0-py3-none-any.whl"),
        ("-e .", "1 -e  @ path ."),
        ("-e ./libs/a[dev]", "1 -e [dev] @ path ./libs/a"),
        ("-e ./a[x] ; os_name == 'nt'", '1 -e [x]; os_name == "nt" @ path ./a'),
        ("--editable=libs/a", "1 -e  @ path libs/a"),
        ("../a", "1  @ path ../a"),
        ("file:///srv/a%20b", "1  @ path /srv/a b"),
        ("a @ file:///srv/a", "1 a @ path /srv/a"),
    ],
)
def test_one_requirement(line: str, shown: str) -> None:
    file = read_requirements("requirements.txt", line)
    assert declared(file) == [shown]
    assert not file.problems


def test_lines_are_joined_and_numbered_by_their_first() -> None:
    lines = [
        "# made by",
        "a==1 \\",
        "  --hash=sha256:00 \\",
        "  --hash=sha256:11",
        "  # via b",
        "",
        "b==2",
        "",
    ]
    text = "\r\n".join(lines)
    file = read_requirements("r.txt", text)
    assert declared(file) == ["2 a==1", "7 b==2"]
    assert file.declarations[1].location.text == "b==2"


def test_nested_files_and_options() -> None:
    text = """\
-r base.txt
-rother.txt
--requirement=sub/dev.txt
-c constraints.txt
--constraint https://host/c.txt
-i https://host/simple
--extra-index-url=https://${TOKEN}@other/simple
--find-links ./wheels
--no-index
--pre
"""
    file = read_requirements("r.txt", text)
    assert included(file) == [
        "1  < base.txt",
        "2  < other.txt",
        "3  < sub/dev.txt",
        "4  < -c constraints.txt",
        "5  < -c https://host/c.txt",
    ]
    assert file.index_options == (
        "--index-url https://host/simple",
        "--extra-index-url https://${TOKEN}@other/simple",
        "--find-links ./wheels",
        "--no-index",
        "--pre",
    )


@pytest.mark.parametrize(
    "line", ["a=1", "${NAME}==1", "--no-such-option", "-r", "<<<<<<< HEAD", "a b", "\x00"]
)
def test_what_is_not_understood_is_a_problem_with_its_line(line: str) -> None:
    file = read_requirements("r.txt", f"good\n{line}\nbetter\n")
    assert declared(file) == ["1 good", "3 better"]
    assert [location.line for _, location in file.problems] == [2]


def test_a_byte_order_mark_is_no_part_of_the_name() -> None:
    assert declared(read_requirements("r.txt", "\ufeffa\n")) == ["1 a"]


def test_passwords_are_not_quoted() -> None:
    file = read_requirements("r.txt", "a @ https://user:secret@host/a.zip\n")
    assert file.declarations[0].location.text == "a @ https://***@host/a.zip"
