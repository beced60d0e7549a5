import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Edit } from '../migrations/mapEdit.ts';
import { editCase } from './editCase.ts';
import { yamlAnswers } from './yamlAnswer.ts';

/**
 * Makes `answer` the reference answer of a case: sets or adds `expected_output.answer`. The rest of the text is
 * preserved. Throws as `editCase`; writes nothing.
 */
export function expectAnswer(
  source: { path: string; text: string },
  caseId: string,
  answer: string,
): Promise<{ text: string }> {
  return editCase(source, caseId, (before) => answerEdit(before, answer), yamlAnswers);
}

function answerEdit(before: JsonObject, answer: string): Edit {
  const expected = before['expected_output'];
  if (!isJsonObject(expected)) return { op: 'add', path: [], key: 'expected_output', value: { answer } };
  const path = ['expected_output'];
  const old = expected['answer'];
  return old === undefined
    ? { op: 'add', path, key: 'answer', value: answer }
    : { op: 'set', path, key: 'answer', value: answer, before: old };
}
