"""The schema that editors use says what the loader says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from voice_interviewer.banks.load import shipped_banks
from voice_interviewer.banks.schema import bank_schema, bank_schema_text

SHIPPED = Path(__file__).parents[2] / "questions" / "bank.schema.json"


def test_the_shipped_schema_is_up_to_date() -> None:
    told = "make it again: voice-interviewer banks schema > questions/bank.schema.json"
    assert SHIPPED.read_text(encoding="utf-8") == bank_schema_text() + "\n", told


def test_it_names_itself_and_every_key_is_closed() -> None:
    schema = bank_schema()
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["$id"] == "urn:voice-interviewer:bank:1"
    objects = [schema, *schema["$defs"].values()]
    assert {o["title"] for o in objects} >= {"Bank", "Section", "Question", "Criterion", "Probes"}
    assert all(o["additionalProperties"] is False for o in objects)


def test_it_accepts_the_shipped_banks_and_refuses_a_typo() -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    validator: Any = jsonschema.Draft202012Validator(bank_schema())
    validator.check_schema(bank_schema())
    for path in shipped_banks().values():
        bank = json.loads(json.dumps(YAML(typ="safe").load(path)))
        assert list(validator.iter_errors(bank)) == []
        bank["questions"][0]["criteria"][0]["lable"] = "x"
        assert len(list(validator.iter_errors(bank))) == 1
