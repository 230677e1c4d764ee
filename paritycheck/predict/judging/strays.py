"""What only the local interpreter finds, outside of the checkout: no build of the checkout can have it."""

from __future__ import annotations

from packaging.utils import canonicalize_name

from paritycheck.model.environment import Distribution, EditableModule
from paritycheck.model.location import Location
from paritycheck.predict.judging.declared import normalise
from paritycheck.predict.judging.views import LocalView


def find_stray(name: str, provider: Distribution | None, local: LocalView) -> EditableModule | None:
    """Return where the module ``name`` lies, which neither the checkout has nor a dependency file asks for.

    ``provider`` is the local distribution that brings it, if one does: it counts where it is an
    editable install, of another checkout.
    """
    top = name.partition(".")[0]
    if provider is None:
        found = next((each for each in local.environment.strays if each.name == top), None)
        return None if normalise(top) in local.mentioned() else found
    declarations = local.declarations()
    own = canonicalize_name(provider.name)
    if not provider.editable or own in declarations.projects or normalise(own) in local.mentioned():
        return None
    return EditableModule(top, provider.editable, Location(provider.editable))
