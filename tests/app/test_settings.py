from pathlib import Path

import pytest

from app.settings import Settings, SettingsError


def test_without_an_environment_the_store_is_the_embedded_one() -> None:
    choice = Settings.read({}).choose_store(None)
    assert (choice.target, choice.folder) == ("embedded", Path(".ringwatch/store"))


def test_neo4j_uri_is_the_default_store() -> None:
    assert (
        Settings.read({"NEO4J_URI": "neo4j://graph:7687"}).choose_store(None).target == "neo4j://graph:7687"
    )


def test_the_command_line_wins_over_the_environment() -> None:
    assert not Settings.read({"NEO4J_URI": "neo4j://graph:7687"}).choose_store("none").is_used


def test_embedded_with_a_folder() -> None:
    choice = Settings.read({}).choose_store("embedded:some/where")
    assert (choice.target, choice.folder) == ("embedded", Path("some/where"))


@pytest.mark.parametrize("word", ["http://x", "embedded:", "neo4j://", "no such", "bolt://[", "/here"])
def test_another_word_is_refused_with_what_would_do(word: str) -> None:
    with pytest.raises(SettingsError, match="neo4j://localhost:7687"):
        Settings.read({}).choose_store(word)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError) as error:
        Settings.read({}).choose_store("neo4j://someone:secret@graph:7687")
    assert "secret" not in str(error.value)
    assert "NEO4J_PASSWORD" in str(error.value)


def test_settings_do_not_print_a_password() -> None:
    assert "secret" not in repr(Settings.read({"NEO4J_PASSWORD": "secret"}))
