import { nodeHttp } from './nodeHttp.ts';

/** The name of the first header that HTTP does not allow, for its name or its value; undefined where all can be sent. */
export function unsendableHeader(headers: { readonly [name: string]: string }): string | undefined {
  return Object.keys(headers).find((name) => !isSendable(name, headers[name] ?? ''));
}

export function lowerCased(headers: { readonly [name: string]: string }): { [name: string]: string } {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function isSendable(name: string, value: string): boolean {
  const http = nodeHttp();
  try {
    http.validateHeaderName(name);
    http.validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
