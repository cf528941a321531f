"""The JSON Schema of a bank, for editors that complete and check YAML while one types."""

from __future__ import annotations

import json
from typing import Any

from voice_interviewer.core.bank import BANK_SCHEMA, Bank


def bank_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12, generated from the model that checks banks."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{BANK_SCHEMA.replace('/', ':').replace('@', ':')}",
        **Bank.model_json_schema(by_alias=True),
    }


def bank_schema_text() -> str:
    """The schema as the text of a file."""
    return json.dumps(bank_schema(), indent=2, ensure_ascii=False)
