"""The sketch engines' composer: words -> things -> layout -> drawing, all a function of prompt and seed."""
