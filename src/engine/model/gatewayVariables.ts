/** The gateway's endpoint, beside the variables of clients where Touchstone has set them: another endpoint there is the person's own. */
export const OWN_GATEWAY = 'TOUCHSTONE_GATEWAY';

/** What a client needs to ask the gateway in place of a provider. `anthropic`: it answers requests of Anthropic's API, too. */
export function gatewayVariables({
  endpoint,
  token,
  anthropic,
}: {
  endpoint: string;
  token: string;
  anthropic: boolean;
}): { [name: string]: string } {
  return {
    OPENAI_BASE_URL: `${endpoint}/v1`,
    OPENAI_API_KEY: token,
    // Its clients add /v1 by themselves.
    ...(anthropic ? { ANTHROPIC_BASE_URL: endpoint, ANTHROPIC_API_KEY: token } : {}),
    [OWN_GATEWAY]: endpoint,
  };
}

const CLIENTS = [
  { address: 'OPENAI_BASE_URL', key: 'OPENAI_API_KEY' },
  { address: 'ANTHROPIC_BASE_URL', key: 'ANTHROPIC_API_KEY' },
] as const;

/**
 * An environment without what Touchstone has set for clients of the gateway: the gateway itself, started in such a terminal, must not
 * ask itself, nor take its own token for a key.
 */
export function withoutGateway(environment: { get(name: string): string | undefined }): {
  get(name: string): string | undefined;
} {
  const own = environment.get(OWN_GATEWAY);
  if (!own) return environment;
  const ours = CLIENTS.filter(({ address }) => environment.get(address)?.startsWith(own));
  const hidden = new Set<string>(ours.flatMap(({ address, key }) => [address, key]));
  return { get: (name) => (hidden.has(name) ? undefined : environment.get(name)) };
}
