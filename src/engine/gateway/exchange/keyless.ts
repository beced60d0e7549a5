import type { Redactor } from '../../http/redactor.ts';
import { unpackedText } from '../../http/unpack.ts';
import type { Failure } from './failure.ts';
import type { FinishedExchange } from './finishedExchange.ts';

/** An exchange as it is told of: without the keys of providers, which may have come back with what they said. */
export function withoutKeys(finished: FinishedExchange, redactor: Redactor): FinishedExchange {
  const { reason, summary, reply } = finished;
  return {
    ...finished,
    reason: redactor.value(reason),
    summary: redactor.value(summary),
    reply: reply && {
      headers: redactor.value(reply.headers),
      body: reply.body && cleaned(reply.body, redactor),
    },
  };
}

/** What a client is told in place of an answer. Its provider's key is none of its business: servers quote one that they refuse. */
export function failureWithoutKeys(failure: Failure, redactor: Redactor): Failure {
  return {
    ...failure,
    reason: redactor.text(failure.reason),
    answer: answerWithoutKeys(failure.answer, redactor),
  };
}

function answerWithoutKeys(answer: Failure['answer'], redactor: Redactor): Failure['answer'] {
  if (!('head' in answer)) return answer;
  const { head, headers, body } = answer;
  const encoding = headers['content-encoding'];
  const said = unpackedText(body, typeof encoding === 'string' ? encoding : undefined);
  const plain = redactor.text(said);
  const rawHeaders = redactor.value(head.rawHeaders);
  if (plain === said) return { ...answer, head: { ...head, rawHeaders } };

  const clean = Buffer.from(plain);
  const kept = rawHeaders.filter((_, at) => !OF_THE_BODY.test(rawHeaders[at - (at % 2)] ?? ''));
  return {
    ...answer,
    head: { ...head, rawHeaders: [...kept, 'content-length', String(clean.length)] },
    body: clean,
  };
}

const OF_THE_BODY = /^(?:content-length|content-encoding|content-md5|digest|etag|transfer-encoding)$/i;

function cleaned(body: Buffer, redactor: Redactor): Buffer {
  const said = body.toString();
  const plain = redactor.text(said);
  return plain === said ? body : Buffer.from(plain);
}
