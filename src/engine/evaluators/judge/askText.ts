import type { Message } from '../../model/message.ts';
import type { ModelClient } from '../../models/modelClient.ts';
import type { EvaluationContext } from '../evaluator.ts';
import type { Asked } from './askJudge.ts';
import { brokenOff, callJudge } from './judgeCall.ts';
import { type JudgeQuestion, judgeMessages } from './judgeMessages.ts';
import { withoutThoughts } from './thoughts.ts';

/** Characters of an answer that are read: what is longer is a flood, not a verdict. */
const MAX_LENGTH = 200_000;

/** The mark that ends a turn, where a server leaves it in the text. */
const END = /(?:<\|[^<>\s]*>|<\/s>|<end_of_turn>)\s*$/;

/** Why an answer in words is no measurement; `misformed` where it only is not in the form that was asked for. */
export interface TextProblem {
  problem: string;
  misformed?: true;
}

/**
 * Asks a question for an answer in plain words, and once more when what `read` finds in it is misformed; both calls are paid
 * and counted. An answer that is empty, too long or not whole is none; whatever else the words mean is for the caller to
 * read. `missing` names the first placeholder that there is no text for.
 */
export async function askForText(
  client: ModelClient,
  question: JudgeQuestion,
  context: EvaluationContext,
  read: (answer: string) => object | TextProblem = () => ({}),
): Promise<Asked<string> | { missing: string }> {
  const built = judgeMessages(question);
  if ('missing' in built) return built;
  const first = await askOnce(client, built.messages, context);
  if (first.status === 'failed') return first;
  const found = read(first.answer);
  if (!('misformed' in found && 'problem' in found)) return first;

  const messages = [...built.messages, ...repair(first.answer, found.problem)];
  const second = await askOnce(client, messages, context);
  return { ...second, calls: [...first.calls, ...second.calls] };
}

async function askOnce(
  client: ModelClient,
  messages: Message[],
  context: EvaluationContext,
): Promise<Asked<string>> {
  const called = await callJudge(client, { messages }, context);
  const { calls } = called;
  if (called.status === 'failed') return { status: 'failed', reason: called.reason, calls };

  const { text } = called.reply;
  const broken = brokenOff(called.reply) ?? unreadable(text);
  if (broken !== undefined) return { status: 'failed', reason: broken, calls };

  const { words, thinking } = withoutThoughts(text);
  if (thinking || words.trim() === '') {
    return { status: 'failed', reason: "the judge's answer contains nothing but reasoning", calls };
  }

  return { status: 'answered', answer: words.replace(END, '').trim(), calls };
}

function repair(answer: string, problem: string): Message[] {
  return [
    { role: 'assistant', content: answer },
    {
      role: 'user',
      content: `That answer cannot be read: ${problem}. Give the same answer again in the form that was asked for, and nothing else.`,
    },
  ];
}

function unreadable(text: string): string | undefined {
  if (text.trim() === '') return "the judge's answer is empty";
  return text.length > MAX_LENGTH
    ? `the judge's answer is longer than ${MAX_LENGTH.toLocaleString('en-US')} characters`
    : undefined;
}
