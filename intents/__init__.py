"""From text to an intent to a plan, all pure: what did the user want, and what shall be done about it."""

from intents.grammar import LANGUAGES, answer, recognize
from intents.model import Intent, Plan, Question
from intents.normalize import strip_wake
from intents.plan import plan, plan_json

__all__ = ["LANGUAGES", "Intent", "Plan", "Question", "answer", "plan", "plan_json", "recognize", "strip_wake"]
