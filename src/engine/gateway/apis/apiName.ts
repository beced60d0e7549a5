/** What a request asks for; `agent` is any HTTP agent, of whose bodies nothing is known. */
export type ApiName = 'chat' | 'responses' | 'embeddings' | 'messages' | 'models' | 'agent';

/** What is asked for by a method and a path, whose query does not count; undefined where neither provider has it, or it needs no reading. */
export function apiOf(method: string, path: string): ApiName | undefined {
  const [bare = ''] = path.split(/[?#]/, 1);
  const name = bare.replace(/\/$/, '');
  if (method === 'GET') return /^\/v1\/models(\/|$)/.test(name) ? 'models' : undefined;
  return method === 'POST' ? POSTED.get(name) : undefined;
}

const POSTED: ReadonlyMap<string, ApiName> = new Map([
  ['/v1/chat/completions', 'chat'],
  ['/v1/responses', 'responses'],
  ['/v1/embeddings', 'embeddings'],
  ['/v1/messages', 'messages'],
]);
