"""The name of a dataset on the Hub, and what ``datasets`` makes of it on disk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HubName:
    """Such as ``jonflynn/urmp-abc``.

    Raises:
        ValueError: the Hub does not allow such a name.

    >>> HubName.read("jonflynn/urmp-abc").cache_folder
    'jonflynn___urmp-abc'
    >>> HubName.read("urmp-abc")
    Traceback (most recent call last):
    ValueError: urmp-abc: is no name of a dataset on the Hub, which has the form NAMESPACE/NAME
    """

    namespace: str
    own_name: str

    @classmethod
    def read(cls, text: str) -> HubName:
        from huggingface_hub.utils import HFValidationError, validate_repo_id

        if text.count("/") != 1:
            raise ValueError(f"{text}: is no name of a dataset on the Hub, which has the form NAMESPACE/NAME")
        try:
            validate_repo_id(text)
        except HFValidationError as error:
            raise ValueError(f"{text}: is no name of a dataset on the Hub: {' '.join(str(error).split())}") from error
        return cls(*text.split("/"))

    @property
    def file_stem(self) -> str:
        """How the name begins the names of files; capital letters become small.

        >>> HubName.read("jonflynn/UrmpAbc").file_stem
        'urmp_abc'
        """
        from datasets.naming import camelcase_to_snakecase

        stem: str = camelcase_to_snakecase(self.own_name)
        return stem

    @property
    def cache_folder(self) -> str:
        """The folder of the dataset in the cache of ``datasets``."""
        return f"{self.namespace}___{self.file_stem}"

    def __str__(self) -> str:
        return f"{self.namespace}/{self.own_name}"
