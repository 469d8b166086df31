"""The page itself: its examples are JSON and use only what its reference knows; its tables hold together."""

import json

from document import CLOSE_NAMES, COMMAND, ERRORS, FRAME, SECTIONS, error_problems, examples, spelled_out


def without_gaps(value):
    """The example without members whose value was left out."""
    if isinstance(value, dict):
        return {name: without_gaps(inner) for name, inner in value.items() if inner is not None}
    return [without_gaps(inner) for inner in value] if isinstance(value, list) else value


def fits(value):
    """→ the problems of an example with the table that it fits best."""
    tables = [COMMAND, FRAME] + [table for part in SECTIONS.values() for table in part.values() if table.name not in ("Command", "Frame")]
    return min((list(table.problems(value, defaults=False)) for table in tables), key=len)


def test_every_example_is_json_and_uses_only_known_fields():
    found = examples()
    assert len([who for _, who, _ in found if who]) > 25 and len([who for _, who, _ in found if not who]) > 10
    wrong = []
    for line, who, text in found:
        try:
            value = without_gaps(json.loads(spelled_out(text)))
        except ValueError as error:
            wrong.append(f"line {line}: {error}: {spelled_out(text)}")
            continue
        problems = list({"C": COMMAND, "S": FRAME}[who].problems(value, defaults=False)) if who else fits(value)
        wrong += [f"line {line}: {problem}" for problem in problems]
    assert not wrong, "\n".join(wrong)


def test_examples_of_the_server_write_no_defaults():
    for line, who, text in examples():
        if who == "S" and "…" not in spelled_out(text):
            problems = [problem for problem in FRAME.problems(without_gaps(json.loads(spelled_out(text)))) if "array" not in problem]
            assert not problems, f"line {line}: {problems}"


def test_the_example_of_an_error_agrees_with_the_table():
    errors = [json.loads(spelled_out(text)) for _, _, text in examples() if '"type":"about:kith/' in text]
    assert len(errors) >= 2
    for found in errors:
        found = found.get("error", found)
        assert not list(error_problems(found)), found


def test_the_tables_of_errors_and_of_close_codes_agree():
    by_error = {close: code for code, (_, close, _, _) in ERRORS.items() if close and close != 4001}
    assert by_error == CLOSE_NAMES


def test_numbers_of_fields_are_unique():
    for part in SECTIONS.values():
        for table in part.values():
            numbers = [field.number for field in table.fields.values()]
            assert len(set(numbers)) == len(numbers), table.name
