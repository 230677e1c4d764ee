"""Configuration files on the command line: which one holds, what wins, what is refused, what is in force."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.commandline import FILES, Place
from tests.cli.test_check import codes, drop_views

JSON = ("--format", "json")


def in_force(place: Place, *words: str) -> Any:
    """What --show-settings says of each key of the first image, as value and source."""
    document = place.run("check", "--show-settings", *JSON, *words).document
    values = document["settings"][0]["values"]
    return {key: (each["value"], each["source"]) for key, each in values.items()}


def test_without_a_file_everything_is_default(place: Place) -> None:
    settings = in_force(place)
    assert settings.pop("format") == ("json", "--format")
    assert {source for _, source in settings.values()} == {"default"}


def test_the_command_line_wins_over_the_file_and_the_file_over_the_default(place: Place) -> None:
    place.write({"paritycheck.toml": 'engine = "docker"\ntarget = "web"\nfail-on = "warning"\n'})
    settings = in_force(place, "--engine", "buildkit")
    assert settings["engine"] == ("buildkit", "--engine")
    assert settings["target"] == ("web", "paritycheck.toml:2")
    assert settings["fail-on"] == ("warning", "paritycheck.toml:3")
    assert settings["python"] == (None, "default")


def test_the_environment_is_a_source(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARITYCHECK_NO_CACHE", "1")
    assert in_force(place)["no-cache"] == (True, "the environment")


def test_arguments_of_the_build_are_taken_together(place: Place) -> None:
    place.write({"paritycheck.toml": 'build-args = {A = "1", B = "2"}\n'})
    settings = in_force(place, "--build-arg", "B=3")
    assert settings["build-args"] == (["A=1", "B=2", "B=3"], "paritycheck.toml:1, --build-arg")


def test_the_nearest_file_holds_up_to_the_root_of_the_repository(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place.root / "paritycheck.toml").write_text('target = "outside"\n')
    assert in_force(place)["target"] == ("", "default")
    place.write({"pyproject.toml": '[tool.paritycheck]\ntarget = "shared"\n'})
    assert in_force(place)["target"] == ("shared", "pyproject.toml:2")
    assert in_force(place, "app")["target"] == ("shared", "pyproject.toml:2")
    place.write({"app/pyproject.toml": "[tool.black]\nline-length = 3\n# paritycheck\n"})
    assert in_force(place, "app")["target"] == ("shared", "pyproject.toml:2"), "a file without the section"
    place.write({"app/pyproject.toml": '[tool.paritycheck]\ntarget = "near"\n'})
    assert in_force(place, "app")["target"] == ("near", "app/pyproject.toml:2")
    place.write({"paritycheck.toml": 'target = "own"\n'})
    assert in_force(place)["target"] == ("own", "paritycheck.toml:1"), "wins over pyproject.toml"
    assert in_force(place, "--isolated")["target"] == ("", "default")
    assert in_force(place, "--config", "pyproject.toml")["target"] == ("shared", "pyproject.toml:2")
    monkeypatch.chdir(place.root)
    assert in_force(place, "checkout")["target"] == ("own", "paritycheck.toml:1")
    assert in_force(place)["target"] == ("outside", "paritycheck.toml:1")


def test_a_broken_file_of_another_tool_is_not_our_concern(place: Place) -> None:
    place.write({"pyproject.toml": "= broken\n"})
    assert place.run("check").code == 0


def test_paths_are_relative_to_the_file(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write(
        {
            "deploy/paritycheck.toml": 'context = ".."\nfile = "Containerfile.web"\n'
            'image = "docker-archive:../../image.tar"\ncompose = ["c.yml"]\n'
            'output = ["sarif=out/r.sarif", "plain.txt"]\npython = "py"\nbaseline = "/abs/base.json"\n',
            "deploy/Containerfile.web": FILES["Containerfile"],
        }
    )
    expected = {
        "context": ".",
        "file": "deploy/Containerfile.web",
        "image": "docker-archive:../image.tar",
        "compose": ["deploy/c.yml"],
        "output": ["sarif=deploy/out/r.sarif", "deploy/plain.txt"],
        "python": "py",
        "baseline": "../../../../abs/base.json",
    }
    settings = in_force(place, "--config", "deploy/paritycheck.toml")
    del expected["baseline"]
    assert {key: settings[key][0] for key in expected} == expected
    assert Path(settings["baseline"][0]).resolve() == Path("/abs/base.json")
    monkeypatch.chdir(place.checkout / "deploy")
    assert in_force(place)["file"][0] == "Containerfile.web"
    assert in_force(place)["context"][0] == ".."


def test_what_the_file_says_is_done(place: Place) -> None:
    drop_views(place)
    place.write({"paritycheck.toml": f'image = "{place.image}"\nformat = "json"\nselect = ["untracked"]\n'})
    ran = place.run("check")
    assert (ran.code, codes(ran.document), ran.document["container"]["kind"]) == (1, ["PC102"], "image")
    place.write({"paritycheck.toml": f'image = "{place.image}"\nfail-on = "never"\noutput = ["r.txt"]\n'})
    assert (place.run("check").code, Path("r.txt").is_file()) == (0, True)


REFUSED = {
    "unknown key": (
        'engin = "docker"',
        "paritycheck.toml:1: there is no key 'engin'",
        "did you mean engine?",
    ),
    "wrong type": ('\nprobe = "no"', "paritycheck.toml:2: probe is a text", "true or false"),
    "no TOML": ("engine = \n", "paritycheck.toml:1: not TOML", "correct the file"),
    "reference to a rule that is none": (
        'select = ["PC777"]',
        "paritycheck.toml:1: no rule",
        "paritycheck rule",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str, place: Place) -> None:
    text, message, hint = REFUSED[case]
    place.write({"paritycheck.toml": text})
    said = place.refused("check")
    assert message in said
    assert hint in said
    assert message in place.refused("check", "--show-settings")


def test_a_named_file_has_to_be_there_and_to_say_something(place: Place) -> None:
    assert "no configuration file none.toml" in place.refused("check", "--config", "none.toml")
    place.write({"pyproject.toml": "[tool.black]\n"})
    assert "no section [tool.paritycheck]" in place.refused("check", "--config", "pyproject.toml")


def test_the_settings_in_force_for_people(place: Place) -> None:
    place.write(
        {
            "paritycheck.toml": '[[ignore]]\nrule = "PC1"\nmatch = "x"\nreason = "a \\u001b[2J reason"\n'
            '[[image]]\nname = "web"\n[[image]]\nname = "api"\ntarget = "slim"\n'
        }
    )
    ran = place.run("check", "--show-settings")
    assert (ran.code, ran.err) == (0, "")
    lines = [line.split() for line in ran.out.splitlines()]
    assert ["configuration:", "paritycheck.toml"] in lines
    assert ["target", "slim", "paritycheck.toml:9"] in lines
    assert lines.index(["image", "api"]) < lines.index(["image", "web"])
    assert "paritycheck.toml:1  PC1 for x: a \\x1b[2J reason" in ran.out


def test_a_flag_takes_back_what_the_file_switches_on(place: Place) -> None:
    switches = ("probe", "resolve", "committed", "no-cache", "explain")
    place.write({"paritycheck.toml": "".join(f"{key} = true\n" for key in switches)})
    assert {in_force(place)[key][0] for key in switches} == {True}
    flags = ("--no-probe", "--no-resolve", "--no-committed", "--cache", "--no-explain")
    assert {in_force(place, *flags)[key][0] for key in switches} == {False}
