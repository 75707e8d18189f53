"""What every model of the spec is built on."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictInt

Port = Annotated[StrictInt, Field(ge=1, le=65535)]


class Strict(BaseModel):
    """Unknown keys are errors; values don't change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)
