"""The query language run: questions to SQL, SQL to answers, answers to text."""

from dsl.questions import Question, QuestionError
from kb.questions.answer import Answer, answer
from kb.questions.render import render

__all__ = ["Answer", "Question", "QuestionError", "answer", "render"]
