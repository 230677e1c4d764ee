import pytest

from tests.parse.requirements.shown import declared, included, read


def test_pipfile() -> None:
    file = read(
        "Pipfile",
        """\
[[source]]
url = "https://pypi.org/simple"
[[source]]
url = "https://host/simple"

[packages]
flask = "*"
Django = {version = ">=4", extras = ["argon2"], markers = "python_version < '3.12'"}
win = {version = "*", sys_platform = "== 'win32'"}
far = {git = "https://host/far.git", ref = "main"}
sub = {path = "./sub", editable = true}

[dev-packages]
pytest = "==8"

[docs]
sphinx = "~=7.0"

[requires]
python_version = "3.12"
""",
    )
    assert declared(file) == [
        "7 flask",
        '8 django[argon2]>=4; python_version < "3.12"',
        '9 win; sys_platform == "win32"',
        "10 far @ git git+https://host/far.git",
        "11 -e sub @ path ./sub",
        "14 group:dev pytest==8",
        "17 group:docs sphinx~=7.0",
    ]
    assert (file.python, file.defaults) == ("==3.12.*", ())
    assert file.index_options == (
        "--index-url https://pypi.org/simple",
        "--extra-index-url https://host/simple",
    )


def test_conda_environment() -> None:
    file = read(
        "environment.yml",
        """\
name: app
channels: [conda-forge]
dependencies:
  - python=3.11
  - numpy>=1.20,<2
  - conda-forge::Scipy=1.10
  - pip
  - pip:
    - flask==3  # web
    - -r requirements.txt
    - --extra-index-url https://host/simple
""",
    )
    assert declared(file) == [
        "5 numpy<2,>=1.20 @ conda",
        "6 scipy==1.10.* @ conda",
        "7 pip @ conda",
        "9 flask==3",
    ]
    assert included(file) == ["10  < requirements.txt"]
    assert (file.python, file.index_options) == ("==3.11.*", ("--extra-index-url https://host/simple",))


@pytest.mark.parametrize(
    ("spec", "specifier"),
    [
        ("a", ""),
        ("a=1.2", "==1.2.*"),
        ("a==1.2", "==1.2"),
        ("a=1.2=py311_0", "==1.2"),
        ("a==1.2=py311_0", "==1.2"),
        ("a 1.2", "==1.2"),
        ("a 1.2.*", "==1.2.*"),
        ("a=1.*", "==1.*"),
        ("a >=1.2", ">=1.2"),
        ("a[version='>=1.2',build=x]", ">=1.2"),
        ("a 1.2|1.3", ""),
        ("a=*=mkl", ""),
    ],
)
def test_specifications_of_conda(spec: str, specifier: str) -> None:
    file = read("environment.yml", f'dependencies:\n- "{spec}"\n')
    assert [each.specifier for each in file.declarations] == [specifier]


def test_a_broken_environment_says_its_line() -> None:
    file = read("env/environment.yml", "dependencies:\n- {{ oops\n- b\n")
    ((message, location),) = file.problems
    assert message.startswith("not YAML")
    assert location.line > 1


def test_a_file_that_is_no_environment_says_nothing() -> None:
    assert not read("environment.yml", "- just\n- a list\n").declarations
