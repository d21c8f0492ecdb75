"""Wake words of one's own: the recipe that makes a classifier for any phrase that espeak-ng can say."""
