import type { Message } from '../../model/message.ts';
import { type ModelClient, ModelError, type ModelReply } from '../../models/modelClient.ts';
import { endingOf } from '../../models/wire/finishReasons.ts';
import type { EvaluationContext } from '../evaluator.ts';
import { type AnswerForm, sendQuestion } from './judgeRequest.ts';
import { questionKey } from './paidReplies.ts';
import type { Paid } from './spending.ts';

/** A judge may think for long, but not for ever. Its provider's own limit holds where that is shorter. */
const JUDGE_TIMEOUT_MS = 120_000;

type Called =
  | { status: 'replied'; reply: ModelReply; calls: Paid[] }
  | { status: 'failed'; reason: string; calls: Paid[] };

/**
 * One call of the judge, or what it answered to the same question before the trial was interrupted. A failure of the model
 * is said in words, with what it may have cost; a missing recording or a refusal of our own is thrown on, because then
 * nothing was asked.
 */
export async function callJudge(
  client: ModelClient,
  request: { form?: AnswerForm; messages: Message[] },
  context: EvaluationContext,
): Promise<Called> {
  const { paid, ...rest } = context;
  const options = { pool: 'judge', ...rest, timeoutMs: JUDGE_TIMEOUT_MS };
  const { provider, model, endpoint } = client;
  const question = questionKey([provider, model, endpoint, request]);
  try {
    const reply = paid?.take(question) ?? (await sendQuestion(client, request, options));
    paid?.keep(question, reply);
    return { status: 'replied', reply, calls: [reply] };
  } catch (error) {
    // Nothing was asked: the run is told, and not only that the judge failed.
    if (!(error instanceof ModelError) || error.code === 'not-recorded' || error.rejection) throw error;
    const reason = `the call to the judge failed: ${error.message}`;
    // A call that an HTTP status turned away costs nothing; what a broken one cost is unknown.
    return {
      status: 'failed',
      reason,
      calls: error.status === undefined ? [{ usage: null, costUsd: null }] : [],
    };
  }
}

/** Why a reply is no answer at all; undefined for a whole one. */
export function brokenOff(reply: ModelReply): string | undefined {
  if (reply.status === 'incomplete') return `the judge's answer was cut off: ${reply.reason}`;
  if (reply.status === 'empty') return `the judge did not answer: ${reply.reason}`;
  if (reply.status === 'refused') return `the judge refused: ${cut(reply.text)}`;
  if (reply.toolCalls.length > 0) return 'the judge called a tool instead of giving a verdict';

  switch (endingOf(reply.finishReason)) {
    case 'cut':
      return "the judge's answer reached its token limit";
    case 'filtered':
      return "the provider's content filter stopped the judge";
    case 'broken':
    case 'unfinished':
      return `the judge's answer is incomplete: finish reason ${cut(reply.finishReason)}`;
    case 'natural':
    case 'other':
      return undefined;
  }
}

function cut(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
