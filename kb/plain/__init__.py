"""Rules in the words of people: which question one answers, and its sentence."""
