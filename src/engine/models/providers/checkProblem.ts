import { formatDuration } from '../../model/figures.ts';
import type { ModelError } from '../modelClient.ts';
import type { ProviderConfig } from '../modelProvider.ts';
import { variablesOf } from '../providerSecrets.ts';
import type { ProviderCheck } from './providerCheck.ts';

type Found = Pick<ProviderCheck, 'reachable' | 'keyAccepted' | 'modelKnown' | 'problem'>;

/** What a failed request says of a provider: how far it got, and what to do. */
export function problemOf(error: ModelError, config: ProviderConfig): Found {
  const { status } = error;
  const message = plainMessage(error);
  const key = config.apiKey === undefined ? 'not asked' : 'yes';
  const answered = { reachable: 'yes', keyAccepted: 'unknown', modelKnown: 'unknown' } as const;
  const accepted = { ...answered, keyAccepted: key } as const;

  if (status === undefined) return unanswered(error, config);
  if (status === 401 || status === 403)
    return { ...answered, keyAccepted: 'no', problem: { message, remedy: keyRemedy(status, config) } };
  if (status === 404 || isAboutModel(error)) return notFound(error, accepted, config);
  if (status === 429) return { ...accepted, problem: { message, remedy: limitRemedy(error) } };
  if (status >= 500 || status === 408)
    return {
      ...answered,
      problem: {
        message,
        remedy: 'The provider has a problem of its own: try again later, or set fallbacks.',
      },
    };
  if (status >= 300 && status < 400)
    return {
      ...answered,
      problem: { message, remedy: 'A page to sign in means that the address is not that of the API.' },
    };

  return {
    ...accepted,
    problem: { message, remedy: 'The provider refuses the request as it is; its message says why.' },
  };
}

function unanswered(error: ModelError, { baseUrl }: ProviderConfig): Found {
  const { code } = error;
  const message = plainMessage(error);
  const unknown = { keyAccepted: 'unknown', modelKnown: 'unknown' } as const;
  switch (code) {
    case 'network':
      return {
        ...unknown,
        reachable: 'no',
        problem: {
          message,
          remedy: /\bTLS\b/.test(message)
            ? `Check whether base_url (${baseUrl}) must begin with ${baseUrl.startsWith('https:') ? 'http' : 'https'}://, and whether the certificate of the server is trusted.`
            : `Start the server, or correct base_url (${baseUrl})${isLocal(baseUrl) ? '' : '; behind a proxy, set HTTPS_PROXY and NODE_USE_ENV_PROXY=1'}.`,
        },
      };
    case 'timeout':
      return {
        ...unknown,
        reachable: 'unknown',
        problem: { message, remedy: 'Try again; a local model may have to be loaded first.' },
      };
    default:
      return {
        ...unknown,
        reachable: 'yes',
        problem: {
          message,
          remedy:
            'Check that base_url is that of an OpenAI-compatible API, including the version, such as /v1.',
        },
      };
  }
}

function isLocal(baseUrl: string): boolean {
  return /^(?:localhost|127\.|\[::1\])/.test(URL.parse(baseUrl)?.hostname ?? '');
}

function notFound(
  error: ModelError,
  accepted: Pick<Found, 'reachable' | 'keyAccepted' | 'modelKnown'>,
  { baseUrl }: ProviderConfig,
): Found {
  const message = plainMessage(error);
  if (isAboutModel(error))
    return {
      ...accepted,
      modelKnown: 'no',
      problem: {
        message,
        remedy:
          'Check how the model is spelled, and whether your account may use it; a local model must be downloaded first.',
      },
    };
  return {
    ...accepted,
    keyAccepted: 'unknown',
    problem: {
      message,
      remedy: `Check base_url (${baseUrl}): it must end with the version of the API, such as /v1.`,
    },
  };
}

/** Servers name an unknown model by a code, or only in words. */
function isAboutModel({ status = 0, message }: ModelError): boolean {
  return (
    status >= 400 &&
    status < 500 &&
    /\bmodel\b/i.test(message) &&
    /not (?:be )?found|does not exist|unknown|no such|not supported|invalid model|not available/i.test(
      message,
    )
  );
}

function keyRemedy(status: number, config: ProviderConfig): string {
  const variables = variablesOf(config);
  if (variables.length === 0)
    return 'The provider wants a key: add api_key: "${env:NAME}" to it, and set that environment variable.';
  const names = variables.join(' and ');
  return status === 401
    ? `Check the value of ${names}: the key may be mistyped, expired, or meant for another provider.`
    : `The key in ${names} may not use this model or API: check its permissions at the provider.`;
}

/** There is but one attempt, and nothing to say of it. */
function plainMessage({ message }: ModelError): string {
  return message.replace(/ \(after 1 attempt[^)]*\)$/, '');
}

function limitRemedy({ decision, retryAfterMs }: ModelError): string {
  return decision.kind === 'spent'
    ? 'The quota of your account is used up: check its plan and billing at the provider.'
    : `Wait ${retryAfterMs ? formatDuration(retryAfterMs) : 'a moment'} and try again; set rpm and tpm of the provider to keep below its limits.`;
}
