"""`antrean voice say`, `antrean voice check`: the hall's voice, tried before a visitor hears it."""

from __future__ import annotations

import sys
import tempfile
import wave
from dataclasses import replace
from pathlib import Path

import click

from display.voice.clips import clips_of, vocabulary
from display.voice.speech import Call, Voice, VoiceUnavailable
from server.cli.common import FAILED, WRONG_USAGE, fail, settings_of, with_config
from server.config import Settings

BREATH_S = 0.25
"""Between the chime and the first word, and between the languages."""


@click.group()
def voice() -> None:
    """What the hall says aloud."""


@voice.command()
@click.argument("number")
@with_config
@click.option("--counter", required=True, metavar="LABEL", help="The counter, as boards show it: 3, 12B.")
@click.option("--language", "languages", multiple=True, metavar="CODE", help="Instead of the hall's; several: again.")
@click.option("--agency", metavar="ID", help="An agency of the hall, where the template names it; else the counter's.")
@click.option("--wav", type=click.Path(path_type=Path), help="Write the sound to this file, the chime before it.")
def say(
    config: Path, data: Path, number: str, counter: str, languages: tuple[str, ...], agency: str | None,
    wav: Path | None,
) -> None:  # fmt: skip
    """Write how a call would be said, and with --wav the sound of it: antrean voice say A-012 --counter 3."""
    settings = settings_of(config)
    spoken = replace(settings.voice, languages=languages or settings.voice.languages)
    call = _call(settings, number.upper(), counter, agency)
    with tempfile.TemporaryDirectory(prefix="antrean-voice-") as folder:
        speaker = Voice(spoken, Path(folder))
        try:
            for language, words in speaker.words(call).items():
                click.echo(f"{language}: {words}")
            if wav is not None:
                # One by one: a language that cannot be said is to be told here, not left out.
                sounds = [speaker.speech(call, (language,)) for language in spoken.languages]
                _write(wav, [speaker.chime().path, *(sound.path for sound in sounds)])
        except (ValueError, KeyError) as error:
            words = f'language: [voice.template] has no sentence for "{error.args[0]}"'
            click.echo(str(error) if isinstance(error, ValueError) else words, err=True)
            sys.exit(WRONG_USAGE)
        except VoiceUnavailable as error:
            fail(f"this cannot be said here: {error}")


def _call(settings: Settings, number: str, label: str, agency: str | None) -> Call:
    """A call of this hall, of the first service of its prefix or agency; an unknown agency ends with code 2."""
    hall = settings.hall
    if agency is not None and agency not in hall.agency:
        click.echo(f'agency: no agency has the id "{agency}"', err=True)
        sys.exit(WRONG_USAGE)
    services = [each for each in hall.services.values() if agency in (None, hall.agency_of[each.id].id)]
    found = next((each for each in services if each.prefix == number.partition("-")[0]), services[0])
    of = hall.agency_of[found.id].name
    return Call(number, label, {"id": of.id, "en": of.en}, {"id": found.name.id, "en": found.name.en})


def _write(file: Path, sounds: list[Path]) -> None:
    """Sounds one after the other, a breath between them, as one plain WAV file."""
    try:
        with file.open("wb") as raw, wave.open(raw, "wb") as out:
            for at, path in enumerate(sounds):
                with wave.open(str(path), "rb") as sound:
                    if at == 0:
                        out.setparams(sound.getparams())
                    elif out.tell():
                        out.writeframes(bytes(2 * round(BREATH_S * sound.getframerate())))
                    out.writeframes(sound.readframes(sound.getnframes()))
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}")


@voice.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@with_config
@click.option("--language", "languages", multiple=True, metavar="CODE", help="Only this one; several: again.")
def check(config: Path, data: Path, folder: Path, languages: tuple[str, ...]) -> None:
    """Say which recordings a folder of clips lacks, with what is to be spoken, and which cannot be used.

    DIR holds a folder for each language: DIR/id/digit-0.wav. The exit code is 1 where something is missing or wrong.
    """
    settings = settings_of(config)
    checked = languages or settings.voice.languages
    for language in checked:
        if language not in settings.voice.languages:
            known = ", ".join(settings.voice.languages) or "none"
            click.echo(f'language: "{language}" is none of [voice] languages (there are: {known})', err=True)
            sys.exit(WRONG_USAGE)
    complete = [_is_complete(settings, folder, language) for language in checked]
    sys.exit(0 if all(complete) else FAILED)


def _is_complete(settings: Settings, folder: Path, language: str) -> bool:
    """Tells what a language's clips lack; whether that is nothing."""
    from display.voice.recordings import fault

    wanted = vocabulary(settings.voice, settings.hall, language)
    found = clips_of(folder, language)
    faults = {name: wrong for name, clip in sorted(found.items()) if name in wanted and (wrong := fault(clip.path))}
    for name, text in wanted.items():
        if name not in found:
            click.echo(f'missing  {language}/{name}.wav  "{text}"')
    for name, wrong in faults.items():
        click.echo(f'wrong    {language}/{name}.wav  {wrong} ("{wanted[name]}")')
    for name in sorted(set(found) - set(wanted)):
        click.echo(f"unused   {language}/{name}.wav")
    sound = len(wanted.keys() & found.keys()) - len(faults)
    click.echo(f"{language}: {sound} of {len(wanted)} clips are there and sound", err=True)
    return sound == len(wanted)
