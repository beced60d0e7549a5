import { defined } from '../../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { CaseDraft, ImportContext, ImportFormat } from '../importFormat.ts';
import { answerPart, inputPart } from '../records/caseParts.ts';
import { asMessages } from '../records/foreignMessage.ts';
import type { SourceRecord } from '../records/sourceRecord.ts';

/**
 * Training conversations: ShareGPT's `conversations`, OpenAI's `messages`, its older `prompt` and `completion`, and
 * its pairs of preferred outputs. The assistant's last message is the reference answer.
 */
export const conversations: ImportFormat = {
  name: 'conversations',
  aliases: ['sharegpt', 'fine-tuning'],
  title: 'conversations of a training set',
  fields: 'messages; conversations; prompt, completion; input, preferred_output',
  kinds: ['jsonl', 'json', 'csv'],

  looksLike(record) {
    if (asMessages(record['conversations'])) return 'yes';
    if (asMessages(record['messages'])) return 'input' in record || 'inputs' in record ? 'no' : 'yes';
    if ('prompt' in record && 'completion' in record) return 'yes';
    return 'preferred_output' in record && isJsonObject(record['input']) ? 'yes' : 'no';
  },

  convert(record, context) {
    const id = record.takeText('id');
    const system = record.takeText('system');
    const draft = dialogue(record, context);
    const first = system === undefined ? [] : [{ role: 'system', content: system }];

    return [
      {
        ...defined({ id }),
        ...draft,
        ...(draft.messages ? { messages: [...first, ...draft.messages] } : {}),
        ...(!draft.messages && system !== undefined ? { kept: { ...draft.kept, system } } : {}),
      },
    ];
  },
};

function dialogue(record: SourceRecord, { tally }: ImportContext): CaseDraft {
  const preferred = record.take('preferred_output', 'completion');
  if (preferred !== undefined) {
    const input = record.take('input', 'prompt');
    const messages = isJsonObject(input) ? input['messages'] : input;
    return {
      ...inputPart(messages, record, 'input'),
      ...answerPart(preferred, 'preferred_output', tally),
      ...besideMessages(input),
    };
  }

  const value = record.take('conversations', 'messages');
  const all = asMessages(value);
  const last = all?.at(-1);
  if (!all || all.length < 2 || last?.role !== 'assistant') return inputPart(value, record, 'messages');

  return { messages: all.slice(0, -1), ...answerPart(last as unknown as JsonValue, 'answer', tally) };
}

/** For a pair of outputs, the tools are next to its messages. */
function besideMessages(input: JsonValue | undefined): Pick<CaseDraft, 'kept'> {
  if (!isJsonObject(input)) return {};
  const { messages: _, ...more }: JsonObject = input;
  return Object.keys(more).length > 0 ? { kept: { input: more } } : {};
}
