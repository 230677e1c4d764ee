"""Names that modules of the standard library lost or got, release by release.

Source: what the modules of CPython 3.8 to 3.13 bind, compared release by release, and for 3.14 its "What's
New" page. Only names that programs are likely to import, and that do not depend on the platform.
"""

from __future__ import annotations

import msgspec

from paritycheck.predict.importing.standardlibrary import Release


class Change(msgspec.Struct, frozen=True):
    """A name that a release dropped (``gone``), or was the first to have."""

    since: Release
    gone: bool


def _names(text: str) -> frozenset[str]:
    """Read lines of a module and its names."""
    lines = (line.split() for line in text.strip().splitlines())
    return frozenset(f"{module}.{name}" for module, *names in lines for name in names)


# The first release without them.
REMOVED: dict[Release, frozenset[str]] = {
    (3, 9): _names("""
        base64 decodestring encodestring
        fractions gcd
        plistlib Data readPlist readPlistFromBytes writePlist writePlistToBytes
        sys callstats getcheckinterval setcheckinterval
    """),
    (3, 10): _names("""
        collections Awaitable Coroutine AsyncIterable AsyncIterator AsyncGenerator Hashable Iterable Iterator
        collections Generator Reversible Sized Container Callable Collection Set MutableSet Mapping
        collections MutableMapping MappingView KeysView ItemsView ValuesView Sequence MutableSequence
        collections ByteString
    """),
    (3, 11): _names("""
        asyncio coroutine
        binascii a2b_hqx b2a_hqx rlecode_hqx rledecode_hqx
        gettext bind_textdomain_codeset ldgettext ldngettext lgettext lngettext
        inspect ArgSpec formatargspec getargspec
    """),
    (3, 12): _names("""
        configparser SafeConfigParser
        importlib find_loader
        importlib.abc Finder
        importlib.util module_for_loader set_loader set_package
        locale format
        pkgutil ImpImporter ImpLoader
        sqlite3 enable_shared_cache
        ssl RAND_pseudo_bytes match_hostname wrap_socket
    """),
    (3, 13): _names("""
        configparser LegacyInterpolation
        locale resetlocale
        re TEMPLATE template
        typing io re
        unittest findTestCases getTestCaseNames makeSuite
    """),
    (3, 14): _names("""
        ast Bytes Ellipsis NameConstant Num Str
        importlib.abc ResourceReader Traversable TraversableResources
        pkgutil find_loader get_loader
    """),
}
# The first release with them.
ADDED: dict[Release, frozenset[str]] = {
    (3, 9): _names("""
        argparse BooleanOptionalAction
        ast unparse
        asyncio to_thread
        functools cache
        importlib.resources as_file files
        math lcm nextafter ulp
        pkgutil resolve_name
        random randbytes
        types GenericAlias
        typing Annotated
    """),
    (3, 10): _names("""
        contextlib AsyncContextDecorator aclosing
        dataclasses KW_ONLY
        importlib.metadata packages_distributions
        inspect get_annotations
        io text_encoding
        itertools pairwise
        platform freedesktop_os_release
        statistics correlation covariance linear_regression
        types EllipsisType NoneType NotImplementedType UnionType
        typing Concatenate ParamSpec ParamSpecArgs ParamSpecKwargs TypeAlias TypeGuard is_typeddict
    """),
    (3, 11): _names("""
        asyncio Barrier BrokenBarrierError Runner TaskGroup Timeout timeout timeout_at
        contextlib chdir
        datetime UTC
        enum EnumCheck EnumType FlagBoundary ReprEnum StrEnum global_enum member nonmember property verify
        hashlib file_digest
        http HTTPMethod
        inspect getmembers_static
        logging getLevelNamesMapping
        math cbrt exp2
        operator call
        typing LiteralString Never NotRequired Required Self TypeVarTuple Unpack assert_never assert_type
        typing clear_overloads dataclass_transform get_overloads reveal_type
    """),
    (3, 12): _names("""
        asyncio create_eager_task_factory eager_task_factory
        calendar Day Month
        collections.abc Buffer
        csv QUOTE_NOTNULL QUOTE_STRINGS
        inspect BufferFlags markcoroutinefunction
        itertools batched
        logging getHandlerByName getHandlerNames
        math sumprod
        random binomialvariate
        types get_original_bases
        typing TypeAliasType override
    """),
    (3, 13): _names("""
        asyncio QueueShutDown
        configparser UNNAMED_SECTION
        copy replace
        enum EnumDict
        glob translate
        math fma
        mimetypes guess_file_type
        pathlib UnsupportedOperation
        queue ShutDown
        re PatternError
        statistics kde kde_random
        types CapsuleType
        typing NoDefault ReadOnly TypeIs get_protocol_members is_protocol
        warnings deprecated
    """),
    (3, 14): _names("""
        concurrent.futures InterpreterPoolExecutor
        functools Placeholder
        io Reader Writer
        uuid uuid6 uuid7 uuid8
    """),
}
_CHANGES = {
    **{name: Change(since, gone=False) for since, names in ADDED.items() for name in names},
    **{name: Change(since, gone=True) for since, names in REMOVED.items() for name in names},
}


def lacking_since(name: str, release: Release) -> Change | None:
    """Return why ``release`` does not have a name (``collections.Mapping``); ``None``: it may have it."""
    change = _CHANGES.get(name)
    return change if change is not None and (change.since <= release) == change.gone else None
