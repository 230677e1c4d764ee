import pytest

from tests.parse.requirements.shown import declared, included, read


def test_setup_config() -> None:
    file = read(
        "setup.cfg",
        """\
[metadata]
name = My_App
version = attr: my_app.__version__
[options]
python_requires = >=3.9
install_requires =
    # web
    flask>=3

    tomli; python_version < "3.11"
[options.extras_require]
ldap = python-ldap
test =
    pytest
dev = file: dev.txt, more.txt
""",
    )
    assert declared(file) == [
        "8 flask>=3",
        '10 tomli; python_version < "3.11"',
        "12 extra:ldap python-ldap",
        "14 extra:test pytest",
    ]
    assert included(file) == ["15 extra:dev < dev.txt", "15 extra:dev < more.txt"]
    assert (file.name, file.version, file.python) == ("my-app", "", ">=3.9")
    assert file.python_location is not None
    assert file.python_location.line == 5


def test_setup_config_may_name_a_file() -> None:
    assert included(read("setup.cfg", "[options]\ninstall_requires = file: requirements.txt\n")) == [
        "2  < requirements.txt"
    ]


def test_literal_setup_call() -> None:
    file = read(
        "setup.py",
        """\
from setuptools import setup

BASE = ["flask>=3"]
EXTRAS = {
    "db": ["psycopg"],
    "db:sys_platform == 'win32'": ["pywin32"],
    "all": BASE + ["boto3"],
}

if __name__ == "__main__":
    MORE = ("click",)
    setup(
        name="App",
        version="1",
        python_requires=">=3.8",
        install_requires=BASE + list(MORE) + [
            "tomli",
        ],
        extras_require=EXTRAS,
    )
""",
    )
    assert declared(file) == [
        "3 flask>=3",
        "11 click",
        "17 tomli",
        "5 extra:db psycopg",
        '6 extra:db pywin32; sys_platform == "win32"',
        "3 extra:all flask>=3",
        "7 extra:all boto3",
    ]
    assert (file.name, file.version, file.python, file.dynamic) == ("app", "1", ">=3.8", ())


OPENED = """\
with open("requirements.txt") as f:
    wanted = f.read().splitlines()
with open("README.md") as f:
    text = f.read()
setup(install_requires=wanted)
"""
NAMED = """\
def read(name):
    with open(name) as f:
        return [line for line in f]
setup(install_requires=read("requirements.txt"))
"""


@pytest.mark.parametrize(
    "script",
    [
        OPENED,
        NAMED,
        "setup(install_requires=open('requirements.txt').read().splitlines())",
        "def wanted():\n    return open('requirements.txt').readlines()\nsetup(install_requires=wanted())",
        "def main():\n    wanted = open('requirements.txt').readlines()\n    setup(install_requires=wanted)",
        "setup(install_requires=(Path(__file__).parent / 'requirements.txt').read_text().split())",
        "setup(install_requires=[str(r.req) for r in parse_requirements('requirements.txt')])",
        "setup(install_requires=list(open(os.path.join(HERE, 'requirements.txt'))))",
    ],
)
def test_a_list_read_from_a_file_includes_it(script: str) -> None:
    file = read("setup.py", script)
    assert [each.target for each in file.inclusions] == ["requirements.txt"]
    assert file.dynamic == ()


@pytest.mark.parametrize(
    ("script", "dynamic"),
    [
        ("setup(install_requires=compute())", ("",)),
        ("setup(extras_require=compute())", ("extra:*",)),
        ("setup(**options)", ("", "extra:*")),
        ("wanted = ['a']\nif windows:\n    wanted += ['b']\nsetup(install_requires=wanted)", ("",)),
        ("wanted = ['a']\nwanted.append('b')\nsetup(install_requires=wanted)", ("",)),
        ("extras = {}\nextras['x'] = ['b']\nsetup(extras_require=extras)", ("extra:*",)),
        ("options = dict(install_requires=['a'])\nsetup(**options)", ()),
        ("setup()", ()),
        ("print('no setup')", ()),
    ],
)
def test_computed_lists_are_dynamic(script: str, dynamic: tuple[str, ...]) -> None:
    assert read("setup.py", script).dynamic == dynamic


def test_names_of_names_of_names_cost_no_more_than_they_may() -> None:
    lines = ["a0 = []"] + [f"a{n} = [{', '.join([f'*a{n - 1}'] * 40)}]" for n in range(1, 30)]
    file = read("setup.py", "\n".join([*lines, "setup(install_requires=a29)"]))
    assert file.dynamic == ("",)


def test_what_is_no_python_is_a_problem() -> None:
    assert [message for message, _ in read("setup.py", "print 'old'").problems] == ["not Python"]
