"""The sketch engines' composer: words of a request -> things -> layout -> drawing, all a function of prompt and seed."""
