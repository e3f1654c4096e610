from .technical import BlindIndex, Token

# What would keep values in the clear, or mean nothing for ciphertext.
_REFUSED = {
    "translate": "it would have a value for each language, and there is one token a record",
    "company_dependent": "it would have a value for each company, and there is one token a record",
    "size": "a token has more characters: set size=None",
}


class EncryptedDefinition:
    """How an encrypted field is declared, and the technical fields that come with it."""

    blind_index = None
    padding = None
    like_is_exact = False

    def __set_name__(self, owner, name):
        super().__set_name__(owner, name)
        is_definition = getattr(owner, "pool", None) is None
        if is_definition and self._args__.get("store", not self._is_derived()):
            self._add(owner, f"x_{name}_enc", Token(encrypts=name))
            if self._args__.get("blind_index"):
                self._add(owner, f"x_{name}_idx", BlindIndex(encrypts=name))

    def _is_derived(self):
        return bool(self._args__.get("compute") or self._args__.get("related"))

    def _add(self, owner, name, field):
        setattr(owner, name, field)
        field.__set_name__(owner, name)

    def _get_attrs(self, model_class, name):
        attrs = super()._get_attrs(model_class, name)
        # Messages about changes would have both values in the clear; an index of PostgreSQL finds no ciphertext.
        attrs.pop("tracking", None)
        attrs.pop("index", None)
        return attrs

    def _setup_attrs__(self, model_class, name):
        super()._setup_attrs__(model_class, name)
        for attribute, why in _REFUSED.items():
            if getattr(self, attribute):
                raise TypeError(f"{self} is encrypted and cannot have {attribute}: {why}")

    def _description_sortable(self, env):
        return False

    def _description_groupable(self, env):
        return False
