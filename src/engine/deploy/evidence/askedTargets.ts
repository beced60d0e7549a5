import type { GoldenCase } from '../../model/case.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { Clock, Environment } from '../../ports.ts';
import type { ProviderGuards } from '../../resilience/providerGuards.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import { createHttpTarget, type HttpTargetOptions } from '../../targets/http/httpTarget.ts';
import type { Target } from '../../targets/target.ts';
import type { AskedVersion } from '../routers/router.ts';

/** Marks what is asked beside the traffic. */
const MARK = 'x-touchstone-golden';

interface Ports {
  clock: Clock;
  environment: Environment;
  guards: ProviderGuards;
}

/**
 * A version as a target, for a case. An agent is asked as the suite asks its own behind a URL; a model by the chat API, a release with
 * the variables that the case has.
 */
export function askedTarget(
  asked: AskedVersion,
  { name, suite, entry }: { name: string; suite: SuiteConfig; entry: GoldenCase },
  ports: Ports,
): Target {
  const headers = { ...asked.headers, [MARK]: '1' };
  if (asked.kind === 'http') {
    const like = suite.targets.find((target) => target.kind === 'http');
    const form: Partial<HttpTargetOptions> = like
      ? { method: like.method, reply: like.reply, ...(like.body === undefined ? {} : { body: like.body }) }
      : {};
    const options = { name, url: asked.url, headers, ...form };
    return createHttpTarget(like?.response ? { ...options, response: like.response } : options, ports);
  }

  const url = `${asked.baseUrl.replace(/\/+$/, '')}/chat/completions`;
  const body = { model: asked.model, ...contentOf(entry) };
  return createHttpTarget(
    { name, url, headers, body, response: { text: 'choices[0].message.content' } },
    ports,
  );
}

/** Placeholders that are filled with the case: what it says is data. */
function contentOf({ input, messages }: GoldenCase): { [key: string]: JsonValue } {
  if (messages) return { messages: '{{messages}}' };
  return { variables: isJsonObject(input ?? null) ? '{{input}}' : { input: '{{input}}' } };
}
