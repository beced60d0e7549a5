import { z } from 'zod';
import type { Score } from '../../model/evaluation.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Message } from '../../model/message.ts';
import type { ModelClient, ModelReply } from '../../models/modelClient.ts';
import type { EvaluationContext } from '../evaluator.ts';
import { brokenOff, callJudge } from './judgeCall.ts';
import { type Paid, spendingOf } from './spending.ts';
import { withoutLeadingThoughts } from './thoughts.ts';
import { doubtAbout } from './verdictDoubt.ts';
import { findVerdict } from './verdictJson.ts';

/** As many faults of an answer are named to the judge. */
const MAX_ISSUES = 3;

/** One question to a judge, and the shape of its answer. */
export interface Question<Answer> {
  /** Name of the shape, letters and `_` only. */
  name: string;
  messages: Message[];
  /** What is judged: a verdict that stands in it is none of the judge's. */
  data: readonly string[];
  answer: z.ZodType<Answer>;
  /** The form that the provider is told, where it is narrower than what is read. */
  form?: z.ZodType;
  /** The full score of the form. Default: 1. */
  full?: number;
}

export type Asked<Answer> =
  | { status: 'answered'; answer: Answer; calls: Paid[] }
  /** The judge gave no verdict: it failed, refused, broke off, answered twice, or cannot be read. */
  | { status: 'failed'; reason: string; calls: Paid[] };

/**
 * Asks once, and once more when the answer cannot be read (no JSON object, one of another shape, or more behind it);
 * both calls are paid and counted. Whatever else is wrong with an answer fails at once: nothing is read into it.
 */
export async function askJudge<Answer>(
  client: ModelClient,
  question: Question<Answer>,
  context: EvaluationContext,
): Promise<Asked<Answer>> {
  const first = await askOnce(client, question, question.messages, context);
  if (first.status !== 'unreadable') return first;

  const messages = [...question.messages, ...repair(first.text, first.reason)];
  const second = await askOnce(client, question, messages, context);
  const calls = [...first.calls, ...second.calls];
  if (second.status !== 'unreadable') return { ...second, calls };
  const reason = `the judge's answer was unreadable twice: ${second.reason}`;
  return { status: 'failed', reason, calls };
}

/** The Score of a question without a verdict. */
export function unanswered(asked: { reason: string; calls: readonly Paid[] }): Score {
  return { status: 'error', reason: asked.reason, ...spendingOf(asked.calls) };
}

type Read<Answer> =
  | { status: 'answered'; answer: Answer }
  | { status: 'failed'; reason: string }
  | { status: 'unreadable'; reason: string };

async function askOnce<Answer>(
  client: ModelClient,
  question: Question<Answer>,
  messages: Message[],
  context: EvaluationContext,
): Promise<Asked<Answer> | { status: 'unreadable'; reason: string; text: string; calls: Paid[] }> {
  const form = { name: question.name, schema: answerSchema(question.form ?? question.answer) };
  const called = await callJudge(client, { form, messages }, context);
  if (called.status === 'failed') return called;
  const { reply, calls } = called;
  const read = readReply(reply, question);
  return read.status === 'unreadable' ? { ...read, text: reply.text, calls } : { ...read, calls };
}

function readReply<Answer>(
  reply: ModelReply,
  { answer: shape, data, full = 1 }: Question<Answer>,
): Read<Answer> {
  const broken = brokenOff(reply);
  if (broken !== undefined) return { status: 'failed', reason: broken };

  const verdict = findVerdict(withoutLeadingThoughts(reply.text));
  if (verdict.found === 'several')
    return { status: 'failed', reason: 'the judge gave more than one verdict' };
  if (verdict.found === 'none') return { status: 'unreadable', reason: 'it holds no JSON object' };

  const doubt = doubtAbout(verdict, { keys: keysOf(shape), full }, data);
  if (doubt?.final) return { status: 'failed', reason: doubt.reason };

  const parsed = shape.safeParse(verdict.value);
  if (!parsed.success) return { status: 'unreadable', reason: wrongIn(parsed.error) };
  if (doubt) return { status: 'unreadable', reason: doubt.reason };
  return { status: 'answered', answer: parsed.data };
}

/** What is wrong with a verdict's shape, with the keys where that is. */
function wrongIn({ issues }: z.ZodError): string {
  return issues
    .slice(0, MAX_ISSUES)
    .map(({ path, message }) => (path.length > 0 ? `"${path.join('.')}": ${message}` : message))
    .join('; ');
}

function repair(text: string, problem: string): Message[] {
  return [
    { role: 'assistant', content: text },
    {
      role: 'user',
      content: `That answer cannot be read: ${problem}. Give the same verdict again as one JSON object of the form you were given, and nothing else.`,
    },
  ];
}

function keysOf(shape: z.ZodType): string[] {
  const { properties } = answerSchema(shape);
  return isJsonObject(properties) ? Object.keys(properties) : [];
}

function answerSchema(shape: z.ZodType): JsonObject {
  const { $schema: _, ...schema } = z.toJSONSchema(shape) as JsonObject;
  return schema;
}
