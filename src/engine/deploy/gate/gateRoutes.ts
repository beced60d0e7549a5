import { hash, timingSafeEqual } from 'node:crypto';
import { HttpProblem } from '../../http/server/httpProblem.ts';
import type { ServerReply, ServerRequest } from '../../http/server/serverRequest.ts';
import type { Route } from '../../http/server/serverShell.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { StepReport } from '../evidence/stepReport.ts';
import { type GateAnswer, stepAnswer, undecided } from './gateAnswer.ts';
import type { AskedLook } from './gateLook.ts';

export interface GateRoutesOptions {
  token: string;
  deployments: readonly string[];
  suites: readonly string[];
  look(deployment: string, asked: AskedLook, signal: AbortSignal): Promise<StepReport>;
  /** Of the step that our own controller watches now; null where it watches none. */
  running(deployment: string): Promise<StepReport | null>;
  ofSuite(suite: string): GateAnswer;
  /** Remembers the revisions of which traffic has begun, over restarts. True where this one is new. */
  isFirst(deployment: string, revision: string): boolean;
}

/**
 * The gates of a workspace over HTTP: as JSON for a `web` metric of Argo Rollouts, and by status for webhooks of Flagger, which send no
 * header and so show the token within what they send.
 */
export function gateRoutes(options: GateRoutesOptions): Route[] {
  return [
    ...options.deployments.flatMap((name) => deploymentRoutes(name, options)),
    ...options.suites.map(
      (name): Route => ({
        ...{ method: 'GET', path: `/suites/${encodeURIComponent(name)}`, access: 'token' },
        handle: () => json(200, options.ofSuite(name)),
      }),
    ),
  ];
}

function deploymentRoutes(name: string, options: GateRoutesOptions): Route[] {
  const path = encodeURIComponent(name);
  const hook = (ending: string, isMet: (answer: GateAnswer) => boolean, opens: boolean): Route => ({
    ...{ method: 'POST', path: `/flagger/${path}/${ending}`, access: 'open' },
    handle: (request) => answerHook(name, request, options, { isMet, opens }),
  });
  return [
    {
      ...{ method: 'GET', path: `/deployments/${path}`, access: 'token' },
      handle: async (request) => json(200, await answerOf(name, request, options)),
    },
    hook('increase', ({ value }) => value === 1, true),
    hook('promotion', ({ value }) => value === 1, false),
    hook('rollback', ({ value }) => value === -1, false),
  ];
}

/** Without a version, of the deployment that runs. */
async function answerOf(
  name: string,
  { query, signal }: ServerRequest,
  options: GateRoutesOptions,
): Promise<GateAnswer> {
  if (query.size > 0) return stepAnswer(await options.look(name, askedIn(query), signal));
  const report = await options.running(name);
  return report ? stepAnswer(report) : undecided(`no step of ${name} is watched now`);
}

/** 200 where it is met; 409 halts. */
async function answerHook(
  name: string,
  request: ServerRequest,
  options: GateRoutesOptions,
  { isMet, opens }: { isMet(answer: GateAnswer): boolean; opens: boolean },
): Promise<ServerReply> {
  const payload = await payloadOf(request);
  const metadata = isJsonObject(payload['metadata'] ?? null) ? (payload['metadata'] as JsonObject) : {};
  checkSecret(metadata['token'], options.token);
  const { green, blue } = metadata;
  if (typeof green !== 'string' || green === '')
    throw new HttpProblem(400, 'metadata.green names no version');

  // Before the first weight there is nothing to judge: each revision is let begin once.
  const revision = payload['checksum'];
  if (opens && typeof revision === 'string' && revision !== '' && options.isFirst(name, revision))
    return json(200, undecided('this revision gets its first traffic'));

  const asked = { green, blue: typeof blue === 'string' && blue !== '' ? blue : null, step: null };
  const answer = stepAnswer(await options.look(name, { ...asked, isOver: true }, request.signal));
  return json(isMet(answer) ? 200 : 409, answer);
}

function askedIn(query: URLSearchParams): AskedLook {
  const green = query.get('green');
  if (!green)
    throw new HttpProblem(400, 'say which version is judged: ?green=NAME&blue=NAME&step=0&over=true');
  const step = query.get('step');
  if (step !== null && !/^\d{1,3}$/.test(step)) throw new HttpProblem(400, 'step must be a number from 0');
  return {
    green,
    blue: query.get('blue') || null,
    step: step === null ? null : Number(step),
    isOver: query.get('over') === 'true',
  };
}

async function payloadOf(request: ServerRequest): Promise<JsonObject> {
  try {
    const payload = JSON.parse((await request.body()).toString()) as JsonValue;
    if (isJsonObject(payload)) return payload;
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
  }
  throw new HttpProblem(400, 'the body is not that of a webhook of Flagger');
}

/** Throws HttpProblem. Compared in a time that does not depend on where they differ. */
function checkSecret(given: JsonValue | undefined, token: string): void {
  const digest = (text: string) => hash('sha256', text, 'buffer');
  if (typeof given === 'string' && timingSafeEqual(digest(given), digest(token))) return;
  throw new HttpProblem(401, 'metadata.token is not the token of this gate');
}

function json(status: number, answer: GateAnswer): ServerReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
}
