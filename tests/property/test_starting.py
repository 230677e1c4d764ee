"""Any command and any script is followed to an end, without an exception."""

from hypothesis import given, settings
from hypothesis import strategies as st

from paritycheck.predict.starting.commands import PROGRAMS
from paritycheck.predict.starting.start import resolve_start
from paritycheck.predict.starting.supervisors import SUPERVISORS
from paritycheck.predict.starting.wrappers import WRAPPERS
from tests.predict.startimages import image

ARGUMENTS = """
-c -m -I - -- -A --app --settings run start.sh /app/start.sh app.py conf a.b:c a.b $X ${X} & && ;
--config=conf -f --chdir=.. worker upgrade x=y
"""
WORDS = st.one_of(
    st.sampled_from([*PROGRAMS, *WRAPPERS, *SUPERVISORS, "python", "sh", "bash", "exec", "busybox", "/init"]),
    st.sampled_from(ARGUMENTS.split()),
    st.text(max_size=12),
)
SCRIPT = r"""
exec "$@"
python app.py
$0
./start.sh
. ./start.sh
f() { f "$@"; f "$@"; }
f
if [ -f x ]; then
fi
else
cd ..
export A=$A$A
case $1 in a) exit;; *) x;; esac
set -- "$@" "$@" $A
shift
eval "$0"
$(./start.sh)
${1#-}
${X:=y}
while :; do
done
for i in 1 2 3; do
(
)
{
}
<<E
E
&&
'
"
\
"""
PIECES = st.sampled_from(SCRIPT.splitlines())


@settings(max_examples=300, deadline=None)
@given(
    words=st.lists(WORDS, max_size=7),
    script=st.one_of(st.lists(PIECES, max_size=14).map("\n".join), st.text(max_size=200)),
    code=st.text(max_size=100),
)
def test_every_start_has_an_answer(words: list[str], script: str, code: str) -> None:
    contents = {"app/start.sh": script, "app/app.py": code, "app/conf": script}
    drawing = "app/\n  start.sh (755)\n  app.py\n  conf\n  alembic.ini | [alembic]\\nscript_location=a\\n\n"
    found = resolve_start(image(drawing, contents, cmd=tuple(words)))
    assert found.reason
    assert found.cwd.startswith("/")
    assert all(entry.path.startswith("/") for entry in found.path_entries)
    assert len({root.name for root in found.roots}) == len(found.roots)
    assert not any("\0" in root.name + root.path for root in found.roots)
