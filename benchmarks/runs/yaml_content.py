"""Reads YAML that users can edit: any content that cannot be read is a YAMLError with one message."""

from __future__ import annotations

from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """Names the value and its line where PyYAML lets Python's own errors through."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            if isinstance(node, yaml.ScalarNode):
                node.value.encode()  # fails for half a surrogate pair, which no file can hold
            return super().construct_object(node, deep)
        # PyYAML documents none of these. The date 2024-13-45 is a ValueError, !!bool x a KeyError, !!int "" an
        # IndexError, !!timestamp x an AttributeError, a number of 400 sexagesimal
        # digits an OverflowError.
        except (ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise yaml.constructor.ConstructorError(
                None, None, f"this value cannot be read ({error})", node.start_mark
            ) from None


def load(content: str | bytes) -> Any:
    """The content of a YAML document. Raises yaml.YAMLError for any content that cannot be read."""
    try:
        return yaml.load(content, Loader=_Loader)
    except RecursionError:
        raise yaml.YAMLError("it is nested too deeply") from None
