"""What a board sounds, captured in its page: every clip that is started, when it begins and ends, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from playwright.sync_api import Page

# Which clip a decoded buffer is, is carried from the request on: sound.js knows nothing of being listened to.
CAPTURE = """(() => {
  const clips = new WeakMap();
  window.sounded = [];
  window.flashed = [];
  window.ducked = [];
  window.said = [];
  const fetchAs = window.fetch;
  window.fetch = async (resource, options) => {
    const answer = await fetchAs(resource, options);
    const clip = /voice[/]([0-9a-f]{64})[.]wav$/.exec(String(resource));
    if (!clip) return answer;
    const read = answer.arrayBuffer.bind(answer);
    answer.arrayBuffer = async () => {
      const bytes = await read();
      clips.set(bytes, clip[1]);
      return bytes;
    };
    return answer;
  };
  const decode = BaseAudioContext.prototype.decodeAudioData;
  BaseAudioContext.prototype.decodeAudioData = async function (bytes, ...more) {
    const clip = clips.get(bytes);
    const buffer = await decode.call(this, bytes, ...more);
    clips.set(buffer, clip);
    return buffer;
  };
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (when = 0, ...more) {
    const now = performance.now();
    const begins_ms = now + Math.max(0, when - this.context.currentTime) * 1000;
    const length_ms = this.buffer.duration * 1000;
    const clip = { clip: clips.get(this.buffer), asked_ms: now, begins_ms, ends_ms: begins_ms + length_ms,
                   ended_ms: null };
    window.sounded.push(clip);
    this.addEventListener("ended", () => { clip.ended_ms = performance.now(); });
    return start.call(this, when, ...more);
  };
  document.addEventListener("antrean:chime", ({ detail }) =>
    window.flashed.push({ ...detail, at_ms: performance.now(), wall_ms: Date.now() }));
  document.addEventListener("antrean:speaking", ({ detail }) => window.ducked.push(detail.on));
  document.addEventListener("antrean:said", ({ detail }) => window.said.push(detail));
})();"""


@dataclass(frozen=True)
class Sound:
    """A clip that was started: when it began and was to end, in milliseconds of its page; `ended_ms` when it did."""

    clip: str
    asked_ms: float
    begins_ms: float
    ends_ms: float
    ended_ms: float | None


def sounded(board: Page) -> list[Sound]:
    """All that a board has sounded."""
    return [Sound(**each) for each in board.evaluate("sounded")]


def flashed(board: Page) -> list[dict[str, Any]]:
    """The calls that took the large place, in their order; `audible` where this board sounded them."""
    return list(board.evaluate("flashed"))


def said(board: Page) -> list[str]:
    """The numbers that this board has spoken to their end."""
    return [str(each["number"]) for each in board.evaluate("said")]


def overlapping(sounds: list[Sound]) -> list[tuple[Sound, Sound]]:
    """Those that began before the one before them was over; a page's clock and its sound card's differ a little."""
    in_order = sorted(sounds, key=lambda each: each.begins_ms)
    return [(one, two) for one, two in pairwise(in_order) if two.begins_ms < one.ends_ms - 30]
