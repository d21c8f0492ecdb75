"""The main job shown without a microphone: a person's recorded speech, the real daemon, a real broker."""
